// Signatures of the test issuer. Its keys and nonces come from a seed that everybody may know, and nonces are used again and
// again, which gives a private key away: a tail made here proves nothing about goods.
import { createHash } from 'node:crypto';
import { add, type Curve, curveOf, fromBytes, inverse, multiply, residue, toBytes } from './curve.js';

/** Nonces of a signer: more would make no tail different that matters. */
const NONCES = 256;

interface Nonce {
  readonly k: bigint;
  readonly inverse: bigint;
  readonly r: bigint;
}

/** Signs digests with a private key derived from a seed. */
export class TestSigner {
  /** Numbers of 32 bytes, most significant first. */
  readonly publicKey: { readonly x: Uint8Array; readonly y: Uint8Array };
  readonly #curve: Curve;
  readonly #kind: 'gost' | 'ecdsa';
  readonly #d: bigint;
  readonly #firstNonce: bigint;
  #nonces: Nonce[] | undefined;

  constructor(curve: string, seed: string) {
    this.#kind = curve === 'P-256' ? 'ecdsa' : 'gost';
    this.#curve = curveOf(curve);
    this.#d = numberFrom(`${seed} ${curve} key`, this.#curve.q);
    this.#firstNonce = numberFrom(`${seed} ${curve} nonce`, this.#curve.q - BigInt(NONCES));
    const point = multiply(this.#curve, this.#d, this.#curve.base)!;
    this.publicKey = { x: toBytes(point.x), y: toBytes(point.y) };
  }

  /** Signature of a digest of 32 bytes in the order a library gives it; `choice` picks the nonce. */
  sign(digest: Uint8Array, choice: number): { r: bigint; s: bigint } {
    const { q } = this.#curve;
    this.#nonces ??= this.#makeNonces();
    for (let number = choice; ; number++) {
      const nonce = this.#nonces[number % NONCES]!;
      const { k, r } = nonce;
      const e = this.#kind === 'gost' ? residue(fromBytes(digest.slice().reverse()), q) || 1n : fromBytes(digest);
      const s = this.#kind === 'gost' ? (r * this.#d + k * e) % q : (nonce.inverse * (e + r * this.#d)) % q;
      if (r !== 0n && s !== 0n) return { r, s };
    }
  }

  #makeNonces(): Nonce[] {
    const { q, base } = this.#curve;
    let point = multiply(this.#curve, this.#firstNonce, base);
    return Array.from({ length: NONCES }, (_, i) => {
      const k = this.#firstNonce + BigInt(i);
      const nonce = { k, inverse: this.#kind === 'ecdsa' ? inverse(k, q) : 0n, r: residue(point!.x, q) };
      point = add(this.#curve, point, base);
      return nonce;
    });
  }
}

/** A number from 1 to `limit` − 1. */
function numberFrom(text: string, limit: bigint): bigint {
  return (fromBytes(createHash('sha512').update(text).digest()) % (limit - 1n)) + 1n;
}
