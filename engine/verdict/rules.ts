/** Register rules for one code: pure, over the hot words of its record. Time and parties are arguments. */
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { FLAG, flagsOf, groupOf, stateOf, WORD } from '../register/record.js';
import { IN_CIRCULATION, STATE_NUMBER } from '../register/states.js';

export const OPERATIONS = ['sale', 'return', 'accept', 'count'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What a check is about. Plain data: it crosses to workers. */
export interface RuleContext {
  operation: Operation;
  /** Wall-clock minutes since 1970-01-01T00:00 where the check is made. */
  now: number;
  /** Numbers of the owners that a code may have; empty: any. A code whose owner was never stated passes: it is not known. */
  owners: readonly number[];
  /** Wall-clock minute: what expires before it, expires soon; absent: nobody asks. */
  soon?: number;
  /** Product groups that the participant declared; absent: any. A code whose group was never stated passes. */
  groups?: readonly number[];
}

/** A return takes back what was sold; everything else needs a code in circulation. */
const RETURNABLE: ReadonlySet<number> = new Set([
  STATE_NUMBER.RETIRED,
  STATE_NUMBER.PARTIALLY_SOLD,
  STATE_NUMBER.UNKNOWN,
]);

/** Numbers of the states in which a code may be what the operation makes of it. */
export function statesAllowed(operation: Operation): ReadonlySet<number> {
  return operation === 'return' ? RETURNABLE : IN_CIRCULATION;
}

/** Goods past their date are still counted, and may be taken back. */
export function expiryMatters(operation: Operation): boolean {
  return operation === 'sale' || operation === 'accept';
}

/**
 * The first of tests 9–13 of code verification that fails, as an outcome's number; OK when none does.
 * The order is that of `docs/outcomes.md`: state, owner, expiry, blocked; then what is only a warning, which must hide no error: group, expiry soon.
 */
export function registerOutcome(rows: Int32Array, row: number, context: RuleContext): number {
  const head = rows[row + WORD.head];
  if (!statesAllowed(context.operation).has(stateOf(head))) return OUTCOME_NUMBER.STATE_FORBIDS;
  const owner = rows[row + WORD.owner];
  if (context.owners.length > 0 && owner !== 0 && !context.owners.includes(owner)) return OUTCOME_NUMBER.OTHER_OWNER;
  const expiry = rows[row + WORD.expiry];
  if (expiryMatters(context.operation) && expiry !== 0 && expiry < context.now) return OUTCOME_NUMBER.EXPIRED;
  if (flagsOf(head) & FLAG.blocked) return OUTCOME_NUMBER.BLOCKED;
  const group = groupOf(head);
  if (context.groups && group !== 0 && !context.groups.includes(group)) return OUTCOME_NUMBER.GROUP_NOT_DECLARED;
  const { soon } = context;
  if (soon !== undefined && expiryMatters(context.operation) && expiry !== 0 && expiry < soon)
    return OUTCOME_NUMBER.EXPIRES_SOON;
  return OUTCOME_NUMBER.OK;
}

const DAY_MINUTES = 1440;

/** {@link RuleContext.soon} for a number of days from a moment, {@link RuleContext.now}. */
export function soonOf(now: number, days: number | undefined): number | undefined {
  return days === undefined ? undefined : now + days * DAY_MINUTES;
}

/** The outcome that a core error stands for; see tests 1–5 of code verification. */
const STRUCTURE_OUTCOME: Readonly<Partial<Record<string, number>>> = {
  EMPTY: OUTCOME_NUMBER.BLANK_LINE_SKIPPED,
  LINE_TOO_LONG: OUTCOME_NUMBER.UNKNOWN_CODE_TYPE,
  NOT_A_MARKING_CODE: OUTCOME_NUMBER.NOT_DATAMATRIX,
  WRONG_SYMBOLOGY: OUTCOME_NUMBER.NOT_DATAMATRIX,
  UNKNOWN_CODE_TYPE: OUTCOME_NUMBER.UNKNOWN_CODE_TYPE,
  UNKNOWN_AI: OUTCOME_NUMBER.UNKNOWN_CODE_TYPE,
  BAD_CHARACTERS: OUTCOME_NUMBER.BAD_CHARACTERS,
  BAD_CHARSET: OUTCOME_NUMBER.BAD_CHARACTERS,
  NOT_NUMERIC: OUTCOME_NUMBER.BAD_CHARACTERS,
  CARET: OUTCOME_NUMBER.BAD_CHARACTERS,
  BAD_IBAN_CHARACTER: OUTCOME_NUMBER.BAD_CHARACTERS,
  BAD_PERCENT_ENCODING: OUTCOME_NUMBER.BAD_CHARACTERS,
  BAD_PADDING: OUTCOME_NUMBER.BAD_CHARACTERS,
  BAD_CHECK_DIGIT: OUTCOME_NUMBER.BAD_CHECK_DIGIT,
  BAD_CHECK_CHARACTERS: OUTCOME_NUMBER.BAD_CHECK_DIGIT,
  BAD_IBAN_CHECK_DIGITS: OUTCOME_NUMBER.BAD_CHECK_DIGIT,
};

/** Known AIs whose contents or company are not what they must be; every error that {@link STRUCTURE_OUTCOME} doesn't name. */
const OTHER_STRUCTURE_OUTCOME = OUTCOME_NUMBER.TEMPLATE_MISMATCH;

/** Outcome of a core error. */
export function structureOutcome(error: string): number {
  return STRUCTURE_OUTCOME[error] ?? OTHER_STRUCTURE_OUTCOME;
}
