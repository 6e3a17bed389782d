// Scalars of many signatures: what the base point and the key are to be multiplied by. One inversion a batch.
// `record` is the curve's (curve.ts). r and s are in 1 … q − 1: the caller puts 1 where they are not, and refuses the signature.
import { CURVE_ORDER_MODULUS } from './curve';
import {
  invertMany,
  isZeroScalar,
  multiply,
  negate,
  readBigEndian,
  readLittleEndian,
  reduce,
  reduceOnce,
  SCALAR_BYTES,
  setOne,
  writeLittleEndian,
} from './order';

const NUMBER: usize = memory.data(36, 8);
const RESULT: usize = memory.data(36, 8);

/** Bytes of scratch for `count` signatures. */
export function scalarScratchBytes(count: u32): u32 {
  return 2 * count * SCALAR_BYTES;
}

/**
 * RFC 7091 §6.2 steps 3 to 5: e = digest mod q, or 1 when that is 0; v = e⁻¹; z1 = s·v, z2 = −r·v modulo q.
 * Everything is 32 bytes a signature, least significant first, the digest as the hash function gives it.
 */
export function gostScalars(
  record: usize,
  count: u32,
  digests: usize,
  r: usize,
  s: usize,
  z1: usize,
  z2: usize,
  scratch: usize,
): void {
  const order = record + CURVE_ORDER_MODULUS;
  const end = scratch + <usize>(count * SCALAR_BYTES);
  for (let e = scratch, digest = digests; e < end; e += SCALAR_BYTES, digest += 32) {
    readLittleEndian(e, digest);
    reduce(order, e);
    if (isZeroScalar(e)) setOne(e);
  }
  invertMany(order, scratch, count, end);
  for (let v = scratch; v < end; v += SCALAR_BYTES) {
    readLittleEndian(NUMBER, s);
    multiply(order, RESULT, NUMBER, v);
    reduceOnce(order, RESULT);
    writeLittleEndian(z1, RESULT);
    readLittleEndian(NUMBER, r);
    multiply(order, RESULT, NUMBER, v);
    reduceOnce(order, RESULT);
    negate(order, RESULT);
    writeLittleEndian(z2, RESULT);
    r += 32;
    s += 32;
    z1 += 32;
    z2 += 32;
  }
}

/**
 * SEC 1 §4.1.4 steps 3 to 5: w = s⁻¹; u1 = e·w, u2 = r·w modulo q. The digest is 32 bytes, most significant first; all else
 * least significant first.
 */
export function ecdsaScalars(
  record: usize,
  count: u32,
  digests: usize,
  r: usize,
  s: usize,
  u1: usize,
  u2: usize,
  scratch: usize,
): void {
  const order = record + CURVE_ORDER_MODULUS;
  const end = scratch + <usize>(count * SCALAR_BYTES);
  for (let w = scratch; w < end; w += SCALAR_BYTES) {
    readLittleEndian(w, s);
    s += 32;
  }
  invertMany(order, scratch, count, end);
  for (let w = scratch; w < end; w += SCALAR_BYTES) {
    readBigEndian(NUMBER, digests);
    multiply(order, RESULT, NUMBER, w);
    reduceOnce(order, RESULT);
    writeLittleEndian(u1, RESULT);
    readLittleEndian(NUMBER, r);
    multiply(order, RESULT, NUMBER, w);
    reduceOnce(order, RESULT);
    writeLittleEndian(u2, RESULT);
    digests += 32;
    r += 32;
    u1 += 32;
    u2 += 32;
  }
}
