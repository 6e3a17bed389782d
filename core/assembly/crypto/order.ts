// Arithmetic modulo the order q of a base point: scalars of signatures.
// RFC 7091 §6.2 steps 3–5 (v = e⁻¹, z1 = s·v, z2 = −r·v) and SEC 1 §4.1.4 steps 3–5 (w = s⁻¹, u1 = e·w, u2 = r·w).
//
// A scalar is nine limbs of 29 bits (u32 each, low first). Products are Montgomery's with R = 2²⁶¹: P. L. Montgomery,
// "Modular multiplication without trial division" (1985). One method serves every q; the curve's part of a verification
// takes some forty times as long as this.
// What is called `order` below is the address of q's modulus record in the curve's: curve.ts.
import { CURVE_ORDER, CURVE_ORDER_MODULUS, MODULUS_R2 } from './curve';
import { inverseModulo } from './inverse';

export const SCALAR_BYTES: u32 = 36;

/** Where q stands in words, before its modulus record. */
const WORDS: usize = CURVE_ORDER_MODULUS - CURVE_ORDER;
const LIMB: u64 = (1 << 29) - 1;

/** The number one, as limbs. */
const ONE: usize = memory.data<u32>([1, 0, 0, 0, 0, 0, 0, 0, 0]);
const PRODUCT: usize = memory.data(36, 8);
const INVERSE: usize = memory.data(32, 8);

/** Whether 32 bytes, most significant first, are a number in 1 … q − 1. */
export function isScalar(order: usize, at: usize): bool {
  let any: u64 = 0;
  for (let i: usize = 0; i < 32; i += 8) any |= load<u64>(at + i);
  if (any === 0) return false;
  for (let i: usize = 0; i < 32; i += 8) {
    const ours = bswap<u64>(load<u64>(at + i));
    const most = load<u64>(order - WORDS + 24 - i);
    if (ours !== most) return ours < most;
  }
  return false;
}

/** Reads 32 bytes, most significant first, as limbs; any value below 2²⁵⁶. */
export function readBigEndian(out: usize, at: usize): void {
  spread(
    out,
    bswap<u64>(load<u64>(at, 24)),
    bswap<u64>(load<u64>(at, 16)),
    bswap<u64>(load<u64>(at, 8)),
    bswap<u64>(load<u64>(at)),
  );
}

/** Reads 32 bytes, least significant first, as limbs; any value below 2²⁵⁶. */
export function readLittleEndian(out: usize, at: usize): void {
  spread(out, load<u64>(at), load<u64>(at, 8), load<u64>(at, 16), load<u64>(at, 24));
}

function spread(out: usize, w0: u64, w1: u64, w2: u64, w3: u64): void {
  store<u32>(out, <u32>(w0 & LIMB));
  store<u32>(out, <u32>((w0 >> 29) & LIMB), 4);
  store<u32>(out, <u32>(((w0 >> 58) | (w1 << 6)) & LIMB), 8);
  store<u32>(out, <u32>((w1 >> 23) & LIMB), 12);
  store<u32>(out, <u32>(((w1 >> 52) | (w2 << 12)) & LIMB), 16);
  store<u32>(out, <u32>((w2 >> 17) & LIMB), 20);
  store<u32>(out, <u32>(((w2 >> 46) | (w3 << 18)) & LIMB), 24);
  store<u32>(out, <u32>((w3 >> 11) & LIMB), 28);
  store<u32>(out, <u32>(w3 >> 40), 32);
}

/** Writes a scalar below 2²⁵⁶ as 32 bytes, least significant first. */
export function writeLittleEndian(out: usize, scalar: usize): void {
  const l2 = <u64>load<u32>(scalar, 8);
  const l4 = <u64>load<u32>(scalar, 16);
  const l6 = <u64>load<u32>(scalar, 24);
  store<u64>(out, <u64>load<u32>(scalar) | ((<u64>load<u32>(scalar, 4)) << 29) | (l2 << 58));
  store<u64>(out, (l2 >> 6) | ((<u64>load<u32>(scalar, 12)) << 23) | (l4 << 52), 8);
  store<u64>(out, (l4 >> 12) | ((<u64>load<u32>(scalar, 20)) << 17) | (l6 << 46), 16);
  store<u64>(out, (l6 >> 18) | ((<u64>load<u32>(scalar, 28)) << 11) | ((<u64>load<u32>(scalar, 32)) << 40), 24);
}

/** Whether every limb is zero: for reduced scalars, whether the number is. */
export function isZeroScalar(scalar: usize): bool {
  let any: u32 = 0;
  for (let i: usize = 0; i < 36; i += 4) any |= load<u32>(scalar + i);
  return any === 0;
}

/** The number one. */
export function setOne(out: usize): void {
  memory.copy(out, ONE, 36);
}

/** Subtracts q once from a scalar below 2q when it is q or more. */
export function reduceOnce(order: usize, scalar: usize): void {
  let borrow: i64 = 0;
  for (let i: usize = 0; i < 36; i += 4) {
    borrow = (<i64>load<u32>(scalar + i) - <i64>load<u32>(order + i) + borrow) >> 29;
  }
  if (borrow < 0) return;
  for (let i: usize = 0; i < 36; i += 4) {
    borrow = <i64>load<u32>(scalar + i) - <i64>load<u32>(order + i) + borrow;
    store<u32>(scalar + i, <u32>(borrow & <i64>LIMB));
    borrow >>= 29;
  }
}

/** Replaces a scalar below 2²⁵⁶ by its remainder, in 0 … q − 1. */
export function reduce(order: usize, scalar: usize): void {
  multiply(order, scalar, scalar, order + MODULUS_R2);
  multiply(order, scalar, scalar, ONE);
  reduceOnce(order, scalar);
}

/** Replaces a scalar in 1 … q − 1 by q minus it, and leaves 0 as it is. */
export function negate(order: usize, scalar: usize): void {
  if (isZeroScalar(scalar)) return;
  let borrow: i64 = 0;
  for (let i: usize = 0; i < 36; i += 4) {
    borrow = <i64>load<u32>(order + i) - <i64>load<u32>(scalar + i) + borrow;
    store<u32>(scalar + i, <u32>(borrow & <i64>LIMB));
    borrow >>= 29;
  }
}

/**
 * Replaces each of `count` scalars, in 1 … q − 1 and one behind the other, by a number below 2q that is congruent to its
 * inverse times R: {@link multiply} by it divides by the scalar. One inversion, three products for each scalar
 * (Montgomery's simultaneous inversion). `scratch` has room for `count` scalars.
 */
export function invertMany(order: usize, scalars: usize, count: u32, scratch: usize): void {
  if (count === 0) return;
  const size = <usize>SCALAR_BYTES;
  const last = <usize>(count - 1) * size;
  memory.copy(scratch, scalars, size);
  for (let i = size; i <= last; i += size) multiply(order, scratch + i, scratch + i - size, scalars + i);
  // Every product brings one factor 1/R, and the inverse of all of them R to the number of products
  memory.copy(PRODUCT, scratch + last, size);
  reduceOnce(order, PRODUCT);
  writeLittleEndian(INVERSE, PRODUCT);
  inverseModulo(INVERSE, INVERSE, order - WORDS);
  readLittleEndian(PRODUCT, INVERSE);
  multiply(order, PRODUCT, PRODUCT, order + MODULUS_R2);
  for (let i = last; i > 0; i -= size) {
    multiply(order, scratch + i, PRODUCT, scratch + i - size);
    multiply(order, PRODUCT, PRODUCT, scalars + i);
    memory.copy(scalars + i, scratch + i, size);
  }
  memory.copy(scalars, PRODUCT, size);
}

/**
 * A number congruent to a · b / R: limbs of 29 bits, below q + a · b / R. Both factors have limbs of 29 bits and lie below
 * 2²⁵⁷, so that the result is less than 2q for one factor below 2²⁵⁶ and may be a factor again. `out` may be `a` or `b`.
 */
export function multiply(order: usize, out: usize, a: usize, b: usize): void {
  const a0 = <u64>load<u32>(a);
  const a1 = <u64>load<u32>(a, 4);
  const a2 = <u64>load<u32>(a, 8);
  const a3 = <u64>load<u32>(a, 12);
  const a4 = <u64>load<u32>(a, 16);
  const a5 = <u64>load<u32>(a, 20);
  const a6 = <u64>load<u32>(a, 24);
  const a7 = <u64>load<u32>(a, 28);
  const a8 = <u64>load<u32>(a, 32);
  const b0 = <u64>load<u32>(b);
  const b1 = <u64>load<u32>(b, 4);
  const b2 = <u64>load<u32>(b, 8);
  const b3 = <u64>load<u32>(b, 12);
  const b4 = <u64>load<u32>(b, 16);
  const b5 = <u64>load<u32>(b, 20);
  const b6 = <u64>load<u32>(b, 24);
  const b7 = <u64>load<u32>(b, 28);
  const b8 = <u64>load<u32>(b, 32);
  const q0 = <u64>load<u32>(order);
  const q1 = <u64>load<u32>(order, 4);
  const q2 = <u64>load<u32>(order, 8);
  const q3 = <u64>load<u32>(order, 12);
  const q4 = <u64>load<u32>(order, 16);
  const q5 = <u64>load<u32>(order, 20);
  const q6 = <u64>load<u32>(order, 24);
  const q7 = <u64>load<u32>(order, 28);
  const q8 = <u64>load<u32>(order, 32);
  const k = <u64>load<u32>(order, 36);
  let t = a0 * b0;
  const m0 = (t * k) & LIMB;
  t = (t + m0 * q0) >> 29;
  t += a0 * b1 + a1 * b0 + m0 * q1;
  const m1 = (t * k) & LIMB;
  t = (t + m1 * q0) >> 29;
  t += a0 * b2 + a1 * b1 + a2 * b0 + m0 * q2 + m1 * q1;
  const m2 = (t * k) & LIMB;
  t = (t + m2 * q0) >> 29;
  t += a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + m0 * q3 + m1 * q2 + m2 * q1;
  const m3 = (t * k) & LIMB;
  t = (t + m3 * q0) >> 29;
  t += a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + m0 * q4 + m1 * q3 + m2 * q2 + m3 * q1;
  const m4 = (t * k) & LIMB;
  t = (t + m4 * q0) >> 29;
  t += a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + m0 * q5 + m1 * q4 + m2 * q3 + m3 * q2 + m4 * q1;
  const m5 = (t * k) & LIMB;
  t = (t + m5 * q0) >> 29;
  t +=
    a0 * b6 +
    a1 * b5 +
    a2 * b4 +
    a3 * b3 +
    a4 * b2 +
    a5 * b1 +
    a6 * b0 +
    m0 * q6 +
    m1 * q5 +
    m2 * q4 +
    m3 * q3 +
    m4 * q2 +
    m5 * q1;
  const m6 = (t * k) & LIMB;
  t = (t + m6 * q0) >> 29;
  t +=
    a0 * b7 +
    a1 * b6 +
    a2 * b5 +
    a3 * b4 +
    a4 * b3 +
    a5 * b2 +
    a6 * b1 +
    a7 * b0 +
    m0 * q7 +
    m1 * q6 +
    m2 * q5 +
    m3 * q4 +
    m4 * q3 +
    m5 * q2 +
    m6 * q1;
  const m7 = (t * k) & LIMB;
  t = (t + m7 * q0) >> 29;
  t +=
    a0 * b8 +
    a1 * b7 +
    a2 * b6 +
    a3 * b5 +
    a4 * b4 +
    a5 * b3 +
    a6 * b2 +
    a7 * b1 +
    a8 * b0 +
    m0 * q8 +
    m1 * q7 +
    m2 * q6 +
    m3 * q5 +
    m4 * q4 +
    m5 * q3 +
    m6 * q2 +
    m7 * q1;
  const m8 = (t * k) & LIMB;
  t = (t + m8 * q0) >> 29;
  t +=
    a1 * b8 +
    a2 * b7 +
    a3 * b6 +
    a4 * b5 +
    a5 * b4 +
    a6 * b3 +
    a7 * b2 +
    a8 * b1 +
    m1 * q8 +
    m2 * q7 +
    m3 * q6 +
    m4 * q5 +
    m5 * q4 +
    m6 * q3 +
    m7 * q2 +
    m8 * q1;
  store<u32>(out, <u32>(t & LIMB));
  t >>= 29;
  t +=
    a2 * b8 +
    a3 * b7 +
    a4 * b6 +
    a5 * b5 +
    a6 * b4 +
    a7 * b3 +
    a8 * b2 +
    m2 * q8 +
    m3 * q7 +
    m4 * q6 +
    m5 * q5 +
    m6 * q4 +
    m7 * q3 +
    m8 * q2;
  store<u32>(out, <u32>(t & LIMB), 4);
  t >>= 29;
  t +=
    a3 * b8 +
    a4 * b7 +
    a5 * b6 +
    a6 * b5 +
    a7 * b4 +
    a8 * b3 +
    m3 * q8 +
    m4 * q7 +
    m5 * q6 +
    m6 * q5 +
    m7 * q4 +
    m8 * q3;
  store<u32>(out, <u32>(t & LIMB), 8);
  t >>= 29;
  t += a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + m4 * q8 + m5 * q7 + m6 * q6 + m7 * q5 + m8 * q4;
  store<u32>(out, <u32>(t & LIMB), 12);
  t >>= 29;
  t += a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + m5 * q8 + m6 * q7 + m7 * q6 + m8 * q5;
  store<u32>(out, <u32>(t & LIMB), 16);
  t >>= 29;
  t += a6 * b8 + a7 * b7 + a8 * b6 + m6 * q8 + m7 * q7 + m8 * q6;
  store<u32>(out, <u32>(t & LIMB), 20);
  t >>= 29;
  t += a7 * b8 + a8 * b7 + m7 * q8 + m8 * q7;
  store<u32>(out, <u32>(t & LIMB), 24);
  t >>= 29;
  t += a8 * b8 + m8 * q8;
  store<u32>(out, <u32>(t & LIMB), 28);
  t >>= 29;
  store<u32>(out, <u32>t, 32);
}
