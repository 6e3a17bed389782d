// The fuzzer itself: a million inputs of it, and that it notices what it is there to notice.
import { describe, expect, it } from 'vitest';
import { type Columns, type ElementColumns, FORMATS, loadCore } from '../../host/index.js';
import { InputSource } from './inputs.js';
import { brokenElements, brokenPromise } from './promises.js';
import { optionsOf, runRound } from './round.js';

const core = await loadCore();
const other = await loadCore();

it('a million inputs: no trap, every promise kept, a batch says what the code alone says', () => {
  const source = new InputSource(20_000);
  const total = { inputs: 0, wellFormed: 0, identified: 0, alone: 0, recovered: 0, decided: 0, genuine: 0 };
  for (let batch = 0; batch < 50; batch++) {
    const report = runRound(core, other, source, 20_261_121, batch);
    expect(report.failure).toBeNull();
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += report[name];
  }
  expect(total.inputs).toBe(1_000_000);
  // Inputs that fail at once would test little: a good part must go all the way.
  expect(total.wellFormed).toBeGreaterThan(100_000);
  expect(total.wellFormed).toBeLessThan(900_000);
  expect(total.identified).toBeGreaterThan(50_000);
  expect(total.alone).toBeGreaterThan(4000);
  expect(total.recovered).toBeGreaterThan(500);
  expect(total.genuine).toBeGreaterThan(10_000);
  expect(total.decided - total.genuine).toBeGreaterThan(10_000);
});

it('a seed and a number make a batch, always the same', () => {
  const [one, two] = [new InputSource(500), new InputSource(500)];
  const bytes = (source: InputSource, seed: number, batch: number) => source.bytes.slice(0, source.fill(seed, batch));
  const first = bytes(one, 1, 2);
  expect(bytes(one, 1, 3)).not.toEqual(first);
  expect(bytes(one, 2, 2)).not.toEqual(first);
  expect(bytes(two, 1, 2)).toEqual(first);
});

it('options come in all combinations', () => {
  const seen = new Set(Array.from({ length: 96 }, (_, batch) => JSON.stringify(optionsOf(batch))));
  expect(seen.size).toBe(96);
});

describe('what is noticed', async () => {
  const UNIT = '0104607000001097215TP8ca\u001d93tkhw';
  const batch = (await loadCore()).parseBatch(Buffer.from(`${UNIT}\ngarbage\n`));
  const size = UNIT.length + 9;

  it('nothing, when all is well', () => {
    expect(brokenPromise(batch.columns, 2, size)).toBeNull();
  });

  it.each<[string, number, (columns: Columns) => void]>([
    ['the code is inside the input', 1, (c) => c.length.fill(99, 1, 2)],
    ['the error is inside the code', 1, (c) => c.errorPosition.fill(8, 1, 2)],
    ['the serial is inside the code', 0, (c) => c.serialOffset.fill(40, 0, 1)],
    ['the key id is inside the code', 0, (c) => c.keyIdLength.fill(99, 0, 1)],
    ['the tail is inside the code', 0, (c) => c.tailLength.fill(5, 0, 1)],
    ['the kind is one of three', 0, (c) => c.kind.fill(3, 0, 1)],
    ['the GTIN has 14 digits', 0, (c) => c.gtin.fill(1e14, 0, 1)],
    ['the GTIN has 14 digits', 0, (c) => c.gtin.fill(0.5, 0, 1)],
    ['the flag tells of a tail', 0, (c) => c.flags.fill(0, 0, 1)],
    ['what has a key has a fingerprint', 0, (c) => c.fingerprint.fill(0, 0, 4)],
    ['what has a key has a fingerprint', 1, (c) => c.fingerprint.fill(1, 4, 8)],
    ['weight is −1 or more', 0, (c) => c.weight.fill(-2, 0, 1)],
    ['the format has a name', 0, (c) => c.format.fill(255, 0, 1)],
    ['no error has no place', 0, (c) => c.errorPosition.fill(1, 0, 1)],
    ['the error has a name', 1, (c) => c.error.fill(255, 1, 2)],
    ['an error is nothing else', 1, (c) => c.format.fill(1, 1, 2)],
  ])('%s (row %d)', (promise, row, spoil) => {
    const names = Object.keys(batch.columns) as (keyof Columns)[];
    const columns = Object.fromEntries(names.map((name) => [name, batch.columns[name].slice()])) as unknown as Columns;
    spoil(columns);
    expect(brokenPromise(columns, 2, size)).toEqual({ row, promise });
  });

  it.each<[string, number, (elements: ElementColumns) => void]>([
    ['elements begin at 0', 0, (e) => e.first.fill(1, 0, 1)],
    ['elements are in order', 0, (e) => e.first.fill(99, 1, 2)],
    ['a row has elements or an error', 0, (e) => e.first.fill(0)],
    ['a row has elements or an error', 1, (e) => e.first.fill(2, 1, 2)],
    ['an element is behind the one before', 0, (e) => e.offset.fill(3, 1, 2)],
    ['an element is behind the one before', 0, (e) => e.length.fill(0, 2, 3)],
    ['elements are inside the code', 0, (e) => e.length.fill(9, 2, 3)],
  ])('%s (row %d)', async (promise, row, spoil) => {
    const own = await loadCore();
    const { columns, elements } = own.parseBatch(Buffer.from(`${UNIT}\ngarbage\n`), { format: 'gs1' });
    const { first, ai, offset, length } = elements!;
    const copy = { first: first.slice(), ai: ai.slice(), offset: offset.slice(), length: length.slice() };
    expect(brokenElements(copy, columns, 2)).toBeNull();
    spoil(copy);
    expect(brokenElements(copy, columns, 2)).toEqual({ row, promise });
  });

  it('a batch and a single code that differ, with the input that shows it', async () => {
    // A core that knows no format in effect, against one that knows all: the same code has two formats.
    const outdated = await loadCore({ formats: FORMATS.map((format) => ({ ...format, until: '1999-12-31' })) });
    const source = new InputSource(5000);
    const failures = [0, 6, 12, 18, 24]
      .map((batch) => runRound(core, outdated, source, 7, batch).failure)
      .filter((failure) => failure !== null);
    expect(failures.length).toBeGreaterThan(0);
    expect(failures[0]?.what).toMatch(/the batch says another thing/);
    expect(failures[0]?.input).toMatch(/^[0-9a-f]+$/);
  });
});
