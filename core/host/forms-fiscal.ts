// What a receipt takes of a code: the product code of FFD 1.05 (tag 1162) and of FFD 1.2 (one of the tags 1300 to 1309
// inside 1163), the code of marking (tag 2000). Rows are those of the tables of tags in order ЕД-7-20/662@.
import { identificationCode, PACK_STRUCTURES, textOf } from './forms.js';
import { unitKey } from './key.js';
import type { ParsedCode } from './parsed-code.js';

/** Kinds of product codes that the fiscal formats tell apart, with the tag of each and the two bytes that begin tag 1162. */
export const FISCAL_TYPES = {
  /** КТ Н: of no known kind. */
  unidentified: { tag: 1300, prefix: [0x00, 0x00] },
  'EAN-8': { tag: 1301, prefix: [0x45, 0x08] },
  'EAN-13': { tag: 1302, prefix: [0x45, 0x0d] },
  'ITF-14': { tag: 1303, prefix: [0x49, 0x0e] },
  /** КТ GS1.0: AI 01 and 21 without a check part. */
  'GS1.0': { tag: 1304, prefix: [0x44, 0x4d] },
  /** КТ GS1.M: AI 01 and 21 with a check part. */
  'GS1.M': { tag: 1305, prefix: [0x44, 0x4d] },
  /** КТ КМК, the short code: a tobacco pack. */
  short: { tag: 1306, prefix: [0x44, 0x4d] },
  /** КТ МИ: furs. */
  fur: { tag: 1307, prefix: [0x52, 0x46] },
  /** КТ ЕГАИС-2.0: the old alcohol stamp. */
  'EGAIS-2': { tag: 1308, prefix: [0xc5, 0x14] },
  /** КТ ЕГАИС-3.0: the new alcohol stamp. */
  'EGAIS-3': { tag: 1309, prefix: [0xc5, 0x1e] },
} as const;

export type FiscalType = keyof typeof FISCAL_TYPES;

/** A code as a receipt has it. */
export interface FiscalCode {
  readonly type: FiscalType;
  /** FFD 1.2: the one tag that stands inside tag 1163. */
  readonly tag: (typeof FISCAL_TYPES)[FiscalType]['tag'];
  /** Value of that tag. */
  readonly value: string;
  /** FFD 1.05: value of tag 1162, two bytes of type and at most 30 more. */
  readonly tag1162: Uint8Array;
  /** FFD 1.2: value of tag 2000, the whole code as scanned, GS and all; null for codes that identify no unit. */
  readonly tag2000: Uint8Array | null;
}

/** Most characters of tag 1300, and bytes of tag 1162. */
const UNIDENTIFIED_MAX = 32;
const TAG_1162_MAX = 32;
/** A serial in tag 1162 is filled up with spaces to this length. */
const SERIAL_FIELD = 13;
/** The bar codes of goods by their number of digits. */
const GOODS: Readonly<Record<number, FiscalType>> = { 8: 'EAN-8', 13: 'EAN-13', 14: 'ITF-14' };
const CHECK_AIS: ReadonlySet<string> = new Set(['91', '92', '93']);

const encoder = new TextEncoder();

/**
 * What a receipt takes of a code. `scan` is what `code` was parsed from, without blanks around it.
 *
 * | Code | Type, tag | Value | Tag 1162 after the two bytes of type |
 * |---|---|---|---|
 * | EAN-8, EAN-13, ITF-14 with a check digit that is right | 1301, 1302, 1303 | the digits | the number, 6 bytes, big-endian |
 * | AI 01 and 21, with an AI 91, 92 or 93 | GS1.M 1305 | КИ | GTIN, 6 bytes, big-endian; serial, spaces to 13 |
 * | AI 01 and 21 without these | GS1.0 1304 | КИ | likewise |
 * | tobacco pack | КМК 1306 | `01` + first 14 + `21` + next 7 | GTIN likewise; serial and price, two spaces |
 * | fur tag | МИ 1307 | the 20 characters | the 20 characters |
 * | alcohol stamp of 68 | ЕГАИС-2.0 1308 | characters 8 to 30 | the same 23 |
 * | alcohol stamp of 150 | ЕГАИС-3.0 1309 | first 14 characters | the same 14 |
 * | anything else, packages and SGTIN included | КТ Н 1300 | first 32 characters | first 30 bytes |
 */
export function fiscal(code: ParsedCode, scan: string | Uint8Array): FiscalCode {
  const text = textOf(scan);
  const bytes = typeof scan === 'string' ? encoder.encode(scan) : scan;
  const type = fiscalType(code, text);
  const { tag, prefix } = FISCAL_TYPES[type];
  const value = tagValue(type, code, text);
  const tag1162 = Uint8Array.of(...prefix, ...contentOf1162(type, code, text, value, bytes));
  return { type, tag, value, tag1162, tag2000: code.kind === 'unit' ? bytes.slice() : null };
}

function fiscalType({ error, kind, format, gtin, serial, ais }: ParsedCode, text: string): FiscalType {
  if (error?.code === 'NOT_A_MARKING_CODE') return GOODS[text.length] ?? 'unidentified';
  if (format === 'fur') return 'fur';
  if (format === 'egais-68') return 'EGAIS-2';
  if (format === 'egais-150') return 'EGAIS-3';
  if (PACK_STRUCTURES.has(format)) return 'short';
  if (kind !== 'unit' || gtin === null || serial === null || format === 'sgtin') return 'unidentified';
  return ais.some(([ai]) => CHECK_AIS.has(ai)) ? 'GS1.M' : 'GS1.0';
}

function tagValue(type: FiscalType, code: ParsedCode, text: string): string {
  switch (type) {
    case 'GS1.0':
    case 'GS1.M':
      return identificationCode(code)!;
    case 'short':
      return `01${code.gtin}21${code.serial}`;
    case 'EGAIS-2':
      return text.slice(7, 30);
    case 'EGAIS-3':
      return text.slice(0, 14);
    case 'unidentified':
      return text.slice(0, UNIDENTIFIED_MAX);
    default:
      return text;
  }
}

function contentOf1162(
  type: FiscalType,
  { gtin, serial }: ParsedCode,
  text: string,
  value: string,
  bytes: Uint8Array,
): Uint8Array {
  switch (type) {
    case 'EAN-8':
    case 'EAN-13':
    case 'ITF-14':
      return numberAndText(text, '');
    case 'GS1.0':
    case 'GS1.M':
      return numberAndText(gtin!, serial!.padEnd(SERIAL_FIELD));
    case 'short':
      // Serial and price, where the form at hand has a price: characters 15 to 25.
      return numberAndText(gtin!, text.slice(14, 25).padEnd(SERIAL_FIELD));
    case 'unidentified':
      return bytes.subarray(0, TAG_1162_MAX - 2);
    default:
      return encoder.encode(value);
  }
}

/** A number of at most 14 digits in six bytes, big-endian, and characters: a unit's key without the byte that tells its kind. */
function numberAndText(digits: string, text: string): Uint8Array {
  return unitKey(digits, text).subarray(1);
}
