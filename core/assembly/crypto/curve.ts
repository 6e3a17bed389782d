// A curve's record, as core/generate/curves.mjs writes it from core/data/curves.json. Numbers are words of 32 bits, elements
// limbs of 29 bits in the field's domain, both little end first.
import { CURVE, CURVE_BYTES, CURVES } from '../generated/curves';

export const CURVE_P: u32 = 0; // 8 words: the field's prime
export const CURVE_ORDER: u32 = 32; // 8 words: q, the prime order of the base point
export const CURVE_A: u32 = 64; // element
export const CURVE_B: u32 = 100; // element
export const CURVE_BASE: u32 = 136; // x, y: 8 words each
export const CURVE_P_MODULUS: u32 = 200; // MODULUS_BYTES
export const CURVE_ORDER_MODULUS: u32 = 312; // MODULUS_BYTES
export const CURVE_COFACTOR: u32 = 424; // u32
export const CURVE_FIELD: u32 = 428; // u32: FIELD_…

// What Montgomery's arithmetic modulo m needs to know; R is 2²⁶¹.
export const MODULUS_M: u32 = 0; // 9 limbs
export const MODULUS_NEGATIVE_INVERSE: u32 = 36; // u32: −m⁻¹ modulo 2²⁹
export const MODULUS_R2: u32 = 40; // 9 limbs: R² modulo m
export const MODULUS_ONE: u32 = 76; // 9 limbs: R modulo m
export const MODULUS_BYTES: u32 = 112;

/** Address of a curve's record; the number must be below CURVES. */
export function curveRecord(curve: u32): usize {
  assert(curve < CURVES);
  return CURVE + <usize>curve * CURVE_BYTES;
}
