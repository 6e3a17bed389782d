// One point at a time, exactly: Jacobian coordinates (x = X/Z², y = Y/Z³) with every case of the group law. Both lanes of
// the pairs hold the same.
import { CURVE_A } from './curve';
import { add, copyPair, isZero, join, lane, setOne, subtract } from './element';
import { ELEMENT_BYTES, mul, mulSub, PAIR_BYTES, sqr, sqrSub } from './field';

// A point: X, Y, Z, then 1 when it is the point at infinity.
const Y: usize = PAIR_BYTES;
export const JACOBIAN_Z: usize = 2 * PAIR_BYTES;
const INFINITY: usize = 3 * PAIR_BYTES;
export const JACOBIAN_BYTES: usize = 3 * PAIR_BYTES + 8;
export const JACOBIAN_SCRATCH: usize = 9 * PAIR_BYTES;

export function setInfinity(point: usize): void {
  store<u32>(point + INFINITY, 1);
}

export function isInfinity(point: usize): bool {
  return load<u32>(point + INFINITY) !== 0;
}

/** point = the point of affine coordinates, two pairs at `affine`. */
export function setAffine<F>(point: usize, affine: usize, curve: usize): void {
  memory.copy(point, affine, 2 * PAIR_BYTES);
  setOne<F>(point + JACOBIAN_Z, curve);
  store<u32>(point + INFINITY, 0);
}

/** affine = an entry of a table, or its negative, as two pairs. */
export function affineOfReference(affine: usize, reference: usize): void {
  const at = reference & ~3;
  join(affine, at, at);
  join(affine + PAIR_BYTES, at + ELEMENT_BYTES, at + ELEMENT_BYTES);
  if ((reference & 1) === 0) return;
  for (let i: usize = PAIR_BYTES; i < 2 * PAIR_BYTES; i += 4) store<i32>(affine + i, -load<i32>(affine + i));
}

/** point = 2·point. A point of order 2 has y = 0 and gives infinity. */
export function double<F>(point: usize, curve: usize, scratch: usize): void {
  if (isInfinity(point)) return;
  const x = point;
  const y = point + Y;
  const z = point + JACOBIAN_Z;
  if (pairIsZero<F>(y, scratch)) {
    setInfinity(point);
    return;
  }
  const twice = scratch; // 2y, then others' doubles
  const yy = scratch + PAIR_BYTES; // 2y²
  const s = scratch + 2 * PAIR_BYTES; // 4xy²
  const e = scratch + 3 * PAIR_BYTES; // 8y⁴
  const m = scratch + 4 * PAIR_BYTES; // 3x² + az⁴
  const minusA = scratch + 5 * PAIR_BYTES;
  join(minusA, curve + CURVE_A, curve + CURVE_A);
  for (let i: usize = 0; i < PAIR_BYTES; i += 4) store<i32>(minusA + i, -load<i32>(minusA + i));
  sqr<F>(m, z);
  sqr<F>(m, m);
  mul<F>(minusA, minusA, m);
  add(twice, x, x);
  add(m, twice, x);
  mulSub<F>(m, x, m, minusA);
  add(s, y, y);
  mul<F>(z, s, z);
  mul<F>(yy, s, y);
  mul<F>(s, twice, yy);
  add(twice, yy, yy);
  mul<F>(e, twice, yy);
  sqrSub<F>(x, m, s, s);
  subtract(s, s, x);
  mulSub<F>(y, m, s, e);
}

/** point = point + the point of affine coordinates, two pairs at `affine`. */
export function addAffine<F>(point: usize, affine: usize, curve: usize, scratch: usize): void {
  if (isInfinity(point)) {
    setAffine<F>(point, affine, curve);
    return;
  }
  const x = point;
  const y = point + Y;
  const z = point + JACOBIAN_Z;
  const h = scratch;
  const r = scratch + PAIR_BYTES;
  const hh = scratch + 2 * PAIR_BYTES;
  const hhh = scratch + 3 * PAIR_BYTES;
  const v = scratch + 4 * PAIR_BYTES;
  const zero = scratch + 5 * PAIR_BYTES;
  sqr<F>(r, z);
  mul<F>(h, affine, r);
  subtract(h, h, x);
  mul<F>(r, r, z);
  mul<F>(r, r, affine + PAIR_BYTES);
  subtract(r, r, y);
  if (pairIsZero<F>(h, zero)) {
    if (pairIsZero<F>(r, zero)) double<F>(point, curve, scratch);
    else setInfinity(point);
    return;
  }
  sqr<F>(hh, h);
  mul<F>(hhh, h, hh);
  mul<F>(v, x, hh);
  mul<F>(z, z, h);
  add(hh, v, v);
  sqrSub<F>(x, r, hhh, hh);
  subtract(v, v, x);
  mul<F>(y, y, hhh);
  copyPair(hh, y);
  mulSub<F>(y, r, v, hh);
}

/** Whether lane 0 of a pair is a multiple of p. */
function pairIsZero<F>(pair: usize, scratch: usize): bool {
  lane(scratch, pair, 0);
  return isZero<F>(scratch, scratch + ELEMENT_BYTES);
}
