// CMAC, the MAC mode of GOST R 34.13-2015 section 5.6, of many messages: several at a time, as many as the cipher likes to
// encrypt at once. Each slot works on a message of its own and takes the next one when that is done, so messages of any mix
// of lengths keep all slots busy.
//
//   state    round keys, then the subkeys K1 and K2 of the mode, a block each
//
//   scratch  0                 128               256
//            ├ a block a slot  ┼ cipher's        ┼ slot … ┤
//
//   slot     0    4      8       12     16
//            ├ at ┼ left ┼ index ┼ last ┤      index n or more: the slot idles
//
// No branch and no address here depends on the key's or the message's content; what the cipher does is told there.

/** For the cipher with most slots. */
export const CMAC_SCRATCH_BYTES: u32 = 256 + 16 * 16;
export const CMAC_WORK: usize = 128;
const SLOTS: usize = 256;
const LEFT: usize = 4;
const INDEX: usize = 8;
const LAST: usize = 12;

/**
 * Writes K1 and K2 behind each other at `subkeys`, from the encrypted zero block that stands there; `polynomial` is the
 * constant of the block's size, section 5.6.1.
 */
export function writeSubkeys(subkeys: usize, blockBytes: usize, polynomial: u32): void {
  double(subkeys, subkeys, blockBytes, polynomial);
  double(subkeys, subkeys + blockBytes, blockBytes, polynomial);
}

/** Twice the block as an element of the field: a shift, reduced without a branch on the bit that falls out. */
function double(from: usize, into: usize, blockBytes: usize, polynomial: u32): void {
  const reduction = polynomial & (0 - (<u32>load<u8>(from) >> 7));
  let carry: u32 = 0;
  for (let i = blockBytes; i > 0; i--) {
    const byte = <u32>load<u8>(from + i - 1);
    store<u8>(into + i - 1, (byte << 1) | carry);
    carry = byte >> 7;
  }
  store<u8>(into + blockBytes - 1, load<u8>(into + blockBytes - 1) ^ reduction);
}

/** Gives the first messages to the slots. */
export function beginSlots(
  slots: u32,
  blockBytes: usize,
  n: u32,
  messagesAt: usize,
  offsetsAt: usize,
  scratch: usize,
): void {
  for (let slot: u32 = 0; slot < slots; slot++) begin(slot, blockBytes, slot, n, messagesAt, offsetsAt, scratch);
}

/** Adds the next block of each slot's message to the slot's block, ready to be encrypted. */
export function addBlocks(slots: u32, blockBytes: usize, n: u32, subkeys: usize, scratch: usize): void {
  for (let slot: u32 = 0; slot < slots; slot++) {
    const at = scratch + SLOTS + ((<usize>slot) << 4);
    if (load<u32>(at, INDEX) >= n) continue;
    const block = scratch + <usize>slot * blockBytes;
    const message = <usize>load<u32>(at);
    const left = load<u32>(at, LEFT);
    if (left > <u32>blockBytes) {
      for (let i: usize = 0; i < blockBytes; i += 8) xorWord(block + i, load<u64>(message + i));
      store<u32>(at, <u32>(message + blockBytes));
      store<u32>(at, left - <u32>blockBytes, LEFT);
      continue;
    }
    const whole = left === <u32>blockBytes;
    const subkey = whole ? subkeys : subkeys + blockBytes;
    for (let i: usize = 0; i < blockBytes; i += 8) {
      xorWord(block + i, endOf(message + i, <i32>left - <i32>i) ^ load<u64>(subkey + i));
    }
    store<u32>(at, 1, LAST);
  }
}

/** Writes the MACs of the messages that have ended and gives their slots the next ones; returns the first index not given. */
export function endSlots(
  slots: u32,
  blockBytes: usize,
  next: u32,
  n: u32,
  messagesAt: usize,
  offsetsAt: usize,
  outAt: usize,
  scratch: usize,
): u32 {
  for (let slot: u32 = 0; slot < slots; slot++) {
    const at = scratch + SLOTS + ((<usize>slot) << 4);
    if (load<u32>(at, LAST) === 0) continue;
    const block = scratch + <usize>slot * blockBytes;
    const mac = outAt + <usize>load<u32>(at, INDEX) * blockBytes;
    for (let i: usize = 0; i < blockBytes; i += 8) store<u64>(mac + i, load<u64>(block + i));
    begin(slot, blockBytes, next++, n, messagesAt, offsetsAt, scratch);
  }
  return next;
}

function begin(
  slot: u32,
  blockBytes: usize,
  index: u32,
  n: u32,
  messagesAt: usize,
  offsetsAt: usize,
  scratch: usize,
): void {
  const at = scratch + SLOTS + ((<usize>slot) << 4);
  const block = scratch + <usize>slot * blockBytes;
  for (let i: usize = 0; i < blockBytes; i += 8) store<u64>(block + i, 0);
  store<u32>(at, index, INDEX);
  store<u32>(at, 0, LAST);
  if (index >= n) return;
  const offset = load<u32>(offsetsAt + ((<usize>index) << 2));
  store<u32>(at, <u32>messagesAt + offset);
  store<u32>(at, load<u32>(offsetsAt + ((<usize>index) << 2), 4) - offset, LEFT);
}

function xorWord(at: usize, word: u64): void {
  store<u64>(at, load<u64>(at) ^ word);
}

/** Eight bytes of a message of which `left` are left (more than eight, fewer than none): the bytes, 0x80 behind them, zeros. */
function endOf(at: usize, left: i32): u64 {
  if (left >= 8) return load<u64>(at);
  if (left < 0) return 0;
  const bits = (<u64>left) << 3;
  return (load<u64>(at) & (((<u64>1) << bits) - 1)) | ((<u64>0x80) << bits);
}
