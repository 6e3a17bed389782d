/** Codes of the test issuer with tails of four kinds, some of them not genuine, each with the result that its tail must have. */
import { createKeyRing, type KeyRing, loadCore, type TailKey, type TailResult } from '../../core/host/index.js';
import { hmac44, kuznyechik4, signature88, tobacco4 } from '../../core/test/issuer/schemes.js';
import { TestIssuer } from '../../core/test/issuer/test-issuer.js';

/** Moment of all checks. */
export const AT = new Date('2026-03-16T09:00:00Z');
const REVOKED = Date.parse('2026-01-01T00:00:00Z');

const core = await loadCore();
const issuer = new TestIssuer(core, 'tailed codes');
const MILK = ['01-21.6-93', '01-21.13-93'];

export const keys = {
  shoes: issuer.key(signature88('G001'), 'shoes'),
  medicines: issuer.key(hmac44('E001'), 'medicines'),
  milk: issuer.key(kuznyechik4(MILK), 'milk'),
  tobacco: issuer.key(tobacco4(), 'tobacco'),
  revoked: { ...issuer.key(hmac44('E002'), 'revoked'), revokedAt: REVOKED },
  ended: { ...issuer.key(hmac44('E003'), 'ended'), to: REVOKED },
} satisfies Record<string, TailKey>;
const strange = issuer.key(kuznyechik4(MILK), 'strange');

export type Kind = 'shoes' | 'medicines' | 'milk' | 'tobacco';

/** A ring of the keys; the caller unloads it. */
export const ringOf = (): KeyRing => createKeyRing(Object.values(keys));

/** What the tail is made for, without it. */
function identityOf(kind: Kind, number: number): string {
  const serial = String(number).padStart(6, '0');
  if (kind === 'tobacco') return `046070000010115${serial}MRPA`.slice(0, 25);
  return `010460700000103521${kind === 'milk' ? serial : `5abcdef${serial}`}`;
}

const tailOf = (key: TailKey, identity: string): string => issuer.tail(key, Buffer.from(identity));

/** A code of a kind, with a tail made by `key` for `of`. */
function codeOf(kind: Kind, identity: string, key: TailKey = keys[kind], of = identity): string {
  const tail = tailOf(key, of);
  if (kind === 'tobacco') return identity + tail;
  return kind === 'milk' ? `${identity}\x1d93${tail}` : `${identity}\x1d91${key.keyId}\x1d92${tail}`;
}

const flip = (code: string, at: number): string =>
  code.slice(0, at) + (code[at] === 'A' ? 'B' : 'A') + code.slice(at + 1);

/** What may be wrong with a tail. */
const FAULTS: readonly [result: TailResult, make: (kind: Kind, number: number) => string][] = [
  ['INVALID', (kind, n) => codeOf(kind, identityOf(kind, n), keys[kind], identityOf(kind, n + 1))],
  ['INVALID', (kind, n) => flipFirst(kind, codeOf(kind, identityOf(kind, n)))],
  ['INVALID', (_, n) => codeOf('milk', identityOf('milk', n), strange)],
  ['KEY_REVOKED', (_, n) => codeOf('medicines', identityOf('medicines', n), keys.revoked)],
  ['KEY_NOT_VALID_AT_DATE', (_, n) => codeOf('medicines', identityOf('medicines', n), keys.ended)],
  ['UNKNOWN_KEY', (_, n) => codeOf('shoes', identityOf('shoes', n)).replace('91G001', '91G009')],
  ['MALFORMED_TAIL', (_, n) => codeOf('medicines', identityOf('medicines', n)).replace(/.=$/, '!=')],
  ['ABSENT', (_, n) => identityOf('shoes', n)],
  ['UNVERIFIABLE', (_, n) => `010460700000103521${String(n).padStart(7, '5')}\x1d93abcd`],
];

function flipFirst(kind: Kind, code: string): string {
  const length = { shoes: 88, medicines: 44, milk: 4, tobacco: 4 }[kind];
  return flip(code, code.length - length);
}

const KINDS: readonly Kind[] = ['milk', 'tobacco', 'medicines', 'shoes'];

/** Code number `n`: three of four are genuine. */
export function tailedCode(n: number): { code: string; tail: TailResult } {
  const kind = KINDS[n % 7 === 0 ? 3 : n % 3]!;
  if (n % 4 !== 3) return { code: codeOf(kind, identityOf(kind, n)), tail: 'VALID' };
  const [tail, make] = FAULTS[(n >>> 2) % FAULTS.length]!;
  return { code: make(kind, n), tail };
}
