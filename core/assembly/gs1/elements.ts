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
  FIELD_GTIN,
  SPEC,
} from '../generated/tables';
import { fail } from '../line';
import { endOfSet82, findSeparator, SEPARATOR } from './characters';
import { GTIN_NOT_NUMERIC, readGtin } from './check-digit';
import { readValue } from './content';

/** The element that was read last, also when it failed: its AI, and its value as far as it was read. */
export let aiAt: usize = 0;
export let aiLength: u32 = 0;
/** The digits of the AI as a number. */
export let ai: u32 = 0;
export let valueAt: usize = 0;
export let valueEnd: usize = 0;
/** The value of AI 01 as a number. */
export let gtin: i64 = 0;

/** Reads the element that begins at `at` < `end`. Returns the row of its AI in SPEC, or 0 after noting the error. */
export function readElement(at: usize, end: usize): usize {
  aiAt = at;
  aiLength = 0;
  const spec = specOf(at, end);
  if (spec === 0) {
    fail(ERROR_UNKNOWN_AI, at);
    return 0;
  }
  const start = at + aiLength;
  valueAt = start;
  valueEnd = start;
  if (load<u8>(spec, 1) === FIELD_GTIN && start + 14 <= end) return readGtinValue(spec, start);
  const stop = load<u8>(spec, 6) !== 0 ? readText(start, end, load<u8>(spec, 3)) : readParts(spec, start, end);
  if (stop === 0) return 0;
  valueEnd = stop;
  return spec;
}

/** Row of SPEC of the AI at `at`, 0 when there is none; sets aiLength. */
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
    return SPEC + ((<usize>(prefix >> 24)) << 3); // AIs of two digits have one entry, which stands in the prefix
  }
  return length === 0 || at + length > end ? 0 : longSpecOf(at, length, tens * 10 + ones, (prefix >> 8) & 0xffff);
}

/** The same for AIs of three and four digits, the first two of which are `prefix`. */
function longSpecOf(at: usize, length: u32, prefix: u32, base: usize): usize {
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
  return SPEC + (row << 3);
}

/** A GTIN: fourteen digits with a check digit, read at once. */
function readGtinValue(spec: usize, start: usize): usize {
  gtin = readGtin(start);
  if (gtin < 0) {
    if (gtin !== GTIN_NOT_NUMERIC) fail(ERROR_BAD_CHECK_DIGIT, start + 13);
    else readValue(spec, start, findSeparator(start, start + 14)); // notes what is wrong, and where
    return 0;
  }
  valueEnd = start + 14;
  return spec;
}

/** A value that is one component of set 82, the usual case. Returns its end, or 0. */
function readText(start: usize, end: usize, most: u32): usize {
  const stop = endOfSet82(start, end);
  const length = stop - start;
  if (stop === end || load<u8>(stop) === SEPARATOR) {
    if (length - 1 < <usize>most) return stop; // 1 to `most`: less than 1 wraps around
    if (length === 0) fail(ERROR_AI_EMPTY, start);
    else fail(ERROR_AI_TOO_LONG, start + most);
  } else if (length < <usize>most) {
    fail(ERROR_BAD_CHARSET, stop);
  } else {
    fail(ERROR_AI_TOO_LONG, start + most);
  }
  return 0;
}

/** A value of several components or with checks. Returns its end, or 0. */
function readParts(spec: usize, start: usize, end: usize): usize {
  const limit = findSeparator(start, end);
  if (limit === start) {
    fail(ERROR_AI_EMPTY, start);
    return 0;
  }
  return readValue(spec, start, limit);
}
