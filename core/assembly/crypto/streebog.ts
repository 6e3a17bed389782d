// Streebog, the hash of GOST R 34.11-2012 with 256 and 512 bits (RFC 6986). Bytes stand in the order libraries use, which
// is the reverse of the numbers that the RFC prints.
//
//   state   0   64  128         256 264    268
//           ├ h ┼ Σ ┼ block 128 ┼ N ┼ held ┼ bytes of the digest ┤
//
// N, the number of bits so far, is kept as 64 of its 512 bits: no message here comes near the rest.
//
// The 16 KiB of tables are indexed with bytes of the state, so what the caches show of the look-ups depends on the message,
// and on the key of an HMAC: whoever measures this process's caches may learn of them.
import { copyBlock, padBlock, xorBlocks } from './blocks';
import { needStreebogTables, STREEBOG_CONSTANTS, STREEBOG_TABLES } from './streebog-tables';

export const STREEBOG_STATE_BYTES: u32 = 272;
export const STREEBOG_SCRATCH_BYTES: u32 = STREEBOG_STATE_BYTES;
const SUM: usize = 64;
const BLOCK: usize = 128;
const BITS: usize = 256;
const HELD: usize = 264;
const SIZE: usize = 268;

/** Round keys of one compression, K1 … K13. */
export const STREEBOG_KEYS_BYTES: u32 = 832;

/** Round key and state, and the same a round later. */
const EVEN: usize = memory.data(128, 64);
const ODD: usize = memory.data(128, 64);
const COUNT: usize = memory.data(64, 64);

/** Begins a message whose digest has `size` bytes: 32 or 64. */
export function streebogStart(state: usize, size: u32): void {
  needStreebogTables();
  memory.fill(state, 0, STREEBOG_STATE_BYTES);
  // Section 6.1: the initial value is 00000001 repeated, for 256 bits.
  if (size === 32) memory.fill(state, 1, 64);
  store<u32>(state, size, SIZE);
}

/** Adds `length` bytes to the message. */
export function streebogAdd(state: usize, at: usize, length: usize): void {
  let held = <usize>load<u32>(state, HELD);
  if (held > 0) {
    const taken = min<usize>(64 - held, length);
    memory.copy(state + BLOCK + held, at, taken);
    held += taken;
    at += taken;
    length -= taken;
    if (held === 64) {
      takeBlock(state, state + BLOCK);
      held = 0;
    }
  }
  for (; length >= 64; length -= 64, at += 64) takeBlock(state, at);
  if (length > 0) memory.copy(state + BLOCK, at, length);
  store<u32>(state, <u32>(held + length), HELD);
}

/** Ends the message, writes its digest and wipes the state. */
export function streebogEnd(state: usize, digestAt: usize): void {
  const held = <usize>load<u32>(state, HELD);
  const size = <usize>load<u32>(state, SIZE);
  streebogFinish(state, state + SUM, load<u64>(state, BITS), state + BLOCK, held, 0);
  memory.copy(digestAt, state + 64 - size, size);
  memory.fill(state, 0, STREEBOG_STATE_BYTES);
  streebogWipe();
}

/** Digests of `n` messages, 32 bytes each. Message i is the bytes offsets[i] … offsets[i + 1] (u32) behind `messagesAt`. */
export function streebog256Many(n: u32, messagesAt: usize, offsetsAt: usize, outAt: usize, scratch: usize): void {
  hashMany(n, messagesAt, offsetsAt, outAt, scratch, 32);
}

/** Digests of `n` messages, 64 bytes each; see {@link streebog256Many}. */
export function streebog512Many(n: u32, messagesAt: usize, offsetsAt: usize, outAt: usize, scratch: usize): void {
  hashMany(n, messagesAt, offsetsAt, outAt, scratch, 64);
}

function hashMany(n: u32, messagesAt: usize, offsetsAt: usize, outAt: usize, scratch: usize, size: u32): void {
  for (; n > 0; n--, offsetsAt += 4, outAt += size) {
    const offset = load<u32>(offsetsAt);
    streebogStart(scratch, size);
    streebogAdd(scratch, messagesAt + offset, load<u32>(offsetsAt, 4) - offset);
    streebogEnd(scratch, outAt);
  }
}

function takeBlock(state: usize, block: usize): void {
  streebogCompress(state, load<u64>(state, BITS), block);
  streebogSum(state + SUM, block);
  store<u64>(state, load<u64>(state, BITS) + 512, BITS);
}

/**
 * The last stage, section 9.3: pads the `held` bytes at `block` there (PADDED_BYTES of room), takes them, the length and the
 * sum into `h`. `bits` is N before them; `keys` are the round keys for `h` and `bits` when they are known, else 0.
 */
export function streebogFinish(h: usize, sum: usize, bits: u64, block: usize, held: usize, keys: usize): void {
  padBlock(block, block, held, 1);
  if (keys === 0) streebogCompress(h, bits, block);
  else streebogCompressWith(keys, h, block);
  streebogSum(sum, block);
  store<u64>(COUNT, bits + ((<u64>held) << 3));
  streebogCompress(h, 0, COUNT);
  streebogCompress(h, 0, sum);
}

/** Wipes what the last compressions left in static memory. */
export function streebogWipe(): void {
  memory.fill(EVEN, 0, 128);
  memory.fill(ODD, 0, 128);
}

/** sum += block, modulo 2^512. */
export function streebogSum(sum: usize, block: usize): void {
  let carry: u64 = 0;
  for (let i: usize = 0; i < 64; i += 8) {
    const left = load<u64>(sum + i);
    const partial = left + load<u64>(block + i);
    const total = partial + carry;
    carry = u64(partial < left) | u64(total < partial);
    store<u64>(sum + i, total);
  }
}

/** The compression g: h becomes E(LPS(h ⊕ N), m) ⊕ h ⊕ m; section 8. */
export function streebogCompress(h: usize, bits: u64, m: usize): void {
  copyBlock(ODD, h);
  store<u64>(ODD, load<u64>(ODD) ^ bits);
  substitute(ODD, EVEN + 64, m);
  for (let i: usize = 0; i < 64; i += 8) {
    const key = load<u64>(EVEN + i, 64) ^ load<u64>(m + i);
    store<u64>(EVEN + i, key ^ load<u64>(STREEBOG_CONSTANTS + i));
  }
  for (let constant = STREEBOG_CONSTANTS + 64; constant < STREEBOG_CONSTANTS + 832; constant += 128) {
    turn(EVEN, ODD, constant);
    turn(ODD, EVEN, constant + 64);
  }
  for (let i: usize = 0; i < 64; i += 8) {
    store<u64>(h + i, load<u64>(h + i) ^ load<u64>(m + i) ^ load<u64>(EVEN + i, 64));
  }
}

/** The round keys K1 … K13 of a compression at `h` and N = `bits`: they don't depend on the message. */
export function streebogKeys(h: usize, bits: u64, keys: usize): void {
  copyBlock(ODD, h);
  store<u64>(ODD, load<u64>(ODD) ^ bits);
  for (let at: usize = 0; at < STREEBOG_KEYS_BYTES; at += 64) {
    for (let i: usize = 0; i < 8; i++) store<u64>(keys + at + (i << 3), column(ODD + i));
    xorBlocks(ODD, keys + at, STREEBOG_CONSTANTS + at);
  }
}

/** {@link streebogCompress} with the round keys of {@link streebogKeys} for the same `h`: less than half the work. */
export function streebogCompressWith(keys: usize, h: usize, m: usize): void {
  for (let i: usize = 0; i < 64; i += 8) store<u64>(ODD + i, load<u64>(m + i) ^ load<u64>(keys + i));
  for (let at = keys + 64; at < keys + STREEBOG_KEYS_BYTES; at += 128) {
    substitute(ODD, EVEN, at);
    substitute(EVEN, ODD, at + 64);
  }
  for (let i: usize = 0; i < 64; i += 8) {
    store<u64>(h + i, load<u64>(h + i) ^ load<u64>(m + i) ^ load<u64>(ODD + i));
  }
}

/**
 * One round of both halves of E, section 8: the next round key is LPS of the key at `from` (already ⊕ its constant), the next
 * state LPS of the state behind it, ⊕ that key. `into` gets the key ⊕ the constant at `constant`, and the state. Whole
 * words are written and single bytes read: a wider read of what has just been written would wait for memory.
 */
function turn(from: usize, into: usize, constant: usize): void {
  let key = column(from);
  store<u64>(into, key ^ load<u64>(constant));
  store<u64>(into, column(from + 64) ^ key, 64);
  key = column(from + 1);
  store<u64>(into, key ^ load<u64>(constant, 8), 8);
  store<u64>(into, column(from + 65) ^ key, 72);
  key = column(from + 2);
  store<u64>(into, key ^ load<u64>(constant, 16), 16);
  store<u64>(into, column(from + 66) ^ key, 80);
  key = column(from + 3);
  store<u64>(into, key ^ load<u64>(constant, 24), 24);
  store<u64>(into, column(from + 67) ^ key, 88);
  key = column(from + 4);
  store<u64>(into, key ^ load<u64>(constant, 32), 32);
  store<u64>(into, column(from + 68) ^ key, 96);
  key = column(from + 5);
  store<u64>(into, key ^ load<u64>(constant, 40), 40);
  store<u64>(into, column(from + 69) ^ key, 104);
  key = column(from + 6);
  store<u64>(into, key ^ load<u64>(constant, 48), 48);
  store<u64>(into, column(from + 70) ^ key, 112);
  key = column(from + 7);
  store<u64>(into, key ^ load<u64>(constant, 56), 56);
  store<u64>(into, column(from + 71) ^ key, 120);
}

/** LPS of the block at `from`, ⊕ the block at `plus`. */
function substitute(from: usize, into: usize, plus: usize): void {
  store<u64>(into, column(from) ^ load<u64>(plus));
  store<u64>(into, column(from + 1) ^ load<u64>(plus, 8), 8);
  store<u64>(into, column(from + 2) ^ load<u64>(plus, 16), 16);
  store<u64>(into, column(from + 3) ^ load<u64>(plus, 24), 24);
  store<u64>(into, column(from + 4) ^ load<u64>(plus, 32), 32);
  store<u64>(into, column(from + 5) ^ load<u64>(plus, 40), 40);
  store<u64>(into, column(from + 6) ^ load<u64>(plus, 48), 48);
  store<u64>(into, column(from + 7) ^ load<u64>(plus, 56), 56);
}

/** Word i of LPS, section 7, when `at` is byte i of a block: byte i of word j goes through table j. */
function column(at: usize): u64 {
  return (
    load<u64>(((<usize>load<u8>(at)) << 3) + STREEBOG_TABLES) ^
    load<u64>(((<usize>load<u8>(at, 8)) << 3) + (STREEBOG_TABLES + 2048)) ^
    load<u64>(((<usize>load<u8>(at, 16)) << 3) + (STREEBOG_TABLES + 4096)) ^
    load<u64>(((<usize>load<u8>(at, 24)) << 3) + (STREEBOG_TABLES + 6144)) ^
    load<u64>(((<usize>load<u8>(at, 32)) << 3) + (STREEBOG_TABLES + 8192)) ^
    load<u64>(((<usize>load<u8>(at, 40)) << 3) + (STREEBOG_TABLES + 10240)) ^
    load<u64>(((<usize>load<u8>(at, 48)) << 3) + (STREEBOG_TABLES + 12288)) ^
    load<u64>(((<usize>load<u8>(at, 56)) << 3) + (STREEBOG_TABLES + 14336))
  );
}
