// The crypto side of a core: digests and MACs by themselves, and the check of tails of parsed batches.
import { Batch } from '../batch.js';
import type { ParseOptions } from '../core.js';
import type { CoreExports, Layout } from '../module.js';
import type { Proof } from '../recover.js';
import { ARENA_BUDGET, type Arena } from './arena.js';
import { digest, digests, type HashName, type MacName, type Messages, mac, macs, type Workroom } from './digests.js';
import { faultOf } from './key-faults.js';
import { KeyRing, KeyRingError } from './key-ring.js';
import { SignatureTables } from './signature-tables.js';
import { gostCurve, type SignatureCheck, type SignatureChecks, SignatureVerifier } from './signatures.js';
import { type GostCurve, isMacKey, type SignatureKey } from './tail-key.js';
import { TAIL_RESULTS, type TailResult } from './tail-results.js';
import { TailVerifier } from './tail-verifier.js';

const SEED_BYTES = 16;

/** When a check of tails is made. */
export interface TailOptions {
  /** Validity and revocation of keys are judged at this moment. */
  at: Date;
}

/** Working memory, and the last batch. */
export interface CryptoRoom extends Workroom {
  readonly rows: number;
  readonly inputStart: number;
}

export abstract class CryptoCore {
  readonly #tails: TailVerifier;
  readonly #signatures: SignatureVerifier;

  /** `keyMemory`: bytes of memory that tables of keys may take together. */
  constructor(exports: CoreExports, layout: Layout, arena: Arena, keyMemory = ARENA_BUDGET) {
    const tables = new SignatureTables(exports, layout, arena, keyMemory);
    this.#tails = new TailVerifier(exports, arena, tables);
    this.#signatures = new SignatureVerifier(tables);
  }

  /** Memory behind the columns, for what doesn't disturb the last batch. */
  protected abstract get room(): CryptoRoom;

  /** @throws Error when a batch is not this core's last. */
  protected abstract checkBatch(batch: Batch): void;

  /** One code as a batch. */
  protected abstract parseForTail(code: string | Uint8Array, options: ParseOptions): Batch;

  /** Digest of GOST R 34.11-2012 with 256 bits (RFC 6986), 32 bytes in library order. */
  streebog256(bytes: Uint8Array): Uint8Array {
    return digest(this.room, 'streebog256', bytes);
  }

  /** Digest of GOST R 34.11-2012 with 512 bits (RFC 6986), 64 bytes in library order. */
  streebog512(bytes: Uint8Array): Uint8Array {
    return digest(this.room, 'streebog512', bytes);
  }

  /** Digest of FIPS 180-4, 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array {
    return digest(this.room, 'sha256', bytes);
  }

  /** HMAC_GOSTR3411_2012_256 (RFC 7836 section 4.1.1), 32 bytes, under a key of any length. */
  hmacStreebog256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
    return mac(this.room, 'hmacStreebog256', key, bytes);
  }

  /** HMAC with SHA-256 (RFC 2104), 32 bytes, under a key of any length. */
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
    return mac(this.room, 'hmacSha256', key, bytes);
  }

  /** MAC mode of GOST R 34.13-2015 with Kuznyechik, 16 bytes. @throws RangeError when the key has not 32 bytes. */
  kuznyechikCmac(key: Uint8Array, bytes: Uint8Array): Uint8Array {
    return mac(this.room, 'kuznyechikCmac', key, bytes);
  }

  /** MAC mode of GOST R 34.13-2015 with Magma, 8 bytes. @throws RangeError when the key has not 32 bytes. */
  magmaCmac(key: Uint8Array, bytes: Uint8Array): Uint8Array {
    return mac(this.room, 'magmaCmac', key, bytes);
  }

  /** Digests of many messages, one behind the other. @throws RangeError when the offsets don't ascend within the bytes. */
  hashMany(name: HashName, messages: Messages): Uint8Array {
    return digests(this.room, name, messages);
  }

  /** MACs of many messages under one key, one behind the other. @throws RangeError as the single ones, or for the offsets. */
  macMany(name: MacName, key: Uint8Array, messages: Messages): Uint8Array {
    return macs(this.room, name, key, messages);
  }

  /**
   * Whether a signature of GOST R 34.10-2012 with 256 bits (RFC 7091 §6.2) is valid. A number that doesn't fit its range, a
   * point off the curve or not of the order q makes it false. @throws RangeError for a digest that has not 32 bytes and for a name of no
   * curve; TypeError for numbers or a digest that are no Uint8Array.
   */
  gost3410Verify(check: SignatureCheck & { readonly curve: GostCurve }): boolean {
    return this.#signatures.verify(this.room, gostCurve(check), check);
  }

  /**
   * Whether an ECDSA signature on P-256 (FIPS 186-5 §6.4.2) is valid. As {@link gost3410Verify}, but that a digest of any length will do: of
   * a longer one the leftmost 256 bits count.
   */
  ecdsaP256Verify(check: SignatureCheck): boolean {
    return this.#signatures.verify(this.room, 'P-256', check);
  }

  /** Many signatures of one key: 1 for each that is valid, 0 for the others. As {@link gost3410Verify}. */
  gost3410VerifyMany(checks: SignatureChecks & { readonly curve: GostCurve }): Uint8Array {
    return this.#signatures.verifyMany(this.room, gostCurve(checks), checks);
  }

  /** Many signatures of one key: 1 for each that is valid, 0 for the others. As {@link ecdsaP256Verify}. */
  ecdsaP256VerifyMany(checks: SignatureChecks): Uint8Array {
    return this.#signatures.verifyMany(this.room, 'P-256', checks);
  }

  /**
   * Checks the tails of the last batch: for each row the number of a {@link TailResult}; only VALID says genuine. The result is
   * a copy; the batch stays valid. @throws Error when the batch is not this core's last, or the ring is unloaded; TypeError for what is no
   * batch, no ring or no Date; RangeError when `at` is no moment.
   */
  verifyTails(batch: Batch, ring: KeyRing, options: TailOptions): Uint8Array {
    this.#checkBatch(batch);
    const moment = checkedTerms(ring, options);
    return this.#tails.verify(this.room, ring, moment);
  }

  /** Checks the tail of one code, as a batch of one. Errors as {@link verifyTails}. */
  verifyTail(code: string | Uint8Array, ring: KeyRing, options: TailOptions & ParseOptions): TailResult {
    if (typeof code !== 'string' && !(code instanceof Uint8Array))
      throw new TypeError('the code is no string and no Uint8Array');
    // Before the code is parsed, which ends the last batch.
    checkedTerms(ring, options);
    return TAIL_RESULTS[this.verifyTails(this.parseForTail(code, options), ring, options)[0]!]!;
  }

  /**
   * What recovery asks of a candidate, for the option `prove` of `parse`: true when its tail verifies, false when it doesn't,
   * undefined when it can't be checked.
   */
  proveBy(ring: KeyRing, options: TailOptions & ParseOptions): Proof {
    return (_, bytes) => {
      const result = this.verifyTail(bytes, ring, options);
      if (result === 'VALID') return true;
      return result === 'INVALID' || result === 'MALFORMED_TAIL' ? false : undefined;
    };
  }

  /**
   * Digests of the tails of the last batch: two odd words a row, the lower first; both 0 when there is no tail. They don't depend
   * on the seed of the core, so that events may carry them from one register to another. A register that keeps them knows a tail again. The result is a copy; the batch stays valid.
   * @throws Error when the batch is not this core's last.
   */
  tailDigests(batch: Batch): Uint32Array {
    this.#checkBatch(batch);
    const { exports, layout, rows, inputStart, work } = this.room;
    const at = work(rows * 8);
    const seed = new Uint8Array(exports.memory.buffer, layout.SEED, SEED_BYTES);
    const own = seed.slice();
    seed.fill(0);
    exports.digestTails(rows, inputStart, at);
    seed.set(own);
    return new Uint32Array(exports.memory.buffer, at, rows * 2).slice();
  }

  /**
   * True when the public key of a signature key is a point of its curve, and of prime order; no signature of another is valid.
   * @throws KeyRingError for what is no signature key.
   */
  isPublicKey(key: SignatureKey): boolean {
    const fault = faultOf(key, 0);
    if (fault !== undefined) throw new KeyRingError([fault]);
    if (isMacKey(key)) throw new KeyRingError([{ key: 0, field: 'algorithm', problem: 'expected one of signatures' }]);
    return this.#tails.isPublicKey(key);
  }

  /** Overwrites all that this core's memory holds of a key ring with zeros; a check loads it anew. */
  dropKeys(): void {
    this.#tails.drop();
  }

  /** Keys whose tables stand ready, and the bytes that tables, states and scratch take. */
  get keyMemory(): { readonly tables: number; readonly bytes: number } {
    return this.#tails.memory;
  }

  #checkBatch(batch: Batch): void {
    if (!(batch instanceof Batch)) throw new TypeError('the batch is no Batch');
    this.checkBatch(batch);
  }
}

/** The moment of a check, in milliseconds since 1970, of arguments that are what they should be. */
function checkedTerms(ring: KeyRing, options: TailOptions): number {
  if (!(ring instanceof KeyRing)) throw new TypeError('the ring is no KeyRing: make one of keys with createKeyRing()');
  const at: unknown = options?.at;
  if (!(at instanceof Date)) throw new TypeError('`at` is no Date');
  if (Number.isNaN(at.getTime())) throw new RangeError('`at` is no moment');
  return at.getTime();
}
