// One pass over a buffer: cut lines or frames, read each, write its row of columns.

import { beginElements, beginRow, dropRow, keeping } from './element-columns';
import { fingerprintPackage, fingerprintPrefixed, fingerprintUnit } from './fingerprint';
import { ERROR_EMPTY, ERROR_LINE_TOO_LONG, FORMAT_GS1 } from './generated/tables';
import {
  COLUMN_ERROR,
  COLUMN_ERROR_LENGTH,
  COLUMN_ERROR_POSITION,
  COLUMN_EXPIRY,
  COLUMN_FINGERPRINT,
  COLUMN_FLAGS,
  COLUMN_FORMAT,
  COLUMN_GTIN,
  COLUMN_KEY_ID_LENGTH,
  COLUMN_KEY_ID_OFFSET,
  COLUMN_KIND,
  COLUMN_LENGTH,
  COLUMN_OFFSET,
  COLUMN_PRICE,
  COLUMN_PRODUCTION,
  COLUMN_SERIAL_LENGTH,
  COLUMN_SERIAL_OFFSET,
  COLUMN_TAIL_LENGTH,
  COLUMN_TAIL_OFFSET,
  COLUMN_VOLUME,
  COLUMN_WEIGHT,
  FLAG_ELEMENT_STRING,
  FLAG_TAIL,
  FLAG_TEMPLATE_MISMATCH,
  FRAME_HEAD,
  KEY_OTHER,
  KIND_NONE,
  KIND_UNIT,
  LINE_ERROR,
  LINE_ERROR_AT,
  LINE_ERROR_LENGTH,
  LINE_EXPIRY,
  LINE_FLAGS,
  LINE_FORMAT,
  LINE_GTIN,
  LINE_GTIN_AT,
  LINE_KEY_ID_AT,
  LINE_KEY_ID_LENGTH,
  LINE_KIND,
  LINE_MAX,
  LINE_PRICE,
  LINE_PRODUCTION,
  LINE_SERIAL_AT,
  LINE_SERIAL_LENGTH,
  LINE_SSCC,
  LINE_SSCC_AT,
  LINE_TAIL_AT,
  LINE_TAIL_LENGTH,
  LINE_VOLUME,
  LINE_WEIGHT,
  OPTION_COUNTRIES,
  OPTION_GS1,
  OPTION_TRIM,
} from './layout';
import { fail, resetLine } from './line';
import { readCode, readElements } from './marking/code';
import { addTemplate, setContext } from './marking/element-string';
import {
  gtin,
  keyIdAt,
  keyIdLength,
  readTemplate,
  SERIAL_PLACE,
  serialLength,
  structure,
  tailAt,
  tailLength,
} from './marking/template';
import { findNewline, NEWLINE } from './scan';

const RETURN: u8 = 0x0d;

/** Where the input begins, where the columns begin, and for how many rows they are laid out. */
let input: usize = 0;
let columns: usize = 0;
let rows: usize = 0;

/** Tells where the input and the columns are; every column begins at a multiple of 16. */
export function placeBatch(inputAt: usize, columnsAt: usize, rowsMax: u32): void {
  input = inputAt;
  columns = columnsAt;
  rows = rowsMax;
}

/** Start of a column. */
export function columnAt(column: u32): usize {
  return columns + rows * column;
}

/** Parses the lines of the first `length` bytes of the input; the caller has made room for all their rows. */
export function parseLines(length: u32, options: u32, year: i32): u32 {
  begin(options, year, (options & OPTION_GS1) !== 0);
  const end = input + length;
  let row: u32 = 0;
  let at = input;
  while (at < end) {
    if (keeping) beginRow(row);
    const read = readTemplate(at, end);
    const next: usize = read === 0 ? 0 : behindLine(read, end);
    if (next !== 0) {
      writeTemplate(row++, at, read);
      at = next;
      continue;
    }
    const newline = findNewline(at, end);
    let stop = newline;
    if (newline < end && stop > at && load<u8>(stop - 1) === RETURN) stop--;
    parseLine(row++, at, stop, options);
    at = newline + 1;
  }
  if (keeping) beginRow(row);
  return row;
}

/** Address behind the end of a line whose code stops at `stop`; 0 when the line goes on. */
function behindLine(stop: usize, end: usize): usize {
  if (stop === end) return end;
  const byte = load<u8>(stop);
  if (byte === NEWLINE) return stop + 1;
  return byte === RETURN && end - stop > 1 && load<u8>(stop, 1) === NEWLINE ? stop + 2 : 0;
}

/**
 * Parses the frames of the first `length` bytes of the input, which countFrames of scan.ts has found whole; the caller has made
 * room for all their rows.
 */
export function parseFrames(length: u32, options: u32, year: i32): u32 {
  begin(options, year, (options & OPTION_GS1) !== 0);
  const end = input + length;
  let row: u32 = 0;
  let at = input;
  while (at < end) {
    const start = at + FRAME_HEAD;
    at = start + load<u16>(at);
    if (keeping) beginRow(row);
    if (readTemplate(start, at) === at) writeTemplate(row++, start, at);
    else parseLine(row++, start, at, options);
  }
  if (keeping) beginRow(row);
  return row;
}

/** Parses the first `length` bytes as one code, newlines and all; its elements are not kept as columns. */
export function parseWhole(length: u32, options: u32, year: i32): u32 {
  begin(options, year, false);
  const end = input + length;
  if (readTemplate(input, end) === end) writeTemplate(0, input, end);
  else parseLine(0, input, end, options);
  return 1;
}

function begin(options: u32, year: i32, keep: bool): void {
  setContext(year, options & OPTION_COUNTRIES);
  beginElements(keep);
}

function parseLine(row: u32, at: usize, end: usize, options: u32): void {
  if ((options & OPTION_TRIM) !== 0) {
    while (at < end && isBlank(load<u8>(at))) at++;
    while (at < end && isBlank(load<u8>(end - 1))) end--;
  }
  if (isCode(at, end, options)) {
    writeCode(row, at, end);
  } else {
    if (keeping) dropRow(row);
    writeError(row, at, end);
  }
}

/** Reads the line; false when it is no code and LINE_ERROR says why. */
function isCode(at: usize, end: usize, options: u32): bool {
  if (end - at - 1 < <usize>LINE_MAX) return readLine(at, end, options); // 1 to LINE_MAX bytes
  resetLine();
  return at === end ? fail(ERROR_EMPTY, at, 0) : fail(ERROR_LINE_TOO_LONG, at + LINE_MAX, end - at - LINE_MAX);
}

function readLine(at: usize, end: usize, options: u32): bool {
  return (options & OPTION_GS1) !== 0 ? readElements(at, end) : readCode(at, end, options & OPTION_COUNTRIES);
}

function isBlank(byte: u8): bool {
  return byte === 0x20 || byte === 0x09;
}

/** The code that {@link readTemplate} has read. */
function writeTemplate(row: usize, at: usize, end: usize): void {
  const serial = at + SERIAL_PLACE;
  if (keeping) addTemplate();
  fingerprintUnit(gtin, serial, serialLength, columnAt(COLUMN_FINGERPRINT) + (row << 4));
  store<f64>(columnAt(COLUMN_GTIN) + (row << 3), <f64>gtin);
  writeRow(row, at, end, KIND_UNIT, 0, 0, 0);
  writeSpan(row, COLUMN_SERIAL_OFFSET, COLUMN_SERIAL_LENGTH, serial, serialLength);
  writeSpan(row, COLUMN_KEY_ID_OFFSET, COLUMN_KEY_ID_LENGTH, keyIdAt, keyIdLength);
  writeSpan(row, COLUMN_TAIL_OFFSET, COLUMN_TAIL_LENGTH, tailAt, tailLength);
  writeNoQuantities(row);
  let flags = FLAG_ELEMENT_STRING;
  if (tailLength !== 0) flags |= FLAG_TAIL;
  if (structure === 0) flags |= FLAG_TEMPLATE_MISMATCH;
  store<u16>(columnAt(COLUMN_FLAGS) + (row << 1), <u16>flags);
  store<u8>(columnAt(COLUMN_FORMAT) + row, <u8>(structure !== 0 ? structure : FORMAT_GS1));
}

function writeCode(row: usize, at: usize, end: usize): void {
  const kind = load<u32>(LINE_KIND);
  const fingerprint = columnAt(COLUMN_FINGERPRINT) + (row << 4);
  let identity = <usize>load<u32>(LINE_SERIAL_AT);
  let identityLength = load<u32>(LINE_SERIAL_LENGTH);
  let number: f64 = -1;
  if (load<u32>(LINE_GTIN_AT) !== 0) number = <f64>load<u64>(LINE_GTIN);
  if (kind === KIND_NONE) {
    v128.store(fingerprint, i64x2.splat(0));
  } else if (load<u32>(LINE_SSCC_AT) !== 0 && (number < 0 || identity === 0)) {
    identity = load<u32>(LINE_SSCC_AT);
    identityLength = 18;
    number = -1;
    fingerprintPackage(load<u64>(LINE_SSCC), fingerprint);
  } else if (number >= 0) {
    fingerprintUnit(load<u64>(LINE_GTIN), identity, identityLength, fingerprint);
  } else {
    identity = at;
    identityLength = <u32>(end - at);
    fingerprintPrefixed(KEY_OTHER, at, identityLength, fingerprint);
  }
  store<f64>(columnAt(COLUMN_GTIN) + (row << 3), number);
  writeRow(row, at, end, kind, 0, 0, 0);
  writeSpan(row, COLUMN_SERIAL_OFFSET, COLUMN_SERIAL_LENGTH, identity, identityLength);
  writeSpan(row, COLUMN_KEY_ID_OFFSET, COLUMN_KEY_ID_LENGTH, load<u32>(LINE_KEY_ID_AT), load<u32>(LINE_KEY_ID_LENGTH));
  writeSpan(row, COLUMN_TAIL_OFFSET, COLUMN_TAIL_LENGTH, load<u32>(LINE_TAIL_AT), load<u32>(LINE_TAIL_LENGTH));
  // With a clock before 2019 two-digit years reach back before 1970; such moments are absent, as −1 is taken.
  store<i32>(columnAt(COLUMN_EXPIRY) + (row << 2), max<i32>(load<i32>(LINE_EXPIRY), -1));
  store<i32>(columnAt(COLUMN_PRODUCTION) + (row << 2), max<i32>(load<i32>(LINE_PRODUCTION), -1));
  store<i32>(columnAt(COLUMN_WEIGHT) + (row << 2), load<i32>(LINE_WEIGHT));
  store<i32>(columnAt(COLUMN_VOLUME) + (row << 2), load<i32>(LINE_VOLUME));
  store<i32>(columnAt(COLUMN_PRICE) + (row << 2), load<i32>(LINE_PRICE));
  store<u16>(columnAt(COLUMN_FLAGS) + (row << 1), <u16>load<u32>(LINE_FLAGS));
  store<u8>(columnAt(COLUMN_FORMAT) + row, <u8>load<u32>(LINE_FORMAT));
}

/** A line that is no code: everything absent but the error. */
function writeError(row: usize, at: usize, end: usize): void {
  v128.store(columnAt(COLUMN_FINGERPRINT) + (row << 4), i64x2.splat(0));
  store<f64>(columnAt(COLUMN_GTIN) + (row << 3), -1);
  const position = load<u32>(LINE_ERROR_AT) - <u32>at;
  writeRow(row, at, end, KIND_NONE, load<u32>(LINE_ERROR), position, load<u32>(LINE_ERROR_LENGTH));
  writeSpan(row, COLUMN_SERIAL_OFFSET, COLUMN_SERIAL_LENGTH, 0, 0);
  writeSpan(row, COLUMN_KEY_ID_OFFSET, COLUMN_KEY_ID_LENGTH, 0, 0);
  writeSpan(row, COLUMN_TAIL_OFFSET, COLUMN_TAIL_LENGTH, 0, 0);
  writeNoQuantities(row);
  store<u16>(columnAt(COLUMN_FLAGS) + (row << 1), 0);
  store<u8>(columnAt(COLUMN_FORMAT) + row, 0);
}

function writeRow(
  row: usize,
  at: usize,
  end: usize,
  kind: u32,
  error: u32,
  errorPosition: u32,
  errorLength: u32,
): void {
  store<u32>(columnAt(COLUMN_OFFSET) + (row << 2), <u32>(at - input));
  store<u32>(columnAt(COLUMN_LENGTH) + (row << 2), <u32>(end - at));
  store<u32>(columnAt(COLUMN_ERROR_POSITION) + (row << 2), errorPosition);
  store<u32>(columnAt(COLUMN_ERROR_LENGTH) + (row << 2), errorLength);
  store<u8>(columnAt(COLUMN_KIND) + row, <u8>kind);
  store<u8>(columnAt(COLUMN_ERROR) + row, <u8>error);
}

function writeNoQuantities(row: usize): void {
  store<i32>(columnAt(COLUMN_EXPIRY) + (row << 2), -1);
  store<i32>(columnAt(COLUMN_PRODUCTION) + (row << 2), -1);
  store<i32>(columnAt(COLUMN_WEIGHT) + (row << 2), -1);
  store<i32>(columnAt(COLUMN_VOLUME) + (row << 2), -1);
  store<i32>(columnAt(COLUMN_PRICE) + (row << 2), -1);
}

/** A part of the line; offset and length are 0 when it is absent. */
function writeSpan(row: usize, offsetColumn: u32, lengthColumn: u32, at: usize, length: u32): void {
  store<u32>(columnAt(offsetColumn) + (row << 2), at === 0 ? 0 : <u32>(at - input));
  store<u8>(columnAt(lengthColumn) + row, <u8>length);
}
