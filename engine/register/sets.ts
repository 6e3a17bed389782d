/**
 * Sets of ordinals kept beside the records, in chunks of one roaring container: a change rewrites a chunk, never a set.
 *
 * Key of a chunk: `| kind 1 | id 4 | chunk 2 |`, big-endian, so that a set is one range and its chunks are in order.
 */
import { RoaringBitmap32 } from '../roaring.js';
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
  readonly #chunks = new Map<number, number[]>();

  add(kind: SetKind, id: number, ordinal: number): void {
    this.#push(chunkNumber(kind, id, ordinal), ordinal & (CHUNK_CODES - 1));
  }

  remove(kind: SetKind, id: number, ordinal: number): void {
    this.#push(chunkNumber(kind, id, ordinal), ~(ordinal & (CHUNK_CODES - 1)));
  }

  /** Rewrites the chunks that changed. Only inside a write transaction. */
  write(store: Store): void {
    for (const chunk of [...this.#chunks.keys()].sort((a, b) => a - b)) {
      const key = chunkKey(chunk);
      const stored = store.sets.get(key);
      const bitmap = stored ? RoaringBitmap32.deserialize(stored, 'portable') : new RoaringBitmap32();
      change(bitmap, this.#chunks.get(chunk) as number[]);
      if (bitmap.isEmpty) {
        store.sets.removeSync(key);
      } else {
        bitmap.runOptimize();
        store.sets.putSync(key, Buffer.from(bitmap.serialize('portable')));
      }
    }
  }

  /** Changes of a chunk in order: a value is added, its complement removed. */
  #push(chunk: number, low: number): void {
    const changes = this.#chunks.get(chunk);
    if (changes) changes.push(low);
    else this.#chunks.set(chunk, [low]);
  }
}

/** Applies changes in order; additions in a row, which is nearly always all of them, go in one call. */
function change(bitmap: RoaringBitmap32, changes: readonly number[]): void {
  for (let from = 0; from < changes.length; ) {
    let until = from + 1;
    while (until < changes.length && changes[until] < 0 === changes[from] < 0) until++;
    const same = changes.slice(from, until);
    if (changes[from] < 0) bitmap.removeMany(same.map((low) => ~low));
    else bitmap.addMany(same);
    from = until;
  }
}

/** A whole set as ordinals. */
export function readSet(store: Store, kind: SetKind, id: number): RoaringBitmap32 {
  const set = new RoaringBitmap32();
  const start = chunkKey(chunkNumber(kind, id, 0));
  const end = chunkKey(chunkNumber(kind, id + 1, 0));
  for (const { key, value } of store.sets.getRange({ start, end })) {
    const chunk = RoaringBitmap32.deserialize(value, 'portable');
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
