/** What the result of a tail means for a verdict: pure. */
import { TAIL_RESULTS, type TailResult } from '../../core/host/index.js';
import { OUTCOME_NUMBER, type Outcome } from '../reconcile/outcomes.js';

/**
 * What is asked of tails. `where-possible`: a tail that can be checked must be valid; a code without one, or without a scheme, goes on
 * and is not called genuine. `required`: nothing but a valid tail will do.
 */
export const TAIL_POLICIES = ['where-possible', 'required'] as const;
export type TailPolicy = (typeof TAIL_POLICIES)[number];

/** Outcome of each result that refuses a code. */
const REFUSALS: Readonly<Record<Exclude<TailResult, 'VALID'>, Outcome>> = {
  INVALID: 'TAIL_INVALID',
  MALFORMED_TAIL: 'TAIL_MALFORMED',
  UNKNOWN_KEY: 'TAIL_KEY_UNKNOWN',
  KEY_NOT_VALID_AT_DATE: 'TAIL_KEY_NOT_VALID',
  KEY_REVOKED: 'TAIL_KEY_REVOKED',
  ABSENT: 'TAIL_ABSENT',
  UNVERIFIABLE: 'TAIL_UNVERIFIABLE',
};

/** The outcome that refuses a code with this result; null when the tail doesn't stand against it. */
export function tailOutcome(result: TailResult, policy: TailPolicy): Outcome | null {
  if (result === 'VALID') return null;
  const lenient = result === 'ABSENT' || result === 'UNVERIFIABLE';
  return lenient && policy === 'where-possible' ? null : REFUSALS[result];
}

/** Stands in {@link tailOutcomes} where a tail is nothing against the code. */
export const TAIL_PASSES = 255;

/** {@link tailOutcome} by numbers, for columns: outcome numbers by result numbers, TAIL_PASSES where there is none. */
export function tailOutcomes(policy: TailPolicy): Uint8Array {
  return Uint8Array.from(TAIL_RESULTS, (result) => {
    const outcome = tailOutcome(result, policy);
    return outcome === null ? TAIL_PASSES : OUTCOME_NUMBER[outcome];
  });
}

/** True only of a code whose tail a valid key made for it. */
export function isGenuine(result: TailResult): boolean {
  return result === 'VALID';
}

/** True of a tail that no key could be asked about: there the register's memory is worth something. */
export function isUndecided(result: TailResult): boolean {
  return result === 'UNKNOWN_KEY' || result === 'UNVERIFIABLE';
}

/** How a tail compares with the one a register has seen. It says nothing of genuineness: copies have the same tail. */
export const REGISTERED_TAILS = ['SAME_AS_REGISTERED', 'DIFFERS_FROM_REGISTERED', 'NOT_REGISTERED'] as const;
export type RegisteredTail = (typeof REGISTERED_TAILS)[number];

/** Number of a comparison in columns. */
export const REGISTERED_TAIL_NUMBER: Readonly<Record<RegisteredTail, number>> = {
  SAME_AS_REGISTERED: 0,
  DIFFERS_FROM_REGISTERED: 1,
  NOT_REGISTERED: 2,
};

/**
 * Compares digests of {@link Core.tailDigests}, two words each, the lower first; a digest of zeros is none.
 * `NOT_REGISTERED`: one of the two has no tail.
 */
export function compareTails(low: number, high: number, registeredLow: number, registeredHigh: number): RegisteredTail {
  if ((low === 0 && high === 0) || (registeredLow === 0 && registeredHigh === 0)) return 'NOT_REGISTERED';
  const same = low >>> 0 === registeredLow >>> 0 && high >>> 0 === registeredHigh >>> 0;
  return same ? 'SAME_AS_REGISTERED' : 'DIFFERS_FROM_REGISTERED';
}
