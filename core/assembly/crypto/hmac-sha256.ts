// HMAC-SHA-256 (RFC 2104 section 2). A prepared key is both hashes after their first block, the padded key:
//
//   state   0             32            64
//           ├ inner H0…H7 ┼ outer H0…H7 ┤
//
// No branch and no address depends on the key's or the message's content, only on their lengths.
import {
  SHA256_BLOCK_BYTES,
  SHA256_INITIAL,
  SHA256_STATE_BYTES,
  sha256Add,
  sha256Block,
  sha256End,
  sha256Start,
  sha256WipeSchedule,
} from './sha256';
import { hashLanes, SHA256_SCRATCH_BYTES } from './sha256-lanes';

/** Bytes of a prepared key. They hold what forges MACs: wipe them when the key goes. */
export const HMAC_SHA256_STATE_BYTES: u32 = 64;
export const HMAC_SHA256_SCRATCH_BYTES: u32 = SHA256_SCRATCH_BYTES;

const PADDED_KEY: usize = memory.data(64, 16);
const HASH: usize = memory.data(SHA256_STATE_BYTES, 16);

/** Prepares a key of any length; one longer than a block is hashed first. */
export function prepareHmacSha256(keyAt: usize, keyLength: u32, stateAt: usize): void {
  memory.fill(PADDED_KEY, 0, SHA256_BLOCK_BYTES);
  if (keyLength > SHA256_BLOCK_BYTES) {
    sha256Start(HASH);
    sha256Add(HASH, keyAt, keyLength);
    sha256End(HASH, PADDED_KEY);
  } else {
    memory.copy(PADDED_KEY, keyAt, keyLength);
  }
  hashPad(stateAt, 0x36);
  hashPad(stateAt + 32, 0x36 ^ 0x5c);
  memory.fill(PADDED_KEY, 0, SHA256_BLOCK_BYTES);
  sha256WipeSchedule();
}

/** Turns the padding of PADDED_KEY by `change` and hashes it into the words at `into`. */
function hashPad(into: usize, change: u64): void {
  const pattern: u64 = change * 0x0101010101010101;
  for (let i: usize = 0; i < SHA256_BLOCK_BYTES; i += 8) {
    store<u64>(PADDED_KEY + i, load<u64>(PADDED_KEY + i) ^ pattern);
  }
  memory.copy(into, SHA256_INITIAL, 32);
  sha256Block(into, PADDED_KEY);
}

/**
 * MACs of `n` messages under a prepared key, 32 bytes each. Message i is the bytes offsets[i] … offsets[i + 1] (u32) behind
 * `messagesAt`.
 */
export function hmacSha256Many(
  stateAt: usize,
  n: u32,
  messagesAt: usize,
  offsetsAt: usize,
  outAt: usize,
  scratch: usize,
): void {
  hashLanes(n, messagesAt, offsetsAt, outAt, scratch, stateAt, stateAt + 32, SHA256_BLOCK_BYTES);
}
