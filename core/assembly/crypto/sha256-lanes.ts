// SHA-256 and HMAC-SHA-256 of many messages: four at a time, one in each 32-bit lane of the vectors.
//
// Each lane works on a message of its own and takes the next one when that is done, so messages of any mix of lengths
// keep all four busy. Every step gives each lane one block and compresses the four blocks together.
//
//   scratch  0             128        1152             1664       1728
//            ├ H0 … H7 × 4 ┼ W 64 × 4 ┼ block × 4, 128 ┼ lane × 4 ┤
//
//   lane     0    4      8       12      16
//            ├ at ┼ left ┼ index ┼ phase ┤
import { padBlock } from './blocks';
import { SHA256_CONSTANTS, SHA256_INITIAL, SHA256_LENGTH_AT } from './sha256';

export const SHA256_SCRATCH_BYTES: u32 = 1728;
const SCHEDULE: usize = 128;
const BLOCKS: usize = 1152;
const LANES: usize = 1664;
const LEFT: usize = 4;
const INDEX: usize = 8;
const PHASE: usize = 12;

/** The lane takes the message's bytes. */
const DATA: u32 = 0;
/** The padding didn't fit beside the last bytes: a block with nothing but the length follows. */
const LENGTH: u32 = 1;
/** The block in work ends the message (for HMAC: the inner hash). */
const LAST: u32 = 2;
/** The block in work is the inner digest, hashed by the outer hash of HMAC. */
const OUTER: u32 = 3;
/** There are no more messages. */
const IDLE: u32 = 4;

/** Digests of `n` messages, 32 bytes each; see {@link hashLanes} for the layout. */
export function sha256Many(n: u32, messagesAt: usize, offsetsAt: usize, outAt: usize, scratch: usize): void {
  hashLanes(n, messagesAt, offsetsAt, outAt, scratch, SHA256_INITIAL, 0, 0);
}

/**
 * Hashes `n` messages; message i is the bytes offsets[i] … offsets[i + 1] behind `messagesAt`, offsets are u32. Begins each
 * at the eight words of `inner`, that have taken `taken` bytes already; the digest is hashed again from the words of `outer`,
 * that have taken one block, unless that is 0. Writes 32 bytes a message at `outAt`; wipes the scratch.
 */
export function hashLanes(
  n: u32,
  messagesAt: usize,
  offsetsAt: usize,
  outAt: usize,
  scratch: usize,
  inner: usize,
  outer: usize,
  taken: u32,
): void {
  let next: u32 = 0;
  let busy: u32 = 0;
  for (let lane: usize = 0; lane < 4; lane++) {
    if (begin(scratch, lane, next, n, messagesAt, offsetsAt, inner)) busy++;
    next++;
  }
  while (busy > 0) {
    gather(
      scratch,
      blockOf(scratch, 0, offsetsAt, taken),
      blockOf(scratch, 1, offsetsAt, taken),
      blockOf(scratch, 2, offsetsAt, taken),
      blockOf(scratch, 3, offsetsAt, taken),
    );
    compress(scratch);
    for (let lane: usize = 0; lane < 4; lane++) {
      const at = scratch + LANES + (lane << 4);
      const phase = load<u32>(at, PHASE);
      if (phase === LAST && outer !== 0) {
        writeDigest(scratch, lane, scratch + BLOCKS + (lane << 7));
        setWords(scratch, lane, outer);
        store<u32>(at, OUTER, PHASE);
      } else if (phase === LAST || phase === OUTER) {
        writeDigest(scratch, lane, outAt + ((<usize>load<u32>(at, INDEX)) << 5));
        if (!begin(scratch, lane, next++, n, messagesAt, offsetsAt, inner)) busy--;
      }
    }
  }
  memory.fill(scratch, 0, SHA256_SCRATCH_BYTES);
}

/** Gives a lane message `index`; false, and the lane idles, when there are only `n`. */
function begin(
  scratch: usize,
  lane: usize,
  index: u32,
  n: u32,
  messagesAt: usize,
  offsetsAt: usize,
  inner: usize,
): bool {
  const at = scratch + LANES + (lane << 4);
  if (index >= n) {
    store<u32>(at, IDLE, PHASE);
    return false;
  }
  const offset = load<u32>(offsetsAt + ((<usize>index) << 2));
  store<u32>(at, <u32>messagesAt + offset);
  store<u32>(at, load<u32>(offsetsAt + ((<usize>index) << 2), 4) - offset, LEFT);
  store<u32>(at, index, INDEX);
  store<u32>(at, DATA, PHASE);
  setWords(scratch, lane, inner);
  return true;
}

/** Address of the lane's next block, padded in the lane's own place when the message's bytes don't fill it. */
function blockOf(scratch: usize, lane: usize, offsetsAt: usize, taken: u32): usize {
  const at = scratch + LANES + (lane << 4);
  const block = scratch + BLOCKS + (lane << 7);
  const phase = load<u32>(at, PHASE);
  if (phase === DATA) {
    const message = <usize>load<u32>(at);
    const left = load<u32>(at, LEFT);
    if (left >= 64) {
      store<u32>(at, <u32>message + 64);
      store<u32>(at, left - 64, LEFT);
      return message;
    }
    padBlock(block, message, left, 0x80);
    if (left >= SHA256_LENGTH_AT) {
      store<u32>(at, LENGTH, PHASE);
    } else {
      store<u64>(block + SHA256_LENGTH_AT, bitLength(at, offsetsAt, taken));
      store<u32>(at, LAST, PHASE);
    }
  } else if (phase === LENGTH) {
    for (let i: usize = 0; i < SHA256_LENGTH_AT; i += 8) store<u64>(block + i, 0);
    store<u64>(block + SHA256_LENGTH_AT, bitLength(at, offsetsAt, taken));
    store<u32>(at, LAST, PHASE);
  } else if (phase === OUTER) {
    // The inner digest stands in the first half already; 96 bytes have been hashed in the end.
    store<u64>(block, 0x80, 32);
    store<u64>(block, 0, 40);
    store<u64>(block, 0, 48);
    store<u64>(block, bswap<u64>(96 << 3), SHA256_LENGTH_AT);
  }
  return block;
}

/** The length in bits, as the padding has it, of the message of the lane at `at`. */
function bitLength(at: usize, offsetsAt: usize, taken: u32): u64 {
  const offset = offsetsAt + ((<usize>load<u32>(at, INDEX)) << 2);
  return bswap<u64>((<u64>(load<u32>(offset, 4) - load<u32>(offset)) + taken) << 3);
}

function setWords(scratch: usize, lane: usize, words: usize): void {
  for (let i: usize = 0; i < 8; i++) store<u32>(scratch + (i << 4) + (lane << 2), load<u32>(words + (i << 2)));
}

function writeDigest(scratch: usize, lane: usize, into: usize): void {
  for (let i: usize = 0; i < 8; i++) {
    store<u32>(into + (i << 2), bswap<u32>(load<u32>(scratch + (i << 4) + (lane << 2))));
  }
}

/** Puts word i of the four blocks into the four lanes of W[i]. */
function gather(scratch: usize, block0: usize, block1: usize, block2: usize, block3: usize): void {
  let into = scratch + SCHEDULE;
  for (let i: usize = 0; i < 64; i += 16, into += 64) {
    const a = bigEndian(v128.load(block0 + i));
    const b = bigEndian(v128.load(block1 + i));
    const c = bigEndian(v128.load(block2 + i));
    const d = bigEndian(v128.load(block3 + i));
    const ab = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
    v128.store(into, v128.shuffle<u64>(ab, cd, 0, 2));
    v128.store(into, v128.shuffle<u64>(ab, cd, 1, 3), 16);
    const abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
    v128.store(into, v128.shuffle<u64>(abHigh, cdHigh, 0, 2), 32);
    v128.store(into, v128.shuffle<u64>(abHigh, cdHigh, 1, 3), 48);
  }
}

/** Takes the four blocks gathered in W into the lanes' H0 … H7; FIPS 180-4 section 6.2.2. */
function compress(scratch: usize): void {
  const schedule = scratch + SCHEDULE;
  for (let i = schedule + 256; i < schedule + 1024; i += 16) {
    const w2 = v128.load(i - 32);
    const w15 = v128.load(i - 240);
    const sigma1 = v128.xor(v128.xor(rotateRight(w2, 17), rotateRight(w2, 19)), i32x4.shr_u(w2, 10));
    const sigma0 = v128.xor(v128.xor(rotateRight(w15, 7), rotateRight(w15, 18)), i32x4.shr_u(w15, 3));
    const rest = i32x4.add(v128.load(i - 112), v128.load(i - 256));
    v128.store(i, i32x4.add(i32x4.add(sigma1, sigma0), rest));
  }
  let a = v128.load(scratch);
  let b = v128.load(scratch, 16);
  let c = v128.load(scratch, 32);
  let d = v128.load(scratch, 48);
  let e = v128.load(scratch, 64);
  let f = v128.load(scratch, 80);
  let g = v128.load(scratch, 96);
  let h = v128.load(scratch, 112);
  for (let i: usize = 0; i < 256; i += 16) {
    const w = schedule + (i << 2);
    const constants = SHA256_CONSTANTS + i;
    h = i32x4.add(h, mix(e, f, g, constants, w));
    d = i32x4.add(d, h);
    h = i32x4.add(h, majority(a, b, c));
    g = i32x4.add(g, mix(d, e, f, constants + 4, w + 16));
    c = i32x4.add(c, g);
    g = i32x4.add(g, majority(h, a, b));
    f = i32x4.add(f, mix(c, d, e, constants + 8, w + 32));
    b = i32x4.add(b, f);
    f = i32x4.add(f, majority(g, h, a));
    e = i32x4.add(e, mix(b, c, d, constants + 12, w + 48));
    a = i32x4.add(a, e);
    e = i32x4.add(e, majority(f, g, h));
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
  v128.store(scratch, i32x4.add(v128.load(scratch), a));
  v128.store(scratch, i32x4.add(v128.load(scratch, 16), b), 16);
  v128.store(scratch, i32x4.add(v128.load(scratch, 32), c), 32);
  v128.store(scratch, i32x4.add(v128.load(scratch, 48), d), 48);
  v128.store(scratch, i32x4.add(v128.load(scratch, 64), e), 64);
  v128.store(scratch, i32x4.add(v128.load(scratch, 80), f), 80);
  v128.store(scratch, i32x4.add(v128.load(scratch, 96), g), 96);
  v128.store(scratch, i32x4.add(v128.load(scratch, 112), h), 112);
}

/** Σ1(e) + Ch(e, f, g) + K + W. */
function mix(e: v128, f: v128, g: v128, constant: usize, w: usize): v128 {
  const sum1 = v128.xor(v128.xor(rotateRight(e, 6), rotateRight(e, 11)), rotateRight(e, 25));
  const choice = v128.xor(g, v128.and(e, v128.xor(f, g)));
  const scheduled = i32x4.add(v128.load_splat<u32>(constant), v128.load(w));
  return i32x4.add(i32x4.add(sum1, choice), scheduled);
}

/** Σ0(a) + Maj(a, b, c). */
function majority(a: v128, b: v128, c: v128): v128 {
  const sum0 = v128.xor(v128.xor(rotateRight(a, 2), rotateRight(a, 13)), rotateRight(a, 22));
  return i32x4.add(sum0, v128.xor(v128.and(a, b), v128.and(c, v128.xor(a, b))));
}

function rotateRight(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shr_u(x, bits), i32x4.shl(x, 32 - bits));
}

function bigEndian(x: v128): v128 {
  return v128.shuffle<u8>(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}
