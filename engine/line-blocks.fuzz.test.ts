// Goal: blocks are whole lines, together they are the stream, and the numbers of first lines are right, however the stream is cut.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLines, LINE_BYTES_MAX, lineBlocks } from './line-blocks.js';

const LF = 0x0a;

interface Seen {
  bytes: Buffer;
  firstLine: number;
}

async function blocksOf(bytes: Uint8Array, cuts: readonly number[]): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const block of lineBlocks('list.txt', chunks(bytes, cuts))) {
    seen.push({ bytes: Buffer.from(block.bytes), firstLine: block.firstLine });
  }
  return seen;
}

/** The stream in chunks whose lengths are `cuts`, over and over. */
async function* chunks(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = cuts[i % cuts.length]!;
    yield bytes.slice(at, at + length);
    at += length;
  }
}

/** A list of lines of these lengths; every line has a byte of its own, so that swapped lines are seen. */
function listOf(lengths: readonly number[], closed: boolean): Buffer {
  const lines = lengths.map((length, i) => Buffer.alloc(length, 0x21 + (i % 90)).toString('latin1'));
  return Buffer.from(lines.join('\n') + (closed ? '\n' : ''), 'latin1');
}

const length = fc.oneof(
  { weight: 4, arbitrary: fc.nat(200) },
  { weight: 2, arbitrary: fc.integer({ min: 100_000, max: 700_000 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: LINE_BYTES_MAX - 2, max: LINE_BYTES_MAX }),
  },
);
const cut = fc.oneof(fc.integer({ min: 5_000, max: 80_000 }), fc.integer({ min: 200_000, max: 3_000_000 }));

describe('lineBlocks', () => {
  it('cuts any stream at line ends, like a split at LF', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(length, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        fc.array(cut, { minLength: 1, maxLength: 4 }),
        async (lengths, closed, cuts) => {
          const bytes = listOf(lengths, closed);
          const blocks = await blocksOf(bytes, cuts);
          expect(Buffer.concat(blocks.map((block) => block.bytes)).equals(bytes)).toBe(true);
          let line = 0;
          for (const [i, block] of blocks.entries()) {
            expect(block.firstLine).toBe(line);
            expect(block.bytes.length).toBeGreaterThan(0);
            if (i < blocks.length - 1) expect(block.bytes.at(-1)).toBe(LF);
            line += countLines(block.bytes);
          }
          expect(line).toBe(bytes.toString('latin1').split('\n').length - 1);
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  it('cuts short streams byte by byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 30 }), fc.boolean(), async (lengths, closed) => {
        const bytes = listOf(lengths, closed);
        const blocks = await blocksOf(bytes, [1]);
        expect(Buffer.concat(blocks.map((block) => block.bytes)).equals(bytes)).toBe(true);
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  it('refuses a line over the limit, names it, and does so for any chunking', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(400_000), { maxLength: 4 }),
        fc.integer({ min: LINE_BYTES_MAX + 1, max: LINE_BYTES_MAX * 3 }),
        fc.array(fc.nat(400_000), { maxLength: 4 }),
        fc.boolean(),
        fc.array(cut, { minLength: 1, maxLength: 4 }),
        async (before, long, after, closed, cuts) => {
          const reading = blocksOf(listOf([...before, long, ...after], closed), cuts).then((blocks) => blocks.length);
          await expect(reading).rejects.toMatchObject({
            name: 'TamgaError',
            code: 'LINE_TOO_LONG',
            data: {
              path: 'list.txt',
              line: before.length + 1,
              limit: `${LINE_BYTES_MAX} bytes`,
            },
          });
        },
      ),
      { numRuns: 30, seed: 3 },
    );
  });

  it('reads no further than it must to see that a line is too long', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 1 << 20;
        yield new Uint8Array(1 << 20).fill(0x41);
      }
    }
    const reading = (async () => {
      for await (const _ of lineBlocks('list.txt', endless())) throw new Error('there is no whole line');
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'LINE_TOO_LONG',
      data: { line: 1 },
    });
    expect(read).toBeLessThanOrEqual(4 << 20);
  });

  it('an empty stream has no blocks', async () => {
    expect(await blocksOf(new Uint8Array(0), [10])).toEqual([]);
  });
});
