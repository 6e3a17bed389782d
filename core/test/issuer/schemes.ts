// The four kinds of tails that codes carry, as schemes of the test issuer. Real schemes may differ in all but length.
import type { MessagePart } from '../../host/index.js';
import type { TestScheme } from './test-issuer.js';

const IDENTITY: readonly MessagePart[] = [
  { ai: '01', prefix: true },
  { ai: '21', prefix: true },
];
const base64 = { encoding: 'base64', padding: true } as const;

/** AI 91 and 92: a GOST signature of 64 bytes, 88 characters. */
export function signature88(keyId: string): TestScheme {
  return {
    ...base64,
    keyId,
    formats: ['01-21.13-91-92.88'],
    algorithm: 'gost3410-2012-256',
    curve: 'CryptoPro-A',
    hash: 'streebog256',
    signature: { order: 'sr', endian: 'big' },
    message: IDENTITY,
  };
}

/** AI 91 and 92: an HMAC of 32 bytes, 44 characters. */
export function hmac44(keyId: string): TestScheme {
  return {
    ...base64,
    keyId,
    formats: ['01-21.6-91-92.44', '01-21.13-91-92.44', '01-21.20-91-92.44'],
    algorithm: 'hmac-streebog256',
    macBytes: 32,
    message: IDENTITY,
  };
}

/** AI 93: the first three bytes of a Kuznyechik MAC, four characters. */
export function kuznyechik4(formats: readonly string[]): TestScheme {
  return { ...base64, keyId: null, formats, algorithm: 'kuznyechik-cmac', macBytes: 3, message: IDENTITY };
}

/** A tobacco pack: the first three bytes of a Magma MAC of all that precedes, four characters. */
export function tobacco4(): TestScheme {
  return {
    ...base64,
    keyId: null,
    formats: ['tobacco-pack'],
    algorithm: 'magma-cmac',
    macBytes: 3,
    message: [{ line: 'to-tail-value' }],
  };
}
