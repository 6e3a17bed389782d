/** Every value of the register that holds more than a number begins with a CRC-32 of the rest: bytes that were overwritten are found. */
import { crc32 } from 'node:zlib';
import { TamgaError } from '../errors.js';

export const CHECKSUM_BYTES = 4;

/** A call into zlib costs as much as so many bytes take here. */
const SHORT_BYTES = 256;

/** CRC-32 of one byte each (polynomial 0xEDB88320, that of zlib). */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 of `bytes[CHECKSUM_BYTES, end)`. */
function checksumOf(bytes: Buffer, end: number): number {
  if (end > SHORT_BYTES) return crc32(bytes.subarray(CHECKSUM_BYTES, end));
  let crc = -1;
  for (let i = CHECKSUM_BYTES; i < end; i++) crc = TABLE[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Writes the checksum of `bytes[4, end)` to its beginning, and gives `bytes[0, end)`. */
export function sealed(bytes: Buffer, end: number): Buffer {
  const checksum = checksumOf(bytes, end);
  bytes[0] = checksum;
  bytes[1] = checksum >>> 8;
  bytes[2] = checksum >>> 16;
  bytes[3] = checksum >>> 24;
  return bytes.subarray(0, end);
}

/** True when a stored value is as it was written. */
export function isSealed(bytes: Buffer): boolean {
  return bytes.length >= CHECKSUM_BYTES && checksumOf(bytes, bytes.length) === bytes.readUInt32LE(0);
}

/** What stands behind the checksum. Throws REGISTER_BROKEN, naming `what`, when the two disagree. */
export function unsealed(bytes: Buffer, path: string, what: string): Buffer {
  if (!isSealed(bytes)) throw new TamgaError('REGISTER_BROKEN', { path, detail: `${what}: the checksum is wrong` });
  return bytes.subarray(CHECKSUM_BYTES);
}
