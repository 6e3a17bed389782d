// What the signatures of GOST R 34.10-2012 and ECDSA share: a batch read with its bounds checked, and the last comparison.
import { CURVE_ORDER } from './curve';
import { isBelow } from './keys';

/** A signature: r, then s, 32 bytes each, most significant byte first. */
export const SIGNATURE_BYTES: usize = 64;

/**
 * Reads `count` signatures as words, 8 each. `results` is 1 where both numbers are in 1 … q − 1; where one is not it is 0, and
 * r and s are made 1, so that the batch can go on.
 */
export function readSignatures(
  curve: usize,
  count: usize,
  signatures: usize,
  r: usize,
  s: usize,
  results: usize,
): void {
  const order = curve + CURVE_ORDER;
  for (let i: usize = 0; i < count; i++) {
    const ofR = r + 32 * i;
    const ofS = s + 32 * i;
    readWords(ofR, signatures + SIGNATURE_BYTES * i);
    readWords(ofS, signatures + SIGNATURE_BYTES * i + 32);
    const good = inRange(ofR, order) && inRange(ofS, order);
    store<u8>(results + i, good ? 1 : 0);
    if (good) continue;
    setOne(ofR);
    setOne(ofS);
  }
}

/**
 * Leaves 1 in `results` where the sum is finite and its x, taken modulo q, is r. x has up to four values that are congruent:
 * tc26-256-A has p near 4q.
 */
export function compareAll(curve: usize, count: usize, x: usize, finite: usize, r: usize, results: usize): void {
  const order = curve + CURVE_ORDER;
  for (let i: usize = 0; i < count; i++) {
    const at = x + 32 * i;
    if (load<u8>(finite + i) === 0) {
      store<u8>(results + i, 0);
      continue;
    }
    while (!isBelow(at, order)) subtractWords(at, order);
    if (!isEqual(at, r + 32 * i)) store<u8>(results + i, 0);
  }
}

/** 32 bytes, most significant first, as 8 words. */
function readWords(words: usize, bytes: usize): void {
  for (let i: usize = 0; i < 32; i += 8) store<u64>(words + 24 - i, bswap<u64>(load<u64>(bytes + i)));
}

function inRange(words: usize, order: usize): bool {
  let any: u64 = 0;
  for (let i: usize = 0; i < 32; i += 8) any |= load<u64>(words + i);
  return any !== 0 && isBelow(words, order);
}

function setOne(words: usize): void {
  memory.fill(words, 0, 32);
  store<u32>(words, 1);
}

function isEqual(a: usize, b: usize): bool {
  let difference: u64 = 0;
  for (let i: usize = 0; i < 32; i += 8) difference |= load<u64>(a + i) ^ load<u64>(b + i);
  return difference === 0;
}

function subtractWords(a: usize, b: usize): void {
  let borrow: i64 = 0;
  for (let i: usize = 0; i < 32; i += 4) {
    borrow += <i64>load<u32>(a + i) - <i64>load<u32>(b + i);
    store<u32>(a + i, <u32>borrow);
    borrow >>= 32;
  }
}
