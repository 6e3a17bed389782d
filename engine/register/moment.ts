/** Moments of events: ISO 8601 with an offset. */
import { DateTime } from 'luxon';

export interface Moment {
  /** Milliseconds since 1970, UTC. */
  at: number;
  /** Minutes east of UTC of the clock that it was read from. */
  zone: number;
}

const FORM = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}(:?\d{2})?)$/i;
const MINUTE_MS = 60_000;
/** `2026-03-16T09:00:00`. */
const SECONDS_END = 19;
/** No clock is further ahead or behind. */
const OFFSET_HOURS_MAX = 14;
const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The moment that a text says; `null` for one that says none, or lacks its offset. */
export function readMoment(text: string): Moment | null {
  return readUsual(text) ?? readAny(text);
}

/**
 * The form that programs write, `2026-03-16T09:00:00+03:00` or with `.123` and `Z`, without an object on the way; `null` for anything else and
 * whatever is rare.
 */
function readUsual(text: string): Moment | null {
  if (
    text[4] !== '-' ||
    text[7] !== '-' ||
    text[10] !== 'T' ||
    text[13] !== ':' ||
    text[16] !== ':' ||
    text.length < SECONDS_END
  )
    return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const isFraction = text[SECONDS_END] === '.';
  const milliseconds = isFraction ? digits(text, SECONDS_END + 1, 3) : 0;
  const zone = readOffset(text, isFraction ? SECONDS_END + 4 : SECONDS_END);
  const days = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : DAYS[month];
  // What is no digit is below zero; a year below 100 would be one of the twentieth century.
  const isUsual =
    year >= 100 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= days &&
    hour >= 0 &&
    hour < 24 &&
    minute >= 0 &&
    minute < 60 &&
    second >= 0 &&
    second < 60 &&
    milliseconds >= 0;
  if (!isUsual || zone === null) return null;
  return { at: Date.UTC(year, month - 1, day, hour, minute, second, milliseconds) - zone * MINUTE_MS, zone };
}

/** Minutes of `Z` or `+03:00` at the end of a text that begins at `at`; `null` for another form. */
function readOffset(text: string, at: number): number | null {
  if (text.length === at + 1) return text[at] === 'Z' ? 0 : null;
  if (text.length !== at + 6 || text[at + 3] !== ':' || (text[at] !== '+' && text[at] !== '-')) return null;
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + 4, 2);
  if (hours < 0 || hours > OFFSET_HOURS_MAX || minutes < 0 || minutes >= 60) return null;
  const offset = hours * 60 + minutes;
  return text[at] === '-' && offset > 0 ? -offset : offset;
}

/** The number that `count` digits make; below zero when one of them is none. */
function digits(text: string, from: number, count: number): number {
  let number = 0;
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function readAny(text: string): Moment | null {
  const moment = DateTime.fromISO(text, { setZone: true });
  return FORM.test(text) && moment.isValid ? { at: moment.toMillis(), zone: moment.offset } : null;
}
