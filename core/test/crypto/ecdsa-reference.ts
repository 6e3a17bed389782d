// ECDSA over P-256 in BigInt, step by step as SEC 1 §4.1.4 says it: what the core's answers are compared with.
import { add, curveOf, inverse, type Point, residue } from '../issuer/curve.js';

export const P256 = curveOf('P-256');
const { p, q } = P256;

/** A digest as a number, and a signature of it. */
export interface Signed {
  readonly digest: bigint;
  readonly r: bigint;
  readonly s: bigint;
}

const doubles = new Map<bigint, Point[]>();

/** factor · point; what doubling gives is kept, so that a point's later multiples take additions only. */
export function multiple(factor: bigint, point: Point): Point {
  if (point === null) return null;
  const name = (point.x << 256n) | point.y;
  const known = doubles.get(name) ?? [point];
  doubles.set(name, known);
  let sum: Point = null;
  let rest = residue(factor, q);
  for (let i = 0; rest > 0n; i++, rest >>= 1n) {
    if (i === known.length) known.push(add(P256, known[i - 1]!, known[i - 1]!));
    if (rest & 1n) sum = add(P256, sum, known[i]!);
  }
  return sum;
}

/** Whether a signature is valid under a key on the curve. */
export function isValid(key: Point, { digest, r, s }: Signed): boolean {
  if (r <= 0n || r >= q || s <= 0n || s >= q) return false;
  const w = inverse(s, q);
  const point = add(P256, multiple(digest * w, P256.base), multiple(r * w, key));
  return point !== null && point.x % q === r;
}

/** y with y² = value modulo p, which is 3 modulo 4; null when there is none. */
export function squareRoot(value: bigint): bigint | null {
  let root = 1n;
  for (const bit of ((p + 1n) / 4n).toString(2)) root = (root * root * (bit === '1' ? value : 1n)) % p;
  return residue(root * root - value, p) === 0n ? root : null;
}
