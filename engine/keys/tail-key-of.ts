/** From a key as it stands in the key file to a key of a ring. */
import type { MacAlgorithm, MacKey, MessagePart, SignatureKey, TailKey } from '../../core/host/index.js';
import { formatsOfGroup } from './formats-of.js';
import { DEFAULT_KEY_ID, isMacEntry, type KeyEntry, type MacKeyEntry, type SignatureKeyEntry } from './key-file.js';

/** What is wrong with an entry that has the right form: a field and a reason. */
export class EntryFault extends Error {
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super(`${field}: ${problem}`);
  }
}

const MAC_BYTES: Record<MacAlgorithm, number> = {
  'hmac-streebog256': 32,
  'hmac-sha256': 32,
  'kuznyechik-cmac': 16,
  'magma-cmac': 8,
};
const SIGNATURE_BYTES = 64;
const SEPARATORS = { GS: '1d', FNC1: 'e8' } as const;
const DAY = 86_400_000;

/** The key of a ring; `secret` for a MAC key whose secret is known. @throws EntryFault */
export function tailKeyOf(entry: KeyEntry, secret?: Uint8Array): TailKey {
  return isMacEntry(entry) ? macKeyOf(entry, secret) : signatureKeyOf(entry);
}

function signatureKeyOf(entry: SignatureKeyEntry): SignatureKey {
  const { x, y, order } = entry.publicKey;
  return {
    ...commonOf(entry, SIGNATURE_BYTES),
    algorithm: entry.algorithm,
    curve: entry.curve,
    publicKey: { x: numberOf(x, order), y: numberOf(y, order) },
    hash: entry.hash,
    signature: entry.signature,
  };
}

function macKeyOf(entry: MacKeyEntry, secret: Uint8Array | undefined): MacKey {
  const macBytes = macBytesOf(entry);
  return { ...commonOf(entry, macBytes), algorithm: entry.algorithm, macBytes, secret };
}

function macBytesOf({ algorithm, tail }: MacKeyEntry): number {
  const { bytes, characters, encoding } = tail;
  if ((bytes === undefined) === (characters === undefined)) {
    throw new EntryFault('tail', 'expected `bytes` or `characters`, one of the two');
  }
  const whole = MAC_BYTES[algorithm];
  if (bytes !== undefined) return bytes;
  if (encoding === 'raw') throw new EntryFault('tail/characters', 'a raw tail has bytes');
  if (characters === Math.ceil(whole / 3) * 4) return whole;
  if (characters! % 4 === 0) return (characters! / 4) * 3;
  throw new EntryFault('tail/characters', 'expected a multiple of 4');
}

function commonOf(entry: KeyEntry, bytes: number) {
  const { encoding, padding } = entry.tail;
  const length = encoding === 'raw' ? bytes : padding ? Math.ceil(bytes / 3) * 4 : Math.ceil((bytes * 4) / 3);
  const keyId = entry.keyId === DEFAULT_KEY_ID ? null : entry.keyId;
  return {
    keyId,
    formats: formatsOf(entry, keyId !== null, length),
    message: entry.message.map((part, index) => partOf(part, index)),
    encoding,
    padding,
    from: entry.from === undefined ? undefined : momentOf(entry.from, 'from'),
    to: entry.to === undefined ? undefined : momentOf(entry.to, 'to') + (entry.to.includes('T') ? 0 : DAY),
    revokedAt: revokedAtOf(entry),
  };
}

function revokedAtOf({ status, revokedAt }: KeyEntry): number | undefined {
  if (status === 'active') {
    if (revokedAt !== undefined) throw new EntryFault('revokedAt', 'the status is active');
    return undefined;
  }
  return revokedAt === undefined ? -Infinity : momentOf(revokedAt, 'revokedAt');
}

function formatsOf({ formats = [], groups = [] }: KeyEntry, hasKeyId: boolean, length: number): string[] {
  const all = new Set(formats);
  for (const [index, group] of groups.entries()) {
    const found = formatsOfGroup(group, hasKeyId, length);
    if (found === undefined) throw new EntryFault(`groups/${index}`, 'the table of formats has no such group');
    if (found.length === 0) {
      const what = hasKeyId ? 'with a key id' : 'without a key id';
      throw new EntryFault(`groups/${index}`, `no code of this group ${what} has a tail of ${length} characters`);
    }
    for (const structure of found) all.add(structure);
  }
  if (all.size === 0) throw new EntryFault('formats', 'expected `formats` or `groups`');
  return [...all];
}

function partOf(part: KeyEntry['message'][number], index: number): MessagePart {
  const { ai, prefix, optional, line, separator, hex } = part;
  const given = [ai, line, separator, hex].filter((value) => value !== undefined).length;
  const field = `message/${index}`;
  if (given !== 1) throw new EntryFault(field, 'expected one of `ai`, `line`, `separator` and `hex`');
  if (ai !== undefined) {
    if (prefix === undefined) throw new EntryFault(`${field}/prefix`, 'expected true or false');
    return { ai, prefix, optional: optional ?? false };
  }
  if (prefix !== undefined || optional !== undefined)
    throw new EntryFault(field, '`prefix` and `optional` go with `ai`');
  if (line !== undefined) return { line };
  return { hex: separator === undefined ? hex! : SEPARATORS[separator] };
}

function momentOf(text: string, field: string): number {
  // Date.parse takes 31 February for 3 March: what the clock there shows has to read the same again.
  const shown = text.replace(/(Z|[+-]\d\d:\d\d)$/, '');
  const clock = new Date(shown.includes('T') ? `${shown}Z` : shown);
  const moment = Date.parse(text);
  if (Number.isNaN(moment) || Number.isNaN(clock.getTime()) || !clock.toISOString().startsWith(shown))
    throw new EntryFault(field, 'no such moment');
  return moment;
}

function numberOf(hex: string, order: 'big' | 'little'): Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
  return order === 'little' ? bytes.reverse() : bytes;
}
