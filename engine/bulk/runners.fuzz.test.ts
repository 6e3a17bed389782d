// Goal: the runner in this thread and the pool are one contract: the same file and ranges give equal results, block by block, and the blocks
// together are what one parse of the whole file gives.
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compileCore, loadCore, textToKey } from '../../core/host/index.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { emptyImage } from '../register/image.js';
import { type BlockResult, blockResult, classify } from './classify.js';
import { InThreadRunner } from './in-thread-runner.js';
import { BufferStock, LineBuffers } from './line-buffers.js';
import { codeOf, keyOf, scanOf, scratchFiles } from './lists.test.data.js';
import { PoolRunner } from './pool-runner.js';
import { cutRanges } from './range-reader.js';
import type { Pass, Runner } from './runner.js';
import { Universe } from './universe.js';

const module = await compileCore();
const seed = Uint8Array.from(randomBytes(16));
const core = await loadCore({ module, seed });
const inThread = new InThreadRunner(module);
const pool = new PoolRunner(module, 2);
afterAll(async () => {
  await inThread.close();
  await pool.close();
});
const { write } = scratchFiles();

/** A universe that knows the even codes below 40 and one package. */
function someUniverse(): Universe {
  const universe = new Universe(emptyImage());
  const keys = Array.from({ length: 20 }, (_, i) => keyOf(i * 2));
  for (const [i, text] of [...keys, '195200000000000117'].entries()) {
    const key = textToKey(text);
    universe.add(core.fingerprintKeys(key, Uint32Array.of(0, key.length)), 0, key, i === keys.length);
  }
  for (const ordinal of [3, 4, 5]) universe.setParent(ordinal, keys.length + 1);
  return universe;
}

const universe = someUniverse();
const pass = (forSets: boolean): Pass => ({
  universe,
  options: {
    context: { operation: 'accept', now: 0, owners: [] },
    forSets,
    unregistered: OUTCOME_NUMBER.NOT_FOUND,
    unknownPackage: OUTCOME_NUMBER.UNKNOWN_PACKAGE,
  },
  seed,
  trim: true,
});

const line = fc.oneof(
  { weight: 8, arbitrary: fc.nat(60).chain((n) => fc.constantFrom(codeOf(n), scanOf(n), ` ${codeOf(n)}\t`)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('195200000000000117', '00195200000000000124', '', '   ', 'garbage', '4601234567893'),
  },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(4095), 'x'.repeat(4096), 'y'.repeat(5000)) },
);

type Block = Omit<BlockResult, 'release'>;

/** A block that outlives its columns, which go back for later blocks: what an earlier block left in them must not be seen. */
function taken({ release, strays, ...block }: BlockResult): Block {
  const { ordinals, parents, outcomes } = block;
  const copy = {
    ...block,
    ordinals: ordinals.slice(),
    parents: parents.slice(),
    outcomes: outcomes.slice(),
    strays: { ...strays, lines: strays.lines.slice(), prints: strays.prints.slice() },
  };
  release();
  return copy;
}

async function blocksOf(runner: Runner, path: string, start: number, size: number, one: Pass): Promise<Block[]> {
  const file = { path, stamp: `${path}:${statSync(path).mtimeMs}` };
  const results: Promise<BlockResult>[] = [];
  const blocks: Block[] = [];
  for (const range of cutRanges(start, statSync(path).size, size)) {
    if (results.length >= runner.width) blocks.push(taken(await (results.shift() as Promise<BlockResult>)));
    results.push(runner.run({ ...file, range }, one));
  }
  for (const result of results) blocks.push(taken(await result));
  return blocks;
}

/** One parse of the whole text, into memory that has been used before. */
function wholeOf(text: string, { options }: Pass): Block {
  const used = LineBuffers.withRoomFor(0);
  new Uint8Array(used.memory).fill(0xff);
  const batch = core.parseBatch(Buffer.from(text), { trim: true });
  return taken(blockResult(classify(core, batch, universe, options, used), new BufferStock()));
}

const joined = (parts: readonly (Uint8Array | Uint32Array)[]): number[] => parts.flatMap((part) => [...part]);

describe('one contract, two runners', () => {
  it('equal blocks for random files and ranges, and together one parse of the file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 40 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.nat(3),
        fc.integer({ min: 60, max: 9000 }),
        fc.boolean(),
        async (lines, end, closed, skip, size, forSets) => {
          const text = lines.join(end) + (closed ? end : '');
          const path = write('#'.repeat(skip) + text);
          const a = await blocksOf(inThread, path, skip, size, pass(forSets));
          const b = await blocksOf(pool, path, skip, size, pass(forSets));
          expect(b).toEqual(a);

          const whole = wholeOf(text, pass(forSets));
          expect(a.reduce((sum, block) => sum + block.lines, 0)).toBe(whole.lines);
          expect(joined(a.map((block) => block.ordinals))).toEqual([...whole.ordinals]);
          expect(joined(a.map((block) => block.parents))).toEqual([...whole.parents]);
          expect(joined(a.map((block) => block.outcomes))).toEqual([...whole.outcomes]);
          expect(joined(a.map(({ strays }) => strays.prints))).toEqual([...whole.strays.prints]);
          expect(joined(a.map(({ strays }) => strays.keys))).toEqual([...whole.strays.keys]);
          let first = 0;
          const strayLines = a.flatMap(({ strays, lines }) => {
            const at = first;
            first += lines;
            return [...strays.lines].map((one) => at + one);
          });
          expect(strayLines).toEqual([...whole.strays.lines]);
        },
      ),
      { numRuns: 60, seed: 10 },
    );
  });
});

describe.each([
  ['in this thread', inThread],
  ['in a pool', pool],
] as const)('errors %s', (_, runner) => {
  it('are TamgaErrors, and the next range is read as if nothing had been', async () => {
    const good = write(`${codeOf(2)}\n`);
    const range = { start: 0, end: 10, aligned: true };
    const long = write(`${codeOf(1)}\n${'x'.repeat(6 << 20)}\n`);
    await expect(runner.run({ path: `${good}-gone`, stamp: '1', range }, pass(false))).rejects.toMatchObject({
      name: 'TamgaError',
      code: 'FILE_UNREADABLE',
      data: { path: `${good}-gone` },
    });
    await expect(
      runner.run({ path: long, stamp: '1', range: { ...range, end: 100 } }, pass(false)),
    ).rejects.toMatchObject({
      name: 'TamgaError',
      code: 'LINE_TOO_LONG',
      data: { path: long, line: 2 },
    });
    const folder = good.slice(0, good.lastIndexOf('/'));
    await expect(runner.run({ path: folder, stamp: '1', range }, pass(false))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
    const { lines, ordinals } = await runner.run({ path: good, stamp: '1', range }, pass(false));
    expect([lines, ordinals[0]]).toEqual([1, 2]);
  });
});
