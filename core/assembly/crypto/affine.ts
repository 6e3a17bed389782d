// Affine additions in many lanes at once, with one inversion for all of them (Montgomery 1987, §10.3.1): a lane costs five
// products and a square. Lanes come in pairs; an accumulator is a pair of x and a pair of y.
//
// What affine addition cannot do shows as a difference of x that is 0: the points are equal or opposite. Such a lane is
// marked, and from then on holds nothing that means anything; whoever called computes it over, exactly.
import { add, INVERT_SCRATCH, invert, isZero, lane, subtract } from './element';
import { entriesX, entriesY } from './entries';
import { ELEMENT_BYTES, mul, mulSub, PAIR_BYTES, sqrSub } from './field';

const ZERO: usize = memory.data(72, 16); // PAIR_BYTES

export const ACCUMULATOR_BYTES: usize = 2 * PAIR_BYTES;

/** Scratch of a pair of lanes: its difference of x, and the product of the differences up to it. */
const DIFFERENCE_BYTES: usize = PAIR_BYTES;
export const ADDITION_SCRATCH_PAIR: usize = DIFFERENCE_BYTES + PAIR_BYTES;
/** Scratch besides that. */
export const ADDITION_SCRATCH: usize = 6 * PAIR_BYTES + INVERT_SCRATCH;

/**
 * Adds to each of `pairs` pairs of accumulators: from `references` (one u32 a lane, see entries.ts), or when that is 0 the
 * accumulators at `others`. Sets a byte of `marks` for each lane whose points have the same x.
 */
export function addToAll<F>(
  accumulators: usize,
  pairs: usize,
  references: usize,
  others: usize,
  marks: usize,
  curve: usize,
  scratch: usize,
): void {
  const differences = scratch + ADDITION_SCRATCH;
  const products = differences + pairs * DIFFERENCE_BYTES;
  for (let i: usize = 0; i < pairs; i++) {
    const at = accumulators + i * ACCUMULATOR_BYTES;
    const difference = differences + i * DIFFERENCE_BYTES;
    if (references !== 0) {
      entriesX(difference, load<u32>(references + i * 8), load<u32>(references + i * 8, 4), at);
    } else {
      subtract(difference, others + i * ACCUMULATOR_BYTES, at);
    }
  }
  multiplyUp<F>(products, differences, pairs);
  const inverse = scratch;
  const last = products + (pairs - 1) * PAIR_BYTES;
  const element = scratch + PAIR_BYTES;
  if (laneIsZero<F>(last, 0, element) || laneIsZero<F>(last, 1, element)) {
    markZeros<F>(differences, pairs, marks, element);
    multiplyUp<F>(products, differences, pairs);
  }
  invert<F>(inverse, last, curve, scratch + 6 * PAIR_BYTES);

  const slope = scratch + PAIR_BYTES;
  const otherX = scratch + 2 * PAIR_BYTES;
  const y = scratch + 3 * PAIR_BYTES;
  const x = scratch + 4 * PAIR_BYTES;
  for (let i = pairs - 1; i !== -1; i--) {
    const at = accumulators + i * ACCUMULATOR_BYTES;
    const difference = differences + i * DIFFERENCE_BYTES;
    if (references !== 0) {
      entriesY(y, load<u32>(references + i * 8), load<u32>(references + i * 8, 4), at + PAIR_BYTES);
    } else {
      subtract(y, others + i * ACCUMULATOR_BYTES + PAIR_BYTES, at + PAIR_BYTES);
    }
    if (i > 0) {
      mul<F>(slope, inverse, products + (i - 1) * PAIR_BYTES);
      mul<F>(inverse, inverse, difference);
      mul<F>(slope, slope, y);
    } else {
      mul<F>(slope, inverse, y);
    }
    add(otherX, difference, at);
    sqrSub<F>(x, slope, at, otherX);
    moveX(at, x);
    mulSub<F>(at + PAIR_BYTES, slope, x, at + PAIR_BYTES);
  }
}

/** Sets `pairs` pairs of accumulators to the entries of `references`. */
export function loadAll(accumulators: usize, pairs: usize, references: usize): void {
  for (let i: usize = 0; i < pairs; i++) {
    const at = accumulators + i * ACCUMULATOR_BYTES;
    const reference0 = load<u32>(references + i * 8);
    const reference1 = load<u32>(references + i * 8, 4);
    entriesX(at, reference0, reference1, ZERO);
    entriesY(at + PAIR_BYTES, reference0, reference1, ZERO);
  }
}

/** products[i] = differences[0] · … · differences[i]. */
function multiplyUp<F>(products: usize, differences: usize, pairs: usize): void {
  memory.copy(products, differences, PAIR_BYTES);
  for (let i: usize = 1; i < pairs; i++) {
    mul<F>(products + i * PAIR_BYTES, products + (i - 1) * PAIR_BYTES, differences + i * DIFFERENCE_BYTES);
  }
}

/** at = x, and x = what was at `at`, less x. */
function moveX(at: usize, x: usize): void {
  for (let i: usize = 0; i < 64; i += 16) {
    const now = v128.load(x + i);
    v128.store(x + i, i32x4.sub(v128.load(at + i), now));
    v128.store(at + i, now);
  }
  const now = v128.load64_zero(x + 64);
  v128.store64_lane(x + 64, i32x4.sub(v128.load64_zero(at + 64), now), 0);
  v128.store64_lane(at + 64, now, 0);
}

/** Scratch: two elements. */
function laneIsZero<F>(pair: usize, which: usize, scratch: usize): bool {
  lane(scratch, pair, which);
  return isZero<F>(scratch, scratch + ELEMENT_BYTES);
}

/** Marks the lanes whose difference is 0, and makes it 1 (any number but 0 will do). */
function markZeros<F>(differences: usize, pairs: usize, marks: usize, scratch: usize): void {
  for (let i: usize = 0; i < pairs; i++) {
    const pair = differences + i * DIFFERENCE_BYTES;
    for (let which: usize = 0; which < 2; which++) {
      if (!laneIsZero<F>(pair, which, scratch)) continue;
      store<u8>(marks + 2 * i + which, 1);
      for (let limb: usize = 0; limb < 9; limb++) store<u32>(pair + 8 * limb + 4 * which, limb === 0 ? 1 : 0);
    }
  }
}
