// The test issuer: keys and tails for tests and the demo, all from a seed. It is never part of a check; nothing outside tests,
// benchmarks and the demo imports it.
import { createHash } from 'node:crypto';
import type { Core, MacAlgorithm, MacKey, SignatureKey, TailKey } from '../../host/index.js';
import { isMacKey } from '../../host/index.js';
import { toBytes } from './curve.js';
import { TestSigner } from './test-signer.js';

/** Messages one after the other; message i is `bytes.subarray(offsets[i], offsets[i + 1])`. */
export interface Messages {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
}

type Open<Key> = Key extends SignatureKey ? Omit<Key, 'publicKey'> : Key extends MacKey ? Omit<Key, 'secret'> : never;

/** A key's scheme: all of it but the key itself. */
export type TestScheme = Open<SignatureKey> | Open<MacKey>;

const MAC_METHOD = {
  'hmac-streebog256': 'hmacStreebog256',
  'hmac-sha256': 'hmacSha256',
  'kuznyechik-cmac': 'kuznyechikCmac',
  'magma-cmac': 'magmaCmac',
} as const satisfies Record<MacAlgorithm, string>;

/** Makes keys from a seed, and tails with them. */
export class TestIssuer {
  readonly #core: Core;
  readonly #seed: string;
  readonly #signers = new Map<TailKey, TestSigner>();

  /** The core's primitives make digests and MACs; the batch that it holds is lost. */
  constructor(core: Core, seed: string) {
    this.#core = core;
    this.#seed = seed;
  }

  /** The key of a scheme; equal schemes under equal names have equal keys. */
  key(scheme: TestScheme, name: string): TailKey {
    if (isMacScheme(scheme)) {
      const secret = createHash('sha256').update(`${this.#seed} ${name} secret`).digest();
      return { ...scheme, secret: Uint8Array.from(secret) };
    }
    const signer = new TestSigner(scheme.curve ?? 'P-256', `${this.#seed} ${name}`);
    const key: SignatureKey = { ...scheme, publicKey: signer.publicKey };
    this.#signers.set(key, signer);
    return key;
  }

  /** The text of the tail for one message. */
  tail(key: TailKey, message: Uint8Array): string {
    const tails = this.tails(key, { bytes: message, offsets: Uint32Array.of(0, message.length) });
    return Buffer.from(tails).toString('latin1');
  }

  /** Tails for many messages, one behind the other, all of one length. */
  tails(key: TailKey, messages: Messages): Uint8Array {
    const tags = isMacKey(key) ? this.#macs(key, messages) : this.#signatures(key, messages);
    return encode(key, tags, isMacKey(key) ? key.macBytes : 64);
  }

  #macs(key: MacKey, messages: Messages): Uint8Array {
    const macs = this.#core.macMany(MAC_METHOD[key.algorithm], key.secret!, messages);
    const count = messages.offsets.length - 1;
    const size = macs.length / Math.max(1, count);
    const tags = new Uint8Array(count * key.macBytes);
    for (let i = 0; i < count; i++) tags.set(macs.subarray(i * size, i * size + key.macBytes), i * key.macBytes);
    return tags;
  }

  #signatures(key: SignatureKey, messages: Messages): Uint8Array {
    const signer = this.#signers.get(key);
    if (signer === undefined) throw new RangeError('the key is not this issuer’s');
    const digests = this.#digests(key, messages);
    const tags = new Uint8Array(digests.length * 2);
    for (let i = 0; i * 32 < digests.length; i++) {
      const digest = digests.subarray(i * 32, i * 32 + 32);
      const { r, s } = signer.sign(digest, digest[0]! + digest[1]!);
      const numbers = [toBytes(r), toBytes(s)];
      if (key.signature.endian === 'little') for (const number of numbers) number.reverse();
      if (key.signature.order === 'sr') numbers.reverse();
      tags.set(numbers[0]!, i * 64);
      tags.set(numbers[1]!, i * 64 + 32);
    }
    return tags;
  }

  #digests({ hash }: SignatureKey, messages: Messages): Uint8Array {
    if (hash === 'none') return messages.bytes.subarray(messages.offsets[0], messages.offsets.at(-1));
    return this.#core.hashMany(hash, messages);
  }
}

function isMacScheme(scheme: TestScheme): scheme is Open<MacKey> {
  return 'macBytes' in scheme;
}

/** Tags of `size` bytes each as a key's tails are written. */
function encode({ encoding, padding }: TailKey, tags: Uint8Array, size: number): Uint8Array {
  if (encoding === 'raw') return tags;
  const pieces: string[] = [];
  for (let at = 0; at < tags.length; at += size) {
    const standard = Buffer.from(tags.subarray(at, at + size)).toString('base64');
    const text = encoding === 'base64url' ? standard.replaceAll('+', '-').replaceAll('/', '_') : standard;
    pieces.push(padding ? text : text.replaceAll('=', ''));
  }
  return Uint8Array.from(Buffer.from(pieces.join(''), 'latin1'));
}
