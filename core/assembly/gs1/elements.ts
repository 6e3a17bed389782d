// GS1 element strings: AI, value, AI, value …
// Separators are read as the reference of GS1 reads them: after every value one may stand; it must stand after a value
// whose AI has no predefined length, unless the string ends there.
import {
  AI_PREFIX,
  AI_SPEC,
  ERROR_AI_EMPTY,
  ERROR_AI_TOO_LONG,
  ERROR_BAD_CHARSET,
  ERROR_BAD_CHECK_DIGIT,
  ERROR_UNKNOWN_AI,
  SHAPE_DIGITS,
  SHAPE_GTIN,
  SHAPE_TEXT,
  SPEC,
  SPEC_PREDEFINED,
} from '../generated/tables';
import { fail } from '../line';
import { endOfDigits, endOfSet82, findSeparator, SEPARATOR } from './characters';
import { GTIN_NOT_NUMERIC, readGtin } from './check-digit';
import { readValue } from './content';

/** Bytes of a row of SPEC. */
export const SPEC_BYTES: usize = 8;

/** AIs have at most this many digits. */
const AI_DIGITS_MAX: usize = 4;

/** The element that was read last, also when it failed: its AI, and its value as far as it was read. */
export let aiAt: usize = 0;
export let aiLength: u32 = 0;
/** The digits of the AI as a number. */
export let ai: u32 = 0;
/** Place of the AI in AI_SPEC, which no other AI has. */
export let aiPlace: u32 = 0;
export let valueAt: usize = 0;
export let valueEnd: usize = 0;
/** The value of AI 01 as a number. */
export let gtin: i64 = 0;

/** Reads the element that begins at `at` < `end`. Returns the row of its AI in SPEC, or 0 after noting the error. */
export function readElement(at: usize, end: usize): usize {
  const spec = readAi(at, end);
  if (spec === 0) {
    const stop = end - at < AI_DIGITS_MAX ? end : at + AI_DIGITS_MAX;
    const digits = endOfDigits(at, stop);
    fail(ERROR_UNKNOWN_AI, at, digits === at ? 1 : digits - at);
    return 0;
  }
  const start = at + aiLength;
  const shape = <u32>load<u8>(spec, 6);
  let stop: usize;
  if (shape === SHAPE_TEXT) stop = readText(start, end, load<u8>(spec, 3));
  else if (shape === SHAPE_GTIN && start + 14 <= end) stop = readGtinValue(spec, start);
  else if (shape === SHAPE_DIGITS) stop = readNumber(spec, start, end);
  else stop = readParts(spec, start, end);
  valueEnd = stop;
  return stop !== 0 ? spec : 0;
}

/** Reads the AI at `at`. Returns its row of SPEC, 0 when there is none; aiLength is then 0. */
export function readAi(at: usize, end: usize): usize {
  aiAt = at;
  const spec = specOf(at, end);
  if (spec === 0) aiLength = 0;
  valueAt = at + aiLength;
  valueEnd = valueAt;
  return spec;
}

function specOf(at: usize, end: usize): usize {
  if (at + 2 > end) return 0;
  const tens = <u32>load<u8>(at) - 0x30;
  const ones = <u32>load<u8>(at + 1) - 0x30;
  if (tens > 9 || ones > 9) return 0;
  const prefix = load<u32>(AI_PREFIX + ((<usize>(tens * 10 + ones)) << 2));
  const length = prefix & 0xff;
  if (length === 2) {
    aiLength = 2;
    ai = tens * 10 + ones;
    aiPlace = (prefix >> 8) & 0xffff;
    return SPEC + <usize>(prefix >> 24) * SPEC_BYTES; // AIs of two digits have one entry, which stands in the prefix
  }
  return length === 0 || at + length > end ? 0 : longSpecOf(at, length, tens * 10 + ones, (prefix >> 8) & 0xffff);
}

/** The same for AIs of three and four digits, the first two of which are `prefix`. */
function longSpecOf(at: usize, length: u32, prefix: u32, base: u32): usize {
  let rest: u32 = 0;
  for (let i: u32 = 2; i < length; i++) {
    const digit = <u32>load<u8>(at + i) - 0x30;
    if (digit > 9) return 0;
    rest = rest * 10 + digit;
  }
  const row = <usize>load<u8>(AI_SPEC + base + rest);
  if (row === 0) return 0;
  aiLength = length;
  ai = prefix * (length === 3 ? 10 : 100) + rest;
  aiPlace = base + rest;
  return SPEC + row * SPEC_BYTES;
}

/** A GTIN: fourteen digits with a check digit, read at once. Returns its end, or 0. */
function readGtinValue(spec: usize, start: usize): usize {
  gtin = readGtin(start);
  if (gtin >= 0) return start + 14;
  if (gtin !== GTIN_NOT_NUMERIC) fail(ERROR_BAD_CHECK_DIGIT, start + 13, 1);
  else readParts(spec, start, start + 14); // notes what is wrong, and where
  return 0;
}

/** A value that is one component of set 82, the usual case. Returns its end, or 0. */
function readText(start: usize, end: usize, most: u32): usize {
  const stop = endOfSet82(start, end);
  const length = stop - start;
  if (stop === end || load<u8>(stop) === SEPARATOR) {
    if (length - 1 < <usize>most) return stop; // 1 to `most`: less than 1 wraps around
    if (length === 0) fail(ERROR_AI_EMPTY, start, 0);
    else fail(ERROR_AI_TOO_LONG, start + most, length - most);
  } else if (length < <usize>most) {
    fail(ERROR_BAD_CHARSET, stop, 1);
  } else {
    fail(ERROR_AI_TOO_LONG, start + most, findSeparator(stop, end) - start - most);
  }
  return 0;
}

/** A value that is one component of at most 16 digits, always as many. Returns its end, or 0. */
function readNumber(spec: usize, start: usize, end: usize): usize {
  const size = <usize>load<u8>(spec, 3);
  const stop = start + size;
  if (stop <= end) {
    const digits = i8x16.sub(v128.load(start), i8x16.splat(0x30));
    const outside = i8x16.bitmask(i8x16.gt_u(digits, i8x16.splat(9)));
    const ends = (load<u8>(spec) & SPEC_PREDEFINED) !== 0 || stop === end || load<u8>(stop) === SEPARATOR;
    if (ends && (outside & ((1 << (<u32>size)) - 1)) === 0) return stop;
  }
  return readParts(spec, start, end);
}

/** A value of several components or with checks. Returns its end, or 0. */
function readParts(spec: usize, start: usize, end: usize): usize {
  const limit = findSeparator(start, end);
  if (limit > start) return readValue(spec, start, limit);
  fail(ERROR_AI_EMPTY, start, 0);
  return 0;
}
