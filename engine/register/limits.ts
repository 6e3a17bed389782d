/** Every bound of the register, with its reason, and how they relate. */

/** Ordinals are 32-bit (roaring's width) and 0 means "none". More codes than this are several registers, cut by GTIN range. */
export const ORDINAL_MAX = 0xffff_fffe;

/** Records and keys of a page. 64 records of 48 bytes and a 16-byte LMDB header fit one 4 KiB overflow page. */
export const PAGE_CODES = 64;

/** Codes of one event: with the largest keys and every column it stays under {@link EVENT_BYTES_MAX}. */
export const EVENT_CODES_MAX = 16_384;

/** Size of a serialized event, so that the log can be replicated over a message bus with the usual 1 MB limit. */
export const EVENT_BYTES_MAX = 1_000_000;

/** Ordinals of one set chunk: one roaring container, so that one sale rewrites kilobytes. */
export const CHUNK_CODES = 65_536;

/** Events of an import that share a transaction: pages and packages that they all touch are written once, and 12 MB of records are in memory. */
export const EVENTS_AT_ONCE = 16;

/** Codes that an import holds in memory and sorts at once (about 50 bytes each); longer files are sorted run by run. */
export const RUN_CODES_MAX = 4_000_000;

/** Longest key: a 150-character stamp and the kind byte; LMDB takes 511. */
export const KEY_BYTES_MAX = 255;

if (EVENT_CODES_MAX % PAGE_CODES !== 0 || CHUNK_CODES % PAGE_CODES !== 0) {
  throw new Error('limits: an event and a set chunk are whole pages');
}
