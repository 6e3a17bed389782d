// Goal: blocks never overlap each other or the batch, keep their bytes wherever the arena goes, and leave zeros behind.
// Method: random sequences of allocations, frees and growing batches against a plain map of what each block holds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena, type ArenaMemory, type Region } from './arena.js';

const PAGE = 65_536;

/** Memory like WebAssembly's: growing replaces the buffer. */
class FakeMemory implements ArenaMemory {
  buffer = new ArrayBuffer(PAGE);

  grow(pages: number): number {
    const before = this.buffer.byteLength;
    const grown = new Uint8Array(before + pages * PAGE);
    grown.set(new Uint8Array(this.buffer));
    this.buffer = grown.buffer;
    return before / PAGE;
  }
}

type Step = { kind: 'allocate' | 'free' | 'batch'; size: number };
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('allocate', 'allocate', 'free', 'batch'),
  size: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 3 * PAGE })),
});

describe('Arena', () => {
  it('keeps blocks apart and whole', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const memory = new FakeMemory();
        const arena = new Arena(memory);
        const held = new Map<Region, number>();
        let batchEnd = 0;
        let mark = 0;
        for (const { kind, size } of steps) {
          if (kind === 'allocate') {
            const region = arena.allocate(size);
            const bytes = new Uint8Array(memory.buffer, region.at, region.size);
            expect(region.size).toBeGreaterThanOrEqual(size);
            expect(region.at % 64).toBe(0);
            expect(bytes.every((byte) => byte === 0)).toBe(true);
            mark = (mark % 250) + 1;
            bytes.fill(mark);
            held.set(region, mark);
          } else if (kind === 'free') {
            const [region] = [...held.keys()].slice(size % Math.max(1, held.size));
            if (region === undefined) continue;
            const { at, size: length } = region;
            arena.free(region);
            held.delete(region);
            expect(new Uint8Array(memory.buffer, at, length).every((byte) => byte === 0)).toBe(true);
          } else {
            batchEnd = Math.max(batchEnd, size);
            arena.keepClear(batchEnd);
            expect(memory.buffer.byteLength).toBeGreaterThanOrEqual(batchEnd);
            // What was the arena's is not left in the batch's memory.
            expect(new Uint8Array(memory.buffer, 0, batchEnd).every((byte) => byte === 0)).toBe(true);
          }
          const spans = [...held.keys()].map(({ at, size: length }) => [at, at + length] as const);
          spans.sort((a, b) => a[0] - b[0]);
          let end = batchEnd;
          for (const [from, to] of spans) {
            expect(from).toBeGreaterThanOrEqual(end);
            end = to;
          }
          for (const [region, value] of held) {
            const bytes = new Uint8Array(memory.buffer, region.at, region.size);
            expect([bytes[0], bytes[region.size >> 1], bytes[region.size - 1]]).toEqual([value, value, value]);
          }
          expect(arena.used).toBe([...held.keys()].reduce((sum, { size: length }) => sum + length, 0));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('refuses what memory of 32 bits has no room for, and a block that is not its own', () => {
    const arena = new Arena({ buffer: new ArrayBuffer(PAGE), grow: () => 0 });
    expect(() => arena.allocate(2 ** 32)).toThrow(/4 GiB/);
    expect(() => arena.keepClear(2 ** 32)).toThrow(/4 GiB/);
    const other = new Arena(new FakeMemory()).allocate(64);
    expect(() => arena.free(other)).toThrow();
  });
});
