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
    const head = rows[row + WORD.head];
    if (this.#allowed[stateOf(head)] === 0) return STATE_FORBIDS;
    if (this.#owners.length !== 0 && !this.#mayOwn(rows[row + WORD.owner])) return OTHER_OWNER;
    const expiry = rows[row + WORD.expiry];
    if (expiry < this.#minute && expiry !== 0) return EXPIRED;
    return flagsOf(head) & FLAG.blocked ? BLOCKED : OK;
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
    for (let i = from; i < until; i++) {
      const ordinal = ordinals[i];
      if (ordinal === 0 || ordinal >= codes) continue;
      const row = ordinal * HOT_WORDS;
      parents[i] = rows[row + WORD.parent];
      outcomes[i] = this.outcome(rows, row);
    }
  }

  #mayOwn(owner: number): boolean {
    return owner === 0 || this.#owners.includes(owner);
  }
}
