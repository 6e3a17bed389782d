// Goal: nothing but VALID is genuine, and each result refuses a code exactly where it should.
import { describe, expect, it } from 'vitest';
import { TAIL_RESULTS } from '../../core/host/index.js';
import { OUTCOMES, SEVERITY } from '../reconcile/outcomes.js';
import { compareTails, isGenuine, TAIL_POLICIES, tailOutcome } from './tail-outcome.js';

describe('results of tails', () => {
  it('only VALID is genuine', () => {
    expect(TAIL_RESULTS.filter(isGenuine)).toEqual(['VALID']);
  });

  it('refuse codes: always when a key says so, without a tail or scheme only where one is required', () => {
    const passing = (policy: (typeof TAIL_POLICIES)[number]): string[] =>
      TAIL_RESULTS.filter((result) => tailOutcome(result, policy) === null);
    expect(passing('where-possible')).toEqual(['ABSENT', 'UNVERIFIABLE', 'VALID']);
    expect(passing('required')).toEqual(['VALID']);
    for (const policy of TAIL_POLICIES) {
      for (const result of TAIL_RESULTS) {
        const outcome = tailOutcome(result, policy);
        if (outcome === null) continue;
        expect(OUTCOMES).toContain(outcome);
        expect(SEVERITY[outcome]).toBe('error');
      }
    }
  });

  it('are weaker where only a register knows the tail', () => {
    expect(compareTails(1, 2, 1, 2)).toBe('SAME_AS_REGISTERED');
    expect(compareTails(-1, 2, 0xffff_ffff, 2)).toBe('SAME_AS_REGISTERED');
    expect(compareTails(1, 2, 1, 3)).toBe('DIFFERS_FROM_REGISTERED');
    expect(compareTails(3, 2, 1, 2)).toBe('DIFFERS_FROM_REGISTERED');
    expect(compareTails(0, 0, 1, 2)).toBe('NOT_REGISTERED');
    expect(compareTails(1, 2, 0, 0)).toBe('NOT_REGISTERED');
  });
});
