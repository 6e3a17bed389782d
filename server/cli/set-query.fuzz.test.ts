// Goal: a set of the register is read as it was meant, and nothing else gets through.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setQueryText } from '../../engine/reconcile/expected-set.js';
import { SET_QUERY_FIELDS, setQuery } from './set-query.js';

const word = fc.stringMatching(/^[A-Za-z0-9 ,;"№Ж/.-]{1,12}$/u).map((text) => text.trim() || 'x');
const query = fc
  .record(
    {
      owner: word,
      state: fc.constantFrom('INTRODUCED', 'in_circulation'),
      group: fc.integer({ min: 1, max: 65_535 }),
      gtin: fc.stringMatching(/^\d{14}$/),
      series: word,
      document: word,
    },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0);

describe('--expected-set', () => {
  it('reads what a query writes', () => {
    fc.assert(
      fc.property(query, (one) => {
        expect(setQuery(setQueryText(one))).toEqual(one);
      }),
    );
  });

  it('refuses everything else with words, or gives a query that says something', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `owner=${text}`),
          fc.string().map((text) => `group=${text}`),
        ),
        (text) => {
          let read: ReturnType<typeof setQuery>;
          try {
            read = setQuery(text);
          } catch (error) {
            expect((error as { code: string }).code).toBe('commander.invalidArgument');
            return;
          }
          expect(SET_QUERY_FIELDS.some((field) => read[field] !== undefined)).toBe(true);
        },
      ),
    );
  });

  it.each([
    '',
    'owner',
    'owner=',
    'colour=red',
    'owner=1,owner=2',
    'at=2026-01-01',
    'gtin=12',
    'group=0',
    'owner=1,at=soon',
  ])('refuses %j', (text) => {
    expect(() => setQuery(text)).toThrow();
  });
});
