// A key ring: keys of tails, checked, with their secrets out of sight.
import { faultOf, type KeyFault } from './key-faults.js';
import { isMacKey, KEYS_MAX, type TailKey } from './tail-key.js';

/** The keys are no keys; `faults` says which and why. */
export class KeyRingError extends RangeError {
  override readonly name = 'KeyRingError';
  constructor(readonly faults: readonly KeyFault[]) {
    const [{ key, field, problem } = { key: 0, field: '', problem: 'no keys' }] = faults;
    super(`keys[${key}]${field && `.${field}`}: ${problem}`);
  }
}

/**
 * Keys of tails. Secrets are neither enumerable nor printed nor part of its JSON; they leave it only by
 * {@link KeyRing.forWorker} and into the memory of a core, and {@link KeyRing.unload} overwrites them.
 */
export class KeyRing {
  /** The keys without their secrets, in their order. */
  readonly keys: readonly TailKey[];
  readonly #secrets: (Uint8Array | undefined)[];
  readonly #holders = new Set<() => void>();
  #unloaded = false;

  /** @throws KeyRingError */
  constructor(keys: readonly TailKey[]) {
    if (!Array.isArray(keys)) throw new KeyRingError([{ key: 0, field: '', problem: 'expected a list of keys' }]);
    if (keys.length > KEYS_MAX) {
      throw new KeyRingError([{ key: KEYS_MAX, field: '', problem: `expected ${KEYS_MAX} keys at most` }]);
    }
    const faults = Array.from(keys, faultOf).filter((fault) => fault !== undefined);
    if (faults.length > 0) throw new KeyRingError(faults);
    this.#secrets = keys.map((key) => (isMacKey(key) ? key.secret && copyOf(key.secret) : undefined));
    this.keys = Object.freeze(keys.map(openPart));
  }

  get unloaded(): boolean {
    return this.#unloaded;
  }

  /** True when codes of this key can be checked: a signature key, or a MAC key whose secret is here. */
  isUsable(index: number): boolean {
    const key = this.keys[index];
    return key !== undefined && (!isMacKey(key) || this.#secrets[index] !== undefined);
  }

  /** Calls `wipe` once when the ring is unloaded. @throws Error when it already is. */
  onUnload(wipe: () => void): void {
    if (this.#unloaded) throw new Error('the key ring is unloaded');
    this.#holders.add(wipe);
  }

  /** Forgets what {@link onUnload} was given. */
  offUnload(wipe: () => void): void {
    this.#holders.delete(wipe);
  }

  /** The ring's own bytes of a secret; to be read at once and never kept. @throws Error when the ring is unloaded. */
  secret(index: number): Uint8Array | undefined {
    if (this.#unloaded) throw new Error('the key ring is unloaded');
    return this.#secrets[index];
  }

  /**
   * The keys with copies of their secrets, for {@link createKeyRing} in a worker of the same process. Goes nowhere else.
   * @throws Error when the ring is unloaded.
   */
  forWorker(): TailKey[] {
    return this.keys.map((key, index) => {
      const secret = this.secret(index);
      return secret === undefined ? key : ({ ...key, secret: secret.slice() } as TailKey);
    });
  }

  /** Overwrites the secrets with zeros, here and in the memory of the cores of this thread. The ring is of no use then. */
  unload(): void {
    for (const secret of this.#secrets) secret?.fill(0);
    this.#secrets.fill(undefined);
    this.#unloaded = true;
    for (const wipe of this.#holders) wipe();
    this.#holders.clear();
  }
}

/** A ring of keys; all is copied, the caller's bytes stay the caller's to overwrite. @throws KeyRingError */
export function createKeyRing(keys: readonly TailKey[]): KeyRing {
  return new KeyRing(keys);
}

/** A copy of what of a key is no secret. */
function openPart(key: TailKey): TailKey {
  const lists = { formats: [...key.formats], message: key.message.map((part) => ({ ...part })) };
  if (!isMacKey(key)) {
    const { x, y } = key.publicKey;
    return Object.freeze({
      ...key,
      ...lists,
      publicKey: { x: copyOf(x), y: copyOf(y) },
      signature: { ...key.signature },
    });
  }
  const { secret: _, ...open } = key;
  return Object.freeze({ ...open, ...lists });
}

/** Bytes of their own: `slice()` of a Buffer would be the same memory. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
