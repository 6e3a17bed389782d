// What the host and the tail verifier share: results, algorithms, and the bytes of a key ring.
//
// A ring is one block that may stand, and be moved, anywhere (offsets are from its start):
//
//   0        4          8            12          16        20         24
//   ├ keys ──┼ slotMask ┼ candidates ┼ keyRows ──┼ covered ┼ programs ┤     u32: a count, a mask, then four offsets
//   32       slots: open addressing, RING_SLOT_BYTES each, slotMask + 1 of them (a power of two, at most half full)
//            ├ key id u64 ┼ format u8 · 0 · in use u8 · 0 ┼ first candidate u32 ┤
//   …        candidates: u32 each, number of a key; CANDIDATE_LAST is set in the last one of a list
//   …        key rows: RING_KEY_BYTES each
//   …        covered: one byte a format: 1 when some key that has an id is for it
//   …        programs: message templates, see message.ts
//
// A key id is its bytes, filled up with zeros; all zeros is the default key of a format.
//
// Key row:
//   0           1       2      3          4       5        6           8        16     24          32          36
//   ├ algorithm ┼ curve ┼ hash ┼ encoding ┼ flags ┼ status ┼ tailChars ┼ from f64 ┼ to ┼ revokedAt ┼ tagBytes ─┼ program u32 ┤

/** Results of a tail, ordered so that of several keys' results for one code the greatest counts. Only VALID says genuine. */
export const TAIL_ABSENT: u32 = 0;
export const TAIL_UNKNOWN_KEY: u32 = 1;
export const TAIL_KEY_NOT_VALID_AT_DATE: u32 = 2;
export const TAIL_KEY_REVOKED: u32 = 3;
export const TAIL_MALFORMED: u32 = 4;
export const TAIL_INVALID: u32 = 5;
export const TAIL_UNVERIFIABLE: u32 = 6;
export const TAIL_VALID: u32 = 7;

export const ALGORITHM_GOST3410: u32 = 0;
export const ALGORITHM_ECDSA_P256: u32 = 1;
export const ALGORITHM_HMAC_STREEBOG256: u32 = 2;
export const ALGORITHM_HMAC_SHA256: u32 = 3;
export const ALGORITHM_KUZNYECHIK_CMAC: u32 = 4;
export const ALGORITHM_MAGMA_CMAC: u32 = 5;

export const HASH_NONE: u32 = 0;
export const HASH_STREEBOG256: u32 = 1;
export const HASH_SHA256: u32 = 2;

export const ENCODING_BASE64: u32 = 0;
export const ENCODING_BASE64URL: u32 = 1;
export const ENCODING_RAW: u32 = 2;

export const KEY_FLAG_S_FIRST: u32 = 1;
export const KEY_FLAG_LITTLE_ENDIAN: u32 = 2;
/** The text of the tail carries its `=` signs. */
export const KEY_FLAG_PADDED: u32 = 4;

export const KEY_STATUS_USABLE: u32 = 0;
/** Without its secret, or with a public key that is none. */
export const KEY_STATUS_UNUSABLE: u32 = 1;

export const RING_HEAD_BYTES: u32 = 32;
export const RING_SLOT_BYTES: u32 = 16;
export const RING_KEY_BYTES: u32 = 40;
export const CANDIDATE_LAST: u32 = 0x8000_0000;

/** The longest key id, in bytes; AI 91 of marking codes has 4. */
export const KEY_ID_MAX: u32 = 8;

/** Steps of a message template. */
export const STEP_END: u32 = 0;
export const STEP_LITERAL: u32 = 1; // length u8, bytes
export const STEP_VALUE: u32 = 2; // AI u16 as codeOf of marking/sequence.ts numbers it
export const STEP_ELEMENT: u32 = 3; // the AI's digits, then its value
export const STEP_LINE_TO_TAIL_ELEMENT: u32 = 4;
export const STEP_LINE_TO_TAIL_VALUE: u32 = 5;
/** Set beside STEP_VALUE or STEP_ELEMENT: a code without this AI has a message without it. */
export const STEP_OPTIONAL: u32 = 0x80;

/** The longest message, in bytes: a line whole and its elements once more. */
export const MESSAGE_MAX: u32 = 8192;

/** Codes that are verified together: enough that one inversion is shared by many, few enough for the second-level cache. */
export const CHUNK_ROWS: u32 = 1024;
/** Messages of a chunk; usual ones have 30 to 60 bytes, so that a chunk is rarely cut short. */
export const CHUNK_MESSAGE_BYTES: u32 = 131_072;
