// GS1 element strings from hostile bytes: random ones, and strings of every kind with a few bytes changed, more than a million
// of them in large batches. Nothing traps; errors and elements lie inside their line; a batch says what single calls say; what
// is accepted can be put together again from its AIs.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AI_ROWS } from './generated/tables.js';
import { aiText, type Batch, CODE_ERRORS, loadCore } from './index.js';

const GS = '\u001d';
const core = await loadCore();
const single = await loadCore();

const SEEDS = readFileSync(new URL('../../../core/test/data/conformance.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => Buffer.from((JSON.parse(line) as { input: string }).input));
const AIS = Object.keys(AI_ROWS);

/** A generator of numbers below a bound (xorshift, Marsaglia 2003): a million lines are too many for fast-check to draw alone. */
function random(seed: number): (bound: number) => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const BYTES = Buffer.from(`${GS}^0123456789%=/-_ABCXYZabz#\u0000\u00ff\n\r `, 'latin1');

function line(draw: (bound: number) => number): Buffer {
  const kind = draw(16);
  if (kind === 0) return Buffer.from(Array.from({ length: draw(64) }, () => draw(256)));
  if (kind === 1) {
    const elements = Array.from({ length: 1 + draw(6) }, () => {
      const value = Array.from({ length: draw(24) }, () => String.fromCharCode(0x2f + draw(12)));
      return AIS[draw(AIS.length)]! + value.join('');
    });
    return Buffer.from(elements.join(draw(3) === 0 ? '' : GS));
  }
  let bytes = SEEDS[draw(SEEDS.length)]!;
  if (kind < 4) {
    const other = SEEDS[draw(SEEDS.length)]!;
    bytes = Buffer.concat([bytes, Buffer.from(GS), other]);
  }
  if (kind < 8) return bytes;
  const changed = Buffer.from(bytes);
  for (let i = draw(3); i >= 0 && changed.length > 0; i--) {
    changed[draw(changed.length)] = draw(4) === 0 ? draw(256) : BYTES[draw(BYTES.length)]!;
  }
  const cut = draw(8) === 0 ? draw(changed.length + 1) : changed.length;
  return changed.subarray(0, cut);
}

function framed(lines: readonly Buffer[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(lines.flatMap((bytes) => [Buffer.of(bytes.length & 255, bytes.length >> 8), bytes])),
  );
}

/** What every row of a batch of element strings promises. */
function check(batch: Batch, lines: readonly Buffer[]): number {
  const { columns, elements } = batch;
  const { first, ai, offset, length } = elements!;
  let accepted = 0;
  for (let row = 0; row < batch.count; row++) {
    const [start, size] = [columns.offset[row]!, columns.length[row]!];
    const [from, to] = [first[row]!, first[row + 1]!];
    let kept = size === lines[row]!.length && from <= to;
    if (columns.error[row] !== 0) {
      kept &&= CODE_ERRORS[columns.error[row]!] !== undefined && from === to;
      kept &&= columns.errorPosition[row]! + columns.errorLength[row]! <= size;
    } else {
      accepted++;
      let at = start;
      for (let i = from; i < to; i++) {
        // elements follow each other with one separator between them at most
        const gap = offset[i]! - aiText(ai[i]!).length - at;
        kept &&= (gap === 0 || (gap === 1 && i > from)) && length[i]! > 0;
        at = offset[i]! + length[i]!;
      }
      kept &&= to > from && start + size - at <= 1;
    }
    if (!kept) throw new Error(`row ${row}: ${JSON.stringify(lines[row]!.toString('latin1'))}`);
  }
  return accepted;
}

const LINES = 25_000;

it('a million and more: nothing traps, and every row keeps its promises', () => {
  let lines = 0;
  let accepted = 0;
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const draw = random(seed);
      const codes = Array.from({ length: LINES }, () => line(draw));
      const batch = core.parseBatch(framed(codes), { format: 'gs1', framing: 'u16' });
      expect(batch.count).toBe(LINES);
      accepted += check(batch, codes);
      lines += LINES;
    }),
    { numRuns: 42 },
  );
  expect(lines).toBeGreaterThan(1_000_000);
  expect(accepted).toBeGreaterThan(100_000);
});

it('a batch says of each code what the code alone gets, in both formats', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom('gs1' as const, 'marking' as const), (seed, format) => {
      const draw = random(seed);
      const codes = Array.from({ length: 200 }, () => line(draw));
      const batch = core.parseBatch(framed(codes), { format, framing: 'u16' });
      codes.forEach((code, row) => {
        const alone = single.parse(new Uint8Array(code), { format });
        expect(batch.at(row)).toEqual(alone);
        const text = code.toString('latin1');
        if (/^[\0-\x7f]*$/.test(text)) expect(single.parse(text, { format })).toEqual(alone);
      });
    }),
    { numRuns: 60 },
  );
});

it('what is accepted is put together again from its AIs; redundant separators apart, to the same bytes', () => {
  let same = 0;
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const code = line(random(seed)).toString('latin1');
      const { ok, ais } = single.parse(code, { format: 'gs1' });
      if (!ok) return;
      const parts = ais.map(
        ([ai, value], i) => `${ai}${value}${AI_ROWS[ai]!.predefined || i === ais.length - 1 ? '' : GS}`,
      );
      const again = parts.join('');
      expect(code.replaceAll(GS, '')).toBe(again.replaceAll(GS, ''));
      expect(single.parse(again, { format: 'gs1' }).ais).toEqual(ais);
      if (code.length === again.length) {
        expect(again).toBe(code);
        same++;
      }
    }),
    { numRuns: 20_000 },
  );
  expect(same).toBeGreaterThan(1000);
});

it('all faults: within the code, the first one first, none of a good code', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom('gs1' as const, 'marking' as const), (seed, format) => {
      const code = line(random(seed));
      const { ok, error, errors } = single.parse(new Uint8Array(code), { format, all: true });
      expect(errors!.length > 0).toBe(!ok);
      if (error !== undefined) expect(errors![0]).toEqual(error);
      for (const { position, length } of errors!) expect(position + length).toBeLessThanOrEqual(code.length);
    }),
    { numRuns: 20_000 },
  );
});
