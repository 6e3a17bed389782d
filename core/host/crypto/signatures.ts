// Signatures by themselves: the public methods' arguments, checked and laid into the memory of a core.
import { CURVE_P256, GOST_CURVES } from '../generated/curves.js';
import { apartFrom, checkBytes, checkName, checkObject } from './arguments.js';
import type { CryptoRoom } from './crypto-core.js';
import type { PreparedKey, SignatureTables, TableKey } from './signature-tables.js';
import type { GostCurve } from './tail-key.js';

type EcdsaCurve = 'P-256';

/** A point, or the numbers of a signature: most significant byte first, of any length. */
export interface PublicKey {
  readonly x: Uint8Array;
  readonly y: Uint8Array;
}

export interface Signature {
  readonly r: Uint8Array;
  readonly s: Uint8Array;
}

/** A signature with its key and the digest that it is of, as the hash function gives it: 32 bytes; for ECDSA any number. */
export interface SignatureCheck {
  readonly publicKey: PublicKey;
  readonly digest: Uint8Array;
  readonly signature: Signature;
}

/** Many signatures of one key: digests of 32 bytes, and r‖s of 64, one behind the other. */
export interface SignatureChecks {
  readonly publicKey: PublicKey;
  readonly digests: Uint8Array;
  readonly signatures: Uint8Array;
}

const DIGEST_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Keys whose tables are remembered, as long as the arena's budget allows. */
const KEYS_MAX = 256;

export class SignatureVerifier {
  readonly #tables: SignatureTables;
  /** The keys of the tables by curve and coordinates, the one used longest ago first. */
  readonly #keys = new Map<string, TableKey>();

  constructor(tables: SignatureTables) {
    this.#tables = tables;
  }

  /** See {@link CryptoCore.gost3410Verify}; P-256 is ECDSA's. */
  verify(room: CryptoRoom, curve: GostCurve | EcdsaCurve, check: SignatureCheck): boolean {
    checkObject('the check', check);
    const { publicKey, signature } = check;
    checkObject('signature', signature);
    const digest = curve === 'P-256' ? leftmost(check.digest) : exact(check.digest);
    const r = number32('signature.r', signature.r);
    const s = number32('signature.s', signature.s);
    const key = this.#keyOf(curve, publicKey);
    if (r === undefined || s === undefined || key === undefined) return false;
    const both = new Uint8Array(SIGNATURE_BYTES);
    both.set(r);
    both.set(s, DIGEST_BYTES);
    return this.#verify(room, key, 1, digest, both)[0] === 1;
  }

  /** See {@link CryptoCore.gost3410VerifyMany}. */
  verifyMany(room: CryptoRoom, curve: GostCurve | EcdsaCurve, checks: SignatureChecks): Uint8Array {
    checkObject('the checks', checks);
    const { publicKey, digests, signatures } = checks;
    checkBytes('digests', digests);
    checkBytes('signatures', signatures);
    const count = digests.length / DIGEST_BYTES;
    if (!Number.isInteger(count) || signatures.length !== count * SIGNATURE_BYTES) {
      throw new RangeError(
        `${digests.length} bytes of digests and ${signatures.length} of signatures are given; 32 and 64 for each are expected`,
      );
    }
    const key = this.#keyOf(curve, publicKey);
    return key === undefined || count === 0
      ? new Uint8Array(count)
      : this.#verify(room, key, count, digests, signatures);
  }

  /** Copies: 1 for each signature that is valid, 0 for the others. */
  #verify(room: CryptoRoom, key: TableKey, count: number, digests: Uint8Array, signatures: Uint8Array): Uint8Array {
    const core = room.exports;
    const own = core.memory.buffer;
    const givenDigests = apartFrom(own, digests);
    const givenSignatures = apartFrom(own, signatures);
    const prepared = this.#tables.of(key, count);
    if (prepared === undefined) return new Uint8Array(count);
    // Asked for last: it may move what the tables' addresses are read from.
    const at = room.work(count * (DIGEST_BYTES + SIGNATURE_BYTES + 1));
    const signaturesAt = at + count * DIGEST_BYTES;
    const results = signaturesAt + count * SIGNATURE_BYTES;
    const memory = new Uint8Array(core.memory.buffer);
    memory.set(givenDigests, at);
    memory.set(givenSignatures, signaturesAt);
    const { curve, table, scratch }: PreparedKey = prepared;
    if (key.curve === undefined) {
      core.ecdsaVerifyMany(curve.at, table.at, count, at, signaturesAt, results, scratch.at);
    } else {
      const number = GOST_CURVES[key.curve];
      core.gostVerifyMany(number, curve.at, table.at, count, at, signaturesAt, results, scratch.at);
    }
    return memory.slice(results, results + count);
  }

  /** Undefined when a coordinate has more than 256 bits. */
  #keyOf(curve: GostCurve | EcdsaCurve, publicKey: PublicKey): TableKey | undefined {
    checkObject('publicKey', publicKey);
    const x = number32('publicKey.x', publicKey.x);
    const y = number32('publicKey.y', publicKey.y);
    if (x === undefined || y === undefined) return undefined;
    const name = `${curve === 'P-256' ? CURVE_P256 : GOST_CURVES[curve]}${String.fromCharCode(...x, ...y)}`;
    let key = this.#keys.get(name);
    if (key === undefined) {
      key =
        curve === 'P-256'
          ? { algorithm: 'ecdsa-p256-sha256', publicKey: { x, y } }
          : { algorithm: 'gost3410-2012-256', curve, publicKey: { x, y } };
    }
    this.#keys.delete(name);
    this.#keys.set(name, key);
    if (this.#keys.size > KEYS_MAX) this.#forgetOldest();
    return key;
  }

  #forgetOldest(): void {
    for (const [name, key] of this.#keys) {
      this.#tables.forget(key);
      this.#keys.delete(name);
      return;
    }
  }
}

/** The curve of GOST R 34.10-2012 of a check. @throws TypeError when it is no object, RangeError when its curve is none. */
export function gostCurve(check: { readonly curve: GostCurve }): GostCurve {
  checkObject('the check', check);
  checkName('curve', check.curve, GOST_CURVES);
  return check.curve;
}

/** A digest of GOST R 34.11-2012. */
function exact(digest: Uint8Array): Uint8Array {
  checkBytes('digest', digest);
  if (digest.length === DIGEST_BYTES) return digest;
  throw new RangeError(`the digest has ${digest.length} bytes; ${DIGEST_BYTES} are expected`);
}

/** The leftmost 256 bits of a digest as a number (FIPS 186-5 §6.4.2, step 2): of a shorter one all of them. */
function leftmost(digest: Uint8Array): Uint8Array {
  checkBytes('digest', digest);
  const number = new Uint8Array(DIGEST_BYTES);
  number.set(digest.subarray(0, DIGEST_BYTES), Math.max(0, DIGEST_BYTES - digest.length));
  return number;
}

/** A number as 32 bytes; undefined when it takes more. */
function number32(name: string, bytes: Uint8Array): Uint8Array | undefined {
  checkBytes(name, bytes);
  let first = 0;
  while (first < bytes.length && bytes[first] === 0) first++;
  const size = bytes.length - first;
  if (size > 32) return undefined;
  const number = new Uint8Array(32);
  number.set(bytes.subarray(first), 32 - size);
  return number;
}
