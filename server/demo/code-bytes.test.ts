import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit } from './check-digit.js';
import { CODE_BYTES_MAX, CodeScribe } from './code-bytes.js';
import { GOODS } from './goods.js';
import { encodeWindows1251 } from './windows-1251.js';

const scribe = new CodeScribe(42, GOODS);
const unit = fc.nat(2 ** 28 - 1);
const good = fc.nat(GOODS.length - 1);

describe('GOODS', () => {
  it('are forty articles with right GTINs of the demonstration prefix, mostly medicines', () => {
    expect(new Set(GOODS.map(({ gtin }) => gtin)).size).toBe(40);
    for (const { gtin, boxSize } of GOODS) {
      expect(gtin).toMatch(/^0952\d{10}$/);
      expect(weightedSum(gtin) % 10).toBe(0);
      expect(boxSize).toBeGreaterThanOrEqual(20);
      expect(boxSize).toBeLessThanOrEqual(50);
    }
    expect(GOODS.filter(({ form }) => form.tailLength === 44 && form.serialLength === 13)).toHaveLength(28);
  });
});

describe('checkDigit', () => {
  it('completes published examples', () => {
    expect(checkDigit('629104150021')).toBe('3');
    expect(checkDigit('10614141234567890')).toBe('8');
  });
});

describe('CodeScribe', () => {
  it('writes full codes of the article’s form, the identity first, never longer than the limit', () => {
    fc.assert(
      fc.property(unit, good, fc.nat(20), (number, article, at) => {
        const bytes = Buffer.alloc(at + CODE_BYTES_MAX + 1, 0xff);
        const identityEnd = scribe.identity(bytes, at, number, article);
        const identity = bytes.toString('latin1', at, identityEnd);
        const end = scribe.full(bytes, at, number, article);
        const { gtin, form } = GOODS[article]!;
        const tail =
          form.tail === '93' ? '\x1d93[A-Za-z0-9+/]{4}' : `\x1d91[A-Z0-9]{4}\x1d92[A-Za-z0-9+/=]{${form.tailLength}}`;
        const set = form.punctuation ? '[!"%&\'*-?A-Z_a-z]' : '[A-Za-z0-9]';
        expect(identity).toMatch(new RegExp(`^01${gtin}21${set}{${form.serialLength}}$`));
        const code = bytes.toString('latin1', at, end);
        expect(code.startsWith(identity)).toBe(true);
        expect(code.slice(identity.length)).toMatch(new RegExp(`^${tail}$`));
        expect(scribe.keyText(number, article)).toBe(gtin + identity.slice(18));
        expect(bytes[end]).toBe(0xff);
      }),
    );
  });

  it('gives each unit another serial', () => {
    for (const article of [0, 28, 36, 38]) {
      const keys = new Set<string>();
      for (let number = 0; number < 50_000; number++) keys.add(scribe.keyText(number * 397, article));
      expect(keys.size).toBe(50_000);
    }
  });

  it('writes SSCCs with right check digits, another for each level and number', () => {
    const bytes = Buffer.alloc(18);
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.constantFrom('box', 'pallet', 'unknown'), fc.nat(999_999_999), (level, number) => {
        expect(scribe.sscc(bytes, 0, level, number)).toBe(18);
        const sscc = bytes.toString('latin1');
        expect(sscc).toMatch(/^\d952\d{14}$/);
        expect(weightedSum(sscc) % 10).toBe(0);
        expect(seen.get(sscc) ?? `${level} ${number}`).toBe(`${level} ${number}`);
        seen.set(sscc, `${level} ${number}`);
      }),
    );
  });
});

describe('encodeWindows1251', () => {
  it('is undone by the decoder', () => {
    const text = 'ООО «Ёж & Ко», № 5 — 1,5 л';
    expect(new TextDecoder('windows-1251').decode(encodeWindows1251(text))).toBe(text);
  });
  it('refuses what the encoding lacks', () => {
    expect(() => encodeWindows1251('é')).toThrow(RangeError);
  });
});

/** Weights 1, 3, 1 … from the check digit on: a multiple of ten when it is right. */
function weightedSum(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, i) => sum + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
}
