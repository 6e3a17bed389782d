// Offsets, sizes and limits of the core: the only place where they are written. The host reads the same numbers as
// exported globals of the module.
//
// Linear memory:
//
//   0            static data: generated tables, SEED, IN_EFFECT, LINE, ELEMENTS, FAULTS
//   inputStart() input bytes, INPUT_PADDING bytes that may hold anything
//   columns      rows × ROW_BYTES, one array after the other (below); rows is a multiple of ROW_STEP
//   elements     columns of elements, for batches that keep them: element-columns.ts
//   work         scratch of keys and sort, and what they return
//
// Columns, as bytes of one row; a column of a layout for `rows` rows begins at columns + rows × COLUMN_…:
//
//    0        8                 24       28      32              36             40            44           48
//    ├ gtin ──┼── fingerprint ──┼ offset ┼ length┼ errorPosition ┼ serialOffset ┼ keyIdOffset ┼ tailOffset ┤
//    48       52           56       60       64      68      70     71       72      73             74            75           76
//    ├ expiry ┼ production ┼ weight ┼ volume ┼ price ┼ flags ┼ kind ┼ format ┼ error ┼ serialLength ┼ keyIdLength ┼ tailLength ┼
//    76            80
//    ├ errorLength ┤

/** The longest line that is looked at, in bytes. The longest known code has 150; GS1 symbols end at 3,116 digits. */
export const LINE_MAX: u32 = 4096;

/** Bytes before a code in a length-prefixed batch: its length as a little-endian u16. */
export const FRAME_HEAD: u32 = 2;

/** Vector loads may read this far past the end of the input. */
export const INPUT_PADDING: u32 = 64;

/** Rows come in multiples of this, so that every column begins at a multiple of 16. */
export const ROW_STEP: u32 = 16;

export const COLUMN_GTIN: u32 = 0; // f64: 14 digits as an integer, −1 when absent
export const COLUMN_FINGERPRINT: u32 = 8; // 4 × u32
export const COLUMN_OFFSET: u32 = 24; // u32, in the input
export const COLUMN_LENGTH: u32 = 28; // u32
export const COLUMN_ERROR_POSITION: u32 = 32; // u32, in the line
export const COLUMN_SERIAL_OFFSET: u32 = 36; // u32, in the input
export const COLUMN_KEY_ID_OFFSET: u32 = 40; // u32, in the input
export const COLUMN_TAIL_OFFSET: u32 = 44; // u32, in the input
export const COLUMN_EXPIRY: u32 = 48; // i32: minutes since 1970-01-01T00:00, −1 when absent
export const COLUMN_PRODUCTION: u32 = 52; // i32: minutes, −1
export const COLUMN_WEIGHT: u32 = 56; // i32: grams, −1
export const COLUMN_VOLUME: u32 = 60; // i32: millilitres, −1
export const COLUMN_PRICE: u32 = 64; // i32: kopecks, −1
export const COLUMN_FLAGS: u32 = 68; // u16: FLAG_…
export const COLUMN_KIND: u32 = 70; // u8: KIND_…
export const COLUMN_FORMAT: u32 = 71; // u8: number of the structure, 0 when the line is no code
export const COLUMN_ERROR: u32 = 72; // u8: number of the error, 0 when well
export const COLUMN_SERIAL_LENGTH: u32 = 73; // u8
export const COLUMN_KEY_ID_LENGTH: u32 = 74; // u8
export const COLUMN_TAIL_LENGTH: u32 = 75; // u8
export const COLUMN_ERROR_LENGTH: u32 = 76; // u32: bytes of the line that are wrong, 0 when something is missing
export const ROW_BYTES: u32 = 80;

export const KIND_NONE: u32 = 0;
export const KIND_UNIT: u32 = 1;
export const KIND_PACKAGE: u32 = 2;

/** The line carries a check part (AI 92 or 93, or the check of a tobacco pack). */
export const FLAG_TAIL: u32 = 1;
/** The line has two readings that identify something; the columns hold what the first, or both, say. */
export const FLAG_AMBIGUOUS: u32 = 2;
/** AI 01 with AI 21, but the lengths of serial and tail fit no structure in effect. */
export const FLAG_TEMPLATE_MISMATCH: u32 = 4;
/** The line is a well-formed GS1 element string (also when another reading gave the format). */
export const FLAG_ELEMENT_STRING: u32 = 8;
/** AI 01 without AI 21: a kind of goods, not one pack of it. */
export const FLAG_NO_SERIAL: u32 = 16;

/** Options of a call, as bits; the two lowest are the country bits of the generated tables. */
export const OPTION_COUNTRIES: u32 = 3;
export const OPTION_TRIM: u32 = 4;
/** Read GS1 element strings only, and keep their elements as columns. */
export const OPTION_GS1: u32 = 8;

/** First byte of a canonical key. */
export const KEY_UNIT: u32 = 1; // GTIN as 6 bytes big-endian, serial
export const KEY_PACKAGE: u32 = 2; // SSCC as 8 bytes big-endian
export const KEY_OTHER: u32 = 3; // the bytes of the line

/** The longest key: KEY_OTHER and a line; the sorter refuses longer ones to bound its depth. */
export const KEY_MAX: u32 = 1 + LINE_MAX;

/** Key of the fingerprint, 16 bytes, written by the host. */
export const SEED: usize = memory.data(16, 16);

/** One byte per structure number, 1 when the structure is in effect; written by the host. */
export const IN_EFFECT: usize = memory.data(256, 16);

// The line being parsed: what was found so far. An address is 0 where nothing was found.
//
//    0      8      16       20       24         28             32        36            40       44           48
//    ├ gtin ┼ sscc ┼ gtinAt ┼ ssccAt ┼ serialAt ┼ serialLength ┼ keyIdAt ┼ keyIdLength ┼ tailAt ┼ tailLength ┤
//    48       52           56       60       64      68      72        76     80       84      88            92       96
//    ├ expiry ┼ production ┼ weight ┼ volume ┼ price ┼ error ┼ errorAt ┼ kind ┼ format ┼ flags ┼ errorLength ┼ unused ┤
export const LINE: usize = memory.data(96, 16);
export const LINE_GTIN: usize = LINE; // u64
export const LINE_SSCC: usize = LINE + 8; // u64
export const LINE_GTIN_AT: usize = LINE + 16; // u32 address of the 14 digits
export const LINE_SSCC_AT: usize = LINE + 20; // u32 address of the 18 digits
export const LINE_SERIAL_AT: usize = LINE + 24; // u32
export const LINE_SERIAL_LENGTH: usize = LINE + 28; // u32
export const LINE_KEY_ID_AT: usize = LINE + 32; // u32
export const LINE_KEY_ID_LENGTH: usize = LINE + 36; // u32
export const LINE_TAIL_AT: usize = LINE + 40; // u32
export const LINE_TAIL_LENGTH: usize = LINE + 44; // u32
export const LINE_EXPIRY: usize = LINE + 48; // i32
export const LINE_PRODUCTION: usize = LINE + 52; // i32
export const LINE_WEIGHT: usize = LINE + 56; // i32
export const LINE_VOLUME: usize = LINE + 60; // i32
export const LINE_PRICE: usize = LINE + 64; // i32
export const LINE_ERROR: usize = LINE + 68; // u32
export const LINE_ERROR_AT: usize = LINE + 72; // u32 address
export const LINE_KIND: usize = LINE + 76; // u32
export const LINE_FORMAT: usize = LINE + 80; // u32
export const LINE_FLAGS: usize = LINE + 84; // u32
export const LINE_ERROR_LENGTH: usize = LINE + 88; // u32

/** Elements of one line, for the host: AI offset, AI length, value offset, value length (u32 each), offsets in the line. */
export const ELEMENT_BYTES: u32 = 16;
/** An element takes at least an AI of two digits and one character. */
export const ELEMENTS_MAX: u32 = LINE_MAX / 3 + 1;
export const ELEMENTS: usize = memory.data(21_872, 16); // ELEMENTS_MAX × ELEMENT_BYTES, rounded up to 16

/** Faults of one line, for the host: number of the error, position, length, offset of the other AI it is about (u32 each). */
export const FAULT_BYTES: u32 = 16;
export const FAULTS_MAX: u32 = 1024;
export const FAULTS: usize = memory.data(16_384, 16); // FAULTS_MAX × FAULT_BYTES

/** Entries of the sorter: window u64, index u32, bytes that remain u32 (at most 9). */
export const SORT_ENTRY_BYTES: u32 = 16;
