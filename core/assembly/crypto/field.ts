// The fields under the curves, behind one set of names: F is a tag, and the compiler keeps one branch for each F.
import { canonicalP617, mulP617, mulSubP617, sqrP617, sqrSubP617 } from './field-p617';

/** 2²⁵⁶ − 617: CryptoPro-A, tc26-256-A. */
export class P617 {}

/** Bytes of an element, and of a pair of them; see product-columns.ts. */
export const ELEMENT_BYTES: usize = 36;
export const PAIR_BYTES: usize = 72;

/** out = a·b, pairs whose weights multiply to 3 at most; out may be a or b. */
export function mul<F>(out: usize, a: usize, b: usize): void {
  if (idof<F>() == idof<P617>()) mulP617(out, a, b);
  else ERROR('no such field');
}

/** out = a·b − c; c of weight 2 at most, and not at out. */
export function mulSub<F>(out: usize, a: usize, b: usize, c: usize): void {
  if (idof<F>() == idof<P617>()) mulSubP617(out, a, b, c);
  else ERROR('no such field');
}

/** out = a², of weight 1. */
export function sqr<F>(out: usize, a: usize): void {
  if (idof<F>() == idof<P617>()) sqrP617(out, a);
  else ERROR('no such field');
}

/** out = a² − b − c, of weight 1, and none of them at out. */
export function sqrSub<F>(out: usize, a: usize, b: usize, c: usize): void {
  if (idof<F>() == idof<P617>()) sqrSubP617(out, a, b, c);
  else ERROR('no such field');
}

/** The representative of one element (36 bytes) from 0 to p − 1, with limbs from 0 to 2²⁹ − 1; out may be a. */
export function canonical<F>(out: usize, a: usize): void {
  if (idof<F>() == idof<P617>()) canonicalP617(out, a);
  else ERROR('no such field');
}
