// The core on hostile bytes: it never traps, every line is one row, every row keeps its promises, and a batch says of
// each line what the line alone gets. Inputs are random bytes, and real codes with a few bytes changed, which reach
// deeper. Large batches bring the number of lines past 200,000.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type Batch,
  CODE_ERRORS,
  type Columns,
  FLAGS,
  FORMATS,
  loadCore,
  type ParseOptions,
  structureId,
} from './index.js';

const core = await loadCore();
const single = await loadCore();
const EXAMPLES = FORMATS.flatMap(({ example }) => (example === null ? [] : [Buffer.from(example, 'latin1')]));
const EXTRA = [
  '00195200000000000216',
  '195200000000000117',
  '9520000006068',
  '0109520000003036172612311051A\u001d215ab<12',
  '8110106141416543213150110120',
  '4309027999999918000000',
  '253952000000000212345',
  '8003095200000030361ABC',
  '423643056840\u001d0109520000003036',
].map((text) => Buffer.from(text, 'latin1'));
const SEEDS = [...EXAMPLES, ...EXTRA];

const options: fc.Arbitrary<ParseOptions> = fc.record(
  {
    country: fc.constantFrom('RU' as const, 'UZ' as const),
    trim: fc.boolean(),
    at: fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
  },
  { requiredKeys: [] },
);

/** A change at a place: set a byte, drop some, repeat some, or go on with the middle of another code. */
const change = fc.record({
  kind: fc.constantFrom('set', 'drop', 'repeat', 'splice'),
  at: fc.nat(130),
  length: fc.integer({ min: 1, max: 12 }),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(0x1d, 0x30, 0x39, 0x5d, 0xe8, 0x0d, 0x20)),
  other: fc.nat(SEEDS.length - 1),
});

const mutated = fc.tuple(fc.nat(SEEDS.length - 1), fc.array(change, { maxLength: 3 })).map(([seed, changes]) => {
  let line = SEEDS[seed]!;
  for (const { kind, at, length, byte, other } of changes) {
    const place = at % (line.length + 1);
    const [head, rest] = [line.subarray(0, place), line.subarray(place)];
    if (kind === 'set') line = Buffer.concat([head, Buffer.of(byte), rest.subarray(1)]);
    else if (kind === 'drop') line = Buffer.concat([head, rest.subarray(length)]);
    else if (kind === 'repeat') line = Buffer.concat([head, rest.subarray(0, length), rest]);
    else line = Buffer.concat([head, SEEDS[other]!.subarray(place)]);
  }
  return line;
});

const anyLine = fc.oneof(
  { weight: 6, arbitrary: mutated },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.stringMatching(/^[0-9]{0,32}$/).map((digits) => Buffer.from(digits)) },
);

/** What every row promises to its readers. */
function checkRow(c: Columns, row: number, size: number): void {
  const [offset, length] = [c.offset[row]!, c.length[row]!];
  const within = (at: number, count: number): boolean => count === 0 || (at >= offset && at + count <= offset + length);
  const wrong: string[] = [];
  const promise = (kept: boolean, name: string): void => {
    if (!kept) wrong.push(name);
  };
  promise(offset + length <= size, 'the line is inside the input');
  promise(c.errorPosition[row]! <= length, 'the error is inside the line');
  promise(within(c.serialOffset[row]!, c.serialLength[row]!), 'the serial is inside the line');
  promise(within(c.keyIdOffset[row]!, c.keyIdLength[row]!), 'the key id is inside the line');
  promise(within(c.tailOffset[row]!, c.tailLength[row]!), 'the tail is inside the line');
  promise(((c.flags[row]! & FLAGS.tail) !== 0) === c.tailLength[row]! > 0, 'the tail flag tells of a tail');
  promise(
    c.gtin[row]! === -1 || (Number.isSafeInteger(c.gtin[row]!) && c.gtin[row]! < 1e14 && c.gtin[row]! >= 0),
    'GTIN',
  );
  const words = c.fingerprint.subarray(row * 4, row * 4 + 4);
  promise((c.kind[row] !== 0) === words.some((word) => word !== 0), 'what has a key has a fingerprint');
  for (const column of [c.expiry, c.production, c.weight, c.volume, c.price]) promise(column[row]! >= -1, 'quantities');
  if (c.error[row] !== 0) {
    promise(CODE_ERRORS[c.error[row]!] !== undefined, 'the error has a name');
    promise(
      c.kind[row] === 0 && c.format[row] === 0 && c.flags[row] === 0 && c.gtin[row] === -1,
      'an error is nothing else',
    );
  } else {
    promise(structureId(c.format[row]!) !== null, 'the format has a name');
    promise(c.kind[row] === 0 || c.serialLength[row]! > 0, 'what is identified has its characters');
  }
  if (wrong.length > 0) throw new Error(`row ${row}: ${wrong.join('; ')}`);
}

function checkBatch(batch: Batch, size: number): void {
  const { columns } = batch;
  for (let row = 0; row < batch.count; row++) checkRow(columns, row, size);
}

it('any bytes: one row a line, promises kept', () => {
  let lines = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000, size: 'max' }), options, (bytes, given) => {
      const batch = core.parseBatch(bytes, given);
      const text = Buffer.from(bytes).toString('latin1');
      const expected = text.split('\n').length - (text === '' || text.endsWith('\n') ? 1 : 0);
      expect(batch.count).toBe(expected);
      checkBatch(batch, bytes.length);
      lines += batch.count;
    }),
    { numRuns: 2000 },
  );
  expect(lines).toBeGreaterThan(10_000);
});

it('changed codes in large batches: never a trap, promises kept', () => {
  let lines = 0;
  fc.assert(
    fc.property(fc.array(mutated, { minLength: 50, maxLength: 100, size: 'max' }), options, (all, given) => {
      // every line also with each of its first bytes replaced by a separator: forty times as many
      const variants = all.flatMap((line) =>
        Array.from({ length: Math.min(40, line.length + 1) }, (_, at) => {
          const copy = Buffer.from(line);
          if (at < copy.length) copy[at] = 0x1d;
          return copy;
        }),
      );
      const bytes = new Uint8Array(Buffer.concat(variants.flatMap((line) => [line, Buffer.from('\n')])));
      const batch = core.parseBatch(bytes, given);
      checkBatch(batch, bytes.length);
      lines += batch.count;
    }),
    { numRuns: 120 },
  );
  expect(lines).toBeGreaterThan(200_000);
});

it('a batch says of each line what the line alone gets', () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 30 }), options, (all, given) => {
      const lines = all
        .map((line) => line.filter((byte) => byte !== 0x0a))
        .map((line) => (line.at(-1) === 0x0d ? line.subarray(0, -1) : line));
      const batch = core.parseBatch(
        new Uint8Array(Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\r\n')]))),
        given,
      );
      expect(batch.count).toBe(lines.length);
      lines.forEach((line, row) => {
        expect(batch.at(row)).toEqual(single.parse(new Uint8Array(line), given));
      });
    }),
    { numRuns: 600 },
  );
});

it('what is well formed gives back its characters: AIs and values without separators', () => {
  let accepted = 0;
  fc.assert(
    fc.property(anyLine, (line) => {
      const text = line.toString('latin1');
      const code = single.parse(new Uint8Array(line));
      if (code.ais.length === 0) return;
      accepted++;
      expect(code.ais.flat().join('')).toBe(text.replaceAll('\u001d', ''));
      for (const [ai, value] of code.ais)
        expect(`${ai}${value}`).toMatch(/^\d{2,4}[!"#%&'()*+,\-./0-9:;<=>?A-Z_a-z]+$/);
    }),
    { numRuns: 20_000 },
  );
  expect(accepted).toBeGreaterThan(1000);
});
