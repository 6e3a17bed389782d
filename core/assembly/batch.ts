// One pass over a buffer: cut lines, read each, write its row of columns.

import { fingerprintPackage, fingerprintPrefixed, fingerprintUnit } from './fingerprint';
import { ERROR_EMPTY, ERROR_LINE_TOO_LONG } from './generated/tables';
import {
  COLUMN_ERROR,
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
  KEY_OTHER,
  KIND_NONE,
  LINE_ERROR,
  LINE_ERROR_AT,
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
  OPTION_TRIM,
} from './layout';
import { fail, resetLine } from './line';
import { readCode } from './marking/code';
import { setContext } from './marking/element-string';
import { findNewline } from './scan';

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
  setContext(year, options & OPTION_COUNTRIES);
  const end = input + length;
  let row: u32 = 0;
  let at = input;
  while (at < end) {
    const newline = findNewline(at, end);
    let stop = newline;
    if (newline < end && stop > at && load<u8>(stop - 1) === 0x0d) stop--;
    parseLine(row++, at, stop, options);
    at = newline + 1;
  }
  return row;
}

/** Parses the first `length` bytes as one code, newlines and all. */
export function parseWhole(length: u32, options: u32, year: i32): u32 {
  setContext(year, options & OPTION_COUNTRIES);
  parseLine(0, input, input + length, options);
  return 1;
}

function parseLine(row: u32, at: usize, end: usize, options: u32): void {
  if ((options & OPTION_TRIM) !== 0) {
    while (at < end && isBlank(load<u8>(at))) at++;
    while (at < end && isBlank(load<u8>(end - 1))) end--;
  }
  if (isCode(at, end, options)) writeCode(row, at, end);
  else writeError(row, at, end);
}

/** Reads the line; false when it is no code and LINE_ERROR says why. */
function isCode(at: usize, end: usize, options: u32): bool {
  if (end - at - 1 < <usize>LINE_MAX) return readCode(at, end, options & OPTION_COUNTRIES); // 1 to LINE_MAX bytes
  resetLine();
  return at === end ? fail(ERROR_EMPTY, at) : fail(ERROR_LINE_TOO_LONG, at + LINE_MAX);
}

function isBlank(byte: u8): bool {
  return byte === 0x20 || byte === 0x09;
}

function writeCode(row: usize, at: usize, end: usize): void {
  const kind = load<u32>(LINE_KIND);
  const fingerprint = columnAt(COLUMN_FINGERPRINT) + (row << 4);
  let identity = <usize>load<u32>(LINE_SERIAL_AT);
  let identityLength = load<u32>(LINE_SERIAL_LENGTH);
  let gtin: f64 = -1;
  if (load<u32>(LINE_GTIN_AT) !== 0) gtin = <f64>load<u64>(LINE_GTIN);
  if (kind === KIND_NONE) {
    v128.store(fingerprint, i64x2.splat(0));
  } else if (load<u32>(LINE_SSCC_AT) !== 0 && (gtin < 0 || identity === 0)) {
    identity = load<u32>(LINE_SSCC_AT);
    identityLength = 18;
    gtin = -1;
    fingerprintPackage(load<u64>(LINE_SSCC), fingerprint);
  } else if (gtin >= 0) {
    fingerprintUnit(load<u64>(LINE_GTIN), identity, identityLength, fingerprint);
  } else {
    identity = at;
    identityLength = <u32>(end - at);
    fingerprintPrefixed(KEY_OTHER, at, identityLength, fingerprint);
  }
  store<f64>(columnAt(COLUMN_GTIN) + (row << 3), gtin);
  writeRow(row, at, end, kind, 0, 0);
  writeSpan(row, COLUMN_SERIAL_OFFSET, COLUMN_SERIAL_LENGTH, identity, identityLength);
  writeSpan(row, COLUMN_KEY_ID_OFFSET, COLUMN_KEY_ID_LENGTH, load<u32>(LINE_KEY_ID_AT), load<u32>(LINE_KEY_ID_LENGTH));
  writeSpan(row, COLUMN_TAIL_OFFSET, COLUMN_TAIL_LENGTH, load<u32>(LINE_TAIL_AT), load<u32>(LINE_TAIL_LENGTH));
  store<i32>(columnAt(COLUMN_EXPIRY) + (row << 2), load<i32>(LINE_EXPIRY));
  store<i32>(columnAt(COLUMN_PRODUCTION) + (row << 2), load<i32>(LINE_PRODUCTION));
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
  writeRow(row, at, end, KIND_NONE, load<u32>(LINE_ERROR), load<u32>(LINE_ERROR_AT) - <u32>at);
  writeSpan(row, COLUMN_SERIAL_OFFSET, COLUMN_SERIAL_LENGTH, 0, 0);
  writeSpan(row, COLUMN_KEY_ID_OFFSET, COLUMN_KEY_ID_LENGTH, 0, 0);
  writeSpan(row, COLUMN_TAIL_OFFSET, COLUMN_TAIL_LENGTH, 0, 0);
  store<i32>(columnAt(COLUMN_EXPIRY) + (row << 2), -1);
  store<i32>(columnAt(COLUMN_PRODUCTION) + (row << 2), -1);
  store<i32>(columnAt(COLUMN_WEIGHT) + (row << 2), -1);
  store<i32>(columnAt(COLUMN_VOLUME) + (row << 2), -1);
  store<i32>(columnAt(COLUMN_PRICE) + (row << 2), -1);
  store<u16>(columnAt(COLUMN_FLAGS) + (row << 1), 0);
  store<u8>(columnAt(COLUMN_FORMAT) + row, 0);
}

function writeRow(row: usize, at: usize, end: usize, kind: u32, error: u32, errorPosition: u32): void {
  store<u32>(columnAt(COLUMN_OFFSET) + (row << 2), <u32>(at - input));
  store<u32>(columnAt(COLUMN_LENGTH) + (row << 2), <u32>(end - at));
  store<u32>(columnAt(COLUMN_ERROR_POSITION) + (row << 2), errorPosition);
  store<u8>(columnAt(COLUMN_KIND) + row, <u8>kind);
  store<u8>(columnAt(COLUMN_ERROR) + row, <u8>error);
}

/** A part of the line; offset and length are 0 when it is absent. */
function writeSpan(row: usize, offsetColumn: u32, lengthColumn: u32, at: usize, length: u32): void {
  store<u32>(columnAt(offsetColumn) + (row << 2), at === 0 ? 0 : <u32>(at - input));
  store<u8>(columnAt(lengthColumn) + row, <u8>length);
}
