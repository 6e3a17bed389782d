/**
 * Repeatable randomness: a generator for decisions that are taken in order, and pure functions for what must be the same each time it is written.
 */

/**
 * xoshiro128** 1.1 by David Blackman and Sebastiano Vigna (public domain, https://prng.di.unimi.it/xoshiro128starstar.c),
 * its state filled from a 32-bit seed by {@link mix32} over a Weyl sequence, as its authors advise to do with a SplitMix generator.
 */
export class Random {
  readonly #state = new Uint32Array(4);

  /** @param seed 32 bits, or the whole state, not all zero */
  constructor(seed: number | readonly [number, number, number, number]) {
    for (let i = 0; i < 4; i++) {
      this.#state[i] = typeof seed === 'number' ? mix32(seed + Math.imul(i + 1, WEYL)) : seed[i]!;
    }
  }

  /** Next 32 bits, as an unsigned integer. */
  next(): number {
    const s = this.#state;
    const result = Math.imul(rotate(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const carried = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= carried;
    s[3] = rotate(s[3]!, 11);
    return result;
  }

  /** Integer from 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }

  /** Fisher–Yates shuffle in place. */
  shuffle<T extends Int32Array | Uint32Array>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = values[i]!;
      values[i] = values[j]!;
      values[j] = kept;
    }
    return values;
  }
}

/** 2³² divided by the golden ratio: steps of a Weyl sequence. */
export const WEYL = 0x9e3779b9;

/** The `lowbias32` mixer of Chris Wellons' hash-prospector (public domain): a bijection of 32 bits, unsigned. */
export function mix32(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Numbers that {@link scatter} takes and gives. */
export const SCATTER_LIMIT = 2 ** 29;

/** A bijection of 0 … 2²⁹ − 1 chosen by `key`: distinct numbers stay distinct, and neighbours land far apart. */
export function scatter(value: number, key: number): number {
  const mask = SCATTER_LIMIT - 1;
  let x = (value ^ key) & mask;
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) & mask;
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39) & mask;
  return x ^ (x >>> 15);
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
