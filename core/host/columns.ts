// Columns of a batch: typed arrays over the memory of the core, one row per input line.
import type { Layout } from './module.js';

/**
 * One array per column, as long as rows are laid out; only the first `count` rows of the batch mean something.
 * An absent offset and length are 0, an absent quantity −1.
 */
export interface Columns {
  /** Where the line begins in the input, in bytes. */
  readonly offset: Uint32Array;
  /** Length of the line without its end and trimmed blanks, in bytes. */
  readonly length: Uint32Array;
  /** 0 none, 1 unit, 2 package. */
  readonly kind: Uint8Array;
  /** Number of the structure, see `structureId`; 0 when the line is no code. */
  readonly format: Uint8Array;
  /** Bits of {@link FLAGS}. */
  readonly flags: Uint16Array;
  /** Number of the error, see `CODE_ERRORS`; 0 when the line is well formed. */
  readonly error: Uint8Array;
  /** Byte of the line that shows the error. */
  readonly errorPosition: Uint32Array;
  /** Bytes of the line that are wrong, from the error's position on; 0 when something is missing there. */
  readonly errorLength: Uint32Array;
  /** The 14 digits as an integer. */
  readonly gtin: Float64Array;
  /** In the input: the serial of a unit, the 18 digits of an SSCC, or the whole code that has neither. */
  readonly serialOffset: Uint32Array;
  readonly serialLength: Uint8Array;
  /** In the input: AI 91. */
  readonly keyIdOffset: Uint32Array;
  readonly keyIdLength: Uint8Array;
  /** In the input: the check part, AI 92 or 93 or the last characters of a tobacco pack. */
  readonly tailOffset: Uint32Array;
  readonly tailLength: Uint8Array;
  /** Last minute of life, in minutes since 1970-01-01T00:00 by the clock where the pack was made. */
  readonly expiry: Int32Array;
  /** First minute of the day of production, likewise. */
  readonly production: Int32Array;
  /** Grams. */
  readonly weight: Int32Array;
  /** Millilitres. */
  readonly volume: Int32Array;
  /** Kopecks. */
  readonly price: Int32Array;
  /** Four words per row: SipHash-1-3-128 of the canonical key under the seed; zeros for lines without a key. */
  readonly fingerprint: Uint32Array;
}

/** Bits of the flags column. */
export interface Flags {
  /** Has a check part. */
  readonly tail: number;
  /** Two readings fit. */
  readonly ambiguous: number;
  /** AI 01 and 21 with lengths of no structure in effect. */
  readonly templateMismatch: number;
  /** A well-formed GS1 element string. */
  readonly elementString: number;
  /** AI 01 without AI 21. */
  readonly noSerial: number;
}

export const FLAGS: Flags = { tail: 1, ambiguous: 2, templateMismatch: 4, elementString: 8, noSerial: 16 };

/** Views of the columns laid out for `rows` rows at address `at`. */
export function viewColumns(buffer: ArrayBufferLike, layout: Layout, at: number, rows: number): Columns {
  const start = (column: number): number => at + rows * column;
  return {
    offset: new Uint32Array(buffer, start(layout.COLUMN_OFFSET), rows),
    length: new Uint32Array(buffer, start(layout.COLUMN_LENGTH), rows),
    kind: new Uint8Array(buffer, start(layout.COLUMN_KIND), rows),
    format: new Uint8Array(buffer, start(layout.COLUMN_FORMAT), rows),
    flags: new Uint16Array(buffer, start(layout.COLUMN_FLAGS), rows),
    error: new Uint8Array(buffer, start(layout.COLUMN_ERROR), rows),
    errorPosition: new Uint32Array(buffer, start(layout.COLUMN_ERROR_POSITION), rows),
    errorLength: new Uint32Array(buffer, start(layout.COLUMN_ERROR_LENGTH), rows),
    gtin: new Float64Array(buffer, start(layout.COLUMN_GTIN), rows),
    serialOffset: new Uint32Array(buffer, start(layout.COLUMN_SERIAL_OFFSET), rows),
    serialLength: new Uint8Array(buffer, start(layout.COLUMN_SERIAL_LENGTH), rows),
    keyIdOffset: new Uint32Array(buffer, start(layout.COLUMN_KEY_ID_OFFSET), rows),
    keyIdLength: new Uint8Array(buffer, start(layout.COLUMN_KEY_ID_LENGTH), rows),
    tailOffset: new Uint32Array(buffer, start(layout.COLUMN_TAIL_OFFSET), rows),
    tailLength: new Uint8Array(buffer, start(layout.COLUMN_TAIL_LENGTH), rows),
    expiry: new Int32Array(buffer, start(layout.COLUMN_EXPIRY), rows),
    production: new Int32Array(buffer, start(layout.COLUMN_PRODUCTION), rows),
    weight: new Int32Array(buffer, start(layout.COLUMN_WEIGHT), rows),
    volume: new Int32Array(buffer, start(layout.COLUMN_VOLUME), rows),
    price: new Int32Array(buffer, start(layout.COLUMN_PRICE), rows),
    fingerprint: new Uint32Array(buffer, start(layout.COLUMN_FINGERPRINT), rows * 4),
  };
}
