// The fields under the curves, behind one set of names: F is a tag, and the compiler keeps one branch for each F.
// Elements, pairs and weights: core/generate/write-fields.mjs.
import {
  mulP256,
  mulP617,
  mulP1073,
  mulP3225,
  mulPC,
  mulSubP256,
  mulSubP617,
  mulSubP1073,
  mulSubP3225,
  mulSubPC,
  sqrP256,
  sqrP617,
  sqrP1073,
  sqrP3225,
  sqrPC,
  sqrSubP256,
  sqrSubP617,
  sqrSubP1073,
  sqrSubP3225,
  sqrSubPC,
} from '../generated/fields';
import { canonical as canonicalModulo } from './canonical';
import { CURVE_P_MODULUS, curveRecord } from './curve';

/** 2²⁵⁶ − 617: CryptoPro-A, tc26-256-A. */
export class P617 {}

/** 2²⁵⁵ + 3225: CryptoPro-B. */
export class P3225 {}

/** 2²⁵⁵ + 1073: the curve of RFC 7091 §7.1. */
export class P1073 {}

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
  else if (idof<F>() === idof<P3225>()) mulP3225(out, a, b);
  else if (idof<F>() === idof<P1073>()) mulP1073(out, a, b);
  else if (idof<F>() === idof<PC>()) mulPC(out, a, b);
  else if (idof<F>() === idof<P256>()) mulP256(out, a, b);
  else ERROR('no such field');
}

/** out = a·b − c; c of weight 2 at most. */
export function mulSub<F>(out: usize, a: usize, b: usize, c: usize): void {
  if (idof<F>() === idof<P617>()) mulSubP617(out, a, b, c);
  else if (idof<F>() === idof<P3225>()) mulSubP3225(out, a, b, c);
  else if (idof<F>() === idof<P1073>()) mulSubP1073(out, a, b, c);
  else if (idof<F>() === idof<PC>()) mulSubPC(out, a, b, c);
  else if (idof<F>() === idof<P256>()) mulSubP256(out, a, b, c);
  else ERROR('no such field');
}

/** out = a², of weight 1. */
export function sqr<F>(out: usize, a: usize): void {
  if (idof<F>() === idof<P617>()) sqrP617(out, a);
  else if (idof<F>() === idof<P3225>()) sqrP3225(out, a);
  else if (idof<F>() === idof<P1073>()) sqrP1073(out, a);
  else if (idof<F>() === idof<PC>()) sqrPC(out, a);
  else if (idof<F>() === idof<P256>()) sqrP256(out, a);
  else ERROR('no such field');
}

/** out = a² − b − c, of weight 1. */
export function sqrSub<F>(out: usize, a: usize, b: usize, c: usize): void {
  if (idof<F>() === idof<P617>()) sqrSubP617(out, a, b, c);
  else if (idof<F>() === idof<P3225>()) sqrSubP3225(out, a, b, c);
  else if (idof<F>() === idof<P1073>()) sqrSubP1073(out, a, b, c);
  else if (idof<F>() === idof<PC>()) sqrSubPC(out, a, b, c);
  else if (idof<F>() === idof<P256>()) sqrSubP256(out, a, b, c);
  else ERROR('no such field');
}

/** The representative of one element (36 bytes) from 0 to p − 1, with limbs from 0 to 2²⁹ − 1; out may be a. */
export function canonical<F>(out: usize, a: usize): void {
  canonicalModulo(out, a, curveRecord(curveOver<F>()) + CURVE_P_MODULUS);
}

/** The number of a curve over the field. */
function curveOver<F>(): u32 {
  if (idof<F>() === idof<P617>()) return 1;
  else if (idof<F>() === idof<P3225>()) return 2;
  else if (idof<F>() === idof<P1073>()) return 0;
  else if (idof<F>() === idof<PC>()) return 3;
  else if (idof<F>() === idof<P256>()) return 5;
  else ERROR('no such field');
}

/** Whether elements stand for themselves times 2²⁶¹. */
export function isMontgomery<F>(): bool {
  return idof<F>() === idof<PC>() || idof<F>() === idof<P256>();
}
