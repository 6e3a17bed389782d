import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodeList } from './code-list.js';
import { Repeats } from './repeats.js';

describe('Repeats', () => {
  it('agrees with a set, across lists that take turns', () => {
    const code = fc.oneof(fc.stringMatching(/^[01]{1,6}$/), fc.stringMatching(/^(00)?1952000000000000[0-3]{2}$/));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 2 }), code), { maxLength: 600 }), (entries) => {
        const lists = [new CodeList(), new CodeList(), new CodeList()] as const;
        const repeats = new Repeats();
        const seen = new Set<string>();
        for (const [which, text] of entries) {
          const list = lists[which]!;
          list.append(text, 1);
          const key = /^00\d{18}$/.test(text) ? text.slice(2) : text;
          expect(repeats.add(list, list.count - 1)).toBe(seen.has(key));
          seen.add(key);
        }
      }),
    );
  });

  it('finds every repeat among many codes', () => {
    const list = new CodeList();
    const repeats = new Repeats();
    const count = 50_000;
    for (let i = 0; i < 2 * count; i++) {
      list.append(`0109520000003036215${String(i % count).padStart(7, '0')}`, i);
      expect(repeats.add(list, i)).toBe(i >= count);
    }
  });
});
