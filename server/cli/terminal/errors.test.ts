import { expect, it } from 'vitest';
import { ERROR_CODES, TamgaError } from '../../../engine/errors.js';
import { LANGUAGES } from '../../../engine/messages/index.js';
import { printError } from './errors.js';

function printed(error: unknown, language: 'en' | 'ru' | 'uz' = 'en'): string {
  let text = '';
  expect(printError(error, language, { write: (part) => (text += part) })).toBe(2);
  return text;
}

it('names the place, what was met and what to do', () => {
  const error = new TamgaError('XML_BROKEN', {
    path: 'delivery.xml',
    line: 1700,
    column: 3,
    detail: 'unclosed tag: Документ',
  });
  expect(printed(error)).toBe(
    'delivery.xml:1700:3: error XML_BROKEN\n' +
      '  The XML of delivery.xml, line 1700, is not well-formed: unclosed tag: Документ.\n' +
      '  What to do: Ask the sender for the document again; a file cut short in transfer looks like this.\n',
  );
  expect(printed(error, 'ru')).toContain(
    'delivery.xml:1700:3: ошибка XML_BROKEN\n  XML файла delivery.xml, строка 1700,',
  );
});

it('says something of every code, with its data or without', () => {
  for (const language of LANGUAGES) {
    for (const code of ERROR_CODES) {
      const bare = printed(new TamgaError(code), language);
      expect(bare.split('\n').length).toBe(4);
      expect(bare).not.toMatch(/[[\]{}?]| {2}\S.* {2}| [,.;:]/);
      const full = printed(
        new TamgaError(code, { path: '/data/a b.txt', line: 7, detail: 'DETAIL', limit: 'LIMIT' }),
        language,
      );
      expect(full.startsWith('/data/a b.txt:7: ')).toBe(true);
      expect(full).toContain('DETAIL');
    }
  }
});

it('knows an error that lost its class between threads', () => {
  const lost = Object.assign(new Error('FILE_EMPTY · a.txt'), {
    name: 'TamgaError',
    code: 'FILE_EMPTY',
    data: { path: 'a.txt' },
  });
  expect(printed(lost)).toContain('a.txt: error FILE_EMPTY\n  The file a.txt is empty');
});

it('asks to report what it did not foresee', () => {
  const text = printed(new TypeError('x is \u001b[31mundefined'));
  expect(text).toContain('did not foresee: TypeError: x is ␛[31mundefined.');
  expect(text).toContain('Please report it');
  expect(text).toMatch(/^ {4}at /m);
  expect(text).not.toContain('\u001b');
  expect(printed('thrown text')).toContain('thrown text');
  expect(printed(undefined)).toContain('undefined');
});

it('does not let a detail end the line or draw on the terminal', () => {
  const text = printed(new TamgaError('USAGE', { path: 'a\nb', detail: '\u001b]0;title\u0007\nnext' }));
  expect(text.split('\n').length).toBe(4);
  expect(text).not.toMatch(/[\u0007\u001b]/);
});
