// The field of p = 2²⁵⁶ − 617, on which CryptoPro-A (tc26-256-B) and tc26-256-A stand (RFC 4357 §11.4, RFC 7836 §A.2).
// 2²⁵⁶ ≡ 617 and 2²⁶¹ ≡ 617·2⁵, so the upper half of a product is folded onto the lower by one product a limb.
import { carry29, firstBias, limb, low29, nextBias, pack, times } from './product-columns';
import {
  product0,
  product1,
  product2,
  product3,
  product4,
  product5,
  product6,
  product7,
  product8,
  product9,
  product10,
  product11,
  product12,
  product13,
  product14,
  product15,
  product16,
  square0,
  square1,
  square2,
  square3,
  square4,
  square5,
  square6,
  square7,
  square8,
  square9,
  square10,
  square11,
  square12,
  square13,
  square14,
  square15,
  square16,
} from './product-columns';

/** 2²⁶¹ mod p. */
const FOLD: i32 = 617 << 5;

// @ts-ignore: decorator
@inline
function fold(limbs: v128): v128 {
  return times(pack(limbs), i32x4.splat(FOLD));
}

// @ts-ignore: decorator
@inline
function next(column: v128, products: v128): v128 {
  return i64x2.add(i64x2.add(carry29(column), nextBias()), products);
}

/** The carry of the last column of a chain, without its bias. */
// @ts-ignore: decorator
@inline
function lastCarry(column: v128): v128 {
  return i64x2.sub(carry29(column), i64x2.splat(1 << 34));
}

// @ts-ignore: decorator
@inline
function wide(limbs: v128): v128 {
  return i64x2.extend_low_i32x4_s(limbs);
}

// @ts-ignore: decorator
@inline
function put(out: usize, at: i32, lanes: v128): void {
  v128.store64_lane(out + (at << 3), pack(lanes), 0);
}

/** Limb 8 keeps 24 bits; what is above 2²⁵⁶ goes to limb 0 times 617. */
// @ts-ignore: decorator
@inline
function finish(out: usize, r0: v128, column: v128): void {
  put(out, 8, v128.and(column, i64x2.splat(0xff_ffff)));
  const above = i64x2.sub(i64x2.shr_u(column, 24), i64x2.splat(1 << 39));
  put(out, 0, i64x2.add(r0, times(pack(above), i32x4.splat(617))));
}

/** out = a·b, pairs; weights multiply to 3 at most. */
export function mulP617(out: usize, a: usize, b: usize): void {
  const a0 = limb(a, 0);
  const a1 = limb(a, 1);
  const a2 = limb(a, 2);
  const a3 = limb(a, 3);
  const a4 = limb(a, 4);
  const a5 = limb(a, 5);
  const a6 = limb(a, 6);
  const a7 = limb(a, 7);
  const a8 = limb(a, 8);
  const b0 = limb(b, 0);
  const b1 = limb(b, 1);
  const b2 = limb(b, 2);
  const b3 = limb(b, 3);
  const b4 = limb(b, 4);
  const b5 = limb(b, 5);
  const b6 = limb(b, 6);
  const b7 = limb(b, 7);
  const b8 = limb(b, 8);
  let column = i64x2.add(firstBias(), product8(a0, a1, a2, a3, a4, a5, a6, a7, a8, b0, b1, b2, b3, b4, b5, b6, b7, b8));
  const p8 = low29(column);
  column = next(column, product9(a1, a2, a3, a4, a5, a6, a7, a8, b1, b2, b3, b4, b5, b6, b7, b8));
  const h0 = fold(low29(column));
  column = next(column, product10(a2, a3, a4, a5, a6, a7, a8, b2, b3, b4, b5, b6, b7, b8));
  const h1 = fold(low29(column));
  column = next(column, product11(a3, a4, a5, a6, a7, a8, b3, b4, b5, b6, b7, b8));
  const h2 = fold(low29(column));
  column = next(column, product12(a4, a5, a6, a7, a8, b4, b5, b6, b7, b8));
  const h3 = fold(low29(column));
  column = next(column, product13(a5, a6, a7, a8, b5, b6, b7, b8));
  const h4 = fold(low29(column));
  column = next(column, product14(a6, a7, a8, b6, b7, b8));
  const h5 = fold(low29(column));
  column = next(column, product15(a7, a8, b7, b8));
  const h6 = fold(low29(column));
  column = next(column, product16(a8, b8));
  const h7 = fold(low29(column));
  const h8 = fold(lastCarry(column));
  column = i64x2.add(firstBias(), i64x2.add(product0(a0, b0), h0));
  const r0 = low29(column);
  column = next(column, i64x2.add(product1(a0, a1, b0, b1), h1));
  put(out, 1, low29(column));
  column = next(column, i64x2.add(product2(a0, a1, a2, b0, b1, b2), h2));
  put(out, 2, low29(column));
  column = next(column, i64x2.add(product3(a0, a1, a2, a3, b0, b1, b2, b3), h3));
  put(out, 3, low29(column));
  column = next(column, i64x2.add(product4(a0, a1, a2, a3, a4, b0, b1, b2, b3, b4), h4));
  put(out, 4, low29(column));
  column = next(column, i64x2.add(product5(a0, a1, a2, a3, a4, a5, b0, b1, b2, b3, b4, b5), h5));
  put(out, 5, low29(column));
  column = next(column, i64x2.add(product6(a0, a1, a2, a3, a4, a5, a6, b0, b1, b2, b3, b4, b5, b6), h6));
  put(out, 6, low29(column));
  column = next(column, i64x2.add(product7(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7), h7));
  put(out, 7, low29(column));
  column = next(column, i64x2.add(p8, h8));
  finish(out, r0, column);
}

/** out = a·b − c, pairs; c of weight 2 at most. */
export function mulSubP617(out: usize, a: usize, b: usize, c: usize): void {
  const a0 = limb(a, 0);
  const a1 = limb(a, 1);
  const a2 = limb(a, 2);
  const a3 = limb(a, 3);
  const a4 = limb(a, 4);
  const a5 = limb(a, 5);
  const a6 = limb(a, 6);
  const a7 = limb(a, 7);
  const a8 = limb(a, 8);
  const b0 = limb(b, 0);
  const b1 = limb(b, 1);
  const b2 = limb(b, 2);
  const b3 = limb(b, 3);
  const b4 = limb(b, 4);
  const b5 = limb(b, 5);
  const b6 = limb(b, 6);
  const b7 = limb(b, 7);
  const b8 = limb(b, 8);
  let column = i64x2.add(firstBias(), product8(a0, a1, a2, a3, a4, a5, a6, a7, a8, b0, b1, b2, b3, b4, b5, b6, b7, b8));
  const p8 = low29(column);
  column = next(column, product9(a1, a2, a3, a4, a5, a6, a7, a8, b1, b2, b3, b4, b5, b6, b7, b8));
  const h0 = fold(low29(column));
  column = next(column, product10(a2, a3, a4, a5, a6, a7, a8, b2, b3, b4, b5, b6, b7, b8));
  const h1 = fold(low29(column));
  column = next(column, product11(a3, a4, a5, a6, a7, a8, b3, b4, b5, b6, b7, b8));
  const h2 = fold(low29(column));
  column = next(column, product12(a4, a5, a6, a7, a8, b4, b5, b6, b7, b8));
  const h3 = fold(low29(column));
  column = next(column, product13(a5, a6, a7, a8, b5, b6, b7, b8));
  const h4 = fold(low29(column));
  column = next(column, product14(a6, a7, a8, b6, b7, b8));
  const h5 = fold(low29(column));
  column = next(column, product15(a7, a8, b7, b8));
  const h6 = fold(low29(column));
  column = next(column, product16(a8, b8));
  const h7 = fold(low29(column));
  const h8 = fold(lastCarry(column));
  column = i64x2.add(firstBias(), i64x2.add(i64x2.sub(product0(a0, b0), wide(limb(c, 0))), h0));
  const r0 = low29(column);
  column = next(column, i64x2.add(i64x2.sub(product1(a0, a1, b0, b1), wide(limb(c, 1))), h1));
  put(out, 1, low29(column));
  column = next(column, i64x2.add(i64x2.sub(product2(a0, a1, a2, b0, b1, b2), wide(limb(c, 2))), h2));
  put(out, 2, low29(column));
  column = next(column, i64x2.add(i64x2.sub(product3(a0, a1, a2, a3, b0, b1, b2, b3), wide(limb(c, 3))), h3));
  put(out, 3, low29(column));
  column = next(column, i64x2.add(i64x2.sub(product4(a0, a1, a2, a3, a4, b0, b1, b2, b3, b4), wide(limb(c, 4))), h4));
  put(out, 4, low29(column));
  column = next(column, i64x2.add(i64x2.sub(product5(a0, a1, a2, a3, a4, a5, b0, b1, b2, b3, b4, b5), wide(limb(c, 5))), h5));
  put(out, 5, low29(column));
  column = next(column, i64x2.add(i64x2.sub(product6(a0, a1, a2, a3, a4, a5, a6, b0, b1, b2, b3, b4, b5, b6), wide(limb(c, 6))), h6));
  put(out, 6, low29(column));
  column = next(column, i64x2.add(i64x2.sub(product7(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7), wide(limb(c, 7))), h7));
  put(out, 7, low29(column));
  column = next(column, i64x2.add(i64x2.sub(p8, wide(limb(c, 8))), h8));
  finish(out, r0, column);
}

/** out = a², pairs; a of weight 1. */
export function sqrP617(out: usize, a: usize): void {
  const a0 = limb(a, 0);
  const a1 = limb(a, 1);
  const a2 = limb(a, 2);
  const a3 = limb(a, 3);
  const a4 = limb(a, 4);
  const a5 = limb(a, 5);
  const a6 = limb(a, 6);
  const a7 = limb(a, 7);
  const a8 = limb(a, 8);
  const d0 = i32x4.shl(a0, 1);
  const d1 = i32x4.shl(a1, 1);
  const d2 = i32x4.shl(a2, 1);
  const d3 = i32x4.shl(a3, 1);
  const d4 = i32x4.shl(a4, 1);
  const d5 = i32x4.shl(a5, 1);
  const d6 = i32x4.shl(a6, 1);
  const d7 = i32x4.shl(a7, 1);
  let column = i64x2.add(firstBias(), square8(d0, d1, d2, d3, a4, a5, a6, a7, a8));
  const p8 = low29(column);
  column = next(column, square9(d1, d2, d3, d4, a5, a6, a7, a8));
  const h0 = fold(low29(column));
  column = next(column, square10(d2, d3, d4, a5, a6, a7, a8));
  const h1 = fold(low29(column));
  column = next(column, square11(d3, d4, d5, a6, a7, a8));
  const h2 = fold(low29(column));
  column = next(column, square12(d4, d5, a6, a7, a8));
  const h3 = fold(low29(column));
  column = next(column, square13(d5, d6, a7, a8));
  const h4 = fold(low29(column));
  column = next(column, square14(d6, a7, a8));
  const h5 = fold(low29(column));
  column = next(column, square15(d7, a8));
  const h6 = fold(low29(column));
  column = next(column, square16(a8));
  const h7 = fold(low29(column));
  const h8 = fold(lastCarry(column));
  column = i64x2.add(firstBias(), i64x2.add(square0(a0), h0));
  const r0 = low29(column);
  column = next(column, i64x2.add(square1(d0, a1), h1));
  put(out, 1, low29(column));
  column = next(column, i64x2.add(square2(d0, a1, a2), h2));
  put(out, 2, low29(column));
  column = next(column, i64x2.add(square3(d0, d1, a2, a3), h3));
  put(out, 3, low29(column));
  column = next(column, i64x2.add(square4(d0, d1, a2, a3, a4), h4));
  put(out, 4, low29(column));
  column = next(column, i64x2.add(square5(d0, d1, d2, a3, a4, a5), h5));
  put(out, 5, low29(column));
  column = next(column, i64x2.add(square6(d0, d1, d2, a3, a4, a5, a6), h6));
  put(out, 6, low29(column));
  column = next(column, i64x2.add(square7(d0, d1, d2, d3, a4, a5, a6, a7), h7));
  put(out, 7, low29(column));
  column = next(column, i64x2.add(p8, h8));
  finish(out, r0, column);
}

/** out = a² − b − c, pairs of weight 1. */
export function sqrSubP617(out: usize, a: usize, b: usize, c: usize): void {
  const a0 = limb(a, 0);
  const a1 = limb(a, 1);
  const a2 = limb(a, 2);
  const a3 = limb(a, 3);
  const a4 = limb(a, 4);
  const a5 = limb(a, 5);
  const a6 = limb(a, 6);
  const a7 = limb(a, 7);
  const a8 = limb(a, 8);
  const d0 = i32x4.shl(a0, 1);
  const d1 = i32x4.shl(a1, 1);
  const d2 = i32x4.shl(a2, 1);
  const d3 = i32x4.shl(a3, 1);
  const d4 = i32x4.shl(a4, 1);
  const d5 = i32x4.shl(a5, 1);
  const d6 = i32x4.shl(a6, 1);
  const d7 = i32x4.shl(a7, 1);
  let column = i64x2.add(firstBias(), square8(d0, d1, d2, d3, a4, a5, a6, a7, a8));
  const p8 = low29(column);
  column = next(column, square9(d1, d2, d3, d4, a5, a6, a7, a8));
  const h0 = fold(low29(column));
  column = next(column, square10(d2, d3, d4, a5, a6, a7, a8));
  const h1 = fold(low29(column));
  column = next(column, square11(d3, d4, d5, a6, a7, a8));
  const h2 = fold(low29(column));
  column = next(column, square12(d4, d5, a6, a7, a8));
  const h3 = fold(low29(column));
  column = next(column, square13(d5, d6, a7, a8));
  const h4 = fold(low29(column));
  column = next(column, square14(d6, a7, a8));
  const h5 = fold(low29(column));
  column = next(column, square15(d7, a8));
  const h6 = fold(low29(column));
  column = next(column, square16(a8));
  const h7 = fold(low29(column));
  const h8 = fold(lastCarry(column));
  column = i64x2.add(firstBias(), i64x2.add(i64x2.sub(square0(a0), wide(i32x4.add(limb(b, 0), limb(c, 0)))), h0));
  const r0 = low29(column);
  column = next(column, i64x2.add(i64x2.sub(square1(d0, a1), wide(i32x4.add(limb(b, 1), limb(c, 1)))), h1));
  put(out, 1, low29(column));
  column = next(column, i64x2.add(i64x2.sub(square2(d0, a1, a2), wide(i32x4.add(limb(b, 2), limb(c, 2)))), h2));
  put(out, 2, low29(column));
  column = next(column, i64x2.add(i64x2.sub(square3(d0, d1, a2, a3), wide(i32x4.add(limb(b, 3), limb(c, 3)))), h3));
  put(out, 3, low29(column));
  column = next(column, i64x2.add(i64x2.sub(square4(d0, d1, a2, a3, a4), wide(i32x4.add(limb(b, 4), limb(c, 4)))), h4));
  put(out, 4, low29(column));
  column = next(column, i64x2.add(i64x2.sub(square5(d0, d1, d2, a3, a4, a5), wide(i32x4.add(limb(b, 5), limb(c, 5)))), h5));
  put(out, 5, low29(column));
  column = next(column, i64x2.add(i64x2.sub(square6(d0, d1, d2, a3, a4, a5, a6), wide(i32x4.add(limb(b, 6), limb(c, 6)))), h6));
  put(out, 6, low29(column));
  column = next(column, i64x2.add(i64x2.sub(square7(d0, d1, d2, d3, a4, a5, a6, a7), wide(i32x4.add(limb(b, 7), limb(c, 7)))), h7));
  put(out, 7, low29(column));
  column = next(column, i64x2.add(i64x2.sub(p8, wide(i32x4.add(limb(b, 8), limb(c, 8)))), h8));
  finish(out, r0, column);
}
/** The representative of one element of weight 3 at most from 0 to p − 1, with limbs from 0 to 2²⁹ − 1; out may be a. */
export function canonicalP617(out: usize, a: usize): void {
  // 2⁸·p = 2²⁶⁴ − 617·2⁸ makes every such value positive.
  let carry: i64 = -(617 << 8);
  for (let i: usize = 0; i < 36; i += 4) {
    carry += <i64>load<i32>(a + i);
    if (i == 32) carry += 1 << 32;
    store<u32>(out + i, <u32>(carry & (i == 32 ? 0xff_ffff : 0x1fff_ffff)));
    carry >>= i == 32 ? 24 : 29;
  }
  // Twice, because the first fold may carry over 2²⁵⁶ again; then once more when the value is still p or above.
  carry = foldAbove(out, carry * 617);
  foldAbove(out, carry * 617);
  if (foldsOver(out)) foldAbove(out, 617);
}

/** Adds to limb 0; what comes out above 2²⁵⁶. */
function foldAbove(at: usize, add: i64): i64 {
  let carry = add;
  for (let i: usize = 0; i < 32; i += 4) {
    carry += <i64>load<u32>(at + i);
    store<u32>(at + i, <u32>(carry & 0x1fff_ffff));
    carry >>= 29;
  }
  carry += <i64>load<u32>(at + 32);
  store<u32>(at + 32, <u32>(carry & 0xff_ffff));
  return carry >> 24;
}

/** Whether value + 617 reaches 2²⁵⁶, that is, the value is p or above. */
function foldsOver(at: usize): bool {
  let carry: u32 = 617;
  for (let i: usize = 0; i < 32; i += 4) carry = (load<u32>(at + i) + carry) >> 29;
  return (load<u32>(at + 32) + carry) >> 24 != 0;
}
