// Signatures by themselves: the public methods' arguments, checked and laid into the memory of a core.
import { CURVE_P256, GOST_CURVES } from '../generated/curves.js';
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

/** A signature with its key and the digest that it is of, 32 bytes as the hash function gives them. */
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
  verify(room: CryptoRoom, curve: GostCurve | EcdsaCurve, { publicKey, digest, signature }: SignatureCheck): boolean {
    checkBytes('digest', digest);
    if (digest.length !== DIGEST_BYTES)
      throw new RangeError(`the digest has ${digest.length} bytes; ${DIGEST_BYTES} are expected`);
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
  verifyMany(
    room: CryptoRoom,
    curve: GostCurve | EcdsaCurve,
    { publicKey, digests, signatures }: SignatureChecks,
  ): Uint8Array {
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
    const prepared = this.#tables.of(key, count);
    if (prepared === undefined) return new Uint8Array(count);
    // Asked for last: it may move what the tables' addresses are read from.
    const at = room.work(count * (DIGEST_BYTES + SIGNATURE_BYTES + 1));
    const signaturesAt = at + count * DIGEST_BYTES;
    const results = signaturesAt + count * SIGNATURE_BYTES;
    const memory = new Uint8Array(core.memory.buffer);
    memory.set(digests, at);
    memory.set(signatures, signaturesAt);
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

/** The name of a curve of GOST R 34.10-2012, checked. @throws RangeError when it is none. */
export function gostCurve(curve: GostCurve): GostCurve {
  if (Object.hasOwn(GOST_CURVES, curve)) return curve;
  throw new RangeError(`there is no curve "${curve}"; ${Object.keys(GOST_CURVES).join(', ')} are known`);
}

function checkBytes(name: string, bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`${name} is no Uint8Array`);
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
