// The block cipher Kuznyechik, GOST R 34.12-2015 with blocks of 128 bits (RFC 7801): encryption, which is all a MAC needs.
//
// The tables (64 KiB) are indexed with bytes of the state: what the caches show of the look-ups depends on key and message,
// so whoever measures this process's caches may learn of them.
import { PI } from './pi';

/** K1 … K10. */
export const KUZNYECHIK_KEYS_BYTES: u32 = 160;

/** Sixteen tables of 256 blocks, 64 KiB: entry v of table i is L(S(v)) with v as byte i of a block. Filled at first use. */
const TABLES: usize = memory.data(65_536, 64);

/** Coefficients of the linear transformation, the first byte's first; section 4.1.2. */
const LINEAR: usize = memory.data<u8>([148, 32, 133, 16, 194, 192, 1, 251, 1, 192, 194, 16, 133, 32, 148, 1]);

/** x^8 + x^7 + x^6 + x + 1, the field's polynomial; section 4.1.2. */
const POLYNOMIAL: u32 = 0x1c3;

/** The constants C1 … C32, C of i at place i; section 4.3. Filled at first use. */
const CONSTANTS: usize = memory.data(33 * 16, 16);

/** The offsets of the entries of four blocks. */
const OFFSETS: usize = memory.data(128, 64);

let filled = false;

/** Fills the tables when they aren't yet. */
export function needKuznyechikTables(): void {
  if (filled) return;
  filled = true;
  for (let byte: usize = 0; byte < 16; byte++) {
    for (let value: usize = 0; value < 256; value++) {
      const block = TABLES + (byte << 12) + (value << 4);
      store<u8>(block + byte, load<u8>(PI + value));
      for (let step = 0; step < 16; step++) rotate(block);
    }
  }
  for (let i: usize = 1; i <= 32; i++) {
    store<u8>(CONSTANTS + (i << 4), <u8>i, 15);
    for (let step = 0; step < 16; step++) rotate(CONSTANTS + (i << 4));
  }
}

/** R, section 4.2: one step of the register whose sixteen steps are L. */
function rotate(block: usize): void {
  let sum: u32 = 0;
  for (let i: usize = 0; i < 16; i++) sum ^= multiply(load<u8>(block + i), load<u8>(LINEAR + i));
  memory.copy(block + 1, block, 15);
  store<u8>(block, sum);
}

function multiply(a: u32, b: u32): u32 {
  let product: u32 = 0;
  for (; b !== 0; b >>= 1) {
    if ((b & 1) !== 0) product ^= a;
    a <<= 1;
    if ((a & 0x100) !== 0) a ^= POLYNOMIAL;
  }
  return product;
}

/** The round keys of a key of 32 bytes; section 4.3. */
export function kuznyechikKeys(key: usize, keys: usize): void {
  needKuznyechikTables();
  let left = v128.load(key);
  let right = v128.load(key, 16);
  v128.store(keys, left);
  v128.store(keys, right, 16);
  for (let round: u32 = 1; round <= 32; round++) {
    const turned = v128.xor(substitute(v128.xor(left, v128.load(CONSTANTS + ((<usize>round) << 4)))), right);
    right = left;
    left = turned;
    if ((round & 7) === 0) {
      v128.store(keys + ((<usize>round) << 2), left);
      v128.store(keys + ((<usize>round) << 2), right, 16);
    }
  }
  kuznyechikWipe();
}

/** Encrypts the four blocks at `blocks` in place: four, because each alone would wait for its own look-ups. */
export function kuznyechikEncryptFour(keys: usize, blocks: usize): void {
  for (let round: usize = 0; round < 144; round += 16) {
    const key = v128.load(keys + round);
    spread(OFFSETS, v128.xor(v128.load(blocks), key));
    spread(OFFSETS + 32, v128.xor(v128.load(blocks, 16), key));
    spread(OFFSETS + 64, v128.xor(v128.load(blocks, 32), key));
    spread(OFFSETS + 96, v128.xor(v128.load(blocks, 48), key));
    // Stored at once: kept for the next round, all sums would wait in registers that there aren't.
    v128.store(blocks, v128.xor(entries(OFFSETS + 0), entries(OFFSETS + 16)), 0);
    v128.store(blocks, v128.xor(entries(OFFSETS + 32), entries(OFFSETS + 48)), 16);
    v128.store(blocks, v128.xor(entries(OFFSETS + 64), entries(OFFSETS + 80)), 32);
    v128.store(blocks, v128.xor(entries(OFFSETS + 96), entries(OFFSETS + 112)), 48);
  }
  const last = v128.load(keys, 144);
  v128.store(blocks, v128.xor(v128.load(blocks), last));
  v128.store(blocks, v128.xor(v128.load(blocks, 16), last), 16);
  v128.store(blocks, v128.xor(v128.load(blocks, 32), last), 32);
  v128.store(blocks, v128.xor(v128.load(blocks, 48), last), 48);
}

/** Forgets the last blocks' states. */
export function kuznyechikWipe(): void {
  memory.fill(OFFSETS, 0, 128);
}

/** L(S(block)). */
function substitute(block: v128): v128 {
  spread(OFFSETS, block);
  return v128.xor(entries(OFFSETS), entries(OFFSETS + 16));
}

/** Writes the offset in TABLES of each byte's entry, two bytes an offset. */
function spread(into: usize, block: v128): void {
  const low = i16x8.shl(i16x8.extend_low_i8x16_u(block), 4);
  const high = i16x8.shl(i16x8.extend_high_i8x16_u(block), 4);
  v128.store(into, v128.or(low, i16x8(0, 0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000, 0x7000)));
  v128.store(into, v128.or(high, i16x8(-0x8000, -0x7000, -0x6000, -0x5000, -0x4000, -0x3000, -0x2000, -0x1000)), 16);
}

/**
 * The sum of the eight entries whose offsets stand at `at`. Two offsets are read at once, as a processor hands on what was
 * just written only so often in a cycle.
 */
function entries(at: usize): v128 {
  const a = load<u32>(at);
  const b = load<u32>(at, 4);
  const c = load<u32>(at, 8);
  const d = load<u32>(at, 12);
  return v128.xor(
    v128.xor(
      v128.xor(v128.load(a & 0xffff, TABLES), v128.load(a >> 16, TABLES)),
      v128.xor(v128.load(b & 0xffff, TABLES), v128.load(b >> 16, TABLES)),
    ),
    v128.xor(
      v128.xor(v128.load(c & 0xffff, TABLES), v128.load(c >> 16, TABLES)),
      v128.xor(v128.load(d & 0xffff, TABLES), v128.load(d >> 16, TABLES)),
    ),
  );
}
