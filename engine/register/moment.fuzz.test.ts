import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { readMoment } from './moment.js';

const two = (most: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));

const TEXTS = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1900, max: 2100 }), fc.integer({ min: 0, max: 9999 })),
    fc.tuple(two(13), two(32), two(25), two(61), two(61)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^[.,][0-9]{1,4}$/)),
    fc.oneof(
      fc.constantFrom(
        'Z',
        'z',
        '',
        '+00:00',
        '-00:00',
        '+03',
        '+0300',
        '+03:00',
        '-09:30',
        '+14:00',
        '+14:59',
        '+15:00',
      ),
      fc
        .tuple(fc.constantFrom('+', '-'), two(24), two(61))
        .map(([sign, hours, minutes]) => `${sign}${hours}:${minutes}`),
    ),
  )
  .map(([year, [month, day, hour, minute, second], fraction, zone]) => {
    return `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}${fraction}${zone}`;
  });

/** One character put in place of another, taken out, or added. */
const DAMAGED = fc
  .tuple(TEXTS, fc.nat(30), fc.nat(1), fc.constantFrom('', ' ', '0', '9', '-', '+', ':', '.', 'T', 't', 'Z', 'W', '٣'))
  .map(([text, at, taken, put]) => text.slice(0, at) + put + text.slice(at + taken));

function asLuxon(text: string): { at: number; zone: number } | null {
  const moment = DateTime.fromISO(text, { setZone: true });
  const hasOffset = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}(:?\d{2})?)$/i.test(text);
  return hasOffset && moment.isValid ? { at: moment.toMillis(), zone: moment.offset } : null;
}

describe('a moment', () => {
  it('is what luxon reads, whichever way it is read', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(TEXTS, DAMAGED), (text) => {
        const moment = readMoment(text);
        if (moment) read++;
        expect(moment, text).toEqual(asLuxon(text));
      }),
      { numRuns: 5_000 },
    );
    expect(read).toBeGreaterThan(500);
  });

  it('has every last day of a month, and none behind it', () => {
    for (const year of [1900, 2000, 2024, 2026, 2100]) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 28; day <= 32; day++) {
          const text = `${year}-${String(month).padStart(2, '0')}-${day}T23:59:59.999+03:00`;
          expect(readMoment(text), text).toEqual(asLuxon(text));
        }
      }
    }
  });

  it('of any text is one or none', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        expect(readMoment(text)).toEqual(asLuxon(text));
      }),
    );
  });
});
