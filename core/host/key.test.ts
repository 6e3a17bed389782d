import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCheckDigit } from './check-digit.js';
import { FORMATS, keyToText, loadCore, packageKey, textToKey, unitKey } from './index.js';

const core = await loadCore();
const SET_82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/** Digits with their check digit appended. */
const checked = (digits: string): string => {
  for (let check = 0; check < 10; check++) if (hasCheckDigit(digits + check)) return digits + check;
  throw new Error('no digit checks');
};

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''));
const serials = fc.array(fc.constantFrom(...SET_82), { minLength: 1, maxLength: 20 }).map((all) => all.join(''));

describe('canonical keys', () => {
  it('have the bytes that registers store', () => {
    expect(Buffer.from(textToKey('046070000010425Df6hMwnNejNz')).toString('hex')).toBe(
      `01${(4607000001042).toString(16).padStart(12, '0')}${Buffer.from('5Df6hMwnNejNz').toString('hex')}`,
    );
    expect(Buffer.from(textToKey('195200000000000117')).toString('hex')).toBe(
      `02${195200000000000117n.toString(16).padStart(16, '0')}`,
    );
    expect(Buffer.from(textToKey('RU-430302-AAA1234567')).toString('latin1')).toBe('\u0003RU-430302-AAA1234567');
  });

  it('of the core are those of the host, in every format', () => {
    const examples = FORMATS.flatMap(({ example }) => (example === null ? [] : [example]));
    const batch = core.parseBatch(Buffer.from(examples.join('\n'), 'latin1'));
    const texts = examples.map((_, row) => batch.at(row).key!);
    const { bytes, offsets } = core.keys(batch);
    texts.forEach((text, row) => {
      const key = bytes.slice(offsets[row], offsets[row + 1]);
      expect(keyToText(key)).toBe(text);
      expect(textToKey(text)).toEqual(key);
    });
  });

  it('survive the way through text, and sort by GTIN, then serial', () => {
    fc.assert(
      fc.property(digits(13).map(checked), serials, (gtin, serial) => {
        const text = gtin + serial;
        const key = unitKey(gtin, serial);
        expect(keyToText(key)).toBe(text);
        if (!/^\d{18}$/.test(text)) expect(textToKey(text)).toEqual(key);
        expect(Buffer.compare(key, unitKey('99999999999997', 'A'))).toBe(
          gtin < '99999999999997' ? -1 : Buffer.compare(key, unitKey('99999999999997', 'A')),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('of packages survive, too', () => {
    fc.assert(
      fc.property(digits(17).map(checked), (sscc) => {
        expect(keyToText(packageKey(sscc))).toBe(sscc);
        expect(textToKey(sscc)).toEqual(packageKey(sscc));
      }),
      { numRuns: 500 },
    );
  });

  it('of what is neither are the text itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
        fc.pre(!/^\d{14}/.test(text));
        expect(keyToText(textToKey(text))).toBe(text);
        expect(textToKey(text)[0]).toBe(3);
      }),
      { numRuns: 500 },
    );
  });

  it('a GTIN or SSCC whose check digit is wrong is a text', () => {
    expect(textToKey('04607000001041ABC')[0]).toBe(3);
    expect(textToKey('195200000000000118')[0]).toBe(3);
    expect(textToKey('04607000001042')[0]).toBe(3); // no serial
    expect(textToKey(`04607000001042${'A'.repeat(21)}`)[0]).toBe(3);
  });

  it('refuses what is no key', () => {
    for (const bytes of [[], [0], [1], [1, 0, 0, 0, 0, 0, 1], [2, 1], [2, 0, 0, 0, 0, 0, 0, 0, 0, 0], [3], [4, 65]]) {
      expect(() => keyToText(Uint8Array.from(bytes))).toThrow(RangeError);
    }
    expect(() => textToKey('')).toThrow(RangeError);
  });
});
