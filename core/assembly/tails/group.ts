// Which key each row of a batch is checked with, and the rows of each key together.
//
// A row whose format has several keys (the default keys of groups that share a structure, or an old and a new key) is tried
// with one after the other: a round for each. After a round, rows that are not VALID and have a key left are grouped anew.
//
// Work, for `rows` rows and a ring of `keys` keys, in u32 but the first:
//
//   ├ results u8 × rows ┼ cursors × rows ┼ pending × rows ┼ order × rows ┼ starts × (keys + 1) ┼ groups × 3 keys ┤
//
// A group is a key, the place of its first row in `order`, and how many rows it has.
import { columnAt } from '../batch';
import { COLUMN_FORMAT, COLUMN_KEY_ID_LENGTH, COLUMN_KEY_ID_OFFSET, COLUMN_TAIL_LENGTH } from '../layout';
import {
  CANDIDATE_LAST,
  KEY_ID_MAX,
  KEY_STATUS_USABLE,
  RING_HEAD_BYTES,
  RING_KEY_BYTES,
  RING_SLOT_BYTES,
  TAIL_ABSENT,
  TAIL_KEY_NOT_VALID_AT_DATE,
  TAIL_KEY_REVOKED,
  TAIL_UNKNOWN_KEY,
  TAIL_UNVERIFIABLE,
  TAIL_VALID,
} from './layout';

let results: usize = 0;
let cursors: usize = 0;
let pending: usize = 0;
let order: usize = 0;
let starts: usize = 0;
let groups: usize = 0;
/** Rows in `order`, and whether one of them has another key to be tried with. */
let ordered: u32 = 0;
let moreKeys: bool = false;

/** No list of candidates. */
const NONE: u32 = 0xffff_ffff;

/** Bytes of work for a batch. */
export function tailWorkBytes(rows: u32, keys: u32): u32 {
  return ((rows + 15) & ~15) + rows * 12 + (keys + 1) * 4 + keys * 12;
}

/** Lays the work out at `at`; the results come first. */
function placeWork(at: usize, rows: u32, keys: u32): void {
  results = at;
  cursors = at + ((rows + 15) & ~15);
  pending = cursors + rows * 4;
  order = pending + rows * 4;
  starts = order + rows * 4;
  groups = starts + (keys + 1) * 4;
}

/** Address of the order of rows, and of the groups. */
export function tailOrder(): usize {
  return order;
}
export function tailGroups(): usize {
  return groups;
}

/** Key row of a ring. */
export function keyRow(ring: usize, key: u32): usize {
  return ring + load<u32>(ring, 12) + <usize>(key * RING_KEY_BYTES);
}

/**
 * Judges every row by what is known without cryptography, and groups the others by key. Returns the number of groups.
 * `at`: the moment of the check in milliseconds since 1970.
 */
export function beginTails(rows: u32, input: usize, ring: usize, at: f64, work: usize): u32 {
  const keys = load<u32>(ring);
  placeWork(work, rows, keys);
  let count: u32 = 0;
  moreKeys = false;
  let lastId: u64 = 0;
  let lastFormat: u32 = NONE;
  let lastList: u32 = NONE;
  for (let row: usize = 0; row < <usize>rows; row++) {
    store<u8>(results + row, <u8>TAIL_ABSENT);
    if (load<u8>(columnAt(COLUMN_TAIL_LENGTH) + row) === 0) continue;
    const format = <u32>load<u8>(columnAt(COLUMN_FORMAT) + row);
    const idLength = <u32>load<u8>(columnAt(COLUMN_KEY_ID_LENGTH) + row);
    let list = NONE;
    if (idLength <= KEY_ID_MAX) {
      const id = readKeyId(input + load<u32>(columnAt(COLUMN_KEY_ID_OFFSET) + (row << 2)), idLength);
      if (id === lastId && format === lastFormat) {
        list = lastList;
      } else {
        list = findList(ring, id, format);
        lastId = id;
        lastFormat = format;
        lastList = list;
      }
    }
    if (list === NONE) {
      const known = idLength !== 0 && load<u8>(ring + load<u32>(ring, 16) + format) !== 0;
      store<u8>(results + row, <u8>(known ? TAIL_UNKNOWN_KEY : TAIL_UNVERIFIABLE));
    } else if (pick(ring, row, list, at)) {
      store<u32>(pending + ((<usize>count) << 2), <u32>row);
      count++;
    }
  }
  return group(ring, keys, count);
}

/** Groups the rows of the last round that are not VALID and have another key. Returns the number of groups. */
export function nextTails(ring: usize, at: f64): u32 {
  if (!moreKeys) return 0;
  moreKeys = false;
  let count: u32 = 0;
  for (let i: usize = 0; i < <usize>ordered; i++) {
    const row = <usize>load<u32>(order + (i << 2));
    if (load<u8>(results + row) === <u8>TAIL_VALID) continue;
    const cursor = load<u32>(cursors + (row << 2));
    if ((candidateAt(ring, cursor) & CANDIDATE_LAST) === 0 && pick(ring, row, cursor + 1, at)) {
      store<u32>(pending + ((<usize>count) << 2), <u32>row);
      count++;
    }
  }
  return group(ring, load<u32>(ring), count);
}

function candidateAt(ring: usize, cursor: u32): u32 {
  return load<u32>(ring + load<u32>(ring, 8) + ((<usize>cursor) << 2));
}

/** Moves a row to the first usable candidate from `cursor` on; notes why the others are not. False when none is left. */
function pick(ring: usize, row: usize, cursor: u32, at: f64): bool {
  while (true) {
    const candidate = candidateAt(ring, cursor);
    const reason = reasonAgainst(keyRow(ring, candidate & ~CANDIDATE_LAST), at);
    if (reason === TAIL_ABSENT) {
      store<u32>(cursors + (row << 2), cursor);
      if ((candidate & CANDIDATE_LAST) === 0) moreKeys = true;
      return true;
    }
    raise(row, reason);
    if ((candidate & CANDIDATE_LAST) !== 0) return false;
    cursor++;
  }
}

/** Why a key can't be used at a moment; TAIL_ABSENT when it can. */
function reasonAgainst(key: usize, at: f64): u32 {
  if (at >= load<f64>(key, 24)) return TAIL_KEY_REVOKED;
  if (at < load<f64>(key, 8) || at >= load<f64>(key, 16)) return TAIL_KEY_NOT_VALID_AT_DATE;
  return load<u8>(key, 5) === <u8>KEY_STATUS_USABLE ? TAIL_ABSENT : TAIL_UNVERIFIABLE;
}

/** Notes a result for a row, unless it has a greater one. */
function raise(row: usize, result: u32): void {
  if (<u32>load<u8>(results + row) < result) store<u8>(results + row, <u8>result);
}

/** Notes what came of a row; see {@link raise}. */
export function noteResult(row: usize, result: u32): void {
  raise(row, result);
}

/** Sorts the first `count` pending rows by key into `order` and lists the groups. Stable. */
function group(ring: usize, keys: u32, count: u32): u32 {
  ordered = count;
  if (count === 0) return 0;
  memory.fill(starts, 0, (<usize>keys + 1) << 2);
  for (let i: usize = 0; i < <usize>count; i++) {
    const counter = starts + ((<usize>keyOf(ring, load<u32>(pending + (i << 2))) + 1) << 2);
    store<u32>(counter, load<u32>(counter) + 1);
  }
  let found: u32 = 0;
  let sum: u32 = 0;
  for (let key: u32 = 0; key < keys; key++) {
    const start = starts + ((<usize>key + 1) << 2);
    const size = load<u32>(start);
    if (size !== 0) {
      const entry = groups + <usize>(found * 12);
      found++;
      store<u32>(entry, key);
      store<u32>(entry, sum, 4);
      store<u32>(entry, size, 8);
    }
    store<u32>(start, sum);
    sum += size;
  }
  for (let i: usize = 0; i < <usize>count; i++) {
    const row = load<u32>(pending + (i << 2));
    const place = starts + ((<usize>keyOf(ring, row) + 1) << 2);
    const to = load<u32>(place);
    store<u32>(place, to + 1);
    store<u32>(order + ((<usize>to) << 2), row);
  }
  return found;
}

function keyOf(ring: usize, row: u32): u32 {
  return candidateAt(ring, load<u32>(cursors + ((<usize>row) << 2))) & ~CANDIDATE_LAST;
}

/** The bytes of a key id as a number; 0 when there is none. */
function readKeyId(at: usize, length: u32): u64 {
  return length === 8 ? load<u64>(at) : load<u64>(at) & (((<u64>1) << ((<u64>length) << 3)) - 1);
}

/** First candidate for a key id and a format. */
function findList(ring: usize, id: u64, format: u32): u32 {
  const mask = load<u32>(ring, 4);
  let slot = hashKeyId(<u32>id, <u32>(id >> 32), format) & mask;
  while (true) {
    const at = ring + RING_HEAD_BYTES + <usize>(slot * RING_SLOT_BYTES);
    if (load<u8>(at, 10) === 0) return NONE;
    if (load<u64>(at) === id && <u32>load<u8>(at, 8) === format) return load<u32>(at, 12);
    slot = (slot + 1) & mask;
  }
}

/** Where the search for a key id begins; the host fills the slots by the same function. */
export function hashKeyId(low: u32, high: u32, format: u32): u32 {
  let hash = (low * 0x9e37_79b1) ^ (high * 0x85eb_ca6b) ^ ((format + 1) * 0xc2b2_ae35);
  hash ^= hash >> 15;
  hash *= 0x2c1b_3c6d;
  return hash ^ (hash >> 13);
}

/** Notes that rows can't be checked: their key is none. */
export function failGroup(first: u32, count: u32): void {
  for (let i: u32 = first; i < first + count; i++) {
    raise(<usize>load<u32>(order + ((<usize>i) << 2)), TAIL_UNVERIFIABLE);
  }
}
