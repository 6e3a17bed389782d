// CMAC with Magma: MACs of 8 bytes, sixteen messages at a time. No branch and no address depends on the key's or the message's
// content.
import { addBlocks, beginSlots, CMAC_SCRATCH_BYTES, CMAC_WORK, endSlots, writeSubkeys } from './cmac';
import { MAGMA_KEYS_BYTES, magmaEncryptSixteen, magmaKeys } from './magma';

const BLOCK: usize = 8;
const SLOTS: u32 = 16;
/** Constant of blocks of 64 bits. */
const POLYNOMIAL: u32 = 0x1b;

/** Bytes of a prepared key. They hold what forges MACs: wipe them when the key goes. */
export const MAGMA_CMAC_STATE_BYTES: u32 = MAGMA_KEYS_BYTES + 16;
export const MAGMA_CMAC_SCRATCH_BYTES: u32 = CMAC_SCRATCH_BYTES;

const WORK: usize = memory.data(256, 16);

/** Prepares a key of 32 bytes. */
export function prepareMagmaCmac(keyAt: usize, stateAt: usize): void {
  magmaKeys(keyAt, stateAt);
  memory.fill(WORK, 0, 256);
  magmaEncryptSixteen(stateAt, WORK, WORK + 128);
  store<u64>(stateAt + MAGMA_KEYS_BYTES, load<u64>(WORK));
  memory.fill(WORK, 0, 256);
  writeSubkeys(stateAt + MAGMA_KEYS_BYTES, BLOCK, POLYNOMIAL);
}

/**
 * MACs of `n` messages under a prepared key, 8 bytes each. Message i is the bytes offsets[i] … offsets[i + 1] (u32) behind
 * `messagesAt`. Wipes the scratch.
 */
export function magmaCmacMany(
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
    addBlocks(SLOTS, BLOCK, n, stateAt + MAGMA_KEYS_BYTES, scratch);
    magmaEncryptSixteen(stateAt, scratch, scratch + CMAC_WORK);
    next = endSlots(SLOTS, BLOCK, next, n, messagesAt, offsetsAt, outAt, scratch);
  }
  memory.fill(scratch, 0, CMAC_SCRATCH_BYTES);
}
