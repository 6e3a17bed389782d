// Signatures by BigInt, straight from the standards and as slow as that is: what the core is compared with.
import { readFileSync } from 'node:fs';
import { invert } from './numbers.js';

export interface Curve {
  name: string;
  number: number;
  p: bigint;
  a: bigint;
  b: bigint;
  q: bigint;
  x: bigint;
  y: bigint;
}

/** An affine point, or null, the point at infinity. */
export type Point = readonly [x: bigint, y: bigint] | null;

interface Row {
  name: string;
  number: number;
  [key: string]: unknown;
}

const file = new URL('../../../../core/data/curves.json', import.meta.url);
const { curves } = JSON.parse(readFileSync(file, 'utf8')) as { curves: Row[] };

export const CURVES: readonly Curve[] = curves.map((row) => {
  const number = (key: string): bigint => BigInt(`0x${String(row[key])}`);
  const [p, a, b, q, x, y] = ['p', 'a', 'b', 'q', 'x', 'y'].map(number) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return { name: row.name, number: row.number, p, a, b, q, x, y };
});

export const mod = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;

export const baseOf = ({ x, y }: Curve): Point => [x, y];

export function isOnCurve({ p, a, b }: Curve, [x, y]: readonly [bigint, bigint]): boolean {
  return x < p && y < p && mod(y * y - x ** 3n - a * x - b, p) === 0n;
}

export function add({ p, a }: Curve, left: Point, right: Point): Point {
  if (left === null) return right;
  if (right === null) return left;
  const [x1, y1] = left;
  const [x2, y2] = right;
  if (x1 === x2 && mod(y1 + y2, p) === 0n) return null;
  const slope = x1 === x2 ? (3n * x1 * x1 + a) * invert(mod(2n * y1, p), p) : (y2 - y1) * invert(mod(x2 - x1, p), p);
  const x3 = mod(slope * slope - x1 - x2, p);
  return [x3, mod(slope * (x1 - x3) - y1, p)];
}

export const negate = ({ p }: Curve, point: Point): Point => (point === null ? null : [point[0], mod(-point[1], p)]);

const doublings = new Map<string, Point[]>();

/** scalar · point; what doubling gives is kept, so that a point's later multiples take additions only. */
export function multiply(curve: Curve, scalar: bigint, point: Point): Point {
  if (point === null) return null;
  const name = `${curve.number} ${point[0]} ${point[1]}`;
  const doubled = doublings.get(name) ?? [point];
  doublings.set(name, doubled);
  const terms: Point[] = [];
  let left = mod(scalar, curve.q);
  for (let i = 0; left > 0n; i++, left >>= 1n) {
    if (i === doubled.length) doubled.push(add(curve, doubled[i - 1]!, doubled[i - 1]!));
    if ((left & 1n) === 1n) terms.push(doubled[i]!);
  }
  return sumOf(curve, terms);
}

/** The sum of points, with one inversion: Jacobian coordinates until two points have the same x, which is left to add(). */
function sumOf(curve: Curve, points: readonly Point[]): Point {
  const { p } = curve;
  let [x, y, z] = [1n, 1n, 0n];
  const affine = (): Point => {
    if (z === 0n) return null;
    const inverse = invert(z, p);
    return [(x * inverse * inverse) % p, (((y * inverse * inverse) % p) * inverse) % p];
  };
  for (const point of points) {
    if (point === null) continue;
    const zz = (z * z) % p;
    const h = mod(point[0] * zz - x, p);
    if (z === 0n || h === 0n) {
      const sum = add(curve, affine(), point);
      [x, y, z] = sum === null ? [1n, 1n, 0n] : [sum[0], sum[1], 1n];
      continue;
    }
    const r = mod(((point[1] * zz) % p) * z - y, p);
    const hh = (h * h) % p;
    const hhh = (h * hh) % p;
    const v = (x * hh) % p;
    x = mod(r * r - hhh - 2n * v, p);
    y = mod(r * (v - x) - y * hhh, p);
    z = (z * h) % p;
  }
  return affine();
}

export interface Signature {
  r: bigint;
  s: bigint;
}

/** The point of ECDSA's step 5, for r and s in range; null is the point at infinity. */
export function ecdsaPoint(curve: Curve, key: Point, e: bigint, { r, s }: Signature): Point {
  const w = invert(s, curve.q);
  return add(curve, multiply(curve, e * w, baseOf(curve)), multiply(curve, r * w, key));
}

/** SEC 1 §4.1.4 for a key on the curve; e is the digest as a number. */
export function ecdsaValid(curve: Curve, key: Point, e: bigint, signature: Signature): boolean {
  if (!inRange(curve, signature)) return false;
  const point = ecdsaPoint(curve, key, e, signature);
  return point !== null && point[0] % curve.q === signature.r;
}

/** RFC 7091 §6.2 for a key on the curve; e is the digest as a number, before it is taken modulo q. */
export function gostValid(curve: Curve, key: Point, e: bigint, signature: Signature): boolean {
  if (!inRange(curve, signature)) return false;
  const v = invert(e % curve.q === 0n ? 1n : e % curve.q, curve.q);
  const { r, s } = signature;
  const point = add(curve, multiply(curve, s * v, baseOf(curve)), multiply(curve, -r * v, key));
  return point !== null && point[0] % curve.q === r;
}

const inRange = ({ q }: Curve, { r, s }: Signature): boolean => r > 0n && r < q && s > 0n && s < q;

/** A signature by the private key d with the nonce k. */
export function ecdsaSign(curve: Curve, d: bigint, k: bigint, e: bigint): Signature {
  const r = multiply(curve, k, baseOf(curve))![0] % curve.q;
  return { r, s: mod(invert(k, curve.q) * (e + r * d), curve.q) };
}

/** As {@link ecdsaSign}, by RFC 7091 §6.1. */
export function gostSign(curve: Curve, d: bigint, k: bigint, e: bigint): Signature {
  const r = multiply(curve, k, baseOf(curve))![0] % curve.q;
  return { r, s: mod(r * d + k * (e % curve.q === 0n ? 1n : e), curve.q) };
}
