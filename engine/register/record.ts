/**
 * The record of one code, as it stands in memory; on disk a page keeps its columns, see record-pages.
 *
 * ```
 * word  0        1       2        3       4         5        6       7             8          9  10         11
 *      +--------+-------+--------+-------+---------+--------+-------+-------------+----------+-------------+-----------+
 *      |state 1 | owner | parent | expiry| produced| series | price | inner | sold| document | tail digest | lastEvent |
 *      |flags 1 |       |        |       |         |        |       |  2    |  2  |          |             |           |
 *      |group 2 |       |        |       |         |        |       |       |     |          |             |           |
 *      +--------+-------+--------+-------+---------+--------+-------+-------------+----------+-------------+-----------+
 *      '--------- hot row: what the image keeps --------'
 * word  12           13         14 15
 *      +------------+----------+------+
 *      | reason 1   | receiver | zero |
 *      | level 1    |          |      |
 *      | capacity 2 |          |      |
 *      +------------+----------+------+
 * ```
 *
 * Little-endian words. Zero means "not stated" everywhere, so a fresh page is a page of unstated records.
 * `owner`, `receiver`, `series`, `document` are numbers of {@link Names}; `parent` is an ordinal; `expiry` and `produced` are minutes
 * since 1970-01-01T00:00 on the pack's wall clock; `price` is in kopecks (or tiyin); `inner`/`sold` are parts of a divisible pack.
 * Of a package: `level` is its kind, `capacity` the number of contents that was stated. `reason` says why a code was withdrawn or blocked.
 */
import { PAGE_CODES } from './limits.js';
import type { WithdrawalReasonName } from './withdrawal.js';

export const RECORD_WORDS = 16;
export const RECORD_BYTES = RECORD_WORDS * 4;
export const PAGE_WORDS = RECORD_WORDS * PAGE_CODES;
/** Words of a record that the image keeps. */
export const HOT_WORDS = 4;
/** Words of the digest of the tail that a code was shown with, zeros for none: {@link WORD.tailLow} and the one behind it. */
export const TAIL_WORDS = 2;

/** Word of each field; `state`, `flags` and `group` share word 0, `reason`, `level` and `capacity` word 12. */
export const WORD = {
  head: 0,
  owner: 1,
  parent: 2,
  expiry: 3,
  produced: 4,
  series: 5,
  price: 6,
  parts: 7,
  document: 8,
  tailLow: 9,
  tailHigh: 10,
  lastEvent: 11,
  details: 12,
  receiver: 13,
} as const;

/** Words that are used; the rest are zero. */
export const WORDS_USED = 14;

/** Flags of word 0. */
export const FLAG = {
  /** A package: its key is an SSCC or a participant's own code, or it holds something. */
  package: 1,
  /** Stopped by an authority. */
  blocked: 2,
  /** Imported, not through customs. */
  customs: 4,
  /** A package from which something was taken. */
  opened: 8,
} as const;

if (RECORD_BYTES !== 64 || WORD.receiver !== WORDS_USED - 1 || WORDS_USED > RECORD_WORDS || WORD.expiry >= HOT_WORDS) {
  throw new Error('record: the layout and the sizes disagree');
}

export const stateOf = (head: number): number => head & 0xff;
export const flagsOf = (head: number): number => (head >>> 8) & 0xff;
export const groupOf = (head: number): number => head >>> 16;
export const headOf = (state: number, flags: number, group: number): number =>
  (state & 0xff) | ((flags & 0xff) << 8) | (group << 16);

export const reasonOf = (details: number): number => details & 0xff;
export const levelOf = (details: number): number => (details >>> 8) & 0xff;
export const capacityOf = (details: number): number => details >>> 16;
export const detailsOf = (reason: number, level: number, capacity: number): number =>
  (reason & 0xff) | ((level & 0xff) << 8) | (capacity << 16);

/** One record in words that people read; `null` is "not stated". */
export interface RecordView {
  ordinal: number;
  state: string;
  package: boolean;
  blocked: boolean;
  /** Imported, not through customs. */
  customs: boolean;
  /** A package from which something was taken. */
  opened: boolean;
  /** Why it was sold or withdrawn. */
  reason: WithdrawalReasonName | null;
  group: number | null;
  owner: string | null;
  /** To whom it is shipped. */
  receiver: string | null;
  parent: number | null;
  /** Minutes since 1970-01-01T00:00, wall clock. */
  expiry: number | null;
  produced: number | null;
  series: string | null;
  price: number | null;
  parts: { inner: number; sold: number } | null;
  document: string | null;
  lastEvent: number;
}
