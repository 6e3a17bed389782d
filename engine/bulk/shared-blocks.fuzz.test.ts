// Goal: a stream, however it is cut into chunks, comes out in blocks of whole lines, every byte once. Method: random chunks and line lengths;
// memory that is given back is used again while later blocks are read.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_BYTES_MAX } from '../line-blocks.js';
import { BLOCK_BYTES, sharedBlocks } from './shared-blocks.js';

async function* chunksOf(text: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < text.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield text.subarray(at, at + size);
    at += size;
  }
}

/** The blocks, each given back when the next but one is there, as workers do. */
async function blocksOf(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const blocks: Buffer[] = [];
  const held: (() => void)[] = [];
  for await (const { memory, length, giveBack } of sharedBlocks(chunks)) {
    blocks.push(Buffer.from(new Uint8Array(memory, 0, length)));
    held.push(giveBack);
    if (held.length > 2) held.shift()?.();
  }
  return blocks;
}

describe('sharedBlocks', () => {
  it('whole lines, in order, nothing lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.nat(200), fc.nat(5000), fc.integer({ min: 200_000, max: LINE_BYTES_MAX })), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.array(fc.oneof(fc.integer({ min: 1000, max: 70_000 }), fc.integer({ min: 500_000, max: 3_000_000 })), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.boolean(),
        async (lengths, sizes, closed) => {
          const lines = lengths.map((length, i) => String.fromCharCode(0x41 + (i % 26)).repeat(length));
          const text = Buffer.from(lines.join('\n') + (closed ? '\n' : ''));
          const blocks = await blocksOf(chunksOf(text, sizes));
          expect(Buffer.concat(blocks).equals(text)).toBe(true);
          for (const block of blocks.slice(0, -1)) {
            expect(block.at(-1)).toBe(0x0a);
            expect(block.length).toBeLessThanOrEqual(BLOCK_BYTES + LINE_BYTES_MAX);
          }
        },
      ),
      { numRuns: 40, seed: 41 },
    );
  });

  it('a line without end ends the stream, and is in the last block', async () => {
    let asked = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('first\n');
      for (;;) {
        asked++;
        yield Buffer.alloc(300_000, 0x78);
      }
    }
    const blocks = await blocksOf(endless());
    expect(Buffer.concat(blocks).subarray(0, 7).toString()).toBe('first\nx');
    expect(blocks.at(-1)!.length).toBeGreaterThan(LINE_BYTES_MAX);
    expect(asked).toBeLessThan(12);
  });
});
