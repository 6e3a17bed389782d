// ECDSA verification over P-256: FIPS 186-5 §6.4.2, SEC 1 §4.1.4. Many signatures of one key at a time.
import { CURVE_ORDER, CURVE_ORDER_MODULUS, curveRecord } from './curve';
import { P256 } from './field';
import { isBelow } from './keys';
import { isScalar } from './order';
import { ecdsaScalars, scalarScratchBytes } from './scalars';
import { SUM_SCRATCH, SUMS_MAX, sumMany } from './sum';

/** Number of P-256 in core/data/curves.json. */
const CURVE: u32 = 5;

const R: usize = 0;
const S: usize = R + SUMS_MAX * 32;
const U1: usize = S + SUMS_MAX * 32;
const U2: usize = U1 + SUMS_MAX * 32;
const X: usize = U2 + SUMS_MAX * 32;
const FINITE: usize = X + SUMS_MAX * 32;
const SCRATCH: usize = FINITE + SUMS_MAX;

/** Bytes of scratch, at a multiple of 16, that {@link ecdsaVerifyMany} takes. */
export function ecdsaScratchBytes(): usize {
  return SCRATCH + max<usize>(SUM_SCRATCH, scalarScratchBytes(<u32>SUMS_MAX));
}

/**
 * Verifies `count` signatures (r‖s, 64 bytes, each number most significant byte first) of digests of 32 bytes under one key.
 * `base` is the table of prepareCurve, `key` that of prepareKey. `results` gets a byte each: 1 valid, 0 not.
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
  for (let first: usize = 0; first < count; first += SUMS_MAX) {
    const some = min(count - first, SUMS_MAX);
    verify(base, key, some, digests + 32 * first, signatures + 64 * first, results + first, scratch);
  }
}

function verify(
  base: usize,
  key: usize,
  count: usize,
  digests: usize,
  signatures: usize,
  results: usize,
  scratch: usize,
): void {
  const record = curveRecord(CURVE);
  const order = record + CURVE_ORDER_MODULUS;
  const r = scratch + R;
  const s = scratch + S;
  for (let i: usize = 0; i < count; i++) {
    const signature = signatures + 64 * i;
    const inRange = isScalar(order, signature) && isScalar(order, signature + 32);
    store<u8>(results + i, inRange ? 1 : 0);
    readNumber(r + 32 * i, signature, inRange);
    readNumber(s + 32 * i, signature + 32, inRange);
  }
  const work = scratch + SCRATCH;
  const finite = scratch + FINITE;
  ecdsaScalars(record, <u32>count, digests, r, s, scratch + U1, scratch + U2, work);
  sumMany<P256>(record, base, key, count, scratch + U1, scratch + U2, scratch + X, finite, work);
  for (let i: usize = 0; i < count; i++) {
    const valid = load<u8>(finite + i) !== 0 && isRemainder(scratch + X + 32 * i, r + 32 * i, record + CURVE_ORDER);
    store<u8>(results + i, load<u8>(results + i) & <u8>valid);
  }
}

/** Turns 32 bytes round; writes 1 instead of a number that is not in range, so that the batch can go on. */
function readNumber(out: usize, at: usize, inRange: bool): void {
  for (let i: usize = 0; i < 32; i += 8) {
    store<u64>(out + 24 - i, inRange ? bswap<u64>(load<u64>(at + i)) : i === 24 ? 1 : 0);
  }
}

/** Whether x mod q is r, for r < q and x < p < 2q; destroys x. Eight words each. */
function isRemainder(x: usize, r: usize, order: usize): bool {
  if (!isBelow(x, order)) {
    let borrow: i64 = 0;
    for (let i: usize = 0; i < 32; i += 4) {
      borrow += <i64>load<u32>(x + i) - <i64>load<u32>(order + i);
      store<u32>(x + i, <u32>borrow);
      borrow >>= 32;
    }
  }
  let differing: u64 = 0;
  for (let i: usize = 0; i < 32; i += 8) differing |= load<u64>(x + i) ^ load<u64>(r + i);
  return differing === 0;
}
