import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodeList } from './code-list.js';
import { Repeats } from './repeats.js';

describe('Repeats', () => {
  it('agrees with a set, across lists that take turns', () => {
    const code = fc.oneof(fc.stringMatching(/^[01]{1,6}$/), fc.stringMatching(/^(00)?1952000000000000[0-3]{2}$/));
    // Runs of one list are as usual as turns.
    const run = fc.tuple(fc.nat({ max: 2 }), fc.array(code, { minLength: 1, maxLength: 8 }));
    fc.assert(
      fc.property(fc.array(run, { maxLength: 100 }), (runs) => {
        const lists = [new CodeList(), new CodeList(), new CodeList()] as const;
        const found: [number, number][] = [];
        const repeats = new Repeats((list, index) => found.push([lists.indexOf(list), index]));
        const seen = new Set<string>();
        const expected: [number, number][] = [];
        for (const [which, texts] of runs) {
          const list = lists[which]!;
          for (const text of texts) {
            list.append(text, 1);
            repeats.add(list, list.count - 1);
            const key = /^00\d{18}$/.test(text) ? text.slice(2) : text;
            if (seen.has(key)) expected.push([which, list.count - 1]);
            seen.add(key);
          }
        }
        repeats.finish();
        expect(found).toEqual(expected);
      }),
    );
  });

  it('finds every repeat among many codes', () => {
    const list = new CodeList();
    const found: number[] = [];
    const repeats = new Repeats((_list, index) => found.push(index));
    const count = 50_000;
    for (let i = 0; i < 2 * count; i++) {
      list.append(`0109520000003036215${String(i % count).padStart(7, '0')}`, i);
      repeats.add(list, i);
    }
    repeats.finish();
    expect(found).toEqual(Array.from({ length: count }, (_, i) => count + i));
  });
});
