// HMAC with Streebog-256 (RFC 7836 section 4.1.1). A prepared key is both hashes after their first block, the padded key,
// with the round keys of the compression that follows: those don't depend on the message.
//
//   half    0   64  128
//           ├ h ┼ Σ ┼ K1 … K13 ┤        state = inner half, outer half
//
// Tables are indexed with secret bytes; see streebog.ts for what that can show.
import { copyBlock, PADDED_BYTES } from './blocks';
import {
  STREEBOG_KEYS_BYTES,
  STREEBOG_SCRATCH_BYTES,
  streebogAdd,
  streebogCompress,
  streebogCompressWith,
  streebogEnd,
  streebogFinish,
  streebogKeys,
  streebogStart,
  streebogSum,
  streebogWipe,
} from './streebog';
import { needStreebogTables } from './streebog-tables';

const SUM: usize = 64;
const KEYS: usize = 128;
const HALF: u32 = 128 + STREEBOG_KEYS_BYTES;

/** Bytes of a prepared key. They hold what forges MACs: wipe them when the key goes. */
export const HMAC_STREEBOG256_STATE_BYTES: u32 = 2 * HALF;
/** h, Σ and a block to pad. */
export const HMAC_STREEBOG256_SCRATCH_BYTES: u32 = 128 + PADDED_BYTES;
const BLOCK: usize = 128;

const PADDED_KEY: usize = memory.data(64, 16);
const HASH: usize = memory.data(STREEBOG_SCRATCH_BYTES, 16);

/** Prepares a key of any length; one longer than a block is hashed first. */
export function prepareHmacStreebog256(keyAt: usize, keyLength: u32, stateAt: usize): void {
  needStreebogTables();
  memory.fill(PADDED_KEY, 0, 64);
  if (keyLength > 64) {
    streebogStart(HASH, 32);
    streebogAdd(HASH, keyAt, keyLength);
    streebogEnd(HASH, PADDED_KEY);
  } else {
    memory.copy(PADDED_KEY, keyAt, keyLength);
  }
  hashPad(stateAt, 0x36);
  hashPad(stateAt + HALF, 0x36 ^ 0x5c);
  memory.fill(PADDED_KEY, 0, 64);
  streebogWipe();
}

/** Turns the padding of PADDED_KEY by `change` and hashes it into a half of the state. */
function hashPad(half: usize, change: u64): void {
  const pattern: u64 = change * 0x0101010101010101;
  for (let i: usize = 0; i < 64; i += 8) store<u64>(PADDED_KEY + i, load<u64>(PADDED_KEY + i) ^ pattern);
  memory.fill(half, 1, 64);
  streebogCompress(half, 0, PADDED_KEY);
  memory.copy(half + SUM, PADDED_KEY, 64);
  streebogKeys(half, 512, half + KEYS);
}

/**
 * MACs of `n` messages under a prepared key, 32 bytes each. Message i is the bytes offsets[i] … offsets[i + 1] (u32) behind
 * `messagesAt`. Wipes the scratch.
 */
export function hmacStreebog256Many(
  stateAt: usize,
  n: u32,
  messagesAt: usize,
  offsetsAt: usize,
  outAt: usize,
  scratch: usize,
): void {
  for (; n > 0; n--, offsetsAt += 4, outAt += 32) {
    const offset = load<u32>(offsetsAt);
    inner(stateAt, messagesAt + offset, load<u32>(offsetsAt, 4) - offset, scratch);
    v128.store(scratch + BLOCK, v128.load(scratch, 32));
    v128.store(scratch + BLOCK, v128.load(scratch, 48), 16);
    const outer = stateAt + HALF;
    copyBlock(scratch, outer);
    copyBlock(scratch + SUM, outer + SUM);
    streebogFinish(scratch, scratch + SUM, 512, scratch + BLOCK, 32, outer + KEYS);
    v128.store(outAt, v128.load(scratch, 32));
    v128.store(outAt, v128.load(scratch, 48), 16);
  }
  memory.fill(scratch, 0, HMAC_STREEBOG256_SCRATCH_BYTES);
  streebogWipe();
}

/** The inner hash of a message: its digest is the upper half of h. */
function inner(stateAt: usize, at: usize, length: usize, scratch: usize): void {
  copyBlock(scratch, stateAt);
  copyBlock(scratch + SUM, stateAt + SUM);
  let bits: u64 = 512;
  let keys = stateAt + KEYS;
  for (; length >= 64; length -= 64, at += 64) {
    if (keys !== 0) streebogCompressWith(keys, scratch, at);
    else streebogCompress(scratch, bits, at);
    keys = 0;
    streebogSum(scratch + SUM, at);
    bits += 512;
  }
  // What follows the message in memory is padded over.
  copyBlock(scratch + BLOCK, at);
  streebogFinish(scratch, scratch + SUM, bits, scratch + BLOCK, length, keys);
}
