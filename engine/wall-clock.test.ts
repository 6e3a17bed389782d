import { describe, expect, it } from 'vitest';
import { dateOf, wallClockMinutes, wallClockOf } from './wall-clock.js';

const minutes = (year: number, month: number, day: number, hour = 0, minute = 0): number =>
  Date.UTC(year, month - 1, day, hour, minute) / 60_000;

describe('wallClockMinutes', () => {
  it.each([
    ['2028-01-31', minutes(2028, 1, 31, 23, 59)],
    ['31.01.2028', minutes(2028, 1, 31, 23, 59)],
    ['2028-02-29', minutes(2028, 2, 29, 23, 59)],
    [' 2028-01-31 ', minutes(2028, 1, 31, 23, 59)],
    ['1969-12-31', -1],
  ])('%s is the end of that day', (text, expected) => {
    expect(wallClockMinutes(text)).toBe(expected);
  });

  it.each([
    ['2026-03-16T09:10:59+05:00', minutes(2026, 3, 16, 9, 10)],
    ['2026-03-16T09:10:00-11:00', minutes(2026, 3, 16, 9, 10)],
    ['2026-03-16T09:10:00Z', minutes(2026, 3, 16, 9, 10)],
    ['2026-03-16T09:10:00.999Z', minutes(2026, 3, 16, 9, 10)],
    ['2026-03-16T09:10', minutes(2026, 3, 16, 9, 10)],
    ['2026-03-16T00:00:00+14:00', minutes(2026, 3, 16)],
    ['2026-03-16T23:59:59-12:00', minutes(2026, 3, 16, 23, 59)],
    ['1969-12-31T23:58:30Z', -2],
  ])('%s keeps its own wall clock, whatever the offset', (text, expected) => {
    expect(wallClockMinutes(text)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    '2026-02-29',
    '30.02.2026',
    '2026-13-01',
    '00.01.2026',
    '2026-03-16T25:00:00Z',
    '2026-03-16T09:60:00Z',
    '2026-03-16 tomorrow',
    'tomorrow',
    '1769650800000',
    '31/01/2028',
    '2028-01-31;',
  ])('%j is no date', (text) => {
    expect(wallClockMinutes(text)).toBeNull();
  });

  // Each of these is some ISO 8601 form, but not a date and not a date-time: taken for a moment, a pack would expire on another day
  // than its maker wrote, or, of a time alone, on the day of the import.
  it.each(['2028', '2028-01', '202801', '20280131', '2028-W05', '2028-W05-1', '2028-031', '12:30', 'T12:30'])(
    '%j is neither a date nor a date-time',
    (text) => {
      expect(wallClockMinutes(text)).toBeNull();
    },
  );

  it('answers the same the second time, for dates and for what is none', () => {
    for (const text of ['2031-05-06', 'not a date at all']) {
      const first = wallClockMinutes(text);
      expect(wallClockMinutes(text)).toBe(first);
    }
    expect(wallClockMinutes('2031-05-06')).toBe(minutes(2031, 5, 6, 23, 59));
  });

  it('a date fits the 32 bits of a record: the far future stays in the future', () => {
    const never = wallClockMinutes('9999-12-31') as number;
    expect(never | 0).toBe(never);
    expect(never).toBeGreaterThan(minutes(2100, 1, 1));
  });
});

describe('wallClockOf', () => {
  it('is the clock on the wall of this computer', () => {
    for (const at of [
      new Date(2026, 2, 16, 9, 10, 59, 999),
      new Date(2026, 6, 16, 0, 0),
      new Date(2026, 11, 31, 23, 59),
    ]) {
      expect(wallClockOf(at)).toBe(
        minutes(at.getFullYear(), at.getMonth() + 1, at.getDate(), at.getHours(), at.getMinutes()),
      );
    }
  });
});

describe('dateOf', () => {
  it('is the day of a minute', () => {
    expect(dateOf(minutes(2028, 1, 31, 23, 59))).toBe('2028-01-31');
    expect(dateOf(minutes(2028, 2, 1))).toBe('2028-02-01');
    expect(dateOf(-1)).toBe('1969-12-31');
  });
});
