/** Every value of the register that holds more than a number begins with a CRC-32 of the rest: bytes that were overwritten are found. */
import { crc32 } from 'node:zlib';
import { TamgaError } from '../errors.js';

export const CHECKSUM_BYTES = 4;

/** Writes the checksum of `bytes[4, end)` to its beginning, and gives `bytes[0, end)`. */
export function sealed(bytes: Buffer, end: number): Buffer {
  bytes.writeUInt32LE(crc32(bytes.subarray(CHECKSUM_BYTES, end)), 0);
  return bytes.subarray(0, end);
}

/** True when a stored value is as it was written. */
export function isSealed(bytes: Buffer): boolean {
  return bytes.length >= CHECKSUM_BYTES && crc32(bytes.subarray(CHECKSUM_BYTES)) === bytes.readUInt32LE(0);
}

/** What stands behind the checksum. Throws REGISTER_BROKEN, naming `what`, when the two disagree. */
export function unsealed(bytes: Buffer, path: string, what: string): Buffer {
  if (!isSealed(bytes)) throw new TamgaError('REGISTER_BROKEN', { path, detail: `${what}: the checksum is wrong` });
  return bytes.subarray(CHECKSUM_BYTES);
}
