// GOST R 34.10-2012 verification with keys of 256 bits (RFC 7091 §6.2), many signatures of one key at a time:
//
//   1  r and s are in 1 … q − 1, or the signature is invalid
//   2  the digest is given: Streebog-256 of the message, GOST R 34.11-2012
//   3  e = digest mod q, the digest read with its first byte least significant; 1 when that is 0
//   4  v = e⁻¹ mod q
//   5  z1 = s·v, z2 = −r·v mod q
//   6  C = z1·P + z2·Q, and R = x(C) mod q
//   7  the signature is valid when R = r; never when C is the point at infinity, which has no x
//
// Everything here is public, so nothing is done in constant time.
import { curveRecord } from './curve';
import { gostScalars, scalarScratchBytes } from './scalars';
import { compareAll, readSignatures, SIGNATURE_BYTES } from './signatures';
import { SUM_SCRATCH, SUMS_MAX, sumManyOn } from './sum';

const R: usize = 0;
const S: usize = R + 32 * SUMS_MAX;
const Z1: usize = S + 32 * SUMS_MAX;
const Z2: usize = Z1 + 32 * SUMS_MAX;
const FINITE: usize = Z2 + 32 * SUMS_MAX;
const SCRATCH: usize = FINITE + SUMS_MAX;

/** Bytes of scratch that {@link gostVerifyMany} takes, for any number of signatures. */
export function verifyScratchBytes(): usize {
  return SCRATCH + max(SUM_SCRATCH, <usize>scalarScratchBytes(<u32>SUMS_MAX));
}

/**
 * Verifies `count` signatures of one key.
 *
 * @param curve number of the curve
 * @param base the curve's table, and `key` the key's (keys.ts)
 * @param digests 32 bytes each, in the order that a hash function gives them
 * @param signatures r‖s, 64 bytes each, both most significant byte first
 * @param results a byte each: 1 valid, 0 not
 * @param scratch {@link verifyScratchBytes} bytes at a multiple of 16
 */
export function gostVerifyMany(
  curve: u32,
  base: usize,
  key: usize,
  count: usize,
  digests: usize,
  signatures: usize,
  results: usize,
  scratch: usize,
): void {
  const record = curveRecord(curve);
  const r = scratch + R;
  const s = scratch + S;
  const z1 = scratch + Z1;
  const z2 = scratch + Z2;
  const finite = scratch + FINITE;
  const work = scratch + SCRATCH;
  for (let first: usize = 0; first < count; first += SUMS_MAX) {
    const some = min(SUMS_MAX, count - first);
    const verdicts = results + first;
    readSignatures(record, some, signatures + first * SIGNATURE_BYTES, r, s, verdicts);
    gostScalars(record, <u32>some, digests + first * 32, r, s, z1, z2, work);
    // x takes the place of s, which is not needed any more.
    sumManyOn(record, base, key, some, z1, z2, s, finite, work);
    compareAll(record, some, s, finite, r, verdicts);
  }
}
