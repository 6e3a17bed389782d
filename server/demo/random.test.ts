import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deck } from './deck.js';
import { mix32, Random, SCATTER_LIMIT, scatter } from './random.js';

describe('Random', () => {
  it('is xoshiro128**: agrees with the published recurrence in exact arithmetic', () => {
    const random = new Random([1, 2, 3, 4]);
    const reference = published([1n, 2n, 3n, 4n]);
    const drawn = Array.from({ length: 1000 }, () => random.next());
    expect(drawn.slice(0, 2)).toEqual([11520, 0]);
    expect(drawn).toEqual(Array.from({ length: 1000 }, () => reference()));
  });

  it('draws every number below a limit about equally often', () => {
    const random = new Random(7);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[random.below(10)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('shuffles without losing anything', () => {
    fc.assert(
      fc.property(fc.int32Array({ maxLength: 200 }), fc.nat(), (numbers, seed) => {
        const shuffled = new Random(seed).shuffle(numbers.slice());
        expect(shuffled.toSorted()).toEqual(numbers.toSorted());
      }),
    );
  });
});

describe('mix32 and scatter', () => {
  it('keep distinct numbers distinct', () => {
    const mixed = new Set<number>();
    const scattered = new Set<number>();
    for (let i = 0; i < 300_000; i++) {
      mixed.add(mix32(i));
      scattered.add(scatter(i, 0xabcdef01));
    }
    expect([mixed.size, scattered.size]).toEqual([300_000, 300_000]);
    for (const place of scattered) if (place < 0 || place >= SCATTER_LIMIT) expect.fail(`${place} is out of range`);
  });
});

describe('Deck', () => {
  it('gives each number once, whatever way it is drawn', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(), fc.array(fc.tuple(fc.nat(40), fc.boolean())), (size, seed, draws) => {
        const deck = new Deck(
          Int32Array.from({ length: size }, (_, i) => i),
          new Random(seed),
        );
        const seen: number[] = [];
        for (const [count, even] of draws) {
          const drawn = even ? deck.drawWhere(count, (number) => number % 2 === 0) : deck.draw(count);
          expect(drawn.length).toBeLessThanOrEqual(count);
          if (even) expect(drawn.every((number) => number % 2 === 0)).toBe(true);
          seen.push(...drawn);
        }
        seen.push(...deck.rest());
        expect(deck.left).toBe(0);
        expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
      }),
    );
  });
});

/** The recurrence as printed at prng.di.unimi.it, in integers of 32 bits cut from bigints. */
function published(state: [bigint, bigint, bigint, bigint]): () => number {
  const cut = (value: bigint) => BigInt.asUintN(32, value);
  const rotate = (value: bigint, by: bigint) => cut((value << by) | (value >> (32n - by)));
  return () => {
    const result = cut(rotate(cut(state[1] * 5n), 7n) * 9n);
    const shifted = cut(state[1] << 9n);
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 11n);
    return Number(result);
  };
}
