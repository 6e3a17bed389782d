import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInstant, isoDate, isoDateOfDeclaration } from './dates.js';
import { fromScaled, toScaled } from './decimal.js';

describe('decimals', () => {
  it('add exactly, where floats do not', () => {
    expect(fromScaled(toScaled('0.1')! + toScaled('0.2')!)).toBe('0.3');
    expect(fromScaled(toScaled('99999999999999999999999999.99999999999')! + toScaled('0.00000000001')!)).toBe(
      '100000000000000000000000000',
    );
    expect(fromScaled(toScaled('-1.50')!)).toBe('-1.5');
  });

  it('come back as they went, whatever their zeros', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (value) => {
        expect(toScaled(fromScaled(value))).toBe(value);
      }),
    );
  });

  it.each(['', '.', '1.', '.5', '1,5', '1e5', ' 1', '+1', '1.123456789012', '0x1', 'NaN', '١'])(
    '"%s" is none',
    (text) => {
      expect(toScaled(text)).toBeUndefined();
    },
  );
});

describe('dates', () => {
  it('days that are, and that are not', () => {
    expect(isoDate('29.02.2028')).toBe('2028-02-29');
    for (const text of ['29.02.2027', '00.01.2026', '1.1.2026', '2026-01-01', '01.01.26', ''])
      expect(isoDate(text)).toBeUndefined();
    expect(isoDateOfDeclaration('270721')).toBe('2021-07-27');
    expect(isoDateOfDeclaration('320721')).toBeUndefined();
  });

  it('instants need an offset', () => {
    for (const text of ['2026-02-03T10:05:00+03:00', '2026-02-03T10:05:00.123Z']) expect(isInstant(text)).toBe(true);
    for (const text of ['2026-02-03T10:05:00', '2026-02-03', '2026-02-30T10:05:00Z', '2026-02-03T25:00:00Z'])
      expect(isInstant(text)).toBe(false);
  });
});
