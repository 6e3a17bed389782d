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

const WORK: usize = memory.data(16, 16);

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
    v128.store(WORK, v128.xor(left, v128.load(CONSTANTS + ((<usize>round) << 4))));
    const turned = v128.xor(substitute(WORK), right);
    right = left;
    left = turned;
    if ((round & 7) === 0) {
      v128.store(keys + ((<usize>round) << 2), left);
      v128.store(keys + ((<usize>round) << 2), right, 16);
    }
  }
  memory.fill(WORK, 0, 16);
}

/** Encrypts the four blocks at `blocks` in place: four, because each alone would wait for its own look-ups. */
export function kuznyechikEncryptFour(keys: usize, blocks: usize): void {
  let a = v128.load(blocks);
  let b = v128.load(blocks, 16);
  let c = v128.load(blocks, 32);
  let d = v128.load(blocks, 48);
  for (let round: usize = 0; round < 144; round += 16) {
    const key = v128.load(keys + round);
    v128.store(blocks, v128.xor(a, key));
    v128.store(blocks, v128.xor(b, key), 16);
    v128.store(blocks, v128.xor(c, key), 32);
    v128.store(blocks, v128.xor(d, key), 48);
    a = substitute(blocks);
    b = substitute(blocks + 16);
    c = substitute(blocks + 32);
    d = substitute(blocks + 48);
  }
  const last = v128.load(keys, 144);
  v128.store(blocks, v128.xor(a, last));
  v128.store(blocks, v128.xor(b, last), 16);
  v128.store(blocks, v128.xor(c, last), 32);
  v128.store(blocks, v128.xor(d, last), 48);
}

/** L(S(block)). */
function substitute(at: usize): v128 {
  return v128.xor(
    v128.xor(
      v128.xor(v128.xor(entry(at, 0), entry(at, 1)), v128.xor(entry(at, 2), entry(at, 3))),
      v128.xor(v128.xor(entry(at, 4), entry(at, 5)), v128.xor(entry(at, 6), entry(at, 7))),
    ),
    v128.xor(
      v128.xor(v128.xor(entry(at, 8), entry(at, 9)), v128.xor(entry(at, 10), entry(at, 11))),
      v128.xor(v128.xor(entry(at, 12), entry(at, 13)), v128.xor(entry(at, 14), entry(at, 15))),
    ),
  );
}

function entry(at: usize, byte: usize): v128 {
  return v128.load(((<usize>load<u8>(at + byte)) << 4) + (TABLES + (byte << 12)));
}
