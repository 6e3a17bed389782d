// GOST R 34.10-2012 in BigInt, step by step as RFC 7091 §6.2 says it: what the core's answers are compared with. Signatures
// are made backwards, from the z1 and z2 that a test wants to see added.
import { add, type Curve, curveOf, inverse, type Point, residue } from '../issuer/curve.js';

export type GostName = 'Test' | 'CryptoPro-A' | 'CryptoPro-B' | 'CryptoPro-C' | 'tc26-256-A';
export const GOST_NAMES: readonly GostName[] = ['Test', 'CryptoPro-A', 'CryptoPro-B', 'CryptoPro-C', 'tc26-256-A'];

export interface Signed {
  readonly digest: Uint8Array;
  readonly r: bigint;
  readonly s: bigint;
}

const TOP = 1n << 256n;

/** A point with its doubles, so that a multiple takes additions only. */
class Multiples {
  readonly point: Point;
  readonly #curve: Curve;
  readonly #doubles: Point[];

  constructor(curve: Curve, point: Point) {
    this.point = point;
    this.#curve = curve;
    this.#doubles = [point];
    for (let i = 1; i < 256; i++) this.#doubles.push(add(curve, this.#doubles[i - 1]!, this.#doubles[i - 1]!));
  }

  times(factor: bigint): Point {
    let sum: Point = null;
    for (let i = 0; factor >> BigInt(i) > 0n; i++) {
      if ((factor >> BigInt(i)) & 1n) sum = add(this.#curve, sum, this.#doubles[i]!);
    }
    return sum;
  }
}

/** A key pair: its public key, what verifies, and what makes signatures. */
export class ReferenceKey {
  readonly name: GostName;
  readonly curve: Curve;
  readonly secret: bigint;
  readonly #base: Multiples;
  readonly #key: Multiples;

  constructor(name: GostName, secret: bigint) {
    this.name = name;
    this.curve = curveOf(name);
    this.secret = residue(secret, this.curve.q);
    this.#base = basesOf(name);
    this.#key = new Multiples(this.curve, this.#base.times(this.secret));
  }

  get point(): { readonly x: bigint; readonly y: bigint } {
    return this.#key.point!;
  }

  /** z1·P + z2·Q. */
  sum(z1: bigint, z2: bigint): Point {
    return add(this.curve, this.#base.times(residue(z1, this.curve.q)), this.#key.times(residue(z2, this.curve.q)));
  }

  verify({ digest, r, s }: Signed): boolean {
    const { q } = this.curve;
    if (r <= 0n || r >= q || s <= 0n || s >= q) return false;
    const e = residue(littleEndian(digest), q) || 1n;
    const v = inverse(e, q);
    const point = this.sum(s * v, -r * v);
    return point !== null && residue(point.x, q) === r;
  }

  /** A signature whose check adds z1·P and z2·Q, valid when the sum has an x that is not 0 modulo q. */
  signatureOf(z1: bigint, z2: bigint, lift = 0n): Signed {
    const { q } = this.curve;
    const r = residue(this.sum(z1, z2)?.x ?? 1n, q) || 1n;
    const e = residue(-r * inverse(z2, q), q);
    const number = e + lift * q < TOP ? e + lift * q : e;
    return { digest: bytesLittleEndian(number), r, s: residue(z1 * e, q) };
  }
}

const bases = new Map<GostName, Multiples>();

function basesOf(name: GostName): Multiples {
  const curve = curveOf(name);
  const known = bases.get(name) ?? new Multiples(curve, curve.base);
  bases.set(name, known);
  return known;
}

export function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function bytesLittleEndian(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse());
}
