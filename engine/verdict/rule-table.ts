/**
 * The rules of {@link registerOutcome} prepared for one context, so that a column of codes is judged without a set or an object a code.
 * A test holds the two equal.
 */
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { FLAG, flagsOf, HOT_WORDS, stateOf, WORD } from '../register/record.js';
import { expiryMatters, type RuleContext, statesAllowed } from './rules.js';

const { OK, STATE_FORBIDS, OTHER_OWNER, EXPIRED, BLOCKED } = OUTCOME_NUMBER;
const STATES_MAX = 256;
/** Before every date that a record can state. */
const NEVER = -(2 ** 31);

export class RuleTable {
  /** 1 where the state allows the operation. */
  readonly #allowed = new Uint8Array(STATES_MAX);
  readonly #owners: Int32Array;
  /** A code that expires before this minute is expired. */
  readonly #minute: number;

  constructor({ operation, owners, now }: RuleContext) {
    for (const state of statesAllowed(operation)) this.#allowed[state] = 1;
    this.#owners = Int32Array.from(owners);
    this.#minute = expiryMatters(operation) ? now : NEVER;
  }

  /** Outcome of the hot row at `rows[row]`. */
  outcome(rows: Int32Array, row: number): number {
    return outcomeOf(rows, row, this.#allowed, this.#owners, this.#minute);
  }

  /**
   * Outcomes and parents of rows `from … until − 1` whose ordinal is neither 0 nor past the `codes` of `rows`; the others stay as they are.
   */
  judge(
    rows: Int32Array,
    codes: number,
    ordinals: Uint32Array,
    from: number,
    until: number,
    outcomes: Uint8Array,
    parents: Uint32Array,
  ): void {
    // Read once: in the loop they would be looked up for every code.
    const allowed = this.#allowed;
    const owners = this.#owners;
    const minute = this.#minute;
    for (let i = from; i < until; i++) {
      const ordinal = ordinals[i];
      if (ordinal === 0 || ordinal >= codes) continue;
      const row = ordinal * HOT_WORDS;
      parents[i] = rows[row + WORD.parent];
      outcomes[i] = outcomeOf(rows, row, allowed, owners, minute);
    }
  }
}

function outcomeOf(rows: Int32Array, row: number, allowed: Uint8Array, owners: Int32Array, minute: number): number {
  const head = rows[row + WORD.head];
  if (allowed[stateOf(head)] === 0) return STATE_FORBIDS;
  if (owners.length !== 0 && !mayOwn(owners, rows[row + WORD.owner])) return OTHER_OWNER;
  const expiry = rows[row + WORD.expiry];
  if (expiry < minute && expiry !== 0) return EXPIRED;
  return flagsOf(head) & FLAG.blocked ? BLOCKED : OK;
}

function mayOwn(owners: Int32Array, owner: number): boolean {
  if (owner === 0) return true;
  for (let i = 0; i < owners.length; i++) if (owners[i] === owner) return true;
  return false;
}
