import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodeList } from './code-list.js';

/** Any text without control characters and lone surrogates. */
const code = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .filter((text) => !/[\x00-\x1c\x1e\x1f\x7f\p{Surrogate}]/u.test(text));

describe('CodeList', () => {
  it('is empty at first', () => {
    const list = new CodeList();
    expect([list.count, list.size, list.bytes().length, list.rows().length]).toEqual([0, 0, 0, 0]);
    expect(() => list.at(0)).toThrow(RangeError);
  });

  it('gives back the codes, their rows and their bytes in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(code, fc.nat())), (entries) => {
        const list = new CodeList();
        for (const [text, row] of entries) list.append(text, row);
        expect(list.count).toBe(entries.length);
        expect([...list]).toEqual(entries.map(([text]) => text));
        expect([...list.rows()]).toEqual(entries.map(([, row]) => row));
        expect(Buffer.from(list.bytes()).toString()).toBe(entries.map(([text]) => `${text}\n`).join(''));
        entries.forEach(([text], i) => {
          expect(list.at(i)).toBe(text);
          expect(list.endOf(i) - list.startOf(i)).toBe(Buffer.byteLength(text));
        });
      }),
    );
  });

  it('keeps a byte order mark that begins a code', () => {
    const list = new CodeList();
    list.append('\ufeff01', 1);
    expect(list.at(0)).toBe('\ufeff01');
  });

  it('refuses control characters wherever they stand, but not GS, and stays as it was', () => {
    const list = new CodeList();
    list.append('first', 1);
    for (const broken of ['\n', 'a\nb', 'ф\nb', 'aф\n', '\0', 'a\r', '\x7f', '\x1e']) {
      expect(list.tryAppend(broken, 2)).toBe(false);
      expect(() => list.append(broken, 2)).toThrow(RangeError);
    }
    expect(list.tryAppend('sec\x1dond', 3)).toBe(true);
    expect([...list]).toEqual(['first', 'sec\x1dond']);
    expect([...list.rows()]).toEqual([1, 3]);
  });

  it('refuses an index that is not in it', () => {
    const list = new CodeList();
    list.append('a', 1);
    for (const index of [-1, 1, 0.5, Number.NaN]) expect(() => list.at(index)).toThrow(RangeError);
  });
});
