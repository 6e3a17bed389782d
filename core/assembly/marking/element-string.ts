// A GS1 element string as a marking code: which structure it is, and what its AIs mean.

import { addElement, keeping } from '../element-columns';
import { listElements } from '../elements';
import {
  COUNTRY_RU,
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
  SPEC,
  SPEC_ROW_01,
  SPEC_ROW_21,
  SPEC_ROW_91,
  SPEC_ROW_92,
  SPEC_ROW_93,
  SPEC_TEMPLATE,
} from '../generated/tables';
import { addAssociation, associationsHold, beginAssociations, judgeAssociations } from '../gs1/associations';
import { SEPARATOR } from '../gs1/characters';
import { readDigits } from '../gs1/check-digit';
import { endOfDay, minuteOf, startOfDay } from '../gs1/dates';
import { ai, aiLength, gtin, readElement, SPEC_BYTES, valueAt, valueEnd } from '../gs1/elements';
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
import { codeOf, ROOT, step } from './sequence';
import {
  keyIdAt,
  keyIdLength,
  SERIAL_PLACE,
  serialLength,
  tailAi,
  tailAt,
  tailLength,
  templateAt,
  templateEnd,
  gtin as templateGtin,
  templateState as templateReached,
} from './template';

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
  const start = at;
  let sequence = ROOT;
  let template = ROOT;
  beginAssociations();
  if (templateAt === at && (templateEnd === end || load<u8>(templateEnd) === SEPARATOR)) {
    adoptTemplate();
    sequence = templateReached;
    template = templateReached;
    at = templateEnd < end ? templateEnd + 1 : end;
  }
  while (at < end) {
    const spec = readElement(at, end);
    if (spec === 0) return false;
    addAssociation(spec);
    const field = <u32>load<u8>(spec, 1);
    const length = <u32>(valueEnd - valueAt);
    const code = codeOf(aiLength, ai);
    if (keeping) addElement(code, valueAt, length);
    const together = sequence === template;
    sequence = step(sequence, code, length);
    if ((load<u8>(spec) & SPEC_TEMPLATE) !== 0) template = together ? sequence : step(template, code, length);
    if (field !== 0) keep(field, length);
    at = valueEnd;
    if (at < end && load<u8>(at) === SEPARATOR) at++;
  }
  sequenceState = sequence;
  templateState = template;
  return associationsHold() || judgeAssociations(start, listElements(start, end));
}

/** Takes what template.ts has read of this line over: the line only goes on behind it. */
function adoptTemplate(): void {
  const serial = templateAt + SERIAL_PLACE;
  store<u64>(LINE_GTIN, <u64>templateGtin);
  store<u32>(LINE_GTIN_AT, <u32>templateAt + 2);
  store<u32>(LINE_SERIAL_AT, <u32>serial);
  store<u32>(LINE_SERIAL_LENGTH, serialLength);
  store<u32>(LINE_KEY_ID_AT, <u32>keyIdAt);
  store<u32>(LINE_KEY_ID_LENGTH, keyIdLength);
  store<u32>(LINE_TAIL_AT, <u32>tailAt);
  store<u32>(LINE_TAIL_LENGTH, tailLength);
  addAssociation(SPEC + <usize>SPEC_ROW_01 * SPEC_BYTES);
  addAssociation(SPEC + <usize>SPEC_ROW_21 * SPEC_BYTES);
  if (keyIdLength !== 0) addAssociation(SPEC + <usize>SPEC_ROW_91 * SPEC_BYTES);
  if (tailLength !== 0) addAssociation(SPEC + <usize>(tailAi === 92 ? SPEC_ROW_92 : SPEC_ROW_93) * SPEC_BYTES);
  if (keeping) addTemplate();
}

/** Keeps the elements that template.ts has read. */
export function addTemplate(): void {
  addElement(codeOf(2, 1), templateAt + 2, 14);
  addElement(codeOf(2, 21), templateAt + SERIAL_PLACE, serialLength);
  if (keyIdLength !== 0) addElement(codeOf(2, 91), keyIdAt, keyIdLength);
  if (tailLength !== 0) addElement(codeOf(2, tailAi), tailAt, tailLength);
}

/** Keeps what the element just read means. Of repeated elements the first counts. */
function keep(field: u32, length: u32): void {
  if (field === FIELD_GTIN) {
    if (load<u32>(LINE_GTIN_AT) !== 0) return;
    store<u32>(LINE_GTIN_AT, <u32>valueAt);
    store<u64>(LINE_GTIN, <u64>gtin);
  } else if (field === FIELD_SERIAL) {
    keepText(LINE_SERIAL_AT, LINE_SERIAL_LENGTH, length);
  } else if (field === FIELD_KEY_ID) {
    keepText(LINE_KEY_ID_AT, LINE_KEY_ID_LENGTH, length);
  } else if (field === FIELD_TAIL) {
    keepText(LINE_TAIL_AT, LINE_TAIL_LENGTH, length);
  } else if (field === FIELD_SSCC) {
    if (load<u32>(LINE_SSCC_AT) !== 0) return;
    store<u32>(LINE_SSCC_AT, <u32>valueAt);
    store<u64>(LINE_SSCC, readDigits(valueAt, 18));
  } else {
    keepQuantity(field);
  }
}

function keepText(atField: usize, lengthField: usize, length: u32): void {
  if (load<u32>(atField) !== 0) return;
  store<u32>(atField, <u32>valueAt);
  store<u32>(lengthField, length);
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
