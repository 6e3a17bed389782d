/**
 * The rules of {@link registerOutcome} prepared for one context, so that a column of codes is judged without a set or an object a code.
 * A test holds the two equal.
 */
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { OWNERS_MAX, type RowTerms } from '../register/image-kernel.js';
import { FLAG, flagsOf, groupOf, HOT_WORDS, stateOf, WORD } from '../register/record.js';
import { expiryMatters, type RuleContext, statesAllowed } from './rules.js';

const { OK, STATE_FORBIDS, OTHER_OWNER, EXPIRED, BLOCKED, GROUP_NOT_DECLARED, EXPIRES_SOON } = OUTCOME_NUMBER;
/** In the order of {@link RowTerms.outcomes}. */
const KERNEL_OUTCOMES = Uint8Array.of(OK, STATE_FORBIDS, OTHER_OWNER, EXPIRED, BLOCKED, EXPIRES_SOON);
const STATES_MAX = 256;
const GROUPS_MAX = 65_536;
/** Before every date that a record can state. */
const NEVER = -(2 ** 31);

export class RuleTable {
  /** 1 where the state allows the operation. */
  readonly #allowed = new Uint8Array(STATES_MAX);
  readonly #owners: Int32Array;
  /** A code that expires before this minute is expired. */
  readonly #minute: number;
  /** One that expires before this minute expires soon. */
  readonly #soon: number;
  /** 1 for each product group that is declared; null: any. */
  readonly #groups: Uint8Array | null;
  /** The same for the kernel; null when it is asked for what only this table knows. */
  readonly terms: RowTerms | null;

  constructor({ operation, owners, now, soon, groups }: RuleContext) {
    for (const state of statesAllowed(operation)) this.#allowed[state] = 1;
    this.#owners = Int32Array.from(owners);
    this.#minute = expiryMatters(operation) ? now : NEVER;
    this.#soon = expiryMatters(operation) ? (soon ?? NEVER) : NEVER;
    this.#groups = groups ? new Uint8Array(GROUPS_MAX) : null;
    // Of what has no group nothing is known.
    this.#groups?.fill(1, 0, 1);
    for (const group of groups ?? []) this.#groups?.fill(1, group, group + 1);
    this.terms =
      groups || owners.length > OWNERS_MAX
        ? null
        : {
            allowed: this.#allowed,
            minute: this.#minute,
            soon: this.#soon,
            owners: this.#owners,
            outcomes: KERNEL_OUTCOMES,
          };
  }

  /** Outcome of the hot row at `rows[row]`. */
  outcome(rows: Int32Array, row: number): number {
    const outcome = outcomeOf(rows, row, this.#allowed, this.#owners, this.#minute);
    return outcome === OK ? warningOf(rows, row, this.#soon, this.#groups) : outcome;
  }

  /**
   * Outcomes and parents of rows `from … until − 1` whose ordinal is neither 0 nor past the `codes` of `rows`; the others stay as they are.
   * Gives whether one of the codes is a package.
   */
  judge(
    rows: Int32Array,
    codes: number,
    ordinals: Uint32Array,
    from: number,
    until: number,
    outcomes: Uint8Array,
    parents: Uint32Array,
  ): boolean {
    // Read once: in the loop they would be looked up for every code.
    const allowed = this.#allowed;
    const owners = this.#owners;
    const minute = this.#minute;
    const soon = this.#soon;
    const groups = this.#groups;
    const warns = soon !== NEVER || groups !== null;
    let heads = 0;
    for (let i = from; i < until; i++) {
      const ordinal = ordinals[i];
      if (ordinal === 0 || ordinal >= codes) continue;
      const row = ordinal * HOT_WORDS;
      heads |= rows[row + WORD.head];
      parents[i] = rows[row + WORD.parent];
      const outcome = outcomeOf(rows, row, allowed, owners, minute);
      outcomes[i] = warns && outcome === OK ? warningOf(rows, row, soon, groups) : outcome;
    }
    return (flagsOf(heads) & FLAG.package) !== 0;
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

function warningOf(rows: Int32Array, row: number, soon: number, groups: Uint8Array | null): number {
  if (groups !== null && groups[groupOf(rows[row + WORD.head])] === 0) return GROUP_NOT_DECLARED;
  const expiry = rows[row + WORD.expiry];
  return expiry < soon && expiry !== 0 ? EXPIRES_SOON : OK;
}

function mayOwn(owners: Int32Array, owner: number): boolean {
  if (owner === 0) return true;
  for (let i = 0; i < owners.length; i++) if (owners[i] === owner) return true;
  return false;
}
