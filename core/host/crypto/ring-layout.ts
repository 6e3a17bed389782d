// Bytes of a key ring as core/assembly/tails/layout.ts draws them; a test compares the numbers.

export const RING_LAYOUT = {
  RING_HEAD_BYTES: 32,
  RING_SLOT_BYTES: 16,
  RING_KEY_BYTES: 40,
  CANDIDATE_LAST: 0x8000_0000,
  KEY_ID_MAX: 8,
  MESSAGE_MAX: 8192,
  KEY_FLAG_S_FIRST: 1,
  KEY_FLAG_LITTLE_ENDIAN: 2,
  KEY_FLAG_PADDED: 4,
  KEY_STATUS_USABLE: 0,
  KEY_STATUS_UNUSABLE: 1,
  STEP_END: 0,
  STEP_LITERAL: 1,
  STEP_VALUE: 2,
  STEP_ELEMENT: 3,
  STEP_LINE_TO_TAIL_ELEMENT: 4,
  STEP_LINE_TO_TAIL_VALUE: 5,
  STEP_OPTIONAL: 0x80,
} as const;

/** Numbers of algorithms, hashes and encodings are their places here. */
export const ALGORITHMS = [
  'gost3410-2012-256',
  'ecdsa-p256-sha256',
  'hmac-streebog256',
  'hmac-sha256',
  'kuznyechik-cmac',
  'magma-cmac',
] as const;
export const HASHES = ['none', 'streebog256', 'sha256'] as const;
export const ENCODINGS = ['base64', 'base64url', 'raw'] as const;

/** Where the search for a key id begins: hashKeyId of core/assembly/tails/group.ts. */
export function hashKeyId(low: number, high: number, format: number): number {
  let hash = Math.imul(low, 0x9e37_79b1) ^ Math.imul(high, 0x85eb_ca6b) ^ Math.imul(format + 1, 0xc2b2_ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b_3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
