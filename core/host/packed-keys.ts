// Keys of many codes in one piece of memory.

/** Keys packed one after the other; key i is `bytes.subarray(offsets[i], offsets[i + 1])`. */
export interface PackedKeys {
  bytes: Uint8Array;
  /** One more than there are keys. */
  offsets: Uint32Array;
}

/** @throws RangeError when offsets don't ascend within `size` bytes. */
export function checkOffsets(offsets: Uint32Array, size: number): void {
  for (let i = 1; i < offsets.length; i++) {
    if (offsets[i]! < offsets[i - 1]!) throw new RangeError(`offset ${i} is less than the one before`);
  }
  if (offsets.length > 0 && offsets[offsets.length - 1]! > size)
    throw new RangeError(`the last offset is past the ${size} bytes`);
}
