// Single elements and pairs of them: words of 32 bits ⇄ limbs of 29, lanes in and out, sums and inverses. Multiplication is
// the fields': field.ts.
import { CURVE_P, CURVE_P_MODULUS, MODULUS_ONE, MODULUS_R2 } from './curve';
import { canonical, ELEMENT_BYTES, isMontgomery, mul, PAIR_BYTES } from './field';
import { inverseModulo } from './inverse';

const LIMB_BITS: u32 = 29;
const LIMB: u32 = 0x1fff_ffff;

/** 8 words (256 bits) as limbs; the number is taken as it is. */
export function limbsOfWords(limbs: usize, words: usize): void {
  let bits: u64 = 0;
  let held: u32 = 0;
  for (let i: usize = 0; i < 32; i += 4) {
    bits |= (<u64>load<u32>(words + i)) << held;
    held += 32;
    while (held >= LIMB_BITS) {
      store<u32>(limbs, <u32>bits & LIMB);
      limbs += 4;
      bits >>= LIMB_BITS;
      held -= LIMB_BITS;
    }
  }
  store<u32>(limbs, <u32>bits);
}

/** Limbs of a number below 2²⁵⁶, each from 0 to 2²⁹ − 1, as 8 words. */
export function wordsOfLimbs(words: usize, limbs: usize): void {
  let bits: u64 = 0;
  let held: u32 = 0;
  const end = words + 32;
  while (words < end) {
    while (held < 32) {
      bits |= (<u64>load<u32>(limbs)) << held;
      limbs += 4;
      held += LIMB_BITS;
    }
    store<u32>(words, <u32>bits);
    words += 4;
    bits >>= 32;
    held -= 32;
  }
}

/** One pair of two elements. */
export function join(pair: usize, lane0: usize, lane1: usize): void {
  for (let i: usize = 0; i < ELEMENT_BYTES; i += 4) {
    store<u32>(pair + 2 * i, load<u32>(lane0 + i));
    store<u32>(pair + 2 * i + 4, load<u32>(lane1 + i));
  }
}

/** The element in a lane, 0 or 1, of a pair. */
export function lane(element: usize, pair: usize, which: usize): void {
  for (let i: usize = 0; i < ELEMENT_BYTES; i += 4) store<u32>(element + i, load<u32>(pair + 2 * i + 4 * which));
}

/** out = a − b. */
export function subtract(out: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 64; i += 16) v128.store(out + i, i32x4.sub(v128.load(a + i), v128.load(b + i)));
  v128.store64_lane(out + 64, i32x4.sub(v128.load64_zero(a + 64), v128.load64_zero(b + 64)), 0);
}

/** out = a + b. */
export function add(out: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 64; i += 16) v128.store(out + i, i32x4.add(v128.load(a + i), v128.load(b + i)));
  v128.store64_lane(out + 64, i32x4.add(v128.load64_zero(a + 64), v128.load64_zero(b + 64)), 0);
}

export function copyPair(out: usize, a: usize): void {
  memory.copy(out, a, PAIR_BYTES);
}

/** Both lanes the field's one. */
export function setOne<F>(pair: usize, curve: usize): void {
  if (isMontgomery<F>()) {
    const one = curve + CURVE_P_MODULUS + MODULUS_ONE;
    join(pair, one, one);
  } else {
    memory.fill(pair, 0, PAIR_BYTES);
    store<u64>(pair, 0x1_0000_0001);
  }
}

/** Whether an element is a multiple of p; scratch: one element. */
export function isZero<F>(element: usize, scratch: usize): bool {
  canonical<F>(scratch, element);
  let bits: u32 = 0;
  for (let i: usize = 0; i < ELEMENT_BYTES; i += 4) bits |= load<u32>(scratch + i);
  return bits === 0;
}

/** Two numbers below p, 8 words each, as a pair; scratch: two pairs. */
export function pairOfWords<F>(pair: usize, words0: usize, words1: usize, curve: usize, scratch: usize): void {
  limbsOfWords(scratch, words0);
  limbsOfWords(scratch + ELEMENT_BYTES, words1);
  join(pair, scratch, scratch + ELEMENT_BYTES);
  if (!isMontgomery<F>()) return;
  const r2 = curve + CURVE_P_MODULUS + MODULUS_R2;
  join(scratch, r2, r2);
  mul<F>(pair, pair, scratch);
}

/** Both lanes of a pair as numbers below p, 8 words each; scratch: two pairs. */
export function wordsOfPair<F>(words0: usize, words1: usize, pair: usize, scratch: usize): void {
  const one = scratch + PAIR_BYTES;
  if (isMontgomery<F>()) {
    memory.fill(one, 0, PAIR_BYTES);
    store<u64>(one, 0x1_0000_0001);
    mul<F>(one, pair, one);
    pair = one;
  }
  lane(scratch, pair, 0);
  canonical<F>(scratch, scratch);
  wordsOfLimbs(words0, scratch);
  lane(scratch, pair, 1);
  canonical<F>(scratch, scratch);
  wordsOfLimbs(words1, scratch);
}

/** Bytes of scratch that {@link invert} takes. */
export const INVERT_SCRATCH: usize = 4 * PAIR_BYTES;

/** out = 1 / a in both lanes, by one inversion of their product; 0 in both when one of them is 0. out may be a. */
export function invert<F>(out: usize, a: usize, curve: usize, scratch: usize): void {
  const others = scratch;
  const product = scratch + PAIR_BYTES;
  const work = scratch + 2 * PAIR_BYTES;
  for (let i: usize = 0; i < PAIR_BYTES; i += 8) store<u64>(others + i, rotr(load<u64>(a + i), 32));
  mul<F>(product, a, others);
  wordsOfPair<F>(product, product + 32, product, work);
  inverseModulo(product, product, curve + CURVE_P);
  pairOfWords<F>(product, product, product, curve, work);
  mul<F>(out, product, others);
}
