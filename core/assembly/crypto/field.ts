// The fields under the curves, behind one set of names: F is a tag, and the compiler keeps one branch for each F.
// Elements, pairs and weights: core/generate/write-fields.mjs.
import {
  mulP255,
  mulP256,
  mulP617,
  mulPC,
  mulSubP255,
  mulSubP256,
  mulSubP617,
  mulSubPC,
  setFold,
  sqrP255,
  sqrP256,
  sqrP617,
  sqrPC,
  sqrSubP255,
  sqrSubP256,
  sqrSubP617,
  sqrSubPC,
} from '../generated/fields';
import { canonical as canonicalModulo } from './canonical';
import { CURVE_P, CURVE_P_MODULUS } from './curve';

/** 2²⁵⁶ − 617: CryptoPro-A, tc26-256-A. */
export class P617 {}

/** 2²⁵⁵ + c: CryptoPro-B (c = 3225) and the curve of RFC 7091 §7.1 (1073); {@link enterField} tells which. */
export class P255 {}

/** The prime of CryptoPro-C, which has no form; elements times 2²⁶¹. */
export class PC {}

/** 2²⁵⁶ − 2²²⁴ + 2¹⁹² + 2⁹⁶ − 1: P-256; elements times 2²⁶¹. */
export class P256 {}

/** Bytes of an element, and of a pair of them. */
export const ELEMENT_BYTES: usize = 36;
export const PAIR_BYTES: usize = 72;

/** out = a·b, pairs whose weights multiply to 3 at most; out may be a or b. */
export function mul<F>(out: usize, a: usize, b: usize): void {
  if (idof<F>() === idof<P617>()) mulP617(out, a, b);
  else if (idof<F>() === idof<P255>()) mulP255(out, a, b);
  else if (idof<F>() === idof<PC>()) mulPC(out, a, b);
  else if (idof<F>() === idof<P256>()) mulP256(out, a, b);
  else ERROR('no such field');
}

/** out = a·b − c; c of weight 2 at most. */
export function mulSub<F>(out: usize, a: usize, b: usize, c: usize): void {
  if (idof<F>() === idof<P617>()) mulSubP617(out, a, b, c);
  else if (idof<F>() === idof<P255>()) mulSubP255(out, a, b, c);
  else if (idof<F>() === idof<PC>()) mulSubPC(out, a, b, c);
  else if (idof<F>() === idof<P256>()) mulSubP256(out, a, b, c);
  else ERROR('no such field');
}

/** out = a², of weight 1. */
export function sqr<F>(out: usize, a: usize): void {
  if (idof<F>() === idof<P617>()) sqrP617(out, a);
  else if (idof<F>() === idof<P255>()) sqrP255(out, a);
  else if (idof<F>() === idof<PC>()) sqrPC(out, a);
  else if (idof<F>() === idof<P256>()) sqrP256(out, a);
  else ERROR('no such field');
}

/** out = a² − b − c, of weight 1. */
export function sqrSub<F>(out: usize, a: usize, b: usize, c: usize): void {
  if (idof<F>() === idof<P617>()) sqrSubP617(out, a, b, c);
  else if (idof<F>() === idof<P255>()) sqrSubP255(out, a, b, c);
  else if (idof<F>() === idof<PC>()) sqrSubPC(out, a, b, c);
  else if (idof<F>() === idof<P256>()) sqrSubP256(out, a, b, c);
  else ERROR('no such field');
}

/** The curve whose field is computed in. */
let current: usize = 0;

/** Makes the field of a curve, by its record, the one that the other functions compute in: before the first of them. */
export function enterField(curve: usize): void {
  current = curve;
  // Low half of p: c, where p is 2²⁵⁵ + c.
  setFold(load<i32>(curve + CURVE_P));
}

/** The representative of one element (36 bytes) from 0 to p − 1, with limbs from 0 to 2²⁹ − 1; out may be a. */
export function canonical(out: usize, a: usize): void {
  canonicalModulo(out, a, current + CURVE_P_MODULUS);
}

/** Whether elements stand for themselves times 2²⁶¹. */
export function isMontgomery<F>(): bool {
  return idof<F>() === idof<PC>() || idof<F>() === idof<P256>();
}
