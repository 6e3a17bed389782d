/**
 * Keys in a row, front-coded: each says how many bytes it shares with the key before.
 *
 * ```
 * | shared 1 | rest 1 | rest bytes … |
 * ```
 *
 * Keys in order share their kind and GTIN, so a code costs its serial and two bytes.
 */
import { KEY_BYTES_MAX } from './limits.js';

/** Keys as the core hands them out: key i is `bytes[offsets[i], offsets[i + 1])`. */
export interface KeyColumn {
  bytes: Uint8Array;
  /** count + 1 entries. */
  offsets: Uint32Array;
}

/** Order of key i of one column and key j of another: negative, zero or positive. */
export function compareKeys(a: KeyColumn, i: number, b: KeyColumn, j: number): number {
  const startA = a.offsets[i];
  const startB = b.offsets[j];
  const lengthA = a.offsets[i + 1] - startA;
  const lengthB = b.offsets[j + 1] - startB;
  const most = Math.min(lengthA, lengthB);
  const bytesA = a.bytes;
  const bytesB = b.bytes;
  for (let at = 0; at < most; at++) {
    const difference = bytesA[startA + at] - bytesB[startB + at];
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}

/** True when each key is greater than the one before: then all are different. */
export function isAscending(keys: KeyColumn): boolean {
  const count = keys.offsets.length - 1;
  for (let i = 1; i < count; i++) if (compareKeys(keys, i - 1, keys, i) >= 0) return false;
  return true;
}

/** Key i, as a view. */
export const keyAt = ({ bytes, offsets }: KeyColumn, i: number): Uint8Array =>
  bytes.subarray(offsets[i], offsets[i + 1]);

/** A column of one key. */
export const oneKey = (key: Uint8Array): KeyColumn => ({ bytes: key, offsets: Uint32Array.of(0, key.length) });

/** Keys one after the other. */
export function columnOf(keys: readonly Uint8Array[]): KeyColumn {
  const offsets = new Uint32Array(keys.length + 1);
  for (let i = 0; i < keys.length; i++) offsets[i + 1] = offsets[i] + keys[i].length;
  const bytes = new Uint8Array(offsets[keys.length]);
  for (let i = 0; i < keys.length; i++) bytes.set(keys[i], offsets[i]);
  return { bytes, offsets };
}

/** Packs keys `order[from, to)` (or `from…to` themselves without an order). */
export function packKeys(keys: KeyColumn, from: number, to: number, order?: Uint32Array): Uint8Array {
  const { offsets } = keys;
  let capacity = 0;
  for (let i = from; i < to; i++) {
    const k = order ? order[i] : i;
    capacity += 2 + offsets[k + 1] - offsets[k];
  }
  const packed = new Uint8Array(capacity);
  return packed.subarray(0, packKeysInto(packed, 0, keys, from, to, order));
}

/** Packs a list of keys, in its order. */
export const packKeyList = (keys: readonly Uint8Array[]): Uint8Array => packKeys(columnOf(keys), 0, keys.length);

/** As {@link packKeys}, at `at` of an array that is long enough; gives where it ends. */
export function packKeysInto(
  packed: Uint8Array,
  at: number,
  keys: KeyColumn,
  from: number,
  to: number,
  order?: Uint32Array,
): number {
  const { bytes, offsets } = keys;
  let end = at;
  let last = 0;
  let lastLength = 0;
  for (let i = from; i < to; i++) {
    const k = order ? order[i] : i;
    const start = offsets[k];
    const length = offsets[k + 1] - start;
    if (length > KEY_BYTES_MAX) throw new RangeError(`a key of ${length} bytes; at most ${KEY_BYTES_MAX} fit`);
    const most = Math.min(length, lastLength);
    let shared = 0;
    while (shared < most && bytes[last + shared] === bytes[start + shared]) shared++;
    packed[end++] = shared;
    packed[end++] = length - shared;
    for (let b = start + shared; b < start + length; b++) packed[end++] = bytes[b];
    last = start;
    lastLength = length;
  }
  return end;
}

/** The keys of `packed`. Throws a RangeError on bytes that {@link packKeys} didn't write. */
export function unpackKeys(packed: Uint8Array): KeyColumn {
  let count = 0;
  let total = 0;
  for (let at = 0; at < packed.length; count++) {
    if (at + 2 > packed.length || at + 2 + packed[at + 1] > packed.length)
      throw new RangeError('packed keys are cut short');
    total += packed[at] + packed[at + 1];
    at += 2 + packed[at + 1];
  }
  const bytes = new Uint8Array(total);
  const offsets = new Uint32Array(count + 1);
  unpackKeysInto(packed, 0, bytes, offsets, 0);
  return { bytes, offsets };
}

/**
 * Unpacks the keys of `packed[from …]` to where key `first` of `offsets` begins, in arrays that are long enough: what doesn't fit is lost.
 * Gives the number of keys behind them. Throws a RangeError on bytes that {@link packKeys} didn't write.
 */
export function unpackKeysInto(
  packed: Uint8Array,
  from: number,
  bytes: Uint8Array,
  offsets: Uint32Array,
  first: number,
): number {
  const length = packed.length;
  let end = offsets[first];
  let last = end;
  let i = first;
  for (let at = from; at < length; ) {
    if (at + 2 > length) throw new RangeError('packed keys are cut short');
    const shared = packed[at];
    const rest = packed[at + 1];
    if (at + 2 + rest > length) throw new RangeError('packed keys are cut short');
    if (shared > end - last) throw new RangeError('packed keys share more than there is');
    if (shared + rest > KEY_BYTES_MAX)
      throw new RangeError(`a key of ${shared + rest} bytes; at most ${KEY_BYTES_MAX} fit`);
    const start = end;
    // Keys are short: a loop is faster than a call.
    for (let b = 0; b < shared; b++) bytes[end++] = bytes[last + b];
    for (let b = at + 2; b < at + 2 + rest; b++) bytes[end++] = packed[b];
    offsets[++i] = end;
    last = start;
    at += 2 + rest;
  }
  return i;
}
