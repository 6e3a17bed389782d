/** The set of a block's ordinals. Most passes keep none, and roaring's native module takes a worker longer to load than all the rest of its code. */
import { createRequire } from 'node:module';
import type { RoaringBitmap32 } from '../roaring.js';

const require = createRequire(import.meta.url);
let Bitmap: typeof RoaringBitmap32 | undefined;

/** Ordinals but 0 as a serialized roaring bitmap, portable form. */
export function serializedSet(ordinals: Uint32Array): Uint8Array {
  Bitmap ??= (require('roaring') as { RoaringBitmap32: typeof RoaringBitmap32 }).RoaringBitmap32;
  const set = new Bitmap(ordinals);
  set.delete(0);
  return Uint8Array.from(set.serialize('portable'));
}
