// Keys of tails as plain data: whose codes a key is for, what it signs, and how its tail is written. What a scheme does is
// said here in full; nothing is assumed.
import type { ENCODINGS, HASHES } from './ring-layout.js';

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
const SIGNATURE_BYTES = 64;
/** Bytes of whole MACs. */
export const MAC_BYTES: Readonly<Record<MacAlgorithm, number>> = {
  'hmac-streebog256': 32,
  'hmac-sha256': 32,
  'kuznyechik-cmac': 16,
  'magma-cmac': 8,
};

export function isMacKey(key: TailKey): key is MacKey {
  return Object.hasOwn(MAC_BYTES, key.algorithm);
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
