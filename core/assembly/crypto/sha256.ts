// SHA-256 of one message (FIPS 180-4), whole or in parts. Many short messages: sha256-lanes.ts.
//
//   state   0         32           40         104
//           ├ H0 … H7 ┼ length u64 ┼ block 64 ┤
//
// H0 … H7 are u32 in the machine's order, the length is in bytes. No branch and no address depends on the message's content.

export const SHA256_STATE_BYTES: u32 = 104;
const LENGTH: usize = 32;
const BLOCK: usize = 40;
export const SHA256_BLOCK_BYTES: u32 = 64;
export const SHA256_BYTES: u32 = 32;

/** Where the padding puts the length, section 5.1.1. */
export const SHA256_LENGTH_AT: u32 = 56;

/** Section 5.3.3. */
export const SHA256_INITIAL: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** Section 4.2.2. */
export const SHA256_CONSTANTS: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

/** The message schedule, 64 words; wiped with the state by {@link sha256End}. */
const SCHEDULE: usize = memory.data(256, 16);

/** Begins a message. */
export function sha256Start(state: usize): void {
  memory.copy(state, SHA256_INITIAL, 32);
  store<u64>(state, 0, LENGTH);
}

/** Adds `length` bytes to the message. */
export function sha256Add(state: usize, at: usize, length: usize): void {
  let held = <usize>(load<u64>(state, LENGTH) & 63);
  store<u64>(state, load<u64>(state, LENGTH) + length, LENGTH);
  if (held > 0) {
    const taken = min<usize>(64 - held, length);
    memory.copy(state + BLOCK + held, at, taken);
    held += taken;
    if (held < 64) return;
    sha256Block(state, state + BLOCK);
    at += taken;
    length -= taken;
  }
  for (; length >= 64; length -= 64, at += 64) sha256Block(state, at);
  memory.copy(state + BLOCK, at, length);
}

/** Pads the message, writes its digest of 32 bytes and wipes the state. */
export function sha256End(state: usize, digestAt: usize): void {
  const length = load<u64>(state, LENGTH);
  const held = <usize>(length & 63);
  store<u8>(state + BLOCK + held, 0x80);
  memory.fill(state + BLOCK + held + 1, 0, 63 - held);
  if (held >= SHA256_LENGTH_AT) {
    sha256Block(state, state + BLOCK);
    memory.fill(state + BLOCK, 0, 64);
  }
  store<u64>(state + BLOCK + SHA256_LENGTH_AT, bswap<u64>(length << 3));
  sha256Block(state, state + BLOCK);
  for (let i: usize = 0; i < 32; i += 4) store<u32>(digestAt + i, bswap<u32>(load<u32>(state + i)));
  memory.fill(state, 0, SHA256_STATE_BYTES);
  sha256WipeSchedule();
}

/** Forgets the words of the last block, after blocks that were secret. */
export function sha256WipeSchedule(): void {
  memory.fill(SCHEDULE, 0, 256);
}

/** Takes one block of 64 bytes into H0 … H7; section 6.2.2. */
export function sha256Block(state: usize, block: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(SCHEDULE + i, bswap<u32>(load<u32>(block + i)));
  for (let i: usize = SCHEDULE + 64; i < SCHEDULE + 256; i += 4) {
    const w2 = load<u32>(i - 8);
    const w15 = load<u32>(i - 60);
    const sigma1 = rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >> 10);
    const sigma0 = rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >> 3);
    store<u32>(i, sigma1 + load<u32>(i - 28) + sigma0 + load<u32>(i - 64));
  }
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  for (let i: usize = 0; i < 256; i += 16) {
    h += mix(e, f, g, i);
    d += h;
    h += majority(a, b, c);
    g += mix(d, e, f, i + 4);
    c += g;
    g += majority(h, a, b);
    f += mix(c, d, e, i + 8);
    b += f;
    f += majority(g, h, a);
    e += mix(b, c, d, i + 12);
    a += e;
    e += majority(f, g, h);
    // Four rounds turn the eight names by half.
    const wasA = a;
    const wasB = b;
    const wasC = c;
    const wasD = d;
    a = e;
    b = f;
    c = g;
    d = h;
    e = wasA;
    f = wasB;
    g = wasC;
    h = wasD;
  }
  store<u32>(state, load<u32>(state) + a);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
  store<u32>(state, load<u32>(state, 20) + f, 20);
  store<u32>(state, load<u32>(state, 24) + g, 24);
  store<u32>(state, load<u32>(state, 28) + h, 28);
}

/** Σ1(e) + Ch(e, f, g) + K + W, with K and W at offset `i` of their tables. */
function mix(e: u32, f: u32, g: u32, i: usize): u32 {
  const sum1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
  return sum1 + (g ^ (e & (f ^ g))) + load<u32>(SHA256_CONSTANTS + i) + load<u32>(SCHEDULE + i);
}

/** Σ0(a) + Maj(a, b, c). */
function majority(a: u32, b: u32, c: u32): u32 {
  return (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (c & (a ^ b)));
}
