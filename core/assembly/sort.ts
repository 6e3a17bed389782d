// Stable sort of packed keys in the order of their bytes.
//
// A natural merge sort over windows of eight bytes: sorted runs are kept, so sorted input costs one pass. Keys whose
// windows are equal form a group, which is sorted again by the next eight bytes. Comparisons read the entries in order
// instead of jumping to the keys.
//
//   entry    0                    8           12                    16
//            ├ window, big-endian ┼ key index ┼ bytes left, at most 9 ┤
//
// A window past the end of its key is filled with zeros; of equal windows the key with fewer bytes left comes first, and
// nine stands for "goes on", so only keys that go on need another window.
import { SORT_ENTRY_BYTES } from './layout';

const GOES_ON: u32 = 9;

/** Runs shorter than this are made so long by insertion; longer ones cost more moves than merges save. */
export const RUN_MIN: u32 = 16;

let keys: usize = 0;
let offsets: usize = 0;
/** Room for as many entries as are sorted, and for the ends of their runs. */
let spare: usize = 0;
let runs: usize = 0;

/**
 * Sorts `count` keys. `entries` and `spareEntries` have room for `count` entries of SORT_ENTRY_BYTES each, `runEnds` for
 * count / RUN_MIN + 2 numbers. The permutation is written over `into`: into[i] is the index of the i-th smallest key.
 */
export function sortKeys(
  keysAt: usize,
  offsetsAt: usize,
  count: u32,
  entries: usize,
  spareEntries: usize,
  runEnds: usize,
  into: usize,
): void {
  keys = keysAt;
  offsets = offsetsAt;
  spare = spareEntries;
  runs = runEnds;
  for (let i: u32 = 0; i < count; i++) store<u32>(entries + <usize>i * SORT_ENTRY_BYTES, i, 8);
  sortByWindow(entries, count, 0);
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(into + ((<usize>i) << 2), load<u32>(entries + <usize>i * SORT_ENTRY_BYTES, 8));
  }
}

/** Sorts entries whose keys agree in the first `depth` bytes. Recursion is as deep as the longest key has windows. */
function sortByWindow(entries: usize, count: u32, depth: u32): void {
  for (let i: u32 = 0; i < count; i++) fillWindow(entries + <usize>i * SORT_ENTRY_BYTES, depth);
  mergeSort(entries, count);
  let first: u32 = 0;
  while (first < count) {
    const entry = entries + <usize>first * SORT_ENTRY_BYTES;
    let next = first + 1;
    if (load<u32>(entry, 12) === GOES_ON) {
      while (next < count && equal(entry, entries + <usize>next * SORT_ENTRY_BYTES)) next++;
      if (next - first > 1) sortByWindow(entry, next - first, depth + 8);
    }
    first = next;
  }
}

function fillWindow(entry: usize, depth: u32): void {
  const offset = offsets + ((<usize>load<u32>(entry, 8)) << 2);
  const start = load<u32>(offset) + depth;
  const left = load<u32>(offset, 4) - start;
  let window = bswap<u64>(load<u64>(keys + start));
  if (left < 8) window = left === 0 ? 0 : window & ((<u64>-1) << ((8 - <u64>left) << 3));
  store<u64>(entry, window);
  store<u32>(entry, left > 8 ? GOES_ON : left, 12);
}

function equal(a: usize, b: usize): bool {
  return load<u64>(a) === load<u64>(b) && load<u32>(a, 12) === load<u32>(b, 12);
}

/** True when the entry at `b` must come before the one at `a`. */
function less(b: usize, a: usize): bool {
  const left = load<u64>(b);
  const right = load<u64>(a);
  return left < right || (left === right && load<u32>(b, 12) < load<u32>(a, 12));
}

/** Sorts entries by window, then bytes left; stable. */
function mergeSort(entries: usize, count: u32): void {
  let runCount = findRuns(entries, count);
  let from = entries;
  let to = spare;
  while (runCount > 1) {
    let kept: u32 = 0;
    let start: u32 = 0;
    for (let run: u32 = 0; run < runCount; run += 2) {
      const middle = load<u32>(runs + ((<usize>run) << 2));
      const end = run + 1 < runCount ? load<u32>(runs + ((<usize>run) << 2), 4) : middle;
      merge(from, to, start, middle, end);
      store<u32>(runs + ((<usize>kept) << 2), end);
      kept++;
      start = end;
    }
    runCount = kept;
    const swap = from;
    from = to;
    to = swap;
  }
  if (from !== entries) memory.copy(entries, from, <usize>count * SORT_ENTRY_BYTES);
}

/** Writes the ends of ascending runs to `runs`, having made each at least RUN_MIN long. Returns their number. */
function findRuns(entries: usize, count: u32): u32 {
  let found: u32 = 0;
  let start: u32 = 0;
  while (start < count) {
    let end = start + 1;
    while (end < count && !less(entries + <usize>end * SORT_ENTRY_BYTES, entries + <usize>(end - 1) * SORT_ENTRY_BYTES))
      end++;
    while (end < count && end - start < RUN_MIN) insert(entries, start, end++);
    store<u32>(runs + ((<usize>found) << 2), end);
    found++;
    start = end;
  }
  return found;
}

/** Moves the entry at `index` to its place in the sorted entries [start, index). */
function insert(entries: usize, start: u32, index: u32): void {
  let at = entries + <usize>index * SORT_ENTRY_BYTES;
  const first = entries + <usize>start * SORT_ENTRY_BYTES;
  const moved = v128.load(at);
  v128.store(spare, moved);
  while (at > first && less(spare, at - SORT_ENTRY_BYTES)) {
    v128.store(at, v128.load(at - SORT_ENTRY_BYTES));
    at -= SORT_ENTRY_BYTES;
  }
  v128.store(at, moved);
}

/** Merges the runs [start, middle) and [middle, end) of `from` into the same place of `to`. */
function merge(from: usize, to: usize, start: u32, middle: u32, end: u32): void {
  let left = from + <usize>start * SORT_ENTRY_BYTES;
  let right = from + <usize>middle * SORT_ENTRY_BYTES;
  let out = to + <usize>start * SORT_ENTRY_BYTES;
  const leftEnd = right;
  const rightEnd = from + <usize>end * SORT_ENTRY_BYTES;
  const inOrder = right === rightEnd || !less(right, right - SORT_ENTRY_BYTES);
  while (!inOrder && left < leftEnd && right < rightEnd) {
    if (less(right, left)) {
      v128.store(out, v128.load(right));
      right += SORT_ENTRY_BYTES;
    } else {
      v128.store(out, v128.load(left));
      left += SORT_ENTRY_BYTES;
    }
    out += SORT_ENTRY_BYTES;
  }
  if (left < leftEnd) memory.copy(out, left, leftEnd - left);
  out += leftEnd - left;
  if (right < rightEnd) memory.copy(out, right, rightEnd - right);
}
