// Elliptic curves in plain BigInt for the test issuer: y² = x³ + ax + b modulo p, with a point of prime order q.
// Nothing here is constant in time or fast; it makes test tails and is no part of any check.
import { readFileSync } from 'node:fs';

export interface Curve {
  readonly p: bigint;
  readonly a: bigint;
  readonly b: bigint;
  readonly q: bigint;
  readonly cofactor: bigint;
  /** The base point. */
  readonly base: Point;
}

/** An affine point; null is the point at infinity. */
export type Point = { readonly x: bigint; readonly y: bigint } | null;

type Row = Record<'name' | 'p' | 'a' | 'b' | 'q' | 'x' | 'y', string> & { aliases: string[]; cofactor: number };

const rows = (JSON.parse(readFileSync(new URL('../../data/curves.json', import.meta.url), 'utf8')) as { curves: Row[] })
  .curves;

/** A curve of core/data/curves.json by its name or another name of it. @throws RangeError when there is none. */
export function curveOf(name: string): Curve {
  const row = rows.find((each) => each.name === name || each.aliases.includes(name));
  if (row === undefined) throw new RangeError(`no curve is called ${name}`);
  const number = (text: string): bigint => BigInt(`0x${text}`);
  return {
    p: number(row.p),
    a: number(row.a),
    b: number(row.b),
    q: number(row.q),
    cofactor: BigInt(row.cofactor),
    base: { x: number(row.x), y: number(row.y) },
  };
}

/** The residue from 0 to `modulus` − 1. */
export function residue(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** Inverse modulo a prime by the extended Euclidean algorithm. @throws RangeError for a multiple of it. */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b] = [residue(value, modulus), modulus];
  let [x, y] = [1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b] = [b - quotient * a, a];
    [x, y] = [y - quotient * x, x];
  }
  if (a === 0n) throw new RangeError('a multiple of the modulus has no inverse');
  return residue(x, modulus);
}

/** The sum of two points. */
export function add({ p, a }: Curve, one: Point, other: Point): Point {
  if (one === null) return other;
  if (other === null) return one;
  if (one.x === other.x && residue(one.y + other.y, p) === 0n) return null;
  const slope =
    one.x === other.x
      ? (3n * one.x * one.x + a) * inverse(2n * one.y, p)
      : (other.y - one.y) * inverse(other.x - one.x, p);
  const x = residue(slope * slope - one.x - other.x, p);
  return { x, y: residue(slope * (one.x - x) - one.y, p) };
}

/** `factor` times a point. */
export function multiply(curve: Curve, factor: bigint, point: Point): Point {
  let sum: Point = null;
  let power = point;
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if (rest & 1n) sum = add(curve, sum, power);
    power = add(curve, power, power);
  }
  return sum;
}

/** A number as 32 bytes, most significant first. */
export function toBytes(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));
}

/** The number of bytes, most significant first. */
export function fromBytes(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
}
