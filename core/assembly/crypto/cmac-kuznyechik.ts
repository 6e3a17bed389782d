// CMAC with Kuznyechik: MACs of 16 bytes, four messages at a time. Tables are indexed with secret bytes; see kuznyechik.ts
// for what that can show.
import { addBlocks, beginSlots, CMAC_SCRATCH_BYTES, endSlots, writeSubkeys } from './cmac';
import { KUZNYECHIK_KEYS_BYTES, kuznyechikEncryptFour, kuznyechikKeys, kuznyechikWipe } from './kuznyechik';

const BLOCK: usize = 16;
const SLOTS: u32 = 4;
/** Constant of blocks of 128 bits. */
const POLYNOMIAL: u32 = 0x87;

/** Bytes of a prepared key. They hold what forges MACs: wipe them when the key goes. */
export const KUZNYECHIK_CMAC_STATE_BYTES: u32 = KUZNYECHIK_KEYS_BYTES + 32;
export const KUZNYECHIK_CMAC_SCRATCH_BYTES: u32 = CMAC_SCRATCH_BYTES;

const WORK: usize = memory.data(64, 16);

/** Prepares a key of 32 bytes. */
export function prepareKuznyechikCmac(keyAt: usize, stateAt: usize): void {
  kuznyechikKeys(keyAt, stateAt);
  memory.fill(WORK, 0, 64);
  kuznyechikEncryptFour(stateAt, WORK);
  v128.store(stateAt + KUZNYECHIK_KEYS_BYTES, v128.load(WORK));
  memory.fill(WORK, 0, 64);
  writeSubkeys(stateAt + KUZNYECHIK_KEYS_BYTES, BLOCK, POLYNOMIAL);
}

/**
 * MACs of `n` messages under a prepared key, 16 bytes each. Message i is the bytes offsets[i] … offsets[i + 1] (u32) behind
 * `messagesAt`. Wipes the scratch.
 */
export function kuznyechikCmacMany(
  stateAt: usize,
  n: u32,
  messagesAt: usize,
  offsetsAt: usize,
  outAt: usize,
  scratch: usize,
): void {
  beginSlots(SLOTS, BLOCK, n, messagesAt, offsetsAt, scratch);
  let next = SLOTS;
  // As many messages are begun and not ended as slots are busy.
  while (next < n + SLOTS) {
    addBlocks(SLOTS, BLOCK, n, stateAt + KUZNYECHIK_KEYS_BYTES, scratch);
    kuznyechikEncryptFour(stateAt, scratch);
    next = endSlots(SLOTS, BLOCK, next, n, messagesAt, offsetsAt, outAt, scratch);
  }
  memory.fill(scratch, 0, CMAC_SCRATCH_BYTES);
  kuznyechikWipe();
}
