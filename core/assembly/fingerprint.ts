// Fingerprints of keys: SipHash-1-3 with 128 bits of output, keyed with SEED.
// J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF" (2012), and the 128-bit variant of its reference
// code (github.com/veorq/SipHash, siphash.c). One compression round and three finalization rounds: the hash only has to
// keep outsiders from planting collisions, and rustc and Python use the same rounds for their tables.
import { KEY_PACKAGE, KEY_UNIT, SEED } from './layout';

/** Fingerprint of the key of a unit, whose serial of at least one byte stands in memory. */
export function fingerprintUnit(gtin: u64, serial: usize, length: u32, into: usize): void {
  // GTIN big-endian in bytes 1 … 6 of the key is the byte-swapped number without its two leading zero bytes
  const head = <u64>KEY_UNIT | ((bswap<u64>(gtin) >> 16) << 8) | ((<u64>load<u8>(serial)) << 56);
  siphash(head, 8, serial + 1, length - 1, into);
}

/** Fingerprint of the key of a package: KEY_PACKAGE and the SSCC as 8 bytes. */
export function fingerprintPackage(sscc: u64, into: usize): void {
  const swapped = bswap<u64>(sscc);
  store<u64>(into, swapped >> 56); // the ninth byte of the key; `into` is free until the hash is written
  siphash(<u64>KEY_PACKAGE | (swapped << 8), 8, into, 1, into);
}

/** Fingerprint of a key in memory that a prefix byte precedes: KEY_OTHER and the bytes of a line of at least 7. */
export function fingerprintPrefixed(prefix: u32, at: usize, length: u32, into: usize): void {
  siphash(<u64>prefix | (load<u64>(at) << 8), 8, at + 7, length - 7, into);
}

/** Fingerprint of any bytes in memory. Reads up to 7 bytes past their end. */
export function fingerprintBytes(at: usize, length: u32, into: usize): void {
  if (length >= 8) siphash(load<u64>(at), 8, at + 8, length - 8, into);
  else siphash(firstBytes(load<u64>(at), length), length, at, 0, into);
}

function firstBytes(word: u64, count: u32): u64 {
  return word & (((<u64>1) << ((<u64>count) << 3)) - 1);
}

/** Hashes `headLength` bytes in `head` (8; fewer only when nothing follows) and the `length` bytes at `at`. */
function siphash(head: u64, headLength: u32, at: usize, length: u32, into: usize): void {
  const k0 = load<u64>(SEED);
  const k1 = load<u64>(SEED, 8);
  let v0 = k0 ^ 0x736f6d6570736575;
  let v1 = k1 ^ 0x646f72616e646f6d ^ 0xee;
  let v2 = k0 ^ 0x6c7967656e657261;
  let v3 = k1 ^ 0x7465646279746573;
  const total = (<u64>(headLength + length)) << 56;
  let words: u32 = headLength === 8 ? 2 + (length >> 3) : 1; // the last one holds the length
  let word = headLength === 8 ? head : head | total;
  while (true) {
    v3 ^= word;
    v0 += v1;
    v2 += v3;
    v1 = rotl<u64>(v1, 13) ^ v0;
    v3 = rotl<u64>(v3, 16) ^ v2;
    v0 = rotl<u64>(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = rotl<u64>(v1, 17) ^ v2;
    v3 = rotl<u64>(v3, 21) ^ v0;
    v2 = rotl<u64>(v2, 32);
    v0 ^= word;
    if (--words === 0) break;
    word = load<u64>(at);
    if (words === 1) word = firstBytes(word, length & 7) | total;
    at += 8;
  }
  v2 ^= 0xee;
  for (let half: usize = 0; half < 16; half += 8) {
    for (let round = 0; round < 3; round++) {
      v0 += v1;
      v2 += v3;
      v1 = rotl<u64>(v1, 13) ^ v0;
      v3 = rotl<u64>(v3, 16) ^ v2;
      v0 = rotl<u64>(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = rotl<u64>(v1, 17) ^ v2;
      v3 = rotl<u64>(v3, 21) ^ v0;
      v2 = rotl<u64>(v2, 32);
    }
    store<u64>(into + half, v0 ^ v1 ^ v2 ^ v3);
    v1 ^= 0xdd;
  }
}
