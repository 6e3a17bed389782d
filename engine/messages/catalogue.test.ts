import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../errors.js';
import { PERMIT_TEXTS } from '../permit/reason-text.js';
import { OUTCOMES, PACKAGE_DECISIONS } from '../reconcile/outcomes.js';
import { TREE_OUTCOMES } from '../reconcile/tree-outcomes.js';
import { EVENT_KINDS } from '../register/event.js';
import { REJECTIONS } from '../register/rejections.js';
import { WITHDRAWAL_REASONS } from '../register/withdrawal.js';
import { errorMessage, message, messageForms, messageKeys, stateName } from './catalogue.js';
import { LABELS } from './labels.js';
import { LANGUAGES, type Language } from './language.js';

const ERROR_PLACEHOLDERS = new Set(['path', 'line', 'detail', 'limit']);

function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort();
}

function optionalParts(text: string): string[] {
  return [...text.matchAll(/\[([^\]]*)\]/g)].map((match) => placeholders(match[1]!).join()).sort();
}

describe('the catalogue', () => {
  it('has exactly the texts that the registries name', () => {
    const pairs = (kind: string, names: readonly string[], parts: string[]): string[] =>
      names.flatMap((name) => parts.map((part) => `${kind}.${name}.${part}`));
    const wanted = [
      ...pairs('error', ERROR_CODES, ['problem', 'remedy']),
      ...pairs('outcome', OUTCOMES, ['label', 'meaning']),
      ...pairs('package', PACKAGE_DECISIONS, ['label', 'meaning']),
      ...pairs('tree', TREE_OUTCOMES, ['label', 'meaning']),
      ...REJECTIONS.map((name) => `rejection.${name}`),
      ...PERMIT_TEXTS.map((name) => `permit.${name}`),
      ...EVENT_KINDS.map((name) => `event.${name}`),
      ...Object.keys(WITHDRAWAL_REASONS).map((name) => `withdrawal.${name}`),
      ...LABELS.map((label) => `label.${label}`),
    ];
    const found = messageKeys().filter((key) => !/^(state|console)\./.test(key)); // the compiler of the page keeps the console's
    expect(found.sort()).toEqual(wanted.sort());
  });

  it('says the same in every language', () => {
    for (const key of messageKeys()) {
      const forms = LANGUAGES.flatMap((language) => messageForms(language, key));
      for (const text of forms) {
        expect(text.trim(), key).toBe(text);
        expect(text, key).not.toBe('');
        expect(placeholders(text), key).toEqual(placeholders(forms[0]!));
        expect(optionalParts(text), key).toEqual(optionalParts(forms[0]!));
        if (key.startsWith('error.')) {
          expect(
            placeholders(text).filter((name) => !ERROR_PLACEHOLDERS.has(name)),
            key,
          ).toEqual([]);
        }
      }
    }
  });

  it.each(LANGUAGES)('has every plural form of %s', (language) => {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories.length;
    for (const key of messageKeys()) {
      const count = messageForms(language, key).length;
      expect([1, categories], key).toContain(count);
    }
  });

  it('is Cyrillic in Russian and Latin in Uzbek and English', () => {
    const said = (language: Language, key: string): string => messageForms(language, key).join(' ');
    for (const key of messageKeys()) {
      // GTIN is GTIN everywhere; the CSV remedy names the Russian header.
      if (key === 'label.column.gtin' || key === 'error.CSV_NO_CODE_COLUMN.remedy') continue;
      if (key !== 'label.chart.gtin') expect(said('uz', key), key).not.toMatch(/[а-яё]/i);
      expect(said('en', key), key).not.toMatch(/[а-яё]/i);
      expect(said('ru', key), key).toMatch(/[а-яё]/i);
      expect(said('uz', key), key).not.toMatch(/['’‘`]/); // oʻ and gʻ take U+02BB, the glottal stop U+02BC
    }
  });
});

describe('message', () => {
  it('fills values, groups numbers and picks the plural form', () => {
    expect(message('en', 'label.fact.shortage', { count: 1 })).toBe('1 unit is missing.');
    expect(message('en', 'label.fact.shortage', { count: 12345 })).toBe('12,345 units are missing.');
    expect(message('ru', 'label.fact.surplus', { count: 21 })).toBe('21 единица — излишек.');
    expect(message('ru', 'label.fact.surplus', { count: 3 })).toBe('3 единицы — излишек.');
    expect(message('ru', 'label.fact.surplus', { count: 12 })).toBe('12 единиц — излишек.');
    expect(message('uz', 'label.fact.shortage', { count: 7 })).toBe('7 birlik yetishmaydi.');
  });

  it('leaves out the optional parts whose values are missing', () => {
    expect(message('en', 'error.XML_BROKEN.problem', {})).toBe('The XML is not well-formed.');
    expect(errorMessage('en', 'XML_BROKEN', { path: 'a.xml', line: 12345, detail: 'unclosed tag' }).problem).toBe(
      'The XML of a.xml, line 12345, is not well-formed: unclosed tag.',
    );
    expect(errorMessage('uz', 'FILE_NOT_FOUND', {}).problem).toBe('Fayl topilmadi.');
  });

  it('never reads a value as a template, an inherited name or a control sequence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40, minLength: 1 }), (detail) => {
        const { problem } = errorMessage('en', 'USAGE', { detail });
        expect(problem.startsWith('The command or call is not right: ')).toBe(true);
        expect(problem).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
    expect(errorMessage('en', 'USAGE', { detail: '[{path}] {limit}' }).problem).toContain('[{path}] {limit}');
    expect(message('en', 'label.detail.state')).toBe('state: ?');
  });
});

describe('stateName', () => {
  it('names the states and keeps unknown ones', () => {
    expect(stateName('ru', 'INTRODUCED')).toBe('в обороте');
    expect(stateName('en', 'in_circulation\u001b[31m')).toBe('in_circulation␛[31m');
    expect(stateName('en', '__proto__')).toBe('__proto__');
  });
});
