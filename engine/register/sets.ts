/**
 * Sets of ordinals kept beside the records, in chunks of one roaring container: a change rewrites a chunk, never a set.
 *
 * Key of a chunk: `| kind 1 | id 4 | chunk 2 |`, big-endian, so that a set is one range and its chunks are in order.
 */
import { RoaringBitmap32 } from '../roaring.js';
import { CHECKSUM_BYTES, sealed, unsealed } from './checksum.js';
import { CHUNK_CODES } from './limits.js';
import type { Store } from './store.js';

/** What a set collects; the number stands in the key. */
export const SET_KIND = {
  state: 1,
  owner: 2,
  gtin: 3,
  series: 4,
  document: 5,
} as const;
export type SetKind = keyof typeof SET_KIND;

const CHUNK_BITS = 16;
if (1 << CHUNK_BITS !== CHUNK_CODES) throw new Error('sets: a chunk is one roaring container');

/** Additions and removals of one transaction, by chunk; written once at its end. */
export class SetChanges {
  /** Changes of a chunk in order, as triples: first, behind the last, 1 for added or 0 for removed. */
  readonly #chunks = new Map<number, number[]>();
  /** The chunk that {@link has} read last. */
  #read: { chunk: number; bitmap: RoaringBitmap32 | null } = { chunk: -1, bitmap: null };

  add(kind: SetKind, id: number, ordinal: number): void {
    this.#push(kind, id, ordinal, ordinal + 1, 1);
  }

  remove(kind: SetKind, id: number, ordinal: number): void {
    this.#push(kind, id, ordinal, ordinal + 1, 0);
  }

  /** Adds ordinals [first, until). */
  addRange(kind: SetKind, id: number, first: number, until: number): void {
    this.#push(kind, id, first, until, 1);
  }

  /** Removes ordinals [first, until). */
  removeRange(kind: SetKind, id: number, first: number, until: number): void {
    this.#push(kind, id, first, until, 0);
  }

  /** True when a set has an ordinal now, the changes included. */
  has(store: Store, kind: SetKind, id: number, ordinal: number): boolean {
    const chunk = chunkNumber(kind, id, ordinal);
    const low = ordinal & (CHUNK_CODES - 1);
    const changes = this.#chunks.get(chunk) ?? [];
    for (let i = changes.length - 3; i >= 0; i -= 3) {
      if (low >= changes[i] && low < changes[i + 1]) return changes[i + 2] === 1;
    }
    if (this.#read.chunk !== chunk) this.#read = { chunk, bitmap: readChunk(store, chunkKey(chunk)) };
    return this.#read.bitmap?.has(low) ?? false;
  }

  /** Rewrites the chunks that changed. Only inside a write transaction. */
  store(store: Store): void {
    for (const chunk of [...this.#chunks.keys()].sort((a, b) => a - b)) {
      const key = chunkKey(chunk);
      const bitmap = readChunk(store, key) ?? new RoaringBitmap32();
      change(bitmap, this.#chunks.get(chunk) as number[]);
      if (bitmap.isEmpty) {
        store.sets.removeSync(key);
      } else {
        bitmap.runOptimize();
        store.sets.putSync(key, packChunk(bitmap));
      }
    }
  }

  #push(kind: SetKind, id: number, first: number, until: number, added: 0 | 1): void {
    for (let from = first; from < until; ) {
      const end = Math.min(until, (Math.floor(from / CHUNK_CODES) + 1) * CHUNK_CODES);
      const chunk = chunkNumber(kind, id, from);
      const low = from & (CHUNK_CODES - 1);
      const changes = this.#chunks.get(chunk);
      if (!changes) {
        this.#chunks.set(chunk, [low, low + end - from, added]);
      } else if (changes[changes.length - 1] === added && changes[changes.length - 2] === low) {
        changes[changes.length - 2] = low + end - from;
      } else {
        changes.push(low, low + end - from, added);
      }
      from = end;
    }
  }
}

/** Applies changes in order; single additions or removals in a row go in one call. */
function change(bitmap: RoaringBitmap32, changes: readonly number[]): void {
  for (let i = 0; i < changes.length; ) {
    const added = changes[i + 2];
    const singles: number[] = [];
    for (; i < changes.length && changes[i + 2] === added && changes[i + 1] === changes[i] + 1; i += 3)
      singles.push(changes[i]);
    if (singles.length > 0) {
      if (added) bitmap.addMany(singles);
      else bitmap.removeMany(singles);
      continue;
    }
    if (added) bitmap.addRange(changes[i], changes[i + 1]);
    else bitmap.removeRange(changes[i], changes[i + 1]);
    i += 3;
  }
}

/** The stored form of a chunk: `| checksum 4 | portable roaring bitmap |`. */
function packChunk(bitmap: RoaringBitmap32): Buffer {
  const bytes = bitmap.serialize('portable');
  const value = Buffer.allocUnsafe(CHECKSUM_BYTES + bytes.length);
  value.set(bytes, CHECKSUM_BYTES);
  return sealed(value, value.length);
}

/** Reads a stored chunk. Throws REGISTER_BROKEN: a checksum stands before it, since the bitmaps are trusted when they are read. */
export function unpackChunk(store: Store, key: Buffer, stored: Buffer): RoaringBitmap32 {
  return RoaringBitmap32.deserialize(unsealed(stored, store.path, `set chunk ${key.toString('hex')}`), 'portable');
}

function readChunk(store: Store, key: Buffer): RoaringBitmap32 | null {
  const stored = store.sets.getBinary(key);
  return stored ? unpackChunk(store, key, stored) : null;
}

/** A whole set as ordinals. */
export function readSet(store: Store, kind: SetKind, id: number): RoaringBitmap32 {
  const set = new RoaringBitmap32();
  const start = chunkKey(chunkNumber(kind, id, 0));
  const end = chunkKey(chunkNumber(kind, id + 1, 0));
  for (const { key, value } of store.sets.getRange({ start, end })) {
    const chunk = unpackChunk(store, key, value);
    set.orInPlace(RoaringBitmap32.addOffset(chunk, key.readUInt16BE(5) * CHUNK_CODES));
  }
  return set;
}

/** kind (3 bits), id (32) and chunk (16) as one exact integer. */
function chunkNumber(kind: SetKind, id: number, ordinal: number): number {
  return (SET_KIND[kind] * 2 ** 32 + id) * CHUNK_CODES + (ordinal >>> CHUNK_BITS);
}

function chunkKey(chunk: number): Buffer {
  const key = Buffer.alloc(7);
  const upper = Math.floor(chunk / CHUNK_CODES);
  key.writeUInt8(Math.floor(upper / 2 ** 32), 0);
  key.writeUInt32BE(upper >>> 0, 1);
  key.writeUInt16BE(chunk & (CHUNK_CODES - 1), 5);
  return key;
}
