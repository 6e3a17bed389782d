// Goal: the prepared rules say of any row what the plain ones say. Method: random rows and contexts, judged as a column and one by one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAG, HOT_WORDS, headOf, WORD } from '../register/record.js';
import { STATES } from '../register/states.js';
import { RuleTable } from './rule-table.js';
import { OPERATIONS, registerOutcome } from './rules.js';

const NOW = 29_000_000;
const row = fc.record({
  state: fc.nat(STATES.length),
  flags: fc.constantFrom(0, 0, FLAG.package, FLAG.blocked, FLAG.blocked | FLAG.customs),
  group: fc.constantFrom(0, 1, 0xffff),
  owner: fc.nat(4),
  parent: fc.nat(100),
  expiry: fc.constantFrom(0, NOW - 1, NOW, NOW + 1, 1, 2 ** 31 - 1),
});
const context = fc.record(
  {
    operation: fc.constantFrom(...OPERATIONS),
    now: fc.constant(NOW),
    owners: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    soon: fc.constantFrom(NOW, NOW + 1, NOW + 2),
    groups: fc.subarray([1, 0xffff]),
  },
  { requiredKeys: ['operation', 'now', 'owners'] },
);
const UNTOUCHED = 200;

describe('RuleTable', () => {
  it('is registerOutcome, for columns and for single rows', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), context, fc.nat(5), (records, asked, spare) => {
        const rows = new Int32Array((records.length + 1) * HOT_WORDS);
        for (const [i, { state, flags, group, owner, parent, expiry }] of records.entries()) {
          const at = (i + 1) * HOT_WORDS;
          rows[at + WORD.head] = headOf(state, flags, group);
          rows[at + WORD.owner] = owner;
          rows[at + WORD.parent] = parent;
          rows[at + WORD.expiry] = expiry;
        }
        const codes = records.length + 1;
        // Lines before and behind, a line that is no code, and one whose code the rows don't have.
        const ordinals = Uint32Array.from([1, ...records.map((_, i) => i + 1), 0, codes + spare, 1]);
        const outcomes = new Uint8Array(ordinals.length).fill(UNTOUCHED);
        const parents = new Uint32Array(ordinals.length).fill(UNTOUCHED);
        const table = new RuleTable(asked);
        table.judge(rows, codes, ordinals, 1, ordinals.length - 1, outcomes, parents);
        const expected = records.map((_, i) => registerOutcome(rows, (i + 1) * HOT_WORDS, asked));
        expect([...outcomes]).toEqual([UNTOUCHED, ...expected, UNTOUCHED, UNTOUCHED, UNTOUCHED]);
        expect([...parents]).toEqual([
          UNTOUCHED,
          ...records.map(({ parent }) => parent),
          UNTOUCHED,
          UNTOUCHED,
          UNTOUCHED,
        ]);
        expect(records.map((_, i) => table.outcome(rows, (i + 1) * HOT_WORDS))).toEqual(expected);
      }),
      { numRuns: 2000, seed: 31 },
    );
  });
});
