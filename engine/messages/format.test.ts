import { toUSVString } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDateTime, formatDuration, formatShare } from './format.js';
import { languageFromEnvironment } from './language.js';
import { visible } from './visible.js';

const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('formats', () => {
  it('writes counts, sizes and durations in each language', () => {
    expect(formatCount('en', 1_234_567)).toBe('1,234,567');
    expect(plain(formatCount('ru', 1_234_567))).toBe('1 234 567');
    expect(plain(formatCount('uz', 1_234_567))).toBe('1 234 567');
    expect(plain(formatBytes('ru', 61_230_000))).toBe('61,2 МБ');
    expect(plain(formatBytes('en', 999))).toBe('999 byte');
    expect(plain(formatDuration('en', 999.7))).toBe('1 sec');
    expect(plain(formatDuration('ru', 61_230))).toBe('1 мин 1 с');
    expect(plain(formatDuration('en', 7_260_000))).toBe('2 hr 1 min');
  });

  it('never rounds a remainder away', () => {
    expect(formatShare('en', 999_999, 1_000_000)).toBe('> 99.9%');
    expect(formatShare('en', 1, 1_000_000)).toBe('< 0.1%');
    expect(formatShare('en', 0, 5)).toBe('0%');
    expect(formatShare('en', 5, 5)).toBe('100%');
    expect(formatShare('en', 0, 0)).toBe('–');
  });

  it('names the zone of a date and keeps what is no date', () => {
    expect(plain(formatDateTime('ru', '2026-03-16T04:00:00Z', 'Asia/Tashkent'))).toMatch(
      /^16 марта 2026 г\..* 09:00:00 /,
    );
    expect(formatDateTime('en', 'yesterday')).toBe('yesterday');
  });
});

describe('languageFromEnvironment', () => {
  it('follows LC_ALL, LC_MESSAGES, LANG in this order', () => {
    expect(languageFromEnvironment({ LANG: 'ru_RU.UTF-8' })).toBe('ru');
    expect(languageFromEnvironment({ LANG: 'ru_RU.UTF-8', LC_MESSAGES: 'uz_UZ@cyrillic' })).toBe('uz');
    expect(languageFromEnvironment({ LANG: 'ru_RU.UTF-8', LC_ALL: 'C' })).toBe('en');
    expect(languageFromEnvironment({ LANG: 'RU', LC_ALL: '' })).toBe('ru');
    expect(languageFromEnvironment({})).toBe('en');
  });
});

describe('visible', () => {
  it('shows separators and disarms escapes, bidirectional marks and lone surrogates', () => {
    expect(visible('01…\u001d91')).toBe('01…␝91');
    expect(visible('\u001b[2J\u202eabc\ud800')).toBe('␛[2J\ufffdabc\ufffd');
    expect(visible('Привет 😀')).toBe('Привет 😀');
  });

  it('leaves nothing that a terminal or a page would act on, and changes nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visible(text);
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
        expect(toUSVString(shown)).toBe(shown);
        expect(visible(shown)).toBe(shown);
      }),
    );
  });
});
