// Tables of the multiples of one point: for every window of `width` bits of a scalar the odd multiples
// (2j + 1)·2^(width·i)·P, affine, so that a multiple of P is a sum of entries, one a window, without doublings.
//
// Bytes of a table: width u32, windows u32, 8 of zeros; then windows × 2^(width − 1) entries. It holds no address and may be
// moved as a whole.
import { ACCUMULATOR_BYTES, ADDITION_SCRATCH, ADDITION_SCRATCH_PAIR, addToAll, loadAll } from './affine';
import { copyPair, INVERT_SCRATCH, invert } from './element';
import { ENTRY_BYTES, storeEntries } from './entries';
import { mul, PAIR_BYTES, sqr } from './field';
import { double, JACOBIAN_BYTES, JACOBIAN_SCRATCH, JACOBIAN_Z, setAffine } from './jacobian';
import { windowsOf } from './windows';

export const TABLE_HEAD: usize = 16;
/** Pairs of additions made at a time while a table is built. */
const PAIRS: usize = 512;
/** The widest table's windows × width. */
const POWERS_MAX: usize = 272;

export function tableBytes(width: u32): usize {
  return TABLE_HEAD + ((<usize>windowsOf(width)) << (width - 1)) * ENTRY_BYTES;
}

export function tableWidth(table: usize): u32 {
  return load<u32>(table);
}

export function tableWindows(table: usize): u32 {
  return load<u32>(table, 4);
}

/** Reference (entries.ts) to the entry that a digit (windows.ts) of a window asks for. */
export function entryOf(table: usize, window: u32, digit: u32): usize {
  const index = ((<usize>window) << (tableWidth(table) - 1)) + (digit >> 1);
  return (table + TABLE_HEAD + index * ENTRY_BYTES) | (digit & 1);
}

const POINT: usize = 0;
const CHAIN: usize = POINT + ((JACOBIAN_BYTES + 15) & ~15);
const POWERS: usize = CHAIN + (POWERS_MAX / 2) * 5 * PAIR_BYTES;
const REFERENCES: usize = POWERS + POWERS_MAX * ENTRY_BYTES;
const MARKS: usize = REFERENCES + PAIRS * 16;
const ACCUMULATORS: usize = MARKS + PAIRS * 2;
const SCRATCH: usize = ACCUMULATORS + PAIRS * ACCUMULATOR_BYTES;
export const TABLE_SCRATCH: usize =
  SCRATCH + ADDITION_SCRATCH + PAIRS * ADDITION_SCRATCH_PAIR + JACOBIAN_SCRATCH + INVERT_SCRATCH;

/**
 * Builds the table of the point whose coordinates are two pairs at `affine`, both lanes alike. False when two multiples
 * coincide, which doesn't happen to a point of a large prime order.
 */
export function buildTable<F>(at: usize, width: u32, affine: usize, curve: usize, scratch: usize): bool {
  const windows = windowsOf(width);
  store<u32>(at, width);
  store<u32>(at, windows, 4);
  store<u64>(at, 0, 8);
  writePowers<F>(windows * width, affine, curve, scratch);
  for (let window: u32 = 0; window < windows; window++) {
    memory.copy(entryOf(at, window, 0), scratch + POWERS + <usize>(window * width) * ENTRY_BYTES, ENTRY_BYTES);
  }
  memory.fill(scratch + MARKS, 0, PAIRS * 2);
  for (let level: u32 = 0; level < width - 1; level++) extend<F>(at, level, curve, scratch);
  let marked: u32 = 0;
  for (let i: usize = 0; i < PAIRS * 2; i++) marked |= load<u8>(scratch + MARKS + i);
  return marked === 0;
}

/** POWERS: the entries 2ᵗ·P for t < count (even or not). Doubled in Jacobian coordinates, then made affine with one inversion. */
function writePowers<F>(count: usize, affine: usize, curve: usize, scratch: usize): void {
  const point = scratch + POINT;
  const chain = scratch + CHAIN;
  const work = scratch + SCRATCH;
  const pairs = (count + 1) / 2;
  setAffine<F>(point, affine, curve);
  // X, Y and Z of two neighbours as pairs, then the product of all Z so far, and its inverse.
  for (let t: usize = 0; t < pairs * 2; t++) {
    const at = chain + (t >> 1) * 5 * PAIR_BYTES;
    for (let i: usize = 0; i < 3 * PAIR_BYTES; i += 8) store<u32>(at + i + 4 * (t & 1), load<u32>(point + i));
    double<F>(point, curve, work);
  }
  copyPair(chain + 3 * PAIR_BYTES, chain + 2 * PAIR_BYTES);
  for (let i: usize = 1; i < pairs; i++) {
    const at = chain + i * 5 * PAIR_BYTES;
    mul<F>(at + 3 * PAIR_BYTES, at - 2 * PAIR_BYTES, at + 2 * PAIR_BYTES);
  }
  const inverse = work;
  const z = work + PAIR_BYTES;
  const zz = work + 2 * PAIR_BYTES;
  invert<F>(inverse, chain + (pairs - 1) * 5 * PAIR_BYTES + 3 * PAIR_BYTES, curve, work + 3 * PAIR_BYTES);
  for (let i = pairs - 1; i !== -1; i--) {
    const at = chain + i * 5 * PAIR_BYTES;
    if (i > 0) mul<F>(z, inverse, at - 2 * PAIR_BYTES);
    else copyPair(z, inverse);
    mul<F>(inverse, inverse, at + JACOBIAN_Z);
    sqr<F>(zz, z);
    mul<F>(at, at, zz);
    mul<F>(zz, zz, z);
    mul<F>(at + PAIR_BYTES, at + PAIR_BYTES, zz);
    storeEntries(at, scratch + POWERS + 2 * i * ENTRY_BYTES, scratch + POWERS + (2 * i + 1) * ENTRY_BYTES);
  }
}

/** From the first 2^level entries of every window the next 2^level: each plus 2^(level + 1) of the window's unit. */
function extend<F>(table: usize, level: u32, curve: usize, scratch: usize): void {
  const width = tableWidth(table);
  const total = (<usize>tableWindows(table)) << level;
  const known = scratch + REFERENCES;
  const added = known + PAIRS * 8;
  const accumulators = scratch + ACCUMULATORS;
  for (let first: usize = 0; first < total; first += 2 * PAIRS) {
    const count = min(total - first, 2 * PAIRS);
    const pairs = (count + 1) >> 1;
    for (let i: usize = 0; i < 2 * pairs; i++) {
      const number = first + min(i, count - 1);
      const window = <u32>(number >> level);
      const index = <u32>number - (window << level);
      store<u32>(known + 4 * i, entryOf(table, window, index << 1));
      store<u32>(added + 4 * i, scratch + POWERS + <usize>(window * width + level + 1) * ENTRY_BYTES);
    }
    loadAll(accumulators, pairs, known);
    addToAll<F>(accumulators, pairs, added, 0, scratch + MARKS, curve, scratch + SCRATCH);
    for (let i: usize = 0; i < pairs; i++) {
      const apart = ENTRY_BYTES << level;
      const at0 = <usize>load<u32>(known + 8 * i) + apart;
      const at1 = <usize>load<u32>(known + 8 * i, 4) + apart;
      storeEntries(accumulators + i * ACCUMULATOR_BYTES, at0, at1);
    }
  }
}
