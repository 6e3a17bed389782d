// The block cipher Magma, GOST R 34.12-2015 with blocks of 64 bits (RFC 8891): encryption of sixteen blocks at once.
//
// The blocks are sliced: a vector holds one byte of all sixteen. A block is a1 ‖ a0, most significant byte first; byte j of
// a0 (0 the least significant) is byte 7 − j of the block, so the slices of a0 are vectors 7, 6, 5, 4 and those of a1 3, 2, 1, 0.
// The substitutions have four bits and are looked up by a shuffle of a register: no branch and no address depends on key or
// message.

/** The eight words of the key, each as four vectors of one repeated byte, the least significant first. */
export const MAGMA_KEYS_BYTES: u32 = 512;

/** The substitutions Π0 … Π7, the one of the lowest four bits first; section 4.1. */
const SUBSTITUTION: usize = memory.data<u8>([
  12, 4, 6, 2, 10, 5, 11, 9, 14, 8, 13, 7, 0, 3, 15, 1, 6, 8, 2, 3, 9, 10, 5, 12, 1, 14, 4, 7, 11, 13, 0, 15, 11, 3, 5,
  8, 2, 15, 10, 13, 14, 1, 7, 4, 12, 9, 6, 0, 12, 8, 2, 1, 13, 4, 15, 6, 7, 0, 10, 5, 3, 14, 9, 11, 7, 15, 5, 10, 8, 1,
  6, 13, 0, 9, 3, 14, 11, 4, 2, 12, 5, 13, 15, 6, 9, 2, 12, 10, 11, 7, 8, 1, 4, 3, 14, 0, 8, 14, 2, 5, 6, 9, 1, 12, 15,
  4, 11, 0, 13, 10, 3, 7, 1, 7, 14, 13, 0, 5, 8, 3, 4, 15, 10, 6, 9, 12, 11, 2,
]);

// The substitution of byte j of a word, turned left by three bits. What stays in the byte is, of the lower four bits, entry
// v of LOW[j], of the upper four, entry v of HIGH[j]; what is carried into the next byte is entry v of CARRIED[j]. Four
// vectors each, filled at first use.
const LOW: usize = memory.data(64, 16);
const HIGH: usize = memory.data(64, 16);
const CARRIED: usize = memory.data(64, 16);

let filled = false;

function needTables(): void {
  if (filled) return;
  filled = true;
  for (let byte: usize = 0; byte < 4; byte++) {
    for (let value: usize = 0; value < 16; value++) {
      const lower = load<u8>(SUBSTITUTION + (byte << 5) + value);
      const upper = load<u8>(SUBSTITUTION + (byte << 5) + value, 16);
      const entry = (byte << 4) + value;
      store<u8>(LOW + entry, lower << 3);
      store<u8>(HIGH + entry, upper << 7);
      store<u8>(CARRIED + entry, upper >> 1);
    }
  }
}

/** The round keys' places of a key of 32 bytes; section 4.3. */
export function magmaKeys(key: usize, keys: usize): void {
  needTables();
  for (let i: usize = 0; i < 32; i++) {
    // Byte j of a big-endian word is its byte 3 − j.
    v128.store(keys + ((i ^ 3) << 4), i8x16.splat(load<i8>(key + i)));
  }
}

/** Encrypts the sixteen blocks at `blocks`, 128 bytes, in place. `slices` is scratch of 128 bytes. */
export function magmaEncryptSixteen(keys: usize, blocks: usize, slices: usize): void {
  // Sixteen rows of eight bytes become eight rows of sixteen by four perfect shuffles; three more turn them back.
  shuffle(blocks, slices);
  shuffle(slices, blocks);
  shuffle(blocks, slices);
  shuffle(slices, blocks);
  encryptSlices(keys, blocks);
  shuffle(blocks, slices);
  shuffle(slices, blocks);
  shuffle(blocks, slices);
  memory.copy(blocks, slices, 128);
}

/** Interleaves the bytes of the first half of 128 with those of the second. */
function shuffle(from: usize, into: usize): void {
  for (let i: usize = 0; i < 64; i += 16, into += 32) {
    const first = v128.load(from + i);
    const second = v128.load(from + i, 64);
    v128.store(into, v128.shuffle<u8>(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    v128.store(into, v128.shuffle<u8>(first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16);
  }
}

/** Section 5.1. */
function encryptSlices(keys: usize, at: usize): void {
  let a0 = v128.load(at, 112);
  let a1 = v128.load(at, 96);
  let a2 = v128.load(at, 80);
  let a3 = v128.load(at, 64);
  let b0 = v128.load(at, 48);
  let b1 = v128.load(at, 32);
  let b2 = v128.load(at, 16);
  let b3 = v128.load(at);
  for (let round: usize = 0; round < 32; round++) {
    const key = keys + ((round < 24 ? round & 7 : ~round & 7) << 6);
    // a + key, byte by byte; `full` is −1 where nothing is carried, so that adding 1 and it adds the carry.
    const key0 = v128.load(key);
    const key1 = v128.load(key, 16);
    const key2 = v128.load(key, 32);
    const one = i8x16.splat(1);
    const sum0 = i8x16.add(a0, key0);
    const full0 = notLess(sum0, key0);
    const part1 = i8x16.add(a1, key1);
    const sum1 = i8x16.add(i8x16.add(part1, one), full0);
    const full1 = v128.and(notLess(part1, key1), notLess(sum1, part1));
    const part2 = i8x16.add(a2, key2);
    const sum2 = i8x16.add(i8x16.add(part2, one), full1);
    const full2 = v128.and(notLess(part2, key2), notLess(sum2, part2));
    const sum3 = i8x16.add(i8x16.add(i8x16.add(a3, v128.load(key, 48)), one), full2);
    // Rotated by 11 bits: one byte on, and within it three bits on.
    const high0 = high(sum0);
    const high1 = high(sum1);
    const high2 = high(sum2);
    const high3 = high(sum3);
    const turned1 = v128.or(v128.or(lower(sum0, 0), upper(high0, 0)), carried(high3, 3));
    const turned2 = v128.or(v128.or(lower(sum1, 1), upper(high1, 1)), carried(high0, 0));
    const turned3 = v128.or(v128.or(lower(sum2, 2), upper(high2, 2)), carried(high1, 1));
    const turned0 = v128.or(v128.or(lower(sum3, 3), upper(high3, 3)), carried(high2, 2));
    const next0 = v128.xor(b0, turned0);
    const next1 = v128.xor(b1, turned1);
    const next2 = v128.xor(b2, turned2);
    const next3 = v128.xor(b3, turned3);
    b0 = a0;
    b1 = a1;
    b2 = a2;
    b3 = a3;
    a0 = next0;
    a1 = next1;
    a2 = next2;
    a3 = next3;
  }
  // The last round doesn't exchange the halves.
  v128.store(at, a3);
  v128.store(at, a2, 16);
  v128.store(at, a1, 32);
  v128.store(at, a0, 48);
  v128.store(at, b3, 64);
  v128.store(at, b2, 80);
  v128.store(at, b1, 96);
  v128.store(at, b0, 112);
}

function notLess(a: v128, b: v128): v128 {
  return i8x16.ge_u(a, b);
}

function high(x: v128): v128 {
  return i8x16.shr_u(x, 4);
}

function lower(sum: v128, byte: usize): v128 {
  return i8x16.swizzle(v128.load(LOW + (byte << 4)), v128.and(sum, i8x16.splat(15)));
}

function upper(high: v128, byte: usize): v128 {
  return i8x16.swizzle(v128.load(HIGH + (byte << 4)), high);
}

function carried(high: v128, byte: usize): v128 {
  return i8x16.swizzle(v128.load(CARRIED + (byte << 4)), high);
}
