// Goal: whatever becomes of a journal's file, what is read from it are the first blocks that were kept, and what is kept next stands behind
// them. Method: made-up blocks, and files that are cut off, overwritten or lengthened anywhere.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReadBlock } from '../bulk/code-input.js';
import { BlockJournal, type Way } from './block-journal.js';

const folder = mkdtempSync(join(tmpdir(), 'block-journal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const MOMENT = { event: 5, codes: 100, seed: new Uint8Array(16).fill(3) };
const SILENT = { onFlushed: () => undefined, onBegin: () => undefined };
let files = 0;

const open = (path: string): Promise<BlockJournal> =>
  BlockJournal.open(path, Number.POSITIVE_INFINITY, SILENT, new AbortController().signal);

interface Made {
  way: Way;
  outcomes: Uint8Array;
}

const made: fc.Arbitrary<Made> = fc.record({
  way: fc.record({ name: fc.constantFrom('sets', 'expected', 'scanned'), input: fc.nat(2) }),
  outcomes: fc.uint8Array({ maxLength: 50 }),
});

/** Block `n` of the journal: its place tells which one it is. */
function blockOf({ outcomes }: Made, n: number): ReadBlock {
  const lines = outcomes.length;
  const strays = {
    lines: new Uint32Array(0),
    prints: new Uint32Array(0),
    keys: new Uint8Array(0),
    keyOffsets: new Uint32Array(1),
  };
  const columns = { ordinals: new Uint32Array(lines), parents: new Uint32Array(lines), outcomes };
  const rest = { tails: new Uint8Array(0), packages: false, found: new Uint8Array(0), release: () => undefined };
  return { result: { lines, ...columns, ...rest, strays }, position: n + 1, read: n + 1, lineOf: (row) => n + 1 + row };
}

/** Positions of a journal's blocks, way by way. */
function positionsIn(journal: BlockJournal, blocks: readonly Made[]): number[] {
  const ways = new Map(blocks.map(({ way }) => [`${way.name} ${way.input}`, way]));
  return [...ways.values()]
    .flatMap((way) =>
      [...journal.kept(way)].map(({ position, first, read }) => {
        expect([first, read]).toEqual([position, position]);
        return position;
      }),
    )
    .sort((a, b) => a - b);
}

describe('the file of a journal', () => {
  it('is good up to where it was spoilt, and goes on from there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(made, { maxLength: 12 }),
        fc.constantFrom('cut', 'overwritten', 'lengthened'),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (blocks, how, place, byte) => {
          const path = join(folder, `journal-${files++}`);
          const journal = await open(path);
          journal.begin(MOMENT);
          for (const [n, block] of blocks.entries()) journal.keep(block.way, blockOf(block, n), true);
          journal.close();

          const bytes = readFileSync(path);
          const at = place % bytes.length;
          if (how === 'overwritten') bytes[at]! ^= byte;
          const tail = Buffer.alloc(place % 100, byte);
          writeFileSync(
            path,
            how === 'cut' ? bytes.subarray(0, at) : how === 'lengthened' ? Buffer.concat([bytes, tail]) : bytes,
          );

          const again = await open(path);
          const found = positionsIn(again, blocks);
          expect(found).toEqual(Array.from(found, (_, n) => n + 1));
          if (how === 'lengthened') expect(found.length).toBe(blocks.length);
          again.begin(MOMENT);
          const next = { way: { name: 'scanned', input: 7 }, outcomes: new Uint8Array(3) } as const;
          again.keep(next.way, blockOf(next, found.length), true);
          expect(again.blocks).toBe(found.length + 1);
          again.close();

          const last = await open(path);
          expect(positionsIn(last, [...blocks, next])).toEqual([...found, found.length + 1]);
          last.close();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of another moment is begun anew, and counts what was in vain', async () => {
    const path = join(folder, 'moved');
    const block: Made = { way: { name: 'sets', input: 0 }, outcomes: new Uint8Array(9) };
    const journal = await open(path);
    journal.begin(MOMENT);
    journal.keep(block.way, blockOf(block, 0), false);
    journal.close();
    for (const moment of [{ event: 6 }, { codes: 101 }, { seed: new Uint8Array(16) }, { event: null }]) {
      const begun: unknown[] = [];
      const again = await BlockJournal.open(
        path,
        0,
        { ...SILENT, onBegin: (event, earlier) => begun.push([event, earlier]) },
        new AbortController().signal,
      );
      const before = again.blocks;
      expect([...again.kept(block.way)]).toHaveLength(1);
      again.begin(MOMENT);
      expect([...again.kept(block.way)]).toHaveLength(1);
      again.begin({ ...MOMENT, ...moment });
      expect([...again.kept(block.way)]).toEqual([]);
      expect(again.blocks).toBe(before);
      again.begin(MOMENT);
      again.keep(block.way, blockOf(block, 0), false);
      expect(again.blocks).toBe(before + 1);
      const event = 'event' in moment ? moment.event : 5;
      expect(begun).toEqual([
        [5, undefined],
        [event, { event: 5 }],
        [5, { event }],
      ]);
      again.close();
    }
  });
});
