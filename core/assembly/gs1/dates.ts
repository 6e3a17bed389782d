// Dates and times in element strings. The bytes must be digits; whether they are a date is asked first.
import { readDigits } from './check-digit';

const DAY_MINUTES: i32 = 1440;

function leap(year: i32): bool {
  return (year & 3) === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysOfMonth(year: i32, month: i32): i32 {
  if (month === 2) return leap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * The year of two digits: GS1 General Specifications 7.12 "Determination of century in dates", which takes the year within
 * 49 years back and 50 years ahead of `now`; without a `now` (0) the 21st century.
 */
function fullYear(digits: i32, now: i32): i32 {
  if (now === 0) return 2000 + digits;
  const century = now - (now % 100);
  const ahead = digits - (now % 100);
  if (ahead >= 51) return century - 100 + digits;
  if (ahead <= -50) return century + 100 + digits;
  return century + digits;
}

/** Days since 1970-01-01 of a date of the Gregorian calendar (years are positive). */
function dayNumber(year: i32, month: i32, day: i32): i32 {
  const shifted = month > 2 ? year : year - 1; // years that begin in March put the leap day last
  const era = shifted / 400;
  const yearOfEra = shifted - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
}

/**
 * Offset of what is wrong with YYMMDD: 2 for the month, 4 for the day, −1 when it is a date. Day 00 is one when `dayless`.
 * The 29th of February of year 00 is accepted: of the years in the window it can only be 2000.
 */
export function wrongInDate(at: usize, dayless: bool): i32 {
  const year = <i32>readDigits(at, 2);
  const month = <i32>readDigits(at + 2, 2);
  const day = <i32>readDigits(at + 4, 2);
  if (month < 1 || month > 12) return 2;
  if (day === 0) return dayless ? -1 : 4;
  return day > daysOfMonth(2000 + year, month) ? 4 : -1;
}

/** The same for YYYYMMDD: 4 for the month, 6 for the day. */
export function wrongInLongDate(at: usize): i32 {
  const year = <i32>readDigits(at, 4);
  const month = <i32>readDigits(at + 4, 2);
  const day = <i32>readDigits(at + 6, 2);
  if (month < 1 || month > 12) return 4;
  return day < 1 || day > daysOfMonth(year, month) ? 6 : -1;
}

/** Offset of what is wrong with HHMM: 0 for the hour, 2 for the minutes, −1 when it is a time. */
export function wrongInTime(at: usize): i32 {
  if (readDigits(at, 2) > 23) return 0;
  return readDigits(at + 2, 2) > 59 ? 2 : -1;
}

/** Minutes from 1970-01-01T00:00 to the begin of a valid YYMMDD; day 00 is the last of the month. */
export function startOfDay(at: usize, now: i32): i32 {
  const year = fullYear(<i32>readDigits(at, 2), now);
  const month = <i32>readDigits(at + 2, 2);
  const day = <i32>readDigits(at + 4, 2);
  return dayNumber(year, month, day === 0 ? daysOfMonth(year, month) : day) * DAY_MINUTES;
}

/** Minutes to the last minute of that day. */
export function endOfDay(at: usize, now: i32): i32 {
  return startOfDay(at, now) + DAY_MINUTES - 1;
}

/** Minutes to a valid YYMMDDHHMM. */
export function minuteOf(at: usize, now: i32): i32 {
  return startOfDay(at, now) + <i32>readDigits(at + 6, 2) * 60 + <i32>readDigits(at + 8, 2);
}
