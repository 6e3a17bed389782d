/** Every bound of the register, with its reason, and how they relate. */

/**
 * Codes of a register, by ordinals from 1 on; more are several registers, cut by GTIN range. The image's table of fingerprints is one typed
 * array, which has at most 2³² words: at four words a slot and a load of 0.6 that is 644 million codes, and this is a round number below.
 */
export const ORDINAL_MAX = 600_000_000;

/** Codes that only the documents and scans of one run know: their ordinals follow the register's, and their table doubles within 2³² words. */
export const EXTRA_CODES_MAX = 250_000_000;

/** Events of a register: their numbers are 32-bit words of records, of the image and of the index of ids. */
export const EVENT_NUMBER_MAX = 0xffff_ffff;

/** Records and keys of a page. The columns of 64 records and 64 front-coded keys stay well under half an LMDB page, so one event rewrites one. */
export const PAGE_CODES = 64;

/** Bytes of a block of the key index. With its LMDB header and key, four fit one 4 KiB page with little left over. */
export const BLOCK_BYTES_MAX = 960;

/** Direct contents of one package. Its list is rewritten when one is taken out, which is then 256 KiB. */
export const PACKAGE_CONTENTS_MAX = 65_536;

/** Deepest package tree that is followed; real ones have three levels. A cycle ends here too. */
export const TREE_DEPTH_MAX = 32;

/** Events that wait for a group commit; more callers than this are sent away with REGISTER_BUSY. */
export const SUBMIT_QUEUE_MAX = 10_000;

/** Events of one group commit: what a commit holds in memory stays under some megabytes. */
export const SUBMIT_GROUP_MAX = 1_024;

/** Codes of the events of one group commit. */
export const SUBMIT_CODES_MAX = 262_144;

/** Numbers of names are positive 32-bit words of a record; one value means "no such name". */
export const NAME_MAX = 0x7fff_ffff;

/** Names that are remembered; the rest are read again. */
export const NAMES_KNOWN_MAX = 100_000;

/** Codes of one event: with the largest keys and every column it stays under {@link EVENT_BYTES_MAX}. */
export const EVENT_CODES_MAX = 16_384;

/** Size of a serialized event, so that the log can be replicated over a message bus with the usual 1 MB limit. */
export const EVENT_BYTES_MAX = 1_000_000;

/** Ordinals of one set chunk: one roaring container, so that one sale rewrites kilobytes. */
export const CHUNK_CODES = 65_536;

/** Events of an import that share a transaction: pages and packages that they all touch are written once, and 34 MB of records are in memory. */
export const EVENTS_AT_ONCE = 32;

/** Codes of them that are in no package: a transaction of some tens of milliseconds, between two of which an import can be cancelled. */
export const CODES_AT_ONCE = 32_768;

/** Codes that an import holds in memory and sorts at once (about 50 bytes each); longer files are sorted run by run. */
export const RUN_CODES_MAX = 4_000_000;

/** Longest key: a 150-character stamp and the kind byte; LMDB takes 511. */
export const KEY_BYTES_MAX = 255;

// Words of records may then be read as signed ones.
if (ORDINAL_MAX + EXTRA_CODES_MAX > 0x7fff_ffff) throw new Error('limits: an ordinal takes more than 31 bits');
if (EVENT_CODES_MAX % PAGE_CODES !== 0 || CHUNK_CODES % PAGE_CODES !== 0) {
  throw new Error('limits: an event and a set chunk are whole pages');
}
