// What kind of code a line is, and which of its readings counts:
//
//   1. an element string with AI 01 and AI 21 is a unit, one with AI 00 a package;
//   2. a reading by position (tobacco pack, SGTIN, SSCC, fur tag, alcohol stamp; or a bar code of goods, which is refused);
//   3. any other well-formed element string identifies nothing, but is well formed.
//
// A reading by position that also identifies something beside a package's element string makes the line ambiguous.
import {
  ERROR_BAD_CHARACTERS,
  ERROR_CARET,
  ERROR_UNKNOWN_AI,
  ERROR_UNKNOWN_CODE_TYPE,
  ERROR_WRONG_SYMBOLOGY,
  FORMAT_GS1,
} from '../generated/tables';
import { findBadCharacter, findByte, findSeparator } from '../gs1/characters';
import {
  FLAG_AMBIGUOUS,
  FLAG_ELEMENT_STRING,
  FLAG_NO_SERIAL,
  FLAG_TAIL,
  FLAG_TEMPLATE_MISMATCH,
  KIND_NONE,
  KIND_PACKAGE,
  KIND_UNIT,
  LINE_ERROR,
  LINE_ERROR_AT,
  LINE_FLAGS,
  LINE_FORMAT,
  LINE_GTIN_AT,
  LINE_KIND,
  LINE_SERIAL_AT,
  LINE_SSCC_AT,
  LINE_TAIL_LENGTH,
} from '../layout';
import { fail, resetLine } from '../line';
import { readElementString, sequenceState, templateState } from './element-string';
import { countReadings, keepReading, nearAt, nearError } from './reading';
import { structureOf } from './sequence';

/** No set of characters of GS1 has it, and programs that can't show FNC1 write it instead. */
const CARET: u8 = 0x5e;

/** `]d` and a modifier. */
const SYMBOLOGY_BYTES: usize = 3;
const BRACKET: u8 = 0x5d;
const DATAMATRIX: u8 = 0x64;

/** Reads the code in [at, end), which is not empty, into the line. False when it is none; the error is noted. */
export function readCode(at: usize, end: usize, countries: u32): bool {
  resetLine();
  const wellFormed = readElementString(at, end);
  if (wellFormed && load<u32>(LINE_GTIN_AT) !== 0 && load<u32>(LINE_SERIAL_AT) !== 0) return keepUnit();
  const readings = countReadings(at, end, countries);
  if (wellFormed && load<u32>(LINE_SSCC_AT) !== 0) return keepPackage(readings > 0);
  if (readings > 0) {
    resetLine();
    if (!keepReading(at, end, countries)) return false;
    if (wellFormed) addFlags(FLAG_ELEMENT_STRING);
    if (load<u32>(LINE_TAIL_LENGTH) !== 0) addFlags(FLAG_TAIL);
    return true;
  }
  if (!wellFormed) return chooseError(at, end);
  describe(KIND_NONE, FORMAT_GS1, load<u32>(LINE_GTIN_AT) !== 0 ? FLAG_NO_SERIAL : 0);
  return true;
}

/**
 * Reads [at, end) as a GS1 element string and nothing else; what identifies a unit or a package is told as in a marking code.
 * False when it is none; the error is noted.
 */
export function readElements(at: usize, end: usize): bool {
  resetLine();
  if (!readElementString(at, end)) {
    const caret = findByte(CARET, at, end);
    return caret < end && fail(ERROR_CARET, caret, 1);
  }
  if (load<u32>(LINE_GTIN_AT) !== 0 && load<u32>(LINE_SERIAL_AT) !== 0) return keepUnit();
  if (load<u32>(LINE_SSCC_AT) !== 0) return keepPackage(false);
  describe(KIND_NONE, FORMAT_GS1, load<u32>(LINE_GTIN_AT) !== 0 ? FLAG_NO_SERIAL : 0);
  return true;
}

function keepUnit(): bool {
  const structure = structureOf(sequenceState);
  const mismatch = structure === 0 && structureOf(templateState) === 0;
  describe(KIND_UNIT, structure !== 0 ? structure : FORMAT_GS1, mismatch ? FLAG_TEMPLATE_MISMATCH : 0);
  return true;
}

function keepPackage(ambiguous: bool): bool {
  const structure = structureOf(sequenceState);
  describe(KIND_PACKAGE, structure !== 0 ? structure : FORMAT_GS1, ambiguous ? FLAG_AMBIGUOUS : 0);
  return true;
}

function describe(kind: u32, format: u32, flags: u32): void {
  store<u32>(LINE_KIND, kind);
  store<u32>(LINE_FORMAT, format);
  const tail = load<u32>(LINE_TAIL_LENGTH) !== 0 ? FLAG_TAIL : 0;
  store<u32>(LINE_FLAGS, flags | tail | FLAG_ELEMENT_STRING);
}

function addFlags(flags: u32): void {
  store<u32>(LINE_FLAGS, load<u32>(LINE_FLAGS) | flags);
}

/**
 * Of several reasons why the line is no code, the one that helps: a byte that no code has; a scanner that says what it
 * read, and it was no DataMatrix; what a reading by position missed, unless the line clearly means to be an element string; the first error of the element string; nothing known.
 */
function chooseError(at: usize, end: usize): bool {
  const bad = findBadCharacter(at, end);
  if (bad < end) return fail(ERROR_BAD_CHARACTERS, bad, 1);
  if (isOtherSymbology(at, end)) return fail(ERROR_WRONG_SYMBOLOGY, at, SYMBOLOGY_BYTES);
  const error = load<u32>(LINE_ERROR);
  const errorAt = <usize>load<u32>(LINE_ERROR_AT);
  const meansElements = startsWith(at, end, 0, 0x3130) && startsWith(at, end, 16, 0x3132); // 01 … 21
  if (nearError !== 0 && !meansElements) return fail(nearError, nearAt, 1);
  if (error === ERROR_UNKNOWN_AI && errorAt === at && findSeparator(at, end) === end) {
    return fail(ERROR_UNKNOWN_CODE_TYPE, at, end - at);
  }
  return false;
}

/**
 * True when the line begins with the symbology identifier of ISO/IEC 15424 of another symbol than DataMatrix: `]`, a letter, a modifier.
 * GS1-128 with AI 00 is the label of a package.
 */
function isOtherSymbology(at: usize, end: usize): bool {
  if (end - at < SYMBOLOGY_BYTES || load<u8>(at) !== BRACKET) return false;
  const symbol = load<u8>(at, 1);
  const letter = symbol | 0x20;
  if (letter < 0x61 || letter > 0x7a || symbol === DATAMATRIX) return false;
  return !(startsWith(at, end, 1, 0x3143) && startsWith(at, end, 3, 0x3030)); // C1 00
}

/** True when two bytes, as a little-endian number, stand at an offset of the line. */
function startsWith(at: usize, end: usize, offset: usize, bytes: u16): bool {
  return end - at >= offset + 2 && load<u16>(at + offset) === bytes;
}
