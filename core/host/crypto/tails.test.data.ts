// What the tests of tails share: schemes of every kind, codes of every structure that has a tail, and a naive opinion of results.
import { TestIssuer, type TestScheme } from '../../test/issuer/test-issuer.js';
import { type Core, isMacKey, type MessagePart, type ParsedCode, type TailKey, type TailResult } from '../index.js';
import { TAIL_RESULT_NUMBER, TAIL_RESULTS } from './tail-results.js';

export const GS = '\x1d';
export const IDENTITY: readonly MessagePart[] = [
  { ai: '01', prefix: true },
  { ai: '21', prefix: true },
];

const base64 = { encoding: 'base64', padding: true } as const;

/** The four kinds of the demo, and every algorithm and byte order besides. */
export const SCHEMES: readonly TestScheme[] = [
  {
    ...base64,
    algorithm: 'gost3410-2012-256',
    curve: 'CryptoPro-A',
    keyId: 'G001',
    formats: ['01-21.13-91-92.88'],
    message: IDENTITY,
    hash: 'streebog256',
    signature: { order: 'sr', endian: 'big' },
  },
  {
    ...base64,
    algorithm: 'gost3410-2012-256',
    curve: 'tc26-256-A',
    keyId: 'G002',
    formats: ['01-21.13-91-92.88'],
    message: [...IDENTITY, { hex: '1d' }, { ai: '91', prefix: false }],
    hash: 'sha256',
    signature: { order: 'rs', endian: 'little' },
  },
  {
    ...base64,
    algorithm: 'ecdsa-p256-sha256',
    keyId: 'P001',
    formats: ['01-21.13-91-92.88', 'gs1'],
    message: [{ line: 'to-tail-value' }],
    hash: 'sha256',
    signature: { order: 'rs', endian: 'big' },
  },
  {
    ...base64,
    algorithm: 'hmac-streebog256',
    keyId: 'EE01',
    formats: ['01-21.13-91-92.44', '01-21.20-91-92.44'],
    message: IDENTITY,
    macBytes: 32,
  },
  {
    ...base64,
    algorithm: 'hmac-sha256',
    keyId: 'EE02',
    formats: ['01-21.13-91-92.44', '01-21.6-91-92.44'],
    message: [{ line: 'to-tail-element' }, { hex: '00ff' }],
    macBytes: 32,
  },
  { ...base64, algorithm: 'kuznyechik-cmac', keyId: null, formats: ['01-21.6-93'], message: IDENTITY, macBytes: 3 },
  {
    ...base64,
    algorithm: 'kuznyechik-cmac',
    keyId: null,
    formats: ['01-21.13-93', '01-21.6-93'],
    message: [
      { ai: '21', prefix: false },
      { ai: '01', prefix: false },
    ],
    macBytes: 3,
  },
  {
    ...base64,
    algorithm: 'magma-cmac',
    keyId: null,
    formats: ['01-21.6-93-3103', '01-21.6-3103-93'],
    message: [...IDENTITY, { ai: '3103', prefix: true }, { ai: '10', prefix: true, optional: true }],
    macBytes: 3,
  },
  {
    algorithm: 'magma-cmac',
    keyId: null,
    formats: ['tobacco-pack'],
    message: [{ line: 'to-tail-value' }],
    macBytes: 3,
    ...base64,
  },
  {
    encoding: 'base64url',
    padding: false,
    algorithm: 'hmac-sha256',
    keyId: null,
    formats: ['tobacco-pack'],
    message: IDENTITY,
    macBytes: 6,
  },
];

/** How codes of a structure are put together: what comes before the tail's element or value. */
export const HEADS: Readonly<Record<string, (serial: string, keyId: string) => string>> = {
  '01-21.13-91-92.88': (serial, keyId) => `010460700000103521${serial}${GS}91${keyId}${GS}92`,
  '01-21.13-91-92.44': (serial, keyId) => `010460700000103521${serial}${GS}91${keyId}${GS}92`,
  '01-21.20-91-92.44': (serial, keyId) => `010460700000107321${serial}ABCDEFG${GS}91${keyId}${GS}92`,
  '01-21.6-91-92.44': (serial, keyId) => `010460700000123321${serial.slice(-6)}${GS}91${keyId}${GS}92`,
  '01-21.6-93': (serial) => `010460700000109721${serial.slice(-6)}${GS}93`,
  '01-21.13-93': (serial) => `010460700000115821${serial}${GS}93`,
  '01-21.6-3103-93': (serial) => `010460700000110321${serial.slice(-6)}${GS}310300065093`,
  'tobacco-pack': (serial) => `04607000001011${serial.slice(-7)}ADQU`,
  gs1: (serial, keyId) => `0104607000001035${GS}10LOT${GS}21${serial}${GS}240X${GS}91${keyId}${GS}92`,
};

/** Thirteen characters for a number. */
export function serialOf(number: number): string {
  return `5${String(number).padStart(12, 'Ab')}`;
}

/** The message of a code by the words of its template; null when the code lacks an AI. */
export function naiveMessage(
  parts: readonly MessagePart[],
  code: ParsedCode,
  line: string,
  tail: string,
): string | null {
  let message = '';
  const value = line.length - tail.length;
  for (const part of parts) {
    if ('ai' in part) {
      const implied = part.ai === '01' ? code.gtin : part.ai === '21' ? code.serial : null;
      const found = code.ais.find(([ai]) => ai === part.ai)?.[1] ?? (code.ais.length === 0 ? implied : null);
      if (found === null && part.optional !== true) return null;
      if (found !== null) message += (part.prefix ? part.ai : '') + found;
    } else if ('line' in part) {
      const head = line.slice(0, value);
      message += part.line === 'to-tail-value' || code.ais.length === 0 ? head : head.slice(0, -2).replace(/\x1d$/, '');
    } else {
      message += Buffer.from(part.hex, 'hex').toString('latin1');
    }
  }
  return message;
}

/** Keys, their issuer, and an opinion of codes that shares nothing with the verifier but the parser and single primitives. */
export class NaiveVerifier {
  readonly keys: readonly TailKey[];
  readonly #issuer: TestIssuer;
  readonly #core: Core;
  /** Key and message of every signature that was made here. */
  readonly #signed = new Map<string, { key: TailKey; message: string }>();

  constructor(core: Core, schemes: readonly TestScheme[] = SCHEMES) {
    this.#core = core;
    this.#issuer = new TestIssuer(core, 'tests');
    this.keys = schemes.map((scheme, index) => this.#issuer.key(scheme, String(index)));
  }

  /** A code with the tail of a key, in one of the key's structures. */
  code(key: TailKey, structure: string, serial: string): string {
    const head = HEADS[structure]!(serial, key.keyId ?? '');
    const filler = 'A'.repeat(structure === 'tobacco-pack' ? 4 : (TAIL_LENGTHS[structure] ?? 88));
    const parsed = this.#core.parse(head + filler);
    const message = naiveMessage(key.message, parsed, head + filler, filler);
    if (message === null) return head + filler;
    const tail = this.#issuer.tail(key, Buffer.from(message, 'latin1'));
    if (!isMacKey(key)) this.#signed.set(tail, { key, message });
    return head + tail;
  }

  /** What the check of a line should give. `keys` may differ from the verifier's own in dates and secrets. */
  result(line: string, keys: readonly TailKey[], at: number): TailResult {
    const code = this.#core.parse(line);
    const tail = code.tail;
    if (!code.ok || tail === null) return 'ABSENT';
    const forFormat = keys.flatMap((key, index) => (key.formats.includes(code.format!) ? [index] : []));
    const candidates = forFormat.filter((index) => keys[index]!.keyId === tail.keyId);
    if (candidates.length === 0) {
      const known = tail.keyId !== null && forFormat.some((index) => keys[index]!.keyId !== null);
      return known ? 'UNKNOWN_KEY' : 'UNVERIFIABLE';
    }
    const numbers = candidates.map(
      (index) => TAIL_RESULT_NUMBER[this.#one(keys[index]!, this.keys[index]!, code, line, tail.value, at)],
    );
    return TAIL_RESULTS[Math.max(...numbers)]!;
  }

  #one(key: TailKey, own: TailKey, code: ParsedCode, line: string, value: string, at: number): TailResult {
    if (at >= (key.revokedAt ?? Infinity)) return 'KEY_REVOKED';
    if (at < (key.from ?? -Infinity) || at >= (key.to ?? Infinity)) return 'KEY_NOT_VALID_AT_DATE';
    if (isMacKey(key) && key.secret === undefined) return 'UNVERIFIABLE';
    const bytes = isMacKey(key) ? key.macBytes : 64;
    const length = key.padding ? Math.ceil(bytes / 3) * 4 : Math.ceil((bytes * 4) / 3);
    const tail = code.ambiguous && value.length > length ? value.slice(-length) : value;
    const decoded = Buffer.from(tail, key.encoding === 'base64' ? 'base64' : 'base64url');
    const written = decoded.toString(key.encoding === 'base64' ? 'base64' : 'base64url');
    const wanted = key.padding ? written : written.replaceAll('=', '');
    if (tail.length !== length || decoded.length !== bytes || wanted !== tail) return 'MALFORMED_TAIL';
    const message = naiveMessage(key.message, code, line, tail);
    if (message === null) return 'UNVERIFIABLE';
    if (isMacKey(key)) return this.#issuer.tail(own, Buffer.from(message, 'latin1')) === tail ? 'VALID' : 'INVALID';
    const signed = this.#signed.get(tail);
    return signed?.key === own && signed.message === message ? 'VALID' : 'INVALID';
  }
}

/** Characters of the tail of a structure that isn't told from the end of its name. */
const TAIL_LENGTHS: Readonly<Record<string, number>> = {
  '01-21.13-91-92.44': 44,
  '01-21.20-91-92.44': 44,
  '01-21.6-91-92.44': 44,
  '01-21.6-93': 4,
  '01-21.13-93': 4,
  '01-21.6-3103-93': 4,
};
