// Goal: plain bits and roaring bitmaps are the same set, whatever its shape: lists, bits, runs, gaps between containers.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RoaringBitmap32 } from '../roaring.js';
import { Bitset } from './bitset.js';

const SIZE = 300_000;
const shape = fc.oneof(
  fc.array(fc.nat(SIZE - 1), { maxLength: 200 }).map((values) => new RoaringBitmap32(values)),
  fc
    .tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1))
    .map(([a, b]) => RoaringBitmap32.fromRange(Math.min(a, b), Math.max(a, b))),
  fc
    .tuple(fc.nat(SIZE - 1), fc.integer({ min: 2, max: 40 }), fc.nat(9000))
    .map(([from, step, count]) => RoaringBitmap32.fromRange(from, Math.min(SIZE, from + step * count), step)),
);

it('gives back every set, with and without runs', () => {
  fc.assert(
    fc.property(fc.array(shape, { maxLength: 4 }), fc.boolean(), fc.array(fc.nat(SIZE - 1)), (parts, isRuns, asked) => {
      const bitmap = RoaringBitmap32.orMany(parts);
      if (isRuns) bitmap.runOptimize();
      else bitmap.removeRunCompression();
      const bits = Bitset.of(bitmap, SIZE);
      for (const ordinal of asked) expect(bits.has(ordinal)).toBe(bitmap.has(ordinal));
      expect(bits.toRoaring().isEqual(bitmap)).toBe(true);
      for (const ordinal of asked) {
        bits.add(ordinal);
        bitmap.add(ordinal);
      }
      expect(bits.toRoaring().isEqual(bitmap)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it('leaves out what is past its size', () => {
  const bits = Bitset.of(new RoaringBitmap32([1, 70_000, 200_000]), 66_000);
  expect([...bits.toRoaring()]).toEqual([1, 70_000]);
});
