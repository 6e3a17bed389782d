// Entries of tables: affine points, x and y one after the other as single elements. A reference to one is its address, which
// is a multiple of 4, plus 1 when its negative is meant.
import { ELEMENT_BYTES, PAIR_BYTES } from './field';

export const ENTRY_BYTES: usize = 2 * ELEMENT_BYTES;

/** out (a pair) = the entries' x, each minus its lane of `minus`. */
export function entriesX(out: usize, reference0: usize, reference1: usize, minus: usize): void {
  const at0 = reference0 & ~3;
  const at1 = reference1 & ~3;
  for (let i: usize = 0; i < 32; i += 16) {
    const limbs0 = v128.load(at0 + i);
    const limbs1 = v128.load(at1 + i);
    v128.store(out + 2 * i, i32x4.sub(low(limbs0, limbs1), v128.load(minus + 2 * i)));
    v128.store(out + 2 * i + 16, i32x4.sub(high(limbs0, limbs1), v128.load(minus + 2 * i + 16)));
  }
  const top = low(v128.load32_zero(at0 + 32), v128.load32_zero(at1 + 32));
  v128.store64_lane(out + 64, i32x4.sub(top, v128.load64_zero(minus + 64)), 0);
}

/** out (a pair) = the entries' y with their signs, each minus its lane of `minus`; weight 2. */
export function entriesY(out: usize, reference0: usize, reference1: usize, minus: usize): void {
  const at0 = (reference0 & ~3) + ELEMENT_BYTES;
  const at1 = (reference1 & ~3) + ELEMENT_BYTES;
  const sign = i64x2.splat(-((<i64>(reference1 & 1)) << 32) | <i64>(<u32>-(reference0 & 1)));
  for (let i: usize = 0; i < 32; i += 16) {
    const limbs0 = v128.load(at0 + i);
    const limbs1 = v128.load(at1 + i);
    v128.store(out + 2 * i, i32x4.sub(signed(low(limbs0, limbs1), sign), v128.load(minus + 2 * i)));
    v128.store(out + 2 * i + 16, i32x4.sub(signed(high(limbs0, limbs1), sign), v128.load(minus + 2 * i + 16)));
  }
  const top = signed(low(v128.load32_zero(at0 + 32), v128.load32_zero(at1 + 32)), sign);
  v128.store64_lane(out + 64, i32x4.sub(top, v128.load64_zero(minus + 64)), 0);
}

/** Limbs 0 and 1 of two elements as a pair has them. */
function low(limbs0: v128, limbs1: v128): v128 {
  return i8x16.shuffle(limbs0, limbs1, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}

/** Limbs 2 and 3. */
function high(limbs0: v128, limbs1: v128): v128 {
  return i8x16.shuffle(limbs0, limbs1, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}

/** Negated where the sign is −1. */
function signed(limbs: v128, sign: v128): v128 {
  return i32x4.sub(v128.xor(limbs, sign), sign);
}

/** Writes an affine point in two lanes, a pair of x and a pair of y, to an entry each. */
export function storeEntries(point: usize, at0: usize, at1: usize): void {
  storeLanes(point, at0, at1);
  storeLanes(point + PAIR_BYTES, at0 + ELEMENT_BYTES, at1 + ELEMENT_BYTES);
}

function storeLanes(pair: usize, at0: usize, at1: usize): void {
  for (let i: usize = 0; i < 32; i += 16) {
    const first = v128.load(pair + 2 * i);
    const second = v128.load(pair + 2 * i + 16);
    v128.store(at0 + i, i8x16.shuffle(first, second, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27));
    v128.store(at1 + i, i8x16.shuffle(first, second, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31));
  }
  store<u32>(at0 + 32, load<u32>(pair + 64));
  store<u32>(at1 + 32, load<u32>(pair + 68));
}
