// Forms of a code that others ask for: КИ, printView, SGTIN. What a receipt takes is in forms-fiscal.ts.
//
// A check against the register of marks takes the whole КМ; local modules, document flows, look-ups of statuses and the
// tags of a receipt take the КИ (table "Cutting КМ to КИ" of the code formats).
import type { Batch } from './batch.js';
import { structureId } from './formats.js';
import type { ParsedCode } from './parsed-code.js';

/** Structures of a tobacco pack: no AIs, GTIN(14) + serial(7), with or without price and check. */
export const PACK_STRUCTURES: ReadonlySet<string | null> = new Set([
  'tobacco-pack',
  'tobacco-pack-25',
  'tobacco-pack-21',
]);

const GS = '\u001d';
const PRICE_AI = '8005';
const UNIT = 1;
/** GTIN, serial and price of a tobacco pack. */
const PRICED_PACK_SIZE = 25;
/** Serial of a medicine; shorter ones of imported goods are not documented. */
const SGTIN_SERIAL = 13;

const decoder = new TextDecoder('latin1');

/**
 * КИ, the identification code: the code without its check part, the same for every form of one code.
 *
 * | Code | КИ | Row |
 * |---|---|---|
 * | AI 01 and AI 21, and an SGTIN | `01` + GTIN + `21` + serial, whatever stood between and after | "GS1-type" |
 * | tobacco block | likewise, 25 characters; see {@link identificationCodeWithPrice} | "Tobacco block" |
 * | tobacco pack | first 21 characters: GTIN + serial | "Tobacco pack" |
 * | SSCC | 18 digits, as in the field `parent` of answers | vocabulary, КИТУ |
 * | fur tag, alcohol stamp | the whole code: it has no check part that is known | vocabulary, КиЗ |
 *
 * null when the code identifies nothing.
 */
export function identificationCode(code: ParsedCode): string | null {
  if (code.gtin === null || code.serial === null) return code.key;
  return PACK_STRUCTURES.has(code.format) ? code.gtin + code.serial : `01${code.gtin}21${code.serial}`;
}

/**
 * КИ with the price that the code carries, accepted beside the short one: 25 characters of a tobacco pack, a block with GS and
 * AI 8005 (rows "Tobacco pack", "Tobacco block"). The КИ alone when the code carries no price, or was read for no country or
 * another than Russia. `scan` is what `code` was parsed from.
 */
export function identificationCodeWithPrice(code: ParsedCode, scan: string | Uint8Array): string | null {
  const short = identificationCode(code);
  if (short === null || code.price === undefined) return short;
  if (PACK_STRUCTURES.has(code.format)) return textOf(scan).slice(0, PRICED_PACK_SIZE);
  const price = priceOf(code);
  return price === null ? short : short + GS + PRICE_AI + price;
}

/**
 * КИ of a row of a batch, straight from the columns: the same as {@link identificationCode} of `batch.at(row)`, without
 * making everything else. @throws Error when the batch is no longer valid, RangeError when there is no such row.
 */
export function identificationCodeAt(batch: Batch, row: number): string | null {
  const { kind, gtin, format, serialOffset, serialLength, offset } = batch.columns;
  if (!Number.isInteger(row) || row < 0 || row >= batch.count) {
    throw new RangeError(`row ${row}: the batch has ${batch.count} rows`);
  }
  if (kind[row] === 0) return null;
  const at = serialOffset[row]! - offset[row]!;
  const identity = decoder.decode(batch.line(row).subarray(at, at + serialLength[row]!));
  if (kind[row] !== UNIT || gtin[row]! < 0) return identity;
  const digits = String(gtin[row]).padStart(14, '0');
  return PACK_STRUCTURES.has(structureId(format[row]!)) ? digits + identity : `01${digits}21${identity}`;
}

/** How {@link printView} writes a code. */
export interface PrintViewOptions {
  /** AIs in brackets, as answers of ГИС МТ had it before February 2025; for reading, not for sending. */
  brackets?: boolean;
}

/**
 * printView, the form for people in answers of ГИС МТ (field `printView` of the check answer): the КИ; with brackets around
 * 01, 21 and the 8005 of a tobacco block when asked. null when the code identifies nothing.
 */
export function printView(code: ParsedCode, { brackets = false }: PrintViewOptions = {}): string | null {
  const short = identificationCode(code);
  if (!brackets || short === null || code.gtin === null || PACK_STRUCTURES.has(code.format)) return short;
  const price = priceOf(code);
  return `(01)${code.gtin}(21)${code.serial}${price === null ? '' : `(${PRICE_AI})${price}`}`;
}

/**
 * SGTIN, the name of a unit in МДЛП: GTIN and the serial of 13, 27 characters without AIs. null when the code is no unit or
 * its serial has another length. Whether the goods are medicine no code tells.
 */
export function sgtin({ gtin, serial, format }: ParsedCode): string | null {
  if (gtin === null || serial?.length !== SGTIN_SERIAL || PACK_STRUCTURES.has(format)) return null;
  return gtin + serial;
}

/** The six digits of AI 8005. */
function priceOf({ ais }: ParsedCode): string | null {
  return ais.find(([ai]) => ai === PRICE_AI)?.[1] ?? null;
}

/** Characters of a scan, one a byte when it is bytes. */
export function textOf(scan: string | Uint8Array): string {
  return typeof scan === 'string' ? scan : decoder.decode(scan);
}
