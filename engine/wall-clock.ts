/** Dates of packs and documents as minutes since 1970-01-01T00:00 on the wall clock of the place that wrote them. */
import { DateTime } from 'luxon';

const FORMS = ['yyyy-MM-dd', 'dd.MM.yyyy'];
/** Other ISO 8601 forms (a year, a week, a time of today) are no moment that a pack or document means. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T/;
/** Minutes stand in 32-bit columns; 9999-12-31, the usual "never", doesn't fit and is the last minute that does (in 6053). */
const MINUTES_MAX = 2 ** 31 - 1;
const MINUTE_MS = 60_000;
const LAST_MINUTE_OF_DAY = 24 * 60 - 1;
/** Expiry dates of a file repeat; the cache is emptied before a hostile file can make it large. */
const CACHE_MAX = 100_000;
const cache = new Map<string, number | null>();

/**
 * Minutes of a date (`2028-01-31`, `31.01.2028`: the end of that day) or of an ISO 8601 date-time (its own wall clock, whatever the offset).
 * `null` for anything else.
 */
export function wallClockMinutes(text: string): number | null {
  const cached = cache.get(text);
  if (cached !== undefined) return cached;
  if (cache.size >= CACHE_MAX) cache.clear();
  const minutes = parse(text.trim());
  cache.set(text, minutes);
  return minutes;
}

/** The wall clock of `at` in this computer's time zone. */
export function wallClockOf(at: Date): number {
  return Math.floor(at.getTime() / MINUTE_MS) - at.getTimezoneOffset();
}

/** `2028-01-31` of a minute count. */
export function dateOf(minutes: number): string {
  return new Date(minutes * MINUTE_MS).toISOString().slice(0, 10);
}

function parse(text: string): number | null {
  for (const form of FORMS) {
    const day = DateTime.fromFormat(text, form, { zone: 'utc' });
    if (day.isValid) return Math.min(day.toMillis() / MINUTE_MS + LAST_MINUTE_OF_DAY, MINUTES_MAX);
  }
  if (!DATE_TIME.test(text)) return null;
  const moment = DateTime.fromISO(text, { setZone: true });
  if (!moment.isValid) return null;
  return Math.min(Math.floor(moment.setZone('utc', { keepLocalTime: true }).toMillis() / MINUTE_MS), MINUTES_MAX);
}
