/** Reading of values without a copy. */
import type { Database } from 'lmdb';

/** A stored value where lmdb put it: good until the next read, and nothing is copied. */
export function readValue<K extends Uint8Array | number>(database: Database<Buffer, K>, key: K): Buffer | undefined {
  const value = database.getBinaryFast(key);
  // The memory behind it is longer; its length is that of the value.
  return value?.subarray(0, value.length);
}
