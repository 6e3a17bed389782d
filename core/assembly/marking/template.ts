// The codes of most packs, read straight through: (01) GTIN (21) serial, alone or with (93) or with (91) and (92).
// It says of them what element-string.ts says, only sooner; whatever is not exactly that is left to it. That no rule of
// associations can be broken by these AIs the table generator makes sure of.
import { SERIAL_STATE } from '../generated/tables';
import { outsideSet82, SEPARATOR } from '../gs1/characters';
import { readGtin } from '../gs1/check-digit';
import { codeOf, step, structureOf } from './sequence';

// Two digits as a little-endian number.
const AI_01: u16 = 0x3130;
const AI_21: u16 = 0x3132;
const AI_91: u16 = 0x3139;
const AI_92: u16 = 0x3239;
const AI_93: u16 = 0x3339;

/** Bytes before a serial: AI 01, a GTIN, AI 21. */
export const SERIAL_PLACE: usize = 18;
const SERIAL_MAX: usize = 20;
const TEXT_MAX: usize = 90;

/** A separator and an AI of two digits. */
const HEAD: usize = 3;

/** Where the code begins that was read last, 0 when there was none, and where reading stopped. */
export let templateAt: usize = 0;
export let templateEnd: usize = 0;

/** What was read. An address is 0 where nothing was found. */
export let gtin: i64 = 0;
export let serialLength: u32 = 0;
export let keyIdAt: usize = 0;
export let keyIdLength: u32 = 0;
export let tailAt: usize = 0;
export let tailLength: u32 = 0;
/** AI of the tail: 92 or 93. */
export let tailAi: u32 = 0;
/** State of the trie behind what was read. */
export let templateState: u32 = 0;
/** Number of the structure, 0 when the lengths fit none in effect. */
export let structure: u32 = 0;

/**
 * Reads the code at `at`. Returns the address behind it, where no character of set 82 stands (the caller knows what may), or
 * `end`; 0 when it is none of these codes.
 */
export function readTemplate(at: usize, end: usize): usize {
  templateAt = 0;
  if (end - at <= SERIAL_PLACE || load<u16>(at) !== AI_01 || load<u16>(at, 16) !== AI_21) return 0;
  gtin = readGtin(at + 2);
  if (gtin < 0) return 0;
  const serial = at + SERIAL_PLACE;
  let stop = endOfText(serial, end);
  const length = stop - serial;
  if (length - 1 >= SERIAL_MAX) return 0; // 1 to 20: less than 1 wraps around
  serialLength = <u32>length;
  let state = <u32>load<u8>(SERIAL_STATE + length);
  keyIdAt = 0;
  keyIdLength = 0;
  tailAt = 0;
  tailLength = 0;
  if (goesOn(stop, end)) {
    let ai = load<u16>(stop, 1);
    if (ai === AI_91) {
      keyIdAt = stop + HEAD;
      stop = endOfText(keyIdAt, end);
      if (stop - keyIdAt - 1 >= TEXT_MAX) return 0;
      keyIdLength = <u32>(stop - keyIdAt);
      state = step(state, codeOf(2, 91), keyIdLength);
      ai = goesOn(stop, end) ? load<u16>(stop, 1) : 0;
    }
    if (ai === AI_92 || ai === AI_93) {
      tailAt = stop + HEAD;
      stop = endOfText(tailAt, end);
      if (stop - tailAt - 1 >= TEXT_MAX) return 0;
      tailLength = <u32>(stop - tailAt);
      tailAi = ai === AI_92 ? 92 : 93;
      state = step(state, codeOf(2, tailAi), tailLength);
    }
  }
  structure = structureOf(state);
  templateState = state;
  templateEnd = stop;
  templateAt = at;
  return stop;
}

/** True when a separator stands at `stop` and an AI of two digits with a value behind it. */
function goesOn(stop: usize, end: usize): bool {
  return end - stop > HEAD && load<u8>(stop) === SEPARATOR;
}

/** Address of the first byte in [at, end) that CSET 82 doesn't have, or `end`. */
function endOfText(at: usize, end: usize): usize {
  let stop = at;
  while (stop < end) {
    const outside = outsideSet82(stop);
    if (outside !== 0) {
      stop += ctz(outside);
      break;
    }
    stop += 16;
  }
  return stop < end ? stop : end;
}
