// A GS1 element string as a marking code: which structure it is, and what its AIs mean.
import {
  COUNTRY_RU,
  ERROR_REPEATED_AI,
  FIELD_EXPIRY_DAY,
  FIELD_EXPIRY_MINUTE,
  FIELD_GTIN,
  FIELD_KEY_ID,
  FIELD_PRICE,
  FIELD_PRODUCTION,
  FIELD_SERIAL,
  FIELD_SSCC,
  FIELD_TAIL,
  FIELD_VOLUME,
  FIELD_WEIGHT,
} from '../generated/tables';
import { SEPARATOR } from '../gs1/characters';
import { readDigits } from '../gs1/check-digit';
import { endOfDay, minuteOf, startOfDay } from '../gs1/dates';
import { ai, aiAt, aiLength, gtin, readElement, valueAt, valueEnd } from '../gs1/elements';
import {
  LINE_EXPIRY,
  LINE_GTIN,
  LINE_GTIN_AT,
  LINE_KEY_ID_AT,
  LINE_KEY_ID_LENGTH,
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
} from '../layout';
import { fail } from '../line';
import { codeOf, ROOT, step } from './sequence';

const SPEC_TEMPLATE: u32 = 2;

/** State of the trie after all elements. */
export let sequenceState: u32 = ROOT;
/** The same over the elements of templates only (GTIN, serial, key id, tail), so that foreign AIs don't hide a structure. */
export let templateState: u32 = ROOT;

let now: i32 = 0;
let countries: u32 = 0;

/**
 * Options of the calls that follow: the year that two-digit years are near (0: the 21st century), and the country bits.
 * Prices are in kopecks, so they are read for Russia only.
 */
export function setContext(year: i32, countryBits: u32): void {
  now = year;
  countries = countryBits;
}

/** Reads all elements of [at, end) into the line. False after noting the first error; an empty string has none. */
export function readElementString(at: usize, end: usize): bool {
  let sequence = ROOT;
  let template = ROOT;
  while (at < end) {
    const spec = readElement(at, end);
    if (spec === 0) return false;
    const field = <u32>load<u8>(spec, 1);
    const length = <u32>(valueEnd - valueAt);
    const code = codeOf(aiLength, ai);
    const together = sequence === template;
    sequence = step(sequence, code, length);
    if ((load<u8>(spec) & SPEC_TEMPLATE) !== 0) template = together ? sequence : step(template, code, length);
    if (field !== 0 && !keep(field, length)) return false;
    at = valueEnd;
    if (at < end && load<u8>(at) === SEPARATOR) at++;
  }
  sequenceState = sequence;
  templateState = template;
  return true;
}

/** Keeps what the element just read means. Of repeated elements the first counts; identity may only repeat itself. */
function keep(field: u32, length: u32): bool {
  if (field === FIELD_GTIN) {
    if (load<u32>(LINE_GTIN_AT) !== 0) return repeats(load<u32>(LINE_GTIN_AT), 14, length);
    store<u32>(LINE_GTIN_AT, <u32>valueAt);
    store<u64>(LINE_GTIN, <u64>gtin);
    return true;
  }
  if (field === FIELD_SERIAL) return keepText(LINE_SERIAL_AT, LINE_SERIAL_LENGTH, length, true);
  if (field === FIELD_KEY_ID) return keepText(LINE_KEY_ID_AT, LINE_KEY_ID_LENGTH, length, false);
  if (field === FIELD_TAIL) return keepText(LINE_TAIL_AT, LINE_TAIL_LENGTH, length, false);
  if (field === FIELD_SSCC) {
    if (load<u32>(LINE_SSCC_AT) !== 0) return repeats(load<u32>(LINE_SSCC_AT), 18, length);
    store<u32>(LINE_SSCC_AT, <u32>valueAt);
    store<u64>(LINE_SSCC, readDigits(valueAt, 18));
    return true;
  }
  keepQuantity(field);
  return true;
}

function keepText(atField: usize, lengthField: usize, length: u32, identity: bool): bool {
  const known = load<u32>(atField);
  if (known !== 0) return !identity || repeats(known, load<u32>(lengthField), length);
  store<u32>(atField, <u32>valueAt);
  store<u32>(lengthField, length);
  return true;
}

function repeats(known: usize, knownLength: u32, length: u32): bool {
  if (knownLength === length && memory.compare(known, valueAt, length) === 0) return true;
  return fail(ERROR_REPEATED_AI, aiAt);
}

function keepQuantity(field: u32): void {
  if (field === FIELD_EXPIRY_MINUTE) {
    store<i32>(LINE_EXPIRY, minuteOf(valueAt, now)); // finer than AI 17, so it wins in either order
  } else if (field === FIELD_EXPIRY_DAY) {
    if (load<i32>(LINE_EXPIRY) < 0) store<i32>(LINE_EXPIRY, endOfDay(valueAt, now));
  } else if (field === FIELD_PRODUCTION) {
    if (load<i32>(LINE_PRODUCTION) < 0) store<i32>(LINE_PRODUCTION, startOfDay(valueAt, now));
  } else if (field === FIELD_WEIGHT) {
    if (load<i32>(LINE_WEIGHT) < 0) store<i32>(LINE_WEIGHT, thousandths());
  } else if (field === FIELD_VOLUME) {
    if (load<i32>(LINE_VOLUME) < 0) store<i32>(LINE_VOLUME, thousandths());
  } else if (field === FIELD_PRICE && countries === COUNTRY_RU) {
    if (load<i32>(LINE_PRICE) < 0) store<i32>(LINE_PRICE, <i32>readDigits(valueAt, 6));
  }
}

/** Six digits whose decimals the last digit of the AI tells, in thousandths; finer than that is cut off. */
function thousandths(): i32 {
  let value = <i32>readDigits(valueAt, 6);
  const decimals = ai % 10;
  for (let i = decimals; i < 3; i++) value *= 10;
  for (let i = decimals; i > 3; i--) value /= 10;
  return value;
}
