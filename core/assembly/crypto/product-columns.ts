// Columns of the product of two pairs of field elements: column k is the sum of aᵢ·bⱼ with i + j = k, for both lanes at once.
//
// An element is nine limbs of 29 bits, little end first, signed 32-bit numbers in memory: 36 bytes. A pair is two elements
// that have nothing to do with each other, limb i of lane 0 at 8i and of lane 1 at 8i + 4: 72 bytes. One
// i64x2.extmul makes two products. Of scalar 9 × 29 bits, f64x2 11 × 24 bits and this, this was the fastest in V8 by far.
//
// Weight: an element has weight w when every limb is within ±w·(2²⁹ + 2²³). Results of arithmetic have weight 1, and so has
// the difference of two of them, because their limbs are not negative (but for a little in the lowest). Products whose
// weights multiply to 3 or less stay below 2⁶³ in every column: 9 · 3 · (2²⁹ + 2²³)² < 2⁶³.

/** The low 29 bits of both lanes. */
// @ts-ignore: decorator
@inline
export function low29(column: v128): v128 {
  return v128.and(column, i64x2.splat(0x1fff_ffff));
}

/** What a column gives to the next; the bias that made it positive is still in it. */
// @ts-ignore: decorator
@inline
export function carry29(column: v128): v128 {
  return i64x2.shr_u(column, 29);
}

/**
 * SIMD has no arithmetic shift of 64 bits: a chain of columns begins with 2⁶³ added, and every later column is given 2⁶³ less
 * what the carry of the one before holds too much.
 */
// @ts-ignore: decorator
@inline
export function firstBias(): v128 {
  return i64x2.splat(i64.MIN_VALUE);
}

// @ts-ignore: decorator
@inline
export function nextBias(): v128 {
  return i64x2.splat(i64.MIN_VALUE - (1 << 34));
}

/** Low halves of both 64-bit lanes as lanes 0 and 1, which is where extmul and a store of 64 bits take them. */
// @ts-ignore: decorator
@inline
export function pack(lanes: v128): v128 {
  return i8x16.shuffle(lanes, lanes, 0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11);
}

// @ts-ignore: decorator
@inline
export function limb(pair: usize, at: i32): v128 {
  return v128.load64_zero(pair + (at << 3));
}

// @ts-ignore: decorator
@inline
export function times(a: v128, b: v128): v128 {
  return i64x2.extmul_low_i32x4_s(a, b);
}

// @ts-ignore: decorator
@inline
function plus(a: v128, b: v128): v128 {
  return i64x2.add(a, b);
}

// @ts-ignore: decorator
@inline
export function product0(a0: v128, b0: v128): v128 {
  return times(a0, b0);
}

// @ts-ignore: decorator
@inline
export function product1(a0: v128, a1: v128, b0: v128, b1: v128): v128 {
  return plus(times(a0, b1), times(a1, b0));
}

// @ts-ignore: decorator
@inline
export function product2(a0: v128, a1: v128, a2: v128, b0: v128, b1: v128, b2: v128): v128 {
  return plus(plus(times(a0, b2), times(a1, b1)), times(a2, b0));
}

// @ts-ignore: decorator
@inline
export function product3(a0: v128, a1: v128, a2: v128, a3: v128, b0: v128, b1: v128, b2: v128, b3: v128): v128 {
  return plus(plus(plus(times(a0, b3), times(a1, b2)), times(a2, b1)), times(a3, b0));
}

// @ts-ignore: decorator
@inline
export function product4(a0: v128, a1: v128, a2: v128, a3: v128, a4: v128, b0: v128, b1: v128, b2: v128, b3: v128, b4: v128): v128 {
  return plus(plus(plus(plus(times(a0, b4), times(a1, b3)), times(a2, b2)), times(a3, b1)), times(a4, b0));
}

// @ts-ignore: decorator
@inline
export function product5(a0: v128, a1: v128, a2: v128, a3: v128, a4: v128, a5: v128, b0: v128, b1: v128, b2: v128, b3: v128, b4: v128, b5: v128): v128 {
  return plus(plus(plus(plus(plus(times(a0, b5), times(a1, b4)), times(a2, b3)), times(a3, b2)), times(a4, b1)), times(a5, b0));
}

// @ts-ignore: decorator
@inline
export function product6(a0: v128, a1: v128, a2: v128, a3: v128, a4: v128, a5: v128, a6: v128, b0: v128, b1: v128, b2: v128, b3: v128, b4: v128, b5: v128, b6: v128): v128 {
  return plus(plus(plus(plus(plus(plus(times(a0, b6), times(a1, b5)), times(a2, b4)), times(a3, b3)), times(a4, b2)), times(a5, b1)), times(a6, b0));
}

// @ts-ignore: decorator
@inline
export function product7(a0: v128, a1: v128, a2: v128, a3: v128, a4: v128, a5: v128, a6: v128, a7: v128, b0: v128, b1: v128, b2: v128, b3: v128, b4: v128, b5: v128, b6: v128, b7: v128): v128 {
  return plus(plus(plus(plus(plus(plus(plus(times(a0, b7), times(a1, b6)), times(a2, b5)), times(a3, b4)), times(a4, b3)), times(a5, b2)), times(a6, b1)), times(a7, b0));
}

// @ts-ignore: decorator
@inline
export function product8(a0: v128, a1: v128, a2: v128, a3: v128, a4: v128, a5: v128, a6: v128, a7: v128, a8: v128, b0: v128, b1: v128, b2: v128, b3: v128, b4: v128, b5: v128, b6: v128, b7: v128, b8: v128): v128 {
  return plus(plus(plus(plus(plus(plus(plus(plus(times(a0, b8), times(a1, b7)), times(a2, b6)), times(a3, b5)), times(a4, b4)), times(a5, b3)), times(a6, b2)), times(a7, b1)), times(a8, b0));
}

// @ts-ignore: decorator
@inline
export function product9(a1: v128, a2: v128, a3: v128, a4: v128, a5: v128, a6: v128, a7: v128, a8: v128, b1: v128, b2: v128, b3: v128, b4: v128, b5: v128, b6: v128, b7: v128, b8: v128): v128 {
  return plus(plus(plus(plus(plus(plus(plus(times(a1, b8), times(a2, b7)), times(a3, b6)), times(a4, b5)), times(a5, b4)), times(a6, b3)), times(a7, b2)), times(a8, b1));
}

// @ts-ignore: decorator
@inline
export function product10(a2: v128, a3: v128, a4: v128, a5: v128, a6: v128, a7: v128, a8: v128, b2: v128, b3: v128, b4: v128, b5: v128, b6: v128, b7: v128, b8: v128): v128 {
  return plus(plus(plus(plus(plus(plus(times(a2, b8), times(a3, b7)), times(a4, b6)), times(a5, b5)), times(a6, b4)), times(a7, b3)), times(a8, b2));
}

// @ts-ignore: decorator
@inline
export function product11(a3: v128, a4: v128, a5: v128, a6: v128, a7: v128, a8: v128, b3: v128, b4: v128, b5: v128, b6: v128, b7: v128, b8: v128): v128 {
  return plus(plus(plus(plus(plus(times(a3, b8), times(a4, b7)), times(a5, b6)), times(a6, b5)), times(a7, b4)), times(a8, b3));
}

// @ts-ignore: decorator
@inline
export function product12(a4: v128, a5: v128, a6: v128, a7: v128, a8: v128, b4: v128, b5: v128, b6: v128, b7: v128, b8: v128): v128 {
  return plus(plus(plus(plus(times(a4, b8), times(a5, b7)), times(a6, b6)), times(a7, b5)), times(a8, b4));
}

// @ts-ignore: decorator
@inline
export function product13(a5: v128, a6: v128, a7: v128, a8: v128, b5: v128, b6: v128, b7: v128, b8: v128): v128 {
  return plus(plus(plus(times(a5, b8), times(a6, b7)), times(a7, b6)), times(a8, b5));
}

// @ts-ignore: decorator
@inline
export function product14(a6: v128, a7: v128, a8: v128, b6: v128, b7: v128, b8: v128): v128 {
  return plus(plus(times(a6, b8), times(a7, b7)), times(a8, b6));
}

// @ts-ignore: decorator
@inline
export function product15(a7: v128, a8: v128, b7: v128, b8: v128): v128 {
  return plus(times(a7, b8), times(a8, b7));
}

// @ts-ignore: decorator
@inline
export function product16(a8: v128, b8: v128): v128 {
  return times(a8, b8);
}

// Columns of a square: d is the double of a, so that aᵢ·aⱼ and aⱼ·aᵢ are one product.

// @ts-ignore: decorator
@inline
export function square0(a0: v128): v128 {
  return times(a0, a0);
}

// @ts-ignore: decorator
@inline
export function square1(d0: v128, a1: v128): v128 {
  return times(d0, a1);
}

// @ts-ignore: decorator
@inline
export function square2(d0: v128, a1: v128, a2: v128): v128 {
  return plus(times(d0, a2), times(a1, a1));
}

// @ts-ignore: decorator
@inline
export function square3(d0: v128, d1: v128, a2: v128, a3: v128): v128 {
  return plus(times(d0, a3), times(d1, a2));
}

// @ts-ignore: decorator
@inline
export function square4(d0: v128, d1: v128, a2: v128, a3: v128, a4: v128): v128 {
  return plus(plus(times(d0, a4), times(d1, a3)), times(a2, a2));
}

// @ts-ignore: decorator
@inline
export function square5(d0: v128, d1: v128, d2: v128, a3: v128, a4: v128, a5: v128): v128 {
  return plus(plus(times(d0, a5), times(d1, a4)), times(d2, a3));
}

// @ts-ignore: decorator
@inline
export function square6(d0: v128, d1: v128, d2: v128, a3: v128, a4: v128, a5: v128, a6: v128): v128 {
  return plus(plus(plus(times(d0, a6), times(d1, a5)), times(d2, a4)), times(a3, a3));
}

// @ts-ignore: decorator
@inline
export function square7(d0: v128, d1: v128, d2: v128, d3: v128, a4: v128, a5: v128, a6: v128, a7: v128): v128 {
  return plus(plus(plus(times(d0, a7), times(d1, a6)), times(d2, a5)), times(d3, a4));
}

// @ts-ignore: decorator
@inline
export function square8(d0: v128, d1: v128, d2: v128, d3: v128, a4: v128, a5: v128, a6: v128, a7: v128, a8: v128): v128 {
  return plus(plus(plus(plus(times(d0, a8), times(d1, a7)), times(d2, a6)), times(d3, a5)), times(a4, a4));
}

// @ts-ignore: decorator
@inline
export function square9(d1: v128, d2: v128, d3: v128, d4: v128, a5: v128, a6: v128, a7: v128, a8: v128): v128 {
  return plus(plus(plus(times(d1, a8), times(d2, a7)), times(d3, a6)), times(d4, a5));
}

// @ts-ignore: decorator
@inline
export function square10(d2: v128, d3: v128, d4: v128, a5: v128, a6: v128, a7: v128, a8: v128): v128 {
  return plus(plus(plus(times(d2, a8), times(d3, a7)), times(d4, a6)), times(a5, a5));
}

// @ts-ignore: decorator
@inline
export function square11(d3: v128, d4: v128, d5: v128, a6: v128, a7: v128, a8: v128): v128 {
  return plus(plus(times(d3, a8), times(d4, a7)), times(d5, a6));
}

// @ts-ignore: decorator
@inline
export function square12(d4: v128, d5: v128, a6: v128, a7: v128, a8: v128): v128 {
  return plus(plus(times(d4, a8), times(d5, a7)), times(a6, a6));
}

// @ts-ignore: decorator
@inline
export function square13(d5: v128, d6: v128, a7: v128, a8: v128): v128 {
  return plus(times(d5, a8), times(d6, a7));
}

// @ts-ignore: decorator
@inline
export function square14(d6: v128, a7: v128, a8: v128): v128 {
  return plus(times(d6, a8), times(a7, a7));
}

// @ts-ignore: decorator
@inline
export function square15(d7: v128, a8: v128): v128 {
  return times(d7, a8);
}

// @ts-ignore: decorator
@inline
export function square16(a8: v128): v128 {
  return times(a8, a8);
}
