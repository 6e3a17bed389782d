// Messages: the bytes that a tail signs, built from a code by the template of its key.
import { columnAt } from '../batch';
import { SEPARATOR } from '../gs1/characters';
import { ai, aiLength, readElement, valueAt, valueEnd } from '../gs1/elements';
import {
  COLUMN_FLAGS,
  COLUMN_GTIN,
  COLUMN_KEY_ID_LENGTH,
  COLUMN_KEY_ID_OFFSET,
  COLUMN_KIND,
  COLUMN_LENGTH,
  COLUMN_OFFSET,
  COLUMN_SERIAL_LENGTH,
  COLUMN_SERIAL_OFFSET,
  FLAG_ELEMENT_STRING,
  KIND_UNIT,
} from '../layout';
import { codeOf } from '../marking/sequence';
import { STEP_ELEMENT, STEP_END, STEP_LINE_TO_TAIL_ELEMENT, STEP_LITERAL, STEP_OPTIONAL, STEP_VALUE } from './layout';

/** Bytes that {@link buildMessage} may write past the end of a message. */
export const MESSAGE_SLACK: usize = 16;

const AI_01: u32 = 20_001;
const AI_21: u32 = 20_021;
const AI_91: u32 = 20_091;

/** A separator and the two digits of AI 92 or 93, before the value of a tail. */
const TAIL_HEAD: usize = 3;

let foundAt: usize = 0;
let foundLength: usize = 0;

/**
 * Writes the message of a row to `to` and returns its end; 0 when the code lacks an AI that the template needs, or the message
 * would pass `limit`. `tailAt` is the address of the tail's value. May write MESSAGE_SLACK bytes past the end.
 */
export function buildMessage(program: usize, row: usize, input: usize, tailAt: usize, to: usize, limit: usize): usize {
  const line = input + load<u32>(columnAt(COLUMN_OFFSET) + (row << 2));
  let at = program;
  while (true) {
    const step = <u32>load<u8>(at);
    const kind = step & ~STEP_OPTIONAL;
    if (kind === STEP_END) return to;
    if (kind === STEP_LITERAL) {
      const length = <usize>load<u8>(at, 1);
      if (limit - to < length) return 0;
      copy(to, at + 2, length);
      to += length;
      at += 2 + length;
    } else if (kind === STEP_VALUE || kind === STEP_ELEMENT) {
      const code = <u32>load<u16>(at, 1);
      at += 3;
      if (!findValue(code, row, input, line)) {
        if ((step & STEP_OPTIONAL) === 0) return 0;
        continue;
      }
      if (limit - to < foundLength + 4) return 0;
      if (kind === STEP_ELEMENT) to = writeAi(code, to);
      copy(to, foundAt, foundLength);
      to += foundLength;
    } else {
      let end = tailAt;
      if (kind === STEP_LINE_TO_TAIL_ELEMENT && isElementString(row)) {
        // Without a separator only behind an AI of fixed length.
        end -= TAIL_HEAD;
        if (load<u8>(end) !== SEPARATOR) end++;
      }
      const length = end - line;
      if (limit - to < length) return 0;
      copy(to, line, length);
      to += length;
      at += 1;
    }
  }
}

/** Copies in sixteens: messages are short, and a call to copy them costs more than their bytes. */
function copy(to: usize, from: usize, length: usize): void {
  const end = to + length;
  while (to < end) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
}

function isElementString(row: usize): bool {
  return (load<u16>(columnAt(COLUMN_FLAGS) + (row << 1)) & FLAG_ELEMENT_STRING) !== 0;
}

/** Writes the digits of an AI. */
function writeAi(code: u32, to: usize): usize {
  const digits = code / 10_000;
  let rest = code % 10_000;
  for (let i = <usize>digits; i > 0; i--) {
    store<u8>(to + i - 1, <u8>(0x30 + (rest % 10)));
    rest /= 10;
  }
  return to + digits;
}

/** Digits of a GTIN that stands in no element. */
const GTIN_TEXT: usize = memory.data(32, 16);

/** Finds the first element with this AI; in codes cut by position AI 01 is the GTIN and AI 21 the serial. */
function findValue(code: u32, row: usize, input: usize, line: usize): bool {
  const elements = isElementString(row);
  const gtin = load<f64>(columnAt(COLUMN_GTIN) + (row << 3));
  if (load<u8>(columnAt(COLUMN_KIND) + row) === <u8>KIND_UNIT && gtin >= 0) {
    if (code === AI_01) {
      writeGtin(<u64>gtin);
      foundAt = GTIN_TEXT;
      foundLength = 14;
      return true;
    }
    if (code === AI_21) return span(COLUMN_SERIAL_OFFSET, COLUMN_SERIAL_LENGTH, row, input);
    if (code === AI_91) return span(COLUMN_KEY_ID_OFFSET, COLUMN_KEY_ID_LENGTH, row, input);
  }
  return elements && walkTo(code, line, line + load<u32>(columnAt(COLUMN_LENGTH) + (row << 2)));
}

function span(offsets: u32, lengths: u32, row: usize, input: usize): bool {
  foundAt = input + load<u32>(columnAt(offsets) + (row << 2));
  foundLength = <usize>load<u8>(columnAt(lengths) + row);
  return foundLength !== 0;
}

function writeGtin(gtin: u64): void {
  let high = <u32>(gtin / 10_000_000);
  let low = <u32>(gtin % 10_000_000);
  for (let i: usize = 7; i > 0; i--) {
    store<u8>(GTIN_TEXT + i - 1, <u8>(0x30 + (high % 10)));
    store<u8>(GTIN_TEXT + i + 6, <u8>(0x30 + (low % 10)));
    high /= 10;
    low /= 10;
  }
}

function walkTo(code: u32, at: usize, end: usize): bool {
  while (at < end) {
    if (readElement(at, end) === 0) return false;
    if (codeOf(aiLength, ai) === code) {
      foundAt = valueAt;
      foundLength = valueEnd - valueAt;
      return true;
    }
    at = valueEnd;
    if (at < end && load<u8>(at) === SEPARATOR) at++;
  }
  return false;
}
