// Keys of tails as plain data: whose codes a key is for, what it signs, and how its tail is written. What a scheme does is
// said here in full; nothing is assumed.
import { structureNumber } from '../formats.js';
import { ALGORITHMS, type ENCODINGS, type HASHES, RING_LAYOUT } from './ring-layout.js';

export type SignatureAlgorithm = 'gost3410-2012-256' | 'ecdsa-p256-sha256';
export type MacAlgorithm = 'hmac-streebog256' | 'hmac-sha256' | 'kuznyechik-cmac' | 'magma-cmac';
export type TailHash = (typeof HASHES)[number];
export type TailEncoding = (typeof ENCODINGS)[number];

/** Curves of GOST R 34.10-2012 by the names of their parameter sets; two names may be one curve. */
export const GOST_CURVES = [
  'CryptoPro-A',
  'CryptoPro-B',
  'CryptoPro-C',
  'tc26-256-A',
  'tc26-256-B',
  'tc26-256-C',
  'tc26-256-D',
  'Test',
] as const;
export type GostCurve = (typeof GOST_CURVES)[number];

/** A part of the message that a tail signs; parts stand one after the other with nothing between. */
export type MessagePart =
  /** The value of an AI, with its digits before it or without. In codes without AIs, `01` is the GTIN and `21` the serial. */
  | { readonly ai: string; readonly prefix: boolean; readonly optional?: boolean }
  /** The code from its first byte up to the tail's AI and the separator before it, or up to the tail's value. */
  | { readonly line: 'to-tail-element' | 'to-tail-value' }
  /** Bytes as they are, in hexadecimal: `1d` is a separator (GS), `e8` FNC1. */
  | { readonly hex: string };

interface CommonKey {
  /** AI 91 of the codes; null: for codes without AI 91. */
  readonly keyId: string | null;
  /** Ids of the structures that it is for, see `STRUCTURE_IDS`; `gs1` is every other element string. */
  readonly formats: readonly string[];
  readonly message: readonly MessagePart[];
  /** How bytes are written in the tail; `padding`: with `=` signs at the end. */
  readonly encoding: TailEncoding;
  readonly padding: boolean;
  /** Moments of the check, in milliseconds since 1970, at which its tails count: from (inclusive), to (exclusive). */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** From this moment on it is revoked; −Infinity: always was. */
  readonly revokedAt?: number | undefined;
}

export interface SignatureKey extends CommonKey {
  readonly algorithm: SignatureAlgorithm;
  /** For GOST R 34.10-2012. */
  readonly curve?: GostCurve | undefined;
  /** Numbers of 32 bytes, most significant first. */
  readonly publicKey: { readonly x: Uint8Array; readonly y: Uint8Array };
  /** Of the message; `none`: the message is the digest, of 32 bytes. */
  readonly hash: TailHash;
  /** Order of the two numbers in the 64 bytes of the tail, and of the bytes in each. */
  readonly signature: { readonly order: 'rs' | 'sr'; readonly endian: 'big' | 'little' };
}

export interface MacKey extends CommonKey {
  readonly algorithm: MacAlgorithm;
  /** 32 bytes for a cipher, 1 to 1024 for HMAC. Without it codes of this key are UNVERIFIABLE. */
  readonly secret?: Uint8Array | undefined;
  /** The tail holds the first so many bytes of the MAC. */
  readonly macBytes: number;
}

export type TailKey = SignatureKey | MacKey;

export const KEYS_MAX = 4096;
const PARTS_MAX = 16;
const LITERAL_MAX = 64;
const SECRET_MAX = 1024;
const SIGNATURE_BYTES = 64;
/** Fewer bytes than AI 93 holds are guessed too soon. */
const MAC_BYTES_MIN = 3;
const MAC_BYTES: Record<MacAlgorithm, number> = {
  'hmac-streebog256': 32,
  'hmac-sha256': 32,
  'kuznyechik-cmac': 16,
  'magma-cmac': 8,
};

export function isMacKey(key: TailKey): key is MacKey {
  return key.algorithm in MAC_BYTES;
}

/** Bytes that a key's tail holds. */
export function tailBytes(key: TailKey): number {
  return isMacKey(key) ? key.macBytes : SIGNATURE_BYTES;
}

/** Characters of a key's tail. */
export function tailCharacters(key: TailKey): number {
  const bytes = tailBytes(key);
  if (key.encoding === 'raw') return bytes;
  return key.padding ? Math.ceil(bytes / 3) * 4 : Math.ceil((bytes * 4) / 3);
}

/** Where and why keys are no keys. */
export interface KeyFault {
  /** Number of the key in the list, from 0. */
  readonly key: number;
  /** Its field, such as `message[2].ai`. */
  readonly field: string;
  /** What is wrong and what was expected; never holds a value of a secret. */
  readonly problem: string;
}

/** The first thing wrong with a key; undefined when nothing is. */
export function faultOf(key: TailKey, number: number): KeyFault | undefined {
  const fault = (field: string, problem: string): KeyFault => ({ key: number, field, problem });
  const { keyId, formats, message, algorithm } = key;
  if (keyId !== null && !/^[!-~]{1,8}$/.test(keyId))
    return fault('keyId', `expected 1 to ${RING_LAYOUT.KEY_ID_MAX} characters of AI 91`);
  if (formats.length === 0) return fault('formats', 'expected the id of a structure at least');
  const unknown = formats.findIndex((format) => structureNumber(format) < 1);
  if (unknown >= 0) return fault(`formats[${unknown}]`, 'no structure has this id');
  if (!(ALGORITHMS as readonly string[]).includes(algorithm)) return fault('algorithm', 'not known');
  if (message.length === 0 || message.length > PARTS_MAX) return fault('message', `expected 1 to ${PARTS_MAX} parts`);
  for (const [index, part] of message.entries()) {
    const problem = faultOfPart(part);
    if (problem !== undefined) return fault(`message[${index}]`, problem);
  }
  for (const name of ['from', 'to', 'revokedAt'] as const) {
    if (Number.isNaN(key[name])) return fault(name, 'expected a moment');
  }
  if ((key.from ?? -Infinity) >= (key.to ?? Infinity)) return fault('to', 'expected a moment after `from`');
  const problem = isMacKey(key) ? faultOfMac(key) : faultOfSignature(key);
  return problem === undefined ? undefined : fault(...problem);
}

function faultOfPart(part: MessagePart): string | undefined {
  if ('ai' in part) {
    if (!/^\d{2,4}$/.test(part.ai)) return 'expected an AI of 2 to 4 digits';
    return part.ai === '92' || part.ai === '93' ? 'a message cannot hold its own tail' : undefined;
  }
  if ('line' in part) return undefined;
  if (/^([\da-f]{2})+$/i.test(part.hex) && part.hex.length <= 2 * LITERAL_MAX) return undefined;
  return `expected 1 to ${LITERAL_MAX} bytes in hexadecimal`;
}

function faultOfMac({ algorithm, macBytes, secret }: MacKey): [field: string, problem: string] | undefined {
  const whole = MAC_BYTES[algorithm];
  if (!Number.isInteger(macBytes) || macBytes < MAC_BYTES_MIN || macBytes > whole) {
    return ['macBytes', `expected ${MAC_BYTES_MIN} to ${whole} bytes`];
  }
  if (secret === undefined) return undefined;
  const exact = algorithm.endsWith('-cmac');
  if (exact ? secret.length === 32 : secret.length > 0 && secret.length <= SECRET_MAX) return undefined;
  return ['secret', `it has ${secret.length} bytes; expected ${exact ? '32' : `1 to ${SECRET_MAX}`}`];
}

function faultOfSignature({ algorithm, curve, publicKey, hash }: SignatureKey): [string, string] | undefined {
  if (algorithm === 'gost3410-2012-256') {
    if (curve === undefined || !GOST_CURVES.includes(curve))
      return ['curve', `expected one of ${GOST_CURVES.join(', ')}`];
  } else if (curve !== undefined) return ['curve', 'expected none: the algorithm has one curve'];
  else if (hash === 'streebog256') return ['hash', 'expected sha256 or none'];
  const { x, y } = publicKey;
  return x.length === 32 && y.length === 32 ? undefined : ['publicKey', 'expected x and y of 32 bytes each'];
}
