// Sums u·P + v·Q of many pairs of scalars, for one base point P and one key Q that have tables. Every lane of the batch
// takes one entry a window, and one inversion serves all lanes of a step (affine.ts). With few sums each is cut into parts
// that are lanes of their own until the parts are added up, so that the inversions are shared nevertheless.
//
// What the batch cannot do (see affine.ts), and sums of very small batches, are computed one at a time by Jacobian
// additions, which know every case.
import { FIELD_P617, FIELD_P1073, FIELD_P3225, FIELD_PC } from '../generated/curves';
import { ACCUMULATOR_BYTES, ADDITION_SCRATCH, ADDITION_SCRATCH_PAIR, addToAll, loadAll } from './affine';
import { CURVE_FIELD, CURVE_ORDER } from './curve';
import { INVERT_SCRATCH, invert, wordsOfPair } from './element';
import { mul, P256, P617, P1073, P3225, PAIR_BYTES, PC, sqr } from './field';
import {
  addAffine,
  affineOfReference,
  isInfinity,
  JACOBIAN_BYTES,
  JACOBIAN_SCRATCH,
  JACOBIAN_Z,
  setInfinity,
} from './jacobian';
import { entryOf, tableWidth, tableWindows } from './table';
import { digitAt, RECODED_BYTES, recode } from './windows';

/** Sums made at a time; more lanes don't make the inversion's share smaller in any way that shows, and leave the cache. */
export const SUMS_MAX: usize = 1024;
const LANES_MAX: usize = 1024;
const PARTS_MAX: usize = 16;
/** Below this many sums the Jacobian way is faster. */
const BATCH_MIN: usize = 5;

const MARKS: usize = 0;
const RECODED_U: usize = MARKS + LANES_MAX;
const RECODED_V: usize = RECODED_U + SUMS_MAX * RECODED_BYTES;
const REFERENCES: usize = RECODED_V + SUMS_MAX * RECODED_BYTES;
const ACCUMULATORS: usize = REFERENCES + LANES_MAX * 4;
const POINT: usize = ACCUMULATORS + (LANES_MAX / 2) * ACCUMULATOR_BYTES;
const AFFINE: usize = POINT + ((JACOBIAN_BYTES + 15) & ~15);
const SCRATCH: usize = AFFINE + 2 * PAIR_BYTES;
export const SUM_SCRATCH: usize =
  SCRATCH + ADDITION_SCRATCH + (LANES_MAX / 2) * ADDITION_SCRATCH_PAIR + JACOBIAN_SCRATCH + INVERT_SCRATCH;

/**
 * For each of `count` (SUMS_MAX at most) scalars u for P and v for Q, 8 words below q each: the x of u·P + v·Q, 8 words below
 * p, and whether the sum is a point at all (1) or the point at infinity (0). `scratch`: SUM_SCRATCH bytes.
 */
export function sumMany<F>(
  curve: usize,
  base: usize,
  key: usize,
  count: usize,
  u: usize,
  v: usize,
  x: usize,
  finite: usize,
  scratch: usize,
): void {
  const order = curve + CURVE_ORDER;
  for (let i: usize = 0; i < count; i++) {
    recode(scratch + RECODED_U + i * RECODED_BYTES, u + 32 * i, order);
    recode(scratch + RECODED_V + i * RECODED_BYTES, v + 32 * i, order);
  }
  const batch = count >= BATCH_MIN;
  if (batch) sumLanes<F>(curve, base, key, count, x, scratch);
  for (let i: usize = 0; i < count; i++) {
    if (batch && load<u8>(scratch + MARKS + i) === 0) store<u8>(finite + i, 1);
    else store<u8>(finite + i, sumExactly<F>(curve, base, key, i, x + 32 * i, scratch) ? 1 : 0);
  }
}

/** {@link sumMany} on a curve whose field is known by its record. */
export function sumManyOn(
  curve: usize,
  base: usize,
  key: usize,
  count: usize,
  u: usize,
  v: usize,
  x: usize,
  finite: usize,
  scratch: usize,
): void {
  const field = load<u32>(curve + CURVE_FIELD);
  if (field === FIELD_P617) sumMany<P617>(curve, base, key, count, u, v, x, finite, scratch);
  else if (field === FIELD_P3225) sumMany<P3225>(curve, base, key, count, u, v, x, finite, scratch);
  else if (field === FIELD_P1073) sumMany<P1073>(curve, base, key, count, u, v, x, finite, scratch);
  else if (field === FIELD_PC) sumMany<PC>(curve, base, key, count, u, v, x, finite, scratch);
  else sumMany<P256>(curve, base, key, count, u, v, x, finite, scratch);
}

/** All sums, in lanes: lane `part × sums + i` holds a part of sum i. Marks the sums that have to be computed exactly. */
function sumLanes<F>(curve: usize, base: usize, key: usize, count: usize, x: usize, scratch: usize): void {
  const sums = (count + 1) & ~1;
  let parts: usize = 1;
  while (parts < PARTS_MAX && sums * parts * 2 <= LANES_MAX) parts <<= 1;
  const windows = <usize>(tableWindows(base) + tableWindows(key));
  const accumulators = scratch + ACCUMULATORS;
  const references = scratch + REFERENCES;
  const marks = scratch + MARKS;
  const work = scratch + SCRATCH;
  memory.fill(marks, 0, LANES_MAX);
  for (let first: usize = 0; first < windows; first += parts) {
    const some = min(parts, windows - first);
    for (let part: usize = 0; part < some; part++) {
      writeReferences(references + 4 * part * sums, <u32>(first + part), base, key, count, scratch);
    }
    const pairs = (some * sums) >> 1;
    if (first === 0) loadAll(accumulators, pairs, references);
    else addToAll<F>(accumulators, pairs, references, 0, marks, curve, work);
  }
  for (let lanes = parts * sums; lanes > sums; lanes >>= 1) {
    const pairs = lanes >> 2;
    addToAll<F>(accumulators, pairs, 0, accumulators + pairs * ACCUMULATOR_BYTES, marks, curve, work);
  }
  for (let lane = sums; lane < parts * sums; lane++) {
    if (load<u8>(marks + lane) !== 0) store<u8>(marks + (lane % sums), 1);
  }
  for (let i: usize = 0; i < count; i += 2) {
    const words = x + 32 * i;
    wordsOfPair<F>(words, i + 1 < count ? words + 32 : work, accumulators + (i >> 1) * ACCUMULATOR_BYTES, work + 32);
  }
}

/** References to every sum's entry of a window: the base's windows come first, then the key's. */
function writeReferences(at: usize, window: u32, base: usize, key: usize, count: usize, scratch: usize): void {
  const ofBase = window < tableWindows(base);
  const table = ofBase ? base : key;
  const number = ofBase ? window : window - tableWindows(base);
  const width = tableWidth(table);
  const last = number === tableWindows(table) - 1;
  let recoded = scratch + (ofBase ? RECODED_U : RECODED_V);
  for (let i: usize = 0; i < count; i++) {
    store<u32>(at + 4 * i, entryOf(table, number, digitAt(recoded, number, width, last)));
    recoded += RECODED_BYTES;
  }
  if (count & 1) store<u32>(at + 4 * count, load<u32>(at));
}

/** Sum `which`; false when it is the point at infinity. */
function sumExactly<F>(curve: usize, base: usize, key: usize, which: usize, x: usize, scratch: usize): bool {
  const point = scratch + POINT;
  const affine = scratch + AFFINE;
  const work = scratch + SCRATCH;
  setInfinity(point);
  for (let side = 0; side < 2; side++) {
    const table = side === 0 ? base : key;
    const recoded = scratch + (side === 0 ? RECODED_U : RECODED_V) + which * RECODED_BYTES;
    const windows = tableWindows(table);
    for (let window: u32 = 0; window < windows; window++) {
      const digit = digitAt(recoded, window, tableWidth(table), window === windows - 1);
      affineOfReference(affine, entryOf(table, window, digit));
      addAffine<F>(point, affine, curve, work);
    }
  }
  if (isInfinity(point)) return false;
  invert<F>(affine, point + JACOBIAN_Z, curve, work);
  sqr<F>(affine, affine);
  mul<F>(affine, affine, point);
  wordsOfPair<F>(x, work, affine, work + 32);
  return true;
}
