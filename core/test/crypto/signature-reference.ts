// Key pairs of GOST R 34.10-2012 in BigInt. Signatures are made backwards, from the z1 and z2 that a test wants to see added.
import { invert } from './numbers.js';
import { add, baseOf, CURVES, type Curve, gostValid, mod, multiply, type Point } from './reference.js';

export type GostName = 'Test' | 'CryptoPro-A' | 'CryptoPro-B' | 'CryptoPro-C' | 'tc26-256-A';
export const GOST_NAMES: readonly GostName[] = ['Test', 'CryptoPro-A', 'CryptoPro-B', 'CryptoPro-C', 'tc26-256-A'];

export interface Signed {
  readonly digest: Uint8Array;
  readonly r: bigint;
  readonly s: bigint;
}

const TOP = 1n << 256n;

export class ReferenceKey {
  readonly curve: Curve;
  readonly secret: bigint;
  readonly point: readonly [bigint, bigint];

  constructor(name: GostName, secret: bigint) {
    this.curve = CURVES.find((curve) => curve.name === name)!;
    this.secret = mod(secret, this.curve.q);
    this.point = multiply(this.curve, this.secret, baseOf(this.curve))!;
  }

  /** RFC 7091 §6.2. */
  verify({ digest, r, s }: Signed): boolean {
    return gostValid(this.curve, this.point, littleEndian(digest), { r, s });
  }

  /**
   * A signature whose check adds z1·P and z2·Q, valid when the sum has an x that is not 0 modulo q. `lift`: how often q is
   * added to the digest's number, if 256 bits allow it.
   */
  signatureOf(z1: bigint, z2: bigint, lift = 0n): Signed {
    const { q } = this.curve;
    const r = (this.#sum(z1, z2)?.[0] ?? 1n) % q || 1n;
    const e = mod(-r * invert(mod(z2, q), q), q);
    const number = e + lift * q < TOP ? e + lift * q : e;
    return { digest: bytesLittleEndian(number), r, s: mod(z1 * e, q) };
  }

  #sum(z1: bigint, z2: bigint): Point {
    return add(this.curve, multiply(this.curve, z1, baseOf(this.curve)), multiply(this.curve, z2, this.point));
  }
}

export function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function bytesLittleEndian(value: bigint): Uint8Array {
  return Uint8Array.from(toBytes(value)).reverse();
}

/** A number as 32 bytes, most significant first. */
export function toBytes(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));
}
