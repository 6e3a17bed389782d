// What is computed once for a curve or a public key: tables of multiples. Both hold no addresses and may be moved.
import { FIELD_P617, FIELD_P1073, FIELD_P3225, FIELD_PC } from '../generated/curves';
import { CURVE_A, CURVE_B, CURVE_BASE, CURVE_COFACTOR, CURVE_FIELD, CURVE_ORDER, CURVE_P, curveRecord } from './curve';
import { add, isZero, join, lane, pairOfWords, subtract } from './element';
import { ELEMENT_BYTES, mulSub, P256, P617, P1073, P3225, PAIR_BYTES, PC, sqr } from './field';
import { addAffine, double, isInfinity, JACOBIAN_BYTES, setInfinity } from './jacobian';
import { buildTable, TABLE_SCRATCH, tableBytes } from './table';

/** Bits of a window of the base point's table. */
const BASE_WIDTH: u32 = 11;

/** Kinds of key tables: for a key that is used a few times, and for one that is used often. */
export const KEY_TABLE_SMALL: u32 = 0;
export const KEY_TABLE_LARGE: u32 = 1;
const SMALL_WIDTH: u32 = 5;
const LARGE_WIDTH: u32 = 9;

const AFFINE: usize = 0;
const WORDS: usize = AFFINE + 2 * PAIR_BYTES;
const POINT: usize = WORDS + 64;
const SCRATCH: usize = POINT + ((JACOBIAN_BYTES + 15) & ~15);

/** Bytes of scratch that {@link prepareCurve} and {@link prepareKey} take. */
export function prepareScratchBytes(): usize {
  return SCRATCH + TABLE_SCRATCH;
}

/** Bytes of the table that {@link prepareCurve} writes; the same for all curves. */
export function curveTableBytes(): usize {
  return tableBytes(BASE_WIDTH);
}

/** Bytes of the table that {@link prepareKey} writes. */
export function keyTableBytes(kind: u32): usize {
  return tableBytes(widthOf(kind));
}

function widthOf(kind: u32): u32 {
  return kind === KEY_TABLE_SMALL ? SMALL_WIDTH : LARGE_WIDTH;
}

/** Writes the table of a curve's base point. `at` and `scratch` are multiples of 16. */
export function prepareCurve(curve: u32, at: usize, scratch: usize): void {
  const record = curveRecord(curve);
  const field = load<u32>(record + CURVE_FIELD);
  const words = record + CURVE_BASE;
  if (field === FIELD_P617) build<P617>(record, words, at, BASE_WIDTH, scratch);
  else if (field === FIELD_P3225) build<P3225>(record, words, at, BASE_WIDTH, scratch);
  else if (field === FIELD_P1073) build<P1073>(record, words, at, BASE_WIDTH, scratch);
  else if (field === FIELD_PC) build<PC>(record, words, at, BASE_WIDTH, scratch);
  else build<P256>(record, words, at, BASE_WIDTH, scratch);
}

/**
 * Checks a public key (x‖y, 64 bytes, each most significant byte first) and writes its table. False, and nothing of use at
 * `at`, when it is no key: a coordinate of p or more, a point off the curve, or a point Q with q·Q ≠ O, which no private
 * key gives (RFC 7091 §5.2: Q = d·P; only the curve with cofactor 4 has such points).
 */
export function prepareKey(curve: u32, key: usize, at: usize, kind: u32, scratch: usize): bool {
  const record = curveRecord(curve);
  const field = load<u32>(record + CURVE_FIELD);
  const words = scratch + WORDS;
  for (let i: usize = 0; i < 32; i += 4) {
    store<u32>(words + 28 - i, bswap<u32>(load<u32>(key + i)));
    store<u32>(words + 60 - i, bswap<u32>(load<u32>(key + 32 + i)));
  }
  if (!isBelow(words, record + CURVE_P) || !isBelow(words + 32, record + CURVE_P)) return false;
  const width = widthOf(kind);
  if (field === FIELD_P617) return build<P617>(record, words, at, width, scratch);
  if (field === FIELD_P3225) return build<P3225>(record, words, at, width, scratch);
  if (field === FIELD_P1073) return build<P1073>(record, words, at, width, scratch);
  if (field === FIELD_PC) return build<PC>(record, words, at, width, scratch);
  return build<P256>(record, words, at, width, scratch);
}

/** Whether a < b, 8 words each. */
export function isBelow(a: usize, b: usize): bool {
  for (let i: usize = 28; i !== -4; i -= 4) {
    const ofA = load<u32>(a + i);
    const ofB = load<u32>(b + i);
    if (ofA !== ofB) return ofA < ofB;
  }
  return false;
}

function build<F>(curve: usize, words: usize, at: usize, width: u32, scratch: usize): bool {
  const affine = scratch + AFFINE;
  const work = scratch + SCRATCH;
  pairOfWords<F>(affine, words, words, curve, work);
  pairOfWords<F>(affine + PAIR_BYTES, words + 32, words + 32, curve, work);
  if (!isOnCurve<F>(affine, curve, work)) return false;
  if (load<u32>(curve + CURVE_COFACTOR) !== 1 && !hasOrder<F>(affine, curve, scratch)) return false;
  return buildTable<F>(at, width, affine, curve, work);
}

/** Whether y² = x³ + ax + b. */
function isOnCurve<F>(affine: usize, curve: usize, scratch: usize): bool {
  const y = affine + PAIR_BYTES;
  const left = scratch;
  const right = scratch + PAIR_BYTES;
  const a = scratch + 2 * PAIR_BYTES;
  const b = scratch + 3 * PAIR_BYTES;
  join(a, curve + CURVE_A, curve + CURVE_A);
  join(b, curve + CURVE_B, curve + CURVE_B);
  sqr<F>(right, affine);
  add(right, right, a);
  sqr<F>(left, y);
  subtract(left, left, b);
  mulSub<F>(right, right, affine, left);
  lane(left, right, 0);
  return isZero<F>(left, left + ELEMENT_BYTES);
}

/** Whether q times the point is the point at infinity: doubling and adding from the top bit of q, which is prime. */
function hasOrder<F>(affine: usize, curve: usize, scratch: usize): bool {
  const point = scratch + POINT;
  const work = scratch + SCRATCH;
  setInfinity(point);
  for (let bit = 255; bit >= 0; bit--) {
    double<F>(point, curve, work);
    if ((load<u8>(curve + CURVE_ORDER + (bit >> 3)) >> (bit & 7)) & 1) addAffine<F>(point, affine, curve, work);
  }
  return isInfinity(point);
}
