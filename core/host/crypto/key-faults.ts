// What is wrong with a key of a ring. Keys come from outside as plain data, so that nothing of their form is taken for granted: a value
// that is none of a list's would be read as another of them.
import { structureNumber } from '../formats.js';
import { ALGORITHMS, ENCODINGS, HASHES, RING_LAYOUT } from './ring-layout.js';
import { GOST_CURVES, MAC_BYTES, type MacAlgorithm } from './tail-key.js';

const PARTS_MAX = 16;
const LITERAL_MAX = 64;
const SECRET_MAX = 1024;
const COORDINATE_BYTES = 32;
/** Fewer bytes than AI 93 holds are guessed too soon. */
const MAC_BYTES_MIN = 3;
const LINES = ['to-tail-element', 'to-tail-value'] as const;
const ORDERS = ['rs', 'sr'] as const;
const ENDIANS = ['big', 'little'] as const;

/** Where and why keys are no keys. */
export interface KeyFault {
  /** Number of the key in the list, from 0. */
  readonly key: number;
  /** Its field, such as `message[2].ai`; empty for the key as a whole. */
  readonly field: string;
  /** What is wrong and what was expected; never holds a value of a secret. */
  readonly problem: string;
}

type Fault = readonly [field: string, problem: string];
type Fields = Readonly<Record<string, unknown>>;

/** The first thing wrong with a key; undefined when it is a {@link TailKey}. */
export function faultOf(key: unknown, number: number): KeyFault | undefined {
  const fault = isObject(key) ? faultOfKey(key) : (['', 'expected an object'] as const);
  return fault && { key: number, field: fault[0], problem: fault[1] };
}

function faultOfKey(key: Fields): Fault | undefined {
  return (
    faultOfKeyId(key.keyId) ??
    faultOfFormats(key.formats) ??
    unlisted('algorithm', key.algorithm, ALGORITHMS) ??
    faultOfMessage(key.message) ??
    unlisted('encoding', key.encoding, ENCODINGS) ??
    noFlag('padding', key.padding) ??
    faultOfMoments(key) ??
    (Object.hasOwn(MAC_BYTES, key.algorithm as string) ? faultOfMac(key) : faultOfSignature(key))
  );
}

function faultOfKeyId(keyId: unknown): Fault | undefined {
  if (keyId === null || (typeof keyId === 'string' && /^[!-~]{1,8}$/.test(keyId))) return undefined;
  return ['keyId', `expected 1 to ${RING_LAYOUT.KEY_ID_MAX} characters of AI 91, or null`];
}

function faultOfFormats(formats: unknown): Fault | undefined {
  if (!Array.isArray(formats) || formats.length === 0) return ['formats', 'expected the id of a structure at least'];
  const unknown = formats.findIndex((format) => typeof format !== 'string' || structureNumber(format) < 1);
  return unknown < 0 ? undefined : [`formats[${unknown}]`, 'no structure has this id'];
}

function faultOfMessage(message: unknown): Fault | undefined {
  if (!Array.isArray(message) || message.length === 0 || message.length > PARTS_MAX)
    return ['message', `expected 1 to ${PARTS_MAX} parts`];
  for (const [index, part] of message.entries()) {
    const fault = faultOfPart(part);
    if (fault !== undefined) return [`message[${index}]${fault[0]}`, fault[1]];
  }
  return undefined;
}

function faultOfPart(part: unknown): Fault | undefined {
  const kinds = isObject(part) ? ['ai', 'line', 'hex'].filter((kind) => part[kind] !== undefined) : [];
  if (!isObject(part) || kinds.length !== 1) return ['', 'expected an object with one of `ai`, `line` and `hex`'];
  const { ai, line, hex } = part;
  if (ai !== undefined) {
    if (typeof ai !== 'string' || !/^\d{2,4}$/.test(ai)) return ['.ai', 'expected an AI of 2 to 4 digits'];
    if (ai === '92' || ai === '93') return ['.ai', 'a message cannot hold its own tail'];
    return noFlag('.prefix', part.prefix) ?? noFlag('.optional', part.optional ?? false);
  }
  if (line !== undefined) return unlisted('.line', line, LINES);
  if (typeof hex === 'string' && hex.length <= 2 * LITERAL_MAX && /^([\da-f]{2})+$/i.test(hex)) return undefined;
  return ['.hex', `expected 1 to ${LITERAL_MAX} bytes in hexadecimal`];
}

function faultOfMoments(key: Fields): Fault | undefined {
  for (const name of ['from', 'to', 'revokedAt']) {
    const moment = key[name];
    if (moment !== undefined && (typeof moment !== 'number' || Number.isNaN(moment)))
      return [name, 'expected a moment in milliseconds since 1970'];
  }
  const { from = -Infinity, to = Infinity } = key as { from?: number; to?: number };
  return from >= to ? ['to', 'expected a moment after `from`'] : undefined;
}

function faultOfMac({ algorithm, macBytes, secret }: Fields): Fault | undefined {
  const whole = MAC_BYTES[algorithm as MacAlgorithm];
  if (!Number.isInteger(macBytes) || (macBytes as number) < MAC_BYTES_MIN || (macBytes as number) > whole)
    return ['macBytes', `expected ${MAC_BYTES_MIN} to ${whole} bytes`];
  if (secret === undefined) return undefined;
  if (!(secret instanceof Uint8Array)) return ['secret', 'expected a Uint8Array'];
  const exact = (algorithm as string).endsWith('-cmac');
  if (exact ? secret.length === 32 : secret.length > 0 && secret.length <= SECRET_MAX) return undefined;
  return ['secret', `it has ${secret.length} bytes; expected ${exact ? '32' : `1 to ${SECRET_MAX}`}`];
}

function faultOfSignature({ algorithm, curve, publicKey, hash, signature }: Fields): Fault | undefined {
  const isGost = algorithm === 'gost3410-2012-256';
  if (!isGost && curve !== undefined) return ['curve', 'expected none: the algorithm has one curve'];
  if (!isGost && hash === 'streebog256') return ['hash', 'expected sha256 or none'];
  if (!isObject(publicKey)) return ['publicKey', 'expected an object with x and y'];
  if (!isObject(signature)) return ['signature', 'expected an object with order and endian'];
  return (
    (isGost ? unlisted('curve', curve, GOST_CURVES) : undefined) ??
    unlisted('hash', hash, HASHES) ??
    noCoordinate('publicKey.x', publicKey.x) ??
    noCoordinate('publicKey.y', publicKey.y) ??
    unlisted('signature.order', signature.order, ORDERS) ??
    unlisted('signature.endian', signature.endian, ENDIANS)
  );
}

function noCoordinate(field: string, value: unknown): Fault | undefined {
  if (value instanceof Uint8Array && value.length === COORDINATE_BYTES) return undefined;
  return [field, `expected a Uint8Array of ${COORDINATE_BYTES} bytes`];
}

function unlisted(field: string, value: unknown, list: readonly string[]): Fault | undefined {
  if (list.includes(value as string)) return undefined;
  return [field, `expected one of ${list.join(', ')}`];
}

function noFlag(field: string, value: unknown): Fault | undefined {
  return typeof value === 'boolean' ? undefined : [field, 'expected true or false'];
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
