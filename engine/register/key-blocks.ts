/**
 * A block of the key index: keys in ascending order, each with its ordinal.
 *
 * ```
 * | checksum 4 | count 2 | form 1 | ordinals | packed keys, see packed-keys |
 * form 0: one ordinal, of the first key; the others count on from it (a load in key order)
 * form 1: an ordinal of 4 bytes for each key
 * ```
 */
import { CHECKSUM_BYTES, sealed } from './checksum.js';
import { BLOCK_BYTES_MAX, KEY_BYTES_MAX } from './limits.js';
import { type KeyColumn, packKeysInto, unpackKeys } from './packed-keys.js';

export interface KeyBlock {
  keys: KeyColumn;
  ordinals: Uint32Array;
}

const HEAD_BYTES = CHECKSUM_BYTES + 3;
/** Every key may be one that shares nothing, and then a block holds one. */
const scratch = Buffer.alloc(HEAD_BYTES + BLOCK_BYTES_MAX + KEY_BYTES_MAX + 6);

/** Entries of `keys` and `ordinals` from `from` on that make a block of at most `bytesMax`; gives how far they go. */
export function blockEnd(
  keys: KeyColumn,
  ordinals: Uint32Array,
  from: number,
  until: number,
  bytesMax: number,
): number {
  const { bytes, offsets } = keys;
  let size = HEAD_BYTES + 4 + 2 + offsets[from + 1] - offsets[from];
  let counts = true;
  let i = from + 1;
  for (; i < until; i++) {
    const start = offsets[i];
    const last = offsets[i - 1];
    const most = Math.min(offsets[i + 1] - start, start - last);
    let shared = 0;
    while (shared < most && bytes[last + shared] === bytes[start + shared]) shared++;
    size += 2 + offsets[i + 1] - start - shared;
    if (counts && ordinals[i] !== ordinals[i - 1] + 1) counts = false;
    if (size + (counts ? 0 : 4 * (i - from)) > bytesMax) break;
  }
  return i;
}

/** The stored form of entries [from, until). The bytes are good until the next call. */
export function packBlock(keys: KeyColumn, ordinals: Uint32Array, from: number, until: number): Buffer {
  const count = until - from;
  let counts = true;
  for (let i = from + 1; counts && i < until; i++) counts = ordinals[i] === ordinals[i - 1] + 1;
  scratch.writeUInt16LE(count, CHECKSUM_BYTES);
  scratch[CHECKSUM_BYTES + 2] = counts ? 0 : 1;
  let at = HEAD_BYTES;
  for (let i = from; i < (counts ? from + 1 : until); i++) at = scratch.writeUInt32LE(ordinals[i], at);
  return sealed(scratch, packKeysInto(scratch, at, keys, from, until));
}

/** Reads a stored block. Throws a RangeError on bytes that {@link packBlock} didn't write. */
export function unpackBlock(stored: Buffer): KeyBlock {
  if (stored.length < HEAD_BYTES + 4) throw new RangeError('a block of keys is cut short');
  const count = stored.readUInt16LE(CHECKSUM_BYTES);
  const form = stored[CHECKSUM_BYTES + 2];
  const keysAt = HEAD_BYTES + (form === 0 ? 4 : 4 * count);
  if (form > 1 || keysAt > stored.length) throw new RangeError('a block of keys is cut short');
  const ordinals = new Uint32Array(count);
  if (form === 0) {
    const first = stored.readUInt32LE(HEAD_BYTES);
    for (let i = 0; i < count; i++) ordinals[i] = first + i;
  } else {
    for (let i = 0; i < count; i++) ordinals[i] = stored.readUInt32LE(HEAD_BYTES + 4 * i);
  }
  const keys = unpackKeys(stored.subarray(keysAt));
  if (keys.offsets.length !== count + 1) throw new RangeError('a block of keys has another number of them');
  return { keys, ordinals };
}
