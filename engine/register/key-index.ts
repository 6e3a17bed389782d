/**
 * Key → ordinal: blocks of keys in ascending order, see key-blocks; the LMDB key of a block is its first key.
 * A load in key order fills blocks one after the other; a key that comes between is merged into its block, which splits when it is full.
 */
import { TamgaError } from '../errors.js';
import { isSealed } from './checksum.js';
import { blockEnd, type KeyBlock, packBlock, unpackBlock } from './key-blocks.js';
import { BLOCK_BYTES_MAX } from './limits.js';
import type { KeyColumn } from './packed-keys.js';
import type { Store } from './store.js';

/** A block, and the first key of the one behind it; `null` behind the last. */
interface Place {
  block: KeyBlock | null;
  first: Buffer | null;
  next: Buffer | null;
}

/** Keys that a load adds to the last block to fill it, before it begins new ones. */
const FILL_CODES = 128;

/** Ordinal of a key; 0 when the register doesn't have it. Throws REGISTER_BROKEN. */
export function findKey(store: Store, key: Uint8Array): number {
  const start = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  for (const { value } of store.index.getRange({ start, reverse: true, limit: 1 })) {
    const block = readBlock(store, value);
    const i = lowerBound(block.keys, start);
    return i < block.ordinals.length && compareAt(block.keys, i, start) === 0 ? block.ordinals[i] : 0;
  }
  return 0;
}

/** Ordinals of keys, 0 for those that the register doesn't have. Fast for keys in ascending order, right for any. */
export function findKeys(store: Store, keys: KeyColumn, into: Uint32Array): void {
  const { bytes, offsets } = keys;
  const count = offsets.length - 1;
  let place: Place | null = null;
  let last: Uint8Array | null = null;
  for (let i = 0; i < count; i++) {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset + offsets[i], offsets[i + 1] - offsets[i]);
    if (!place || !holds(place, key)) {
      place = placeOf(store, key);
      last = null;
    }
    const { block } = place;
    if (!block) {
      into[i] = 0;
      continue;
    }
    last ??= keyAt(block.keys, block.ordinals.length - 1);
    // Behind the last key of the block there is nothing to look for: a load in key order is there all the time.
    if (Buffer.compare(key, last) > 0) {
      into[i] = 0;
      continue;
    }
    const at = lowerBound(block.keys, key);
    into[i] = compareAt(block.keys, at, key) === 0 ? block.ordinals[at] : 0;
  }
}

/** Adds keys that the index doesn't have, in ascending order. Only inside a write transaction. */
export function insertKeys(store: Store, keys: KeyColumn, ordinals: Uint32Array): void {
  const count = ordinals.length;
  for (let from = 0; from < count; ) {
    const { block, next } = placeOf(store, keyAt(keys, from));
    const until = next ? lowerBound(keys, next, from) : count;
    const appends = !block || compareAt(block.keys, block.ordinals.length - 1, keyAt(keys, from)) < 0;
    if (!block) {
      writeBlocks(store, keys, ordinals, from, until, BLOCK_BYTES_MAX);
    } else if (appends && until - from > FILL_CODES) {
      const merged = merge(block, keys, ordinals, from, from + FILL_CODES);
      writeBlocks(store, merged.keys, merged.ordinals, 0, merged.ordinals.length, BLOCK_BYTES_MAX);
      writeBlocks(store, keys, ordinals, from + FILL_CODES, until, BLOCK_BYTES_MAX);
    } else {
      const merged = merge(block, keys, ordinals, from, until);
      const entries = merged.ordinals.length;
      // A block that grew in its middle will grow again: it is cut into halves. One that grew at its end is filled.
      const isFull = blockEnd(merged.keys, merged.ordinals, 0, entries, BLOCK_BYTES_MAX) < entries;
      const bytesMax = appends || !isFull ? BLOCK_BYTES_MAX : BLOCK_BYTES_MAX * 0.6;
      writeBlocks(store, merged.keys, merged.ordinals, 0, entries, bytesMax);
    }
    from = until;
  }
}

/** Decodes a stored block. Throws REGISTER_BROKEN. */
export function readBlock(store: Store, stored: Buffer): KeyBlock {
  const broken = (detail: string): TamgaError =>
    new TamgaError('REGISTER_BROKEN', { path: store.path, detail: `a block of the key index: ${detail}` });
  if (!isSealed(stored)) throw broken('the checksum is wrong');
  try {
    return unpackBlock(stored);
  } catch (error) {
    throw broken(String(error));
  }
}

function placeOf(store: Store, key: Uint8Array): Place {
  // Range queries of lmdb keep the key they are given.
  const start = Buffer.from(key);
  for (const { key: first, value } of store.index.getRange({ start, reverse: true, limit: 1 })) {
    return { block: readBlock(store, value), first: Buffer.from(first), next: firstBehind(store, start) };
  }
  return { block: null, first: null, next: firstBehind(store, start) };
}

/** First key of the first block behind a key. */
function firstBehind(store: Store, key: Buffer): Buffer | null {
  for (const first of store.index.getKeys({ start: key, limit: 2 })) {
    if (Buffer.compare(first, key) > 0) return Buffer.from(first);
  }
  return null;
}

function holds({ first, next }: Place, key: Uint8Array): boolean {
  return (first === null || Buffer.compare(key, first) >= 0) && (next === null || Buffer.compare(key, next) < 0);
}

function writeBlocks(
  store: Store,
  keys: KeyColumn,
  ordinals: Uint32Array,
  from: number,
  until: number,
  bytesMax: number,
): void {
  for (let start = from; start < until; ) {
    const end = blockEnd(keys, ordinals, start, until, bytesMax);
    store.index.putSync(Buffer.from(keyAt(keys, start)), packBlock(keys, ordinals, start, end));
    start = end;
  }
}

/** A block's entries and keys [from, until), in order. */
function merge(block: KeyBlock, keys: KeyColumn, ordinals: Uint32Array, from: number, until: number): KeyBlock {
  const old = block.ordinals.length;
  const count = old + until - from;
  const bytes = new Uint8Array(block.keys.bytes.length + keys.offsets[until] - keys.offsets[from]);
  const merged = new Uint32Array(count);
  const offsets = new Uint32Array(count + 1);
  for (let i = 0, a = 0, b = from; i < count; i++) {
    const isOld = b >= until || (a < old && compareAt(block.keys, a, keyAt(keys, b)) < 0);
    const source = isOld ? block.keys : keys;
    const at = isOld ? a : b;
    bytes.set(keyAt(source, at), offsets[i]);
    offsets[i + 1] = offsets[i] + source.offsets[at + 1] - source.offsets[at];
    merged[i] = isOld ? block.ordinals[a++] : ordinals[b++];
  }
  return { keys: { bytes, offsets }, ordinals: merged };
}

/** The first key from `from` on that is not less than `key`. */
function lowerBound(keys: KeyColumn, key: Uint8Array, from = 0): number {
  let low = from;
  let high = keys.offsets.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAt(keys, middle, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareAt({ bytes, offsets }: KeyColumn, i: number, key: Uint8Array): number {
  const start = offsets[i];
  const length = offsets[i + 1] - start;
  const most = Math.min(length, key.length);
  for (let b = 0; b < most; b++) {
    const difference = bytes[start + b] - key[b];
    if (difference !== 0) return difference;
  }
  return length - key.length;
}

const keyAt = ({ bytes, offsets }: KeyColumn, i: number): Uint8Array => bytes.subarray(offsets[i], offsets[i + 1]);
