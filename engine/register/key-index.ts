/**
 * Key → ordinal: blocks of keys in ascending order, see key-blocks; the LMDB key of a block is its first key.
 * A load in key order fills blocks one after the other; a key that comes between is merged into its block, which splits when it is full.
 */
import { TamgaError } from '../errors.js';
import { isSealed } from './checksum.js';
import {
  BLOCK_KEYS_MAX,
  blockEnd,
  findInBlock,
  type KeyBlock,
  packBlock,
  packLoadBlock,
  unpackBlock,
} from './key-blocks.js';
import { BLOCK_BYTES_MAX } from './limits.js';
import type { LoadKeys } from './load-keys.js';
import { compareKeys, type KeyColumn, keyAt, oneKey } from './packed-keys.js';
import type { Store } from './store.js';

/** A block, and the first key of the one behind it; `null` behind the last. */
export interface Place {
  block: KeyBlock | null;
  next: KeyColumn | null;
}

/** Keys of a load that are tried to fill the last block, before new ones are begun. */
const FILL_CODES = 128;

/** So many keys are looked for one by one: what lies between them isn't worth unpacking. */
const FEW = 4;

/** Ordinal of a key; 0 when the register doesn't have it. Throws REGISTER_BROKEN. */
export function findKey(store: Store, key: Uint8Array): number {
  const block = blockOf(store, key);
  return block ? findInBlock(block, key) : 0;
}

/** The stored block that a key is in, if the register has it. Throws REGISTER_BROKEN. */
export function blockOf(store: Store, key: Uint8Array): Buffer | undefined {
  const start = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  for (const { value } of store.index.getRange({ start, reverse: true, limit: 1 })) {
    if (!isSealed(value)) throw brokenBlock(store, 'the checksum is wrong');
    return value;
  }
  return undefined;
}

/** Ordinals of keys, 0 for those that the register doesn't have. Fast for keys in ascending order (`ascends`), right for any. */
export function findKeys(store: Store, keys: KeyColumn, ascends: boolean, into: Uint32Array): void {
  const count = keys.offsets.length - 1;
  if (count <= FEW) {
    for (let i = 0; i < count; i++) into[i] = findKey(store, keyAt(keys, i));
    return;
  }
  let place: Place | null = null;
  for (let i = 0; i < count; i++) {
    if (!place || !holds(place, keys, i)) place = placeOf(store, keyAt(keys, i));
    const { block, next } = place;
    const last = block ? block.ordinals.length - 1 : -1;
    if (!block || compareKeys(keys, i, block.keys, last) > 0) {
      into[i] = 0;
      // A load in key order stands between two blocks, or behind the last one, all the way: there is nothing to look for.
      if (ascends && (next === null || compareKeys(keys, count - 1, next, 0) < 0)) {
        into.fill(0, i, count);
        return;
      }
      continue;
    }
    const at = lowerBound(block.keys, keys, i);
    into[i] = compareKeys(block.keys, at, keys, i) === 0 ? block.ordinals[at] : 0;
  }
}

/** Adds keys that the index doesn't have, in ascending order. Only inside a write transaction. */
export function insertKeys(store: Store, keys: KeyColumn, ordinals: Uint32Array): void {
  const count = ordinals.length;
  for (let from = 0; from < count; ) {
    const { block, next } = placeOf(store, keyAt(keys, from));
    const until = next ? lowerBound(keys, next, 0, from) : count;
    const appends = !block || compareKeys(block.keys, block.ordinals.length - 1, keys, from) < 0;
    if (!block) {
      writeBlocks(store, keys, ordinals, from, until, BLOCK_BYTES_MAX);
    } else if (!appends || !fill(store, block, keys, ordinals, from, until)) {
      const merged = merge(block, keys, ordinals, from, until);
      const entries = merged.ordinals.length;
      // A block that grew in its middle will grow again: it is cut into halves.
      const fits = blockEnd(merged.keys, merged.ordinals, 0, entries, BLOCK_BYTES_MAX) === entries;
      writeBlocks(store, merged.keys, merged.ordinals, 0, entries, fits ? BLOCK_BYTES_MAX : BLOCK_BYTES_MAX * 0.6);
    }
    from = until;
  }
}

/** Where all keys of a load go: between two keys of the index that follow one another; `null` when there is no such place. */
export function gapOf(store: Store, load: LoadKeys): Place | null {
  const first = load.keyAt(0);
  const place = placeOf(store, first);
  const { block, next } = place;
  if (block && compareKeys(block.keys, block.ordinals.length - 1, oneKey(first), 0) >= 0) return null;
  return next === null || compareKeys(oneKey(load.keyAt(load.count - 1)), 0, next, 0) < 0 ? place : null;
}

/** Adds the keys of a load, whose ordinals count on from `first`, at the place that {@link gapOf} gave. Only inside a write transaction. */
export function insertLoad(store: Store, { block }: Place, load: LoadKeys, first: number): void {
  let from = 0;
  if (block) {
    const some = load.column(0, Math.min(load.count, FILL_CODES));
    const ordinals = new Uint32Array(some.offsets.length - 1).map((_, i) => first + i);
    from = Math.max(0, fillBlock(store, block, some, ordinals, 0, ordinals.length));
  }
  while (from < load.count) {
    const until = load.endOf(from, BLOCK_KEYS_MAX);
    store.index.putSync(Buffer.from(load.keyAt(from)), packLoadBlock(load, first + from, from, until));
    from = until;
  }
}

/** Decodes a stored block. Throws REGISTER_BROKEN. */
export function readBlock(store: Store, stored: Buffer): KeyBlock {
  if (!isSealed(stored)) throw brokenBlock(store, 'the checksum is wrong');
  try {
    return unpackBlock(stored);
  } catch (error) {
    throw brokenBlock(store, String(error));
  }
}

const brokenBlock = (store: Store, detail: string): TamgaError =>
  new TamgaError('REGISTER_BROKEN', { path: store.path, detail: `a block of the key index: ${detail}` });

function placeOf(store: Store, key: Uint8Array): Place {
  // Range queries of lmdb keep the key they are given.
  const start = Buffer.from(key);
  for (const { value } of store.index.getRange({ start, reverse: true, limit: 1 })) {
    return { block: readBlock(store, value), next: firstBehind(store, start) };
  }
  return { block: null, next: firstBehind(store, start) };
}

/** First key of the first block behind a key. */
function firstBehind(store: Store, key: Buffer): KeyColumn | null {
  for (const first of store.index.getKeys({ start: key, limit: 2 })) {
    if (Buffer.compare(first, key) > 0) return oneKey(Buffer.from(first));
  }
  return null;
}

function holds({ block, next }: Place, keys: KeyColumn, i: number): boolean {
  return (
    (block === null || compareKeys(keys, i, block.keys, 0) >= 0) && (next === null || compareKeys(keys, i, next, 0) < 0)
  );
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

/** Fills a block with the first of keys that are all behind it, and writes the rest as blocks of their own; false when the block can't grow. */
function fill(
  store: Store,
  block: KeyBlock,
  keys: KeyColumn,
  ordinals: Uint32Array,
  from: number,
  until: number,
): boolean {
  const filled = fillBlock(store, block, keys, ordinals, from, Math.min(until, from + FILL_CODES));
  if (filled < 0) return false;
  writeBlocks(store, keys, ordinals, from + filled, until, BLOCK_BYTES_MAX);
  return true;
}

/** Puts as many of keys [from, until), which are all behind a block, into it as fit; gives how many, or −1 when it would have to be cut. */
function fillBlock(
  store: Store,
  block: KeyBlock,
  keys: KeyColumn,
  ordinals: Uint32Array,
  from: number,
  until: number,
): number {
  const old = block.ordinals.length;
  const merged = merge(block, keys, ordinals, from, until);
  const end = blockEnd(merged.keys, merged.ordinals, 0, merged.ordinals.length, BLOCK_BYTES_MAX);
  // Ordinals that no longer count on take more room, and then a full block may not even hold what it held.
  if (end < old) return -1;
  if (end > old) writeBlocks(store, merged.keys, merged.ordinals, 0, end, BLOCK_BYTES_MAX);
  return end - old;
}

/** A block's entries and keys [from, until), in order. */
function merge(block: KeyBlock, keys: KeyColumn, ordinals: Uint32Array, from: number, until: number): KeyBlock {
  const old = block.ordinals.length;
  const count = old + until - from;
  const bytes = new Uint8Array(block.keys.bytes.length + keys.offsets[until] - keys.offsets[from]);
  const merged = new Uint32Array(count);
  const offsets = new Uint32Array(count + 1);
  for (let i = 0, a = 0, b = from; i < count; i++) {
    const isOld = b >= until || (a < old && compareKeys(block.keys, a, keys, b) < 0);
    const source = isOld ? block.keys : keys;
    const at = isOld ? a : b;
    bytes.set(keyAt(source, at), offsets[i]);
    offsets[i + 1] = offsets[i] + source.offsets[at + 1] - source.offsets[at];
    merged[i] = isOld ? block.ordinals[a++] : ordinals[b++];
  }
  return { keys: { bytes, offsets }, ordinals: merged };
}

/** The first of `keys` from `from` on that is not less than key i of `wanted`. */
function lowerBound(keys: KeyColumn, wanted: KeyColumn, i: number, from = 0): number {
  let low = from;
  let high = keys.offsets.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys, middle, wanted, i) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
