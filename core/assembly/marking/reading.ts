// Codes without AIs, cut by position: tobacco packs, SGTIN, SSCC, fur tags, alcohol stamps, and the bar codes of goods.
// The table is ordered by length; each reading is a row of parts.
import {
  CLASS_SET82,
  ERROR_BAD_CHARSET,
  ERROR_BAD_CHECK_DIGIT,
  ERROR_NOT_A_MARKING_CODE,
  PART_CHECK,
  PART_GTIN,
  PART_NOT_CODE,
  PART_PRICE,
  PART_SERIAL,
  PART_SSCC,
  PRICE_DIGIT,
  READING,
  READING_COUNT,
  READING_FIRST,
  READING_PART,
} from '../generated/tables';
import { endOfClass, endOfSet82 } from '../gs1/characters';
import { GTIN_BAD_CHECK_DIGIT, hasCheckDigit, readDigits, readGtin } from '../gs1/check-digit';
import {
  FLAG_AMBIGUOUS,
  IN_EFFECT,
  KIND_PACKAGE,
  KIND_UNIT,
  LINE_FLAGS,
  LINE_FORMAT,
  LINE_GTIN,
  LINE_GTIN_AT,
  LINE_KIND,
  LINE_PRICE,
  LINE_SERIAL_AT,
  LINE_SERIAL_LENGTH,
  LINE_SSCC,
  LINE_SSCC_AT,
  LINE_TAIL_AT,
  LINE_TAIL_LENGTH,
} from '../layout';
import { fail } from '../line';

/** Bits of the readings that fit, the first of the line's length being bit 0. */
let fitting: u32 = 0;

/** GTIN of a reading that fits; all readings of a length have it at the same place or not at all. */
let gtin: i64 = 0;

/** Of readings that failed: the error of the one that a GTIN or SSCC supports, 0 when none; and its address. */
export let nearError: u32 = 0;
export let nearAt: usize = 0;

/**
 * Number of readings of [at, end) that fit, for the given country bits (0: every country).
 * The bar codes of goods count, too; {@link keepReading} tells them apart.
 */
export function countReadings(at: usize, end: usize, countries: u32): u32 {
  nearError = 0;
  fitting = 0;
  const length = end - at;
  if (length > 255) return 0;
  const first = READING + ((<usize>load<u8>(READING_FIRST + length)) << 2);
  const count = <u32>load<u8>(READING_COUNT + length);
  for (let i: u32 = 0; i < count; i++) if (fits(first + ((<usize>i) << 2), at, countries)) fitting |= 1 << i;
  return popcnt(fitting);
}

/** Reads [at, end) as {@link countReadings} found it to fit, at least once. False for the bar codes of goods. */
export function keepReading(at: usize, end: usize, countries: u32): bool {
  let reading = READING + ((<usize>load<u8>(READING_FIRST + (end - at))) << 2);
  for (let rest = fitting; rest !== 0; rest >>= 1) {
    if ((rest & 1) !== 0 && !keepParts(reading, at, countries)) {
      return fail(ERROR_NOT_A_MARKING_CODE, at, end - at);
    }
    reading += 4;
  }
  if (popcnt(fitting) > 1) {
    store<u32>(LINE_FLAGS, FLAG_AMBIGUOUS);
    store<i32>(LINE_PRICE, -1);
  }
  return true;
}

/** True when every part of the row of READING fits; otherwise notes a near miss. */
function fits(row: usize, at: usize, countries: u32): bool {
  const structure = load<u8>(row);
  if (structure !== 0 && load<u8>(IN_EFFECT + structure) === 0) return false;
  if (countries !== 0 && (load<u8>(row, 1) & countries) === 0) return false;
  let part = READING_PART + ((<usize>load<u8>(row, 2)) << 2);
  const last = part + ((<usize>load<u8>(row, 3)) << 2);
  let supported = false;
  for (; part < last; part += 4) {
    const kind = <u32>load<u8>(part);
    const end = at + load<u8>(part, 1);
    if (kind === PART_GTIN) {
      const value = readGtin(at);
      if (value < 0) return value === GTIN_BAD_CHECK_DIGIT && miss(ERROR_BAD_CHECK_DIGIT, end - 1);
      gtin = value;
      supported = true;
      at = end;
      continue;
    }
    const stop = endOfPart(at, end, load<u8>(part, 2));
    if (stop < end) return supported && miss(ERROR_BAD_CHARSET, stop);
    if ((kind === PART_SSCC || kind === PART_NOT_CODE) && !hasCheckDigit(at, <u32>(end - at))) {
      return kind === PART_SSCC && miss(ERROR_BAD_CHECK_DIGIT, end - 1);
    }
    at = end;
  }
  return true;
}

function endOfPart(at: usize, end: usize, classes: u32): usize {
  return classes === CLASS_SET82 ? endOfSet82(at, end) : endOfClass(at, end, classes);
}

function miss(error: u32, at: usize): bool {
  nearError = error;
  nearAt = at;
  return false;
}

/** False when the reading is a bar code of goods. */
function keepParts(row: usize, at: usize, countries: u32): bool {
  let part = READING_PART + ((<usize>load<u8>(row, 2)) << 2);
  const last = part + ((<usize>load<u8>(row, 3)) << 2);
  store<u32>(LINE_KIND, KIND_UNIT);
  store<u32>(LINE_FORMAT, load<u8>(row));
  for (; part < last; part += 4) {
    const kind = <u32>load<u8>(part);
    const length = <u32>load<u8>(part, 1);
    if (kind === PART_GTIN) {
      store<u64>(LINE_GTIN, <u64>gtin);
      store<u32>(LINE_GTIN_AT, <u32>at);
    } else if (kind === PART_SSCC) {
      store<u64>(LINE_SSCC, readDigits(at, 18));
      store<u32>(LINE_SSCC_AT, <u32>at);
      store<u32>(LINE_KIND, KIND_PACKAGE);
    } else if (kind === PART_SERIAL) {
      store<u32>(LINE_SERIAL_AT, <u32>at);
      store<u32>(LINE_SERIAL_LENGTH, length);
    } else if (kind === PART_CHECK) {
      keepLongest(at, length);
    } else if (kind === PART_PRICE) {
      if (countries !== 0) store<i32>(LINE_PRICE, readPrice(at));
    } else if (kind === PART_NOT_CODE) {
      return false;
    }
    at += length;
  }
  return true;
}

/** Of two readings' checks the longer one holds the shorter: it is all that either country calls the check. */
function keepLongest(at: usize, length: u32): void {
  if (length < load<u32>(LINE_TAIL_LENGTH)) return;
  store<u32>(LINE_TAIL_AT, <u32>at);
  store<u32>(LINE_TAIL_LENGTH, length);
}

/** Kopecks of a tobacco pack's four characters: digits to base 80, the most significant first. */
function readPrice(at: usize): i32 {
  let kopecks: i32 = 0;
  for (let i: usize = 0; i < 4; i++) kopecks = kopecks * 80 + load<u8>(PRICE_DIGIT + load<u8>(at + i));
  return kopecks;
}
