// ECDSA verification over P-256 (FIPS 186-5 §6.4.2, SEC 1 §4.1.4), many signatures of one key at a time:
//
//   1  r and s are in 1 … n − 1, or the signature is invalid
//   2  e: the digest of 32 bytes, its first byte most significant; as long as n, so that nothing is cut off
//   3  w = s⁻¹ mod n
//   4  u1 = e·w, u2 = r·w mod n
//   5  R = u1·G + u2·Q; invalid when it is the point at infinity
//   6  the signature is valid when x(R) mod n = r
//
// Everything here is public, so nothing is done in constant time.
import { curveRecord } from './curve';
import { P256 } from './field';
import { ecdsaScalars, scalarScratchBytes } from './scalars';
import { compareAll, readSignatures, SIGNATURE_BYTES } from './signatures';
import { SUM_SCRATCH, SUMS_MAX, sumMany } from './sum';

/** Number of P-256 in core/data/curves.json. */
const CURVE: u32 = 5;

const R: usize = 0;
const S: usize = R + 32 * SUMS_MAX;
const U1: usize = S + 32 * SUMS_MAX;
const U2: usize = U1 + 32 * SUMS_MAX;
const FINITE: usize = U2 + 32 * SUMS_MAX;
const SCRATCH: usize = FINITE + SUMS_MAX;

/** Bytes of scratch that {@link ecdsaVerifyMany} takes, for any number of signatures. */
export function ecdsaScratchBytes(): usize {
  return SCRATCH + max(SUM_SCRATCH, <usize>scalarScratchBytes(<u32>SUMS_MAX));
}

/**
 * Verifies `count` signatures of one key.
 *
 * @param base the table of P-256, and `key` the key's (keys.ts)
 * @param digests 32 bytes each, in the order that a hash function gives them
 * @param signatures r‖s, 64 bytes each, both most significant byte first
 * @param results a byte each: 1 valid, 0 not
 * @param scratch {@link ecdsaScratchBytes} bytes at a multiple of 16
 */
export function ecdsaVerifyMany(
  base: usize,
  key: usize,
  count: usize,
  digests: usize,
  signatures: usize,
  results: usize,
  scratch: usize,
): void {
  const record = curveRecord(CURVE);
  const r = scratch + R;
  const s = scratch + S;
  const u1 = scratch + U1;
  const u2 = scratch + U2;
  const finite = scratch + FINITE;
  const work = scratch + SCRATCH;
  for (let first: usize = 0; first < count; first += SUMS_MAX) {
    const some = min(SUMS_MAX, count - first);
    const verdicts = results + first;
    readSignatures(record, some, signatures + first * SIGNATURE_BYTES, r, s, verdicts);
    ecdsaScalars(record, <u32>some, digests + first * 32, r, s, u1, u2, work);
    // x takes the place of s, which is not needed any more.
    sumMany<P256>(record, base, key, some, u1, u2, s, finite, work);
    compareAll(record, some, s, finite, r, verdicts);
  }
}
