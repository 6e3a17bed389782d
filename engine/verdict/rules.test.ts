// Goal: every outcome of the register's rules for every operation, named after the tests of code verification (9 state, 10 owner, 11 expiry,
// 12 blocked), and the boundaries between them. Method: one hot row among others, so that a rule that reads the wrong row is seen.
import { describe, expect, it } from 'vitest';
import { CODE_ERRORS } from '../../core/host/index.js';
import { OUTCOMES, type Outcome } from '../reconcile/outcomes.js';
import { FLAG, HOT_WORDS, headOf, WORD } from '../register/record.js';
import { STATE_NUMBER, STATES, type State } from '../register/states.js';
import { OPERATIONS, type Operation, registerOutcome, structureOutcome } from './rules.js';

const NOW = 30_000_000;
const OURS = 7;
const THEIRS = 8;

interface Code {
  state: State;
  owner?: number;
  expiry?: number;
  flags?: number;
}

function outcomeOf(code: Code, operation: Operation, owners: readonly number[] = [OURS]): Outcome {
  const rows = new Int32Array(3 * HOT_WORDS).fill(-1);
  rows.fill(0, HOT_WORDS, 2 * HOT_WORDS);
  rows[HOT_WORDS + WORD.head] = headOf(STATE_NUMBER[code.state], code.flags ?? 0, 5);
  rows[HOT_WORDS + WORD.owner] = code.owner ?? 0;
  rows[HOT_WORDS + WORD.expiry] = code.expiry ?? 0;
  return OUTCOMES[registerOutcome(rows, HOT_WORDS, { operation, now: NOW, owners })]!;
}

const good = (operation: Operation): Code => ({
  state: operation === 'return' ? 'RETIRED' : 'INTRODUCED',
  owner: OURS,
  expiry: NOW + 1,
});

/** States that let an operation happen; every other state forbids it. */
const ALLOWED: Record<Operation, readonly State[]> = {
  sale: ['UNKNOWN', 'INTRODUCED', 'SHIPPED', 'PARTIALLY_SOLD'],
  accept: ['UNKNOWN', 'INTRODUCED', 'SHIPPED', 'PARTIALLY_SOLD'],
  count: ['UNKNOWN', 'INTRODUCED', 'SHIPPED', 'PARTIALLY_SOLD'],
  return: ['UNKNOWN', 'RETIRED', 'PARTIALLY_SOLD'],
};

describe.each([...OPERATIONS])('%s', (operation) => {
  it('OK: nothing stands against the code', () => {
    expect(outcomeOf(good(operation), operation)).toBe('OK');
  });

  it.each([...STATES])('test 9: %s', (state) => {
    const expected = ALLOWED[operation].includes(state) ? 'OK' : 'STATE_FORBIDS';
    expect(outcomeOf({ ...good(operation), state }, operation)).toBe(expected);
  });

  it('test 10: OTHER_OWNER when the owner is stated and none of those asked for', () => {
    expect(outcomeOf({ ...good(operation), owner: THEIRS }, operation)).toBe('OTHER_OWNER');
    expect(outcomeOf({ ...good(operation), owner: THEIRS }, operation, [OURS, THEIRS])).toBe('OK');
    expect(outcomeOf({ ...good(operation), owner: THEIRS }, operation, [])).toBe('OK');
    expect(outcomeOf({ ...good(operation), owner: THEIRS }, operation, [0xffff_ffff])).toBe('OTHER_OWNER');
  });

  it('test 10: an owner that was never stated passes', () => {
    expect(outcomeOf({ ...good(operation), owner: 0 }, operation)).toBe('OK');
  });

  it('test 11: the last minute is still good, the next is not; only a sale and an acceptance ask', () => {
    const after = operation === 'sale' || operation === 'accept' ? 'EXPIRED' : 'OK';
    expect(outcomeOf({ ...good(operation), expiry: NOW + 1 }, operation)).toBe('OK');
    expect(outcomeOf({ ...good(operation), expiry: NOW }, operation)).toBe('OK');
    expect(outcomeOf({ ...good(operation), expiry: NOW - 1 }, operation)).toBe(after);
    expect(outcomeOf({ ...good(operation), expiry: 0 }, operation)).toBe('OK');
  });

  it('test 12: BLOCKED by an authority', () => {
    expect(outcomeOf({ ...good(operation), flags: FLAG.blocked }, operation)).toBe('BLOCKED');
    expect(outcomeOf({ ...good(operation), flags: FLAG.package | FLAG.customs }, operation)).toBe('OK');
  });

  it('the first failing test decides', () => {
    const bad: Code = {
      state: 'WITHDRAWN',
      owner: THEIRS,
      expiry: NOW - 1,
      flags: FLAG.blocked,
    };
    expect(outcomeOf(bad, operation)).toBe('STATE_FORBIDS');
    const { state } = good(operation);
    expect(outcomeOf({ ...bad, state }, operation)).toBe('OTHER_OWNER');
    const expires = operation === 'sale' || operation === 'accept';
    expect(outcomeOf({ ...bad, state, owner: OURS }, operation)).toBe(expires ? 'EXPIRED' : 'BLOCKED');
  });
});

describe('structureOutcome', () => {
  it('gives every error of the core an outcome of tests 1 to 5', () => {
    const known = new Set<string>(CODE_ERRORS);
    const structural: readonly Outcome[] = [
      'NOT_DATAMATRIX',
      'BAD_CHARACTERS',
      'UNKNOWN_CODE_TYPE',
      'BAD_CHECK_DIGIT',
      'TEMPLATE_MISMATCH',
      'BLANK_LINE_SKIPPED',
    ];
    for (const error of CODE_ERRORS) expect(structural, error).toContain(OUTCOMES[structureOutcome(error)]);
    // Those that decide what a person does next are no matter of the rest.
    const decided: [string, Outcome][] = [
      ['EMPTY', 'BLANK_LINE_SKIPPED'],
      ['NOT_A_MARKING_CODE', 'NOT_DATAMATRIX'],
      ['WRONG_SYMBOLOGY', 'NOT_DATAMATRIX'],
      ['UNKNOWN_AI', 'UNKNOWN_CODE_TYPE'],
      ['BAD_CHARSET', 'BAD_CHARACTERS'],
      ['BAD_CHECK_DIGIT', 'BAD_CHECK_DIGIT'],
      ['REQUIRED_AI', 'TEMPLATE_MISMATCH'],
    ];
    for (const [error, outcome] of decided) {
      expect(known.has(error), error).toBe(true);
      expect(OUTCOMES[structureOutcome(error)], error).toBe(outcome);
    }
  });
});
