/** Roaring bitmaps. The package is CommonJS and its names can't be imported one by one; they are named here, once. */
import roaring, { type RoaringBitmap32 as Bitmap } from 'roaring';

export const RoaringBitmap32: typeof Bitmap = roaring.RoaringBitmap32;
export type RoaringBitmap32 = Bitmap;
