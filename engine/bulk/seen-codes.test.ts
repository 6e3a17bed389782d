// Goal: of each code's lines all but the first are repetitions. Method: a Set, over blocks of random ordinals, with many repetitions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import type { BlockResult } from './classify.js';
import { SeenCodes } from './seen-codes.js';

const { OK, DUPLICATE } = OUTCOME_NUMBER;

function block(ordinals: readonly number[]): BlockResult {
  return {
    lines: ordinals.length,
    ordinals: Uint32Array.from(ordinals),
    parents: new Uint32Array(ordinals.length),
    outcomes: new Uint8Array(ordinals.length).fill(OK),
    tails: new Uint8Array(0),
    packages: false,
    found: new Uint8Array(0),
    strays: {
      lines: new Uint32Array(0),
      prints: new Uint32Array(0),
      keys: new Uint8Array(0),
      keyOffsets: new Uint32Array(1),
    },
    release: () => undefined,
  };
}

describe('SeenCodes', () => {
  it('like a Set, whatever the blocks', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.array(fc.nat(), { maxLength: 300 })),
        (size, blocks) => {
          const seen = new SeenCodes(size);
          const before = new Set<number>();
          const repeated = new Set<number>();
          for (const numbers of blocks) {
            const ordinals = numbers.map((n) => n % size);
            const one = block(ordinals);
            seen.settle(one);
            const expected = ordinals.map((ordinal) => {
              const again = before.has(ordinal);
              if (ordinal !== 0) before.add(ordinal);
              if (again) repeated.add(ordinal);
              return again ? DUPLICATE : OK;
            });
            expect([...one.outcomes]).toEqual(expected);
          }
          expect([...seen.repeated]).toEqual([...repeated].sort((a, b) => a - b));
        },
      ),
      { numRuns: 300, seed: 32 },
    );
  });

  it('keeps every repetition of a block that has very many', () => {
    const seen = new SeenCodes(20_001);
    const ordinals = Array.from({ length: 20_000 }, (_, i) => i + 1);
    seen.settle(block(ordinals));
    seen.settle(block(ordinals));
    expect(seen.repeated.size).toBe(20_000);
  });
});
