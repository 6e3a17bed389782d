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
import { padBlock } from './blocks';
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

// Round key and state, and the same a round later. They are spread: a byte takes two and is multiplied by eight, the offset of
// its entry in a table.
const EVEN: usize = memory.data(256, 64);
const ODD: usize = memory.data(256, 64);
const STATE: usize = 128;
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
  memory.fill(EVEN, 0, 256);
  memory.fill(ODD, 0, 256);
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
  spreadStart(ODD, h, bits);
  for (let i: usize = 0; i < 64; i += 16) {
    const key = v128.xor(lower(ODD + (i >> 2)), upper(ODD + (i >> 2)));
    spread(EVEN + 2 * i, v128.xor(key, v128.load(STREEBOG_CONSTANTS + i)));
    spread(EVEN + STATE + 2 * i, v128.xor(key, v128.load(m + i)));
  }
  for (let constant = STREEBOG_CONSTANTS + 64; constant < STREEBOG_CONSTANTS + 832; constant += 128) {
    turn(EVEN, ODD, constant);
    turn(ODD, EVEN, constant + 64);
  }
  feedForward(h, m, EVEN + STATE);
}

/** The round keys K1 … K13 of a compression at `h` and N = `bits`: they don't depend on the message. */
export function streebogKeys(h: usize, bits: u64, keys: usize): void {
  spreadStart(ODD, h, bits);
  for (let at: usize = 0; at < STREEBOG_KEYS_BYTES; at += 64) {
    for (let i: usize = 0; i < 64; i += 16) {
      v128.store(keys + at + i, v128.xor(lower(ODD + (i >> 2)), upper(ODD + (i >> 2))));
    }
    for (let i: usize = 0; i < 64; i += 16) {
      spread(ODD + 2 * i, v128.xor(v128.load(keys + at + i), v128.load(STREEBOG_CONSTANTS + at + i)));
    }
  }
}

/** {@link streebogCompress} with the round keys of {@link streebogKeys} for the same `h`: less than half the work. */
export function streebogCompressWith(keys: usize, h: usize, m: usize): void {
  for (let i: usize = 0; i < 64; i += 16) spread(ODD + 2 * i, v128.xor(v128.load(m + i), v128.load(keys + i)));
  for (let at = keys + 64; at < keys + STREEBOG_KEYS_BYTES; at += 128) {
    substitute(ODD, EVEN, at);
    substitute(EVEN, ODD, at + 64);
  }
  feedForward(h, m, ODD);
}

/** Spreads h ⊕ N. */
function spreadStart(into: usize, h: usize, bits: u64): void {
  spread(into, v128.xor(v128.load(h), i64x2.replace_lane(i64x2.splat(0), 0, bits)));
  for (let i: usize = 16; i < 64; i += 16) spread(into + 2 * i, v128.load(h + i));
}

/** h = h ⊕ m ⊕ the spread block at `state`. */
function feedForward(h: usize, m: usize, state: usize): void {
  for (let i: usize = 0; i < 64; i += 16) {
    const low = i16x8.shr_u(v128.load(state + 2 * i), 3);
    const high = i16x8.shr_u(v128.load(state + 2 * i, 16), 3);
    const block = i8x16.narrow_i16x8_u(low, high);
    v128.store(h + i, v128.xor(v128.xor(v128.load(h + i), v128.load(m + i)), block));
  }
}

/**
 * One round of both halves of E, section 8: the next round key is LPS of the key at `from` (already ⊕ its constant), the next
 * state LPS of the state behind it, ⊕ that key. `into` gets the key ⊕ the constant at `constant`, and the state. Written out:
 * in a loop the two would wait for each other.
 */
function turn(from: usize, into: usize, constant: usize): void {
  let key = v128.xor(lower(from), upper(from));
  spread(into, v128.xor(key, v128.load(constant)));
  key = v128.xor(key, v128.xor(lower(from + STATE), upper(from + STATE)));
  spread(into + STATE, key);
  key = v128.xor(lower(from + 4), upper(from + 4));
  spread(into + 32, v128.xor(key, v128.load(constant, 16)));
  key = v128.xor(key, v128.xor(lower(from + STATE + 4), upper(from + STATE + 4)));
  spread(into + STATE + 32, key);
  key = v128.xor(lower(from + 8), upper(from + 8));
  spread(into + 64, v128.xor(key, v128.load(constant, 32)));
  key = v128.xor(key, v128.xor(lower(from + STATE + 8), upper(from + STATE + 8)));
  spread(into + STATE + 64, key);
  key = v128.xor(lower(from + 12), upper(from + 12));
  spread(into + 96, v128.xor(key, v128.load(constant, 48)));
  key = v128.xor(key, v128.xor(lower(from + STATE + 12), upper(from + STATE + 12)));
  spread(into + STATE + 96, key);
}

/** LPS of the spread block at `from`, ⊕ the plain block at `plus`. */
function substitute(from: usize, into: usize, plus: usize): void {
  let block = v128.xor(lower(from), upper(from));
  spread(into, v128.xor(block, v128.load(plus)));
  block = v128.xor(lower(from + 4), upper(from + 4));
  spread(into + 32, v128.xor(block, v128.load(plus, 16)));
  block = v128.xor(lower(from + 8), upper(from + 8));
  spread(into + 64, v128.xor(block, v128.load(plus, 32)));
  block = v128.xor(lower(from + 12), upper(from + 12));
  spread(into + 96, v128.xor(block, v128.load(plus, 48)));
}

/** Writes two words of a block as their sixteen bytes times eight, two bytes each. */
function spread(into: usize, words: v128): void {
  v128.store(into, i16x8.shl(i16x8.extend_low_i8x16_u(words), 3));
  v128.store(into, i16x8.shl(i16x8.extend_high_i8x16_u(words), 3), 16);
}

// Words i and i + 1 of LPS, section 7, when `at` is byte i of a spread block: byte i of word j goes through table j. Two bytes
// are read at once, as a processor hands on what was just written only so often in a cycle. In two parts, each small enough
// for the compiler to put it where it is called.

/** Words 0 … 3 of the block. */
function lower(at: usize): v128 {
  const a = load<u32>(at);
  const b = load<u32>(at, 16);
  const c = load<u32>(at, 32);
  const d = load<u32>(at, 48);
  return v128.xor(
    v128.xor(
      v128.load_lane<u64>(a >> 16, v128.load_zero<u64>(a & 0xffff, STREEBOG_TABLES), 1, STREEBOG_TABLES),
      v128.load_lane<u64>(b >> 16, v128.load_zero<u64>(b & 0xffff, STREEBOG_TABLES + 2048), 1, STREEBOG_TABLES + 2048),
    ),
    v128.xor(
      v128.load_lane<u64>(c >> 16, v128.load_zero<u64>(c & 0xffff, STREEBOG_TABLES + 4096), 1, STREEBOG_TABLES + 4096),
      v128.load_lane<u64>(d >> 16, v128.load_zero<u64>(d & 0xffff, STREEBOG_TABLES + 6144), 1, STREEBOG_TABLES + 6144),
    ),
  );
}

/** Words 4 … 7. */
function upper(at: usize): v128 {
  const a = load<u32>(at, 64);
  const b = load<u32>(at, 80);
  const c = load<u32>(at, 96);
  const d = load<u32>(at, 112);
  return v128.xor(
    v128.xor(
      v128.load_lane<u64>(a >> 16, v128.load_zero<u64>(a & 0xffff, STREEBOG_TABLES + 8192), 1, STREEBOG_TABLES + 8192),
      v128.load_lane<u64>(
        b >> 16,
        v128.load_zero<u64>(b & 0xffff, STREEBOG_TABLES + 10240),
        1,
        STREEBOG_TABLES + 10240,
      ),
    ),
    v128.xor(
      v128.load_lane<u64>(
        c >> 16,
        v128.load_zero<u64>(c & 0xffff, STREEBOG_TABLES + 12288),
        1,
        STREEBOG_TABLES + 12288,
      ),
      v128.load_lane<u64>(
        d >> 16,
        v128.load_zero<u64>(d & 0xffff, STREEBOG_TABLES + 14336),
        1,
        STREEBOG_TABLES + 14336,
      ),
    ),
  );
}
