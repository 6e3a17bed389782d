/**
 * Outcome names of `docs/outcomes.md`: one for every line of an input, and one for every code of a reconciliation.
 * The order is the number that stands in a verdict column; append only.
 */
export const OUTCOMES = [
  // present and well
  'MATCHED', // expected and found, unit by unit
  'MATCHED_VIA_PACKAGE', // expected through a package, the package was found whole
  'MATCHED_PACKAGE_OPENED', // expected inside a package, found as a unit
  'PACKAGE_ACCEPTED', // line of a package that stands for its contents
  'COVERED_BY_PACKAGE', // line of a unit whose package was scanned before
  'OPENED_PACKAGE_USED_AS_WHOLE', // line of a package of which a unit was scanned before
  // absent
  'SHORTAGE',
  'SHORTAGE_INSIDE_PACKAGE',
  // present, not expected
  'SURPLUS',
  'SURPLUS_FOREIGN',
  'UNKNOWN_PACKAGE', // a package that neither the register nor a document knows
  // present, but not to be taken
  'NOT_FOUND', // not in the register
  'STATE_FORBIDS',
  'OTHER_OWNER',
  'EXPIRED',
  'BLOCKED',
  'DUPLICATE', // repeats an earlier line
  // not a code
  'NOT_DATAMATRIX', // EAN-8, EAN-13 or ITF-14
  'BAD_CHARACTERS',
  'UNKNOWN_CODE_TYPE',
  'BAD_CHECK_DIGIT',
  'TEMPLATE_MISMATCH',
  'BLANK_LINE_SKIPPED',
  // verification only
  'OK', // in the register, and nothing stands against it
  'WELL_FORMED', // a code; without a register nothing more is known
  // crypto tails
  'TAIL_INVALID',
  'TAIL_MALFORMED',
  'TAIL_KEY_UNKNOWN',
  'TAIL_KEY_NOT_VALID', // at the moment of the check
  'TAIL_KEY_REVOKED',
  'TAIL_ABSENT', // where a valid tail is required
  'TAIL_UNVERIFIABLE', // likewise
  'TAIL_DIFFERS', // from the one that the register has seen
  // of an expected input
  'DUPLICATE_IN_DOCUMENT', // named before, by itself or by a package that holds it
  // nothing stands against it, but somebody must know
  'EXPIRES_SOON', // within the days that were asked for
  'GROUP_NOT_DECLARED', // of a product group that the participant did not declare
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** Number of an outcome in verdict columns. */
export const OUTCOME_NUMBER = Object.fromEntries(OUTCOMES.map((name, number) => [name, number])) as Record<
  Outcome,
  number
>;

export type Severity = 'ok' | 'info' | 'warn' | 'error';

/** How much an outcome matters; `ok` and `info` leave the exit code at 0. */
export const SEVERITY: Record<Outcome, Severity> = {
  MATCHED: 'ok',
  MATCHED_VIA_PACKAGE: 'ok',
  MATCHED_PACKAGE_OPENED: 'info',
  PACKAGE_ACCEPTED: 'ok',
  COVERED_BY_PACKAGE: 'info',
  OPENED_PACKAGE_USED_AS_WHOLE: 'warn',
  SHORTAGE: 'error',
  SHORTAGE_INSIDE_PACKAGE: 'error',
  SURPLUS: 'warn',
  SURPLUS_FOREIGN: 'error',
  UNKNOWN_PACKAGE: 'error',
  NOT_FOUND: 'error',
  STATE_FORBIDS: 'error',
  OTHER_OWNER: 'error',
  EXPIRED: 'error',
  BLOCKED: 'error',
  DUPLICATE: 'warn',
  NOT_DATAMATRIX: 'error',
  BAD_CHARACTERS: 'error',
  UNKNOWN_CODE_TYPE: 'error',
  BAD_CHECK_DIGIT: 'error',
  TEMPLATE_MISMATCH: 'error',
  BLANK_LINE_SKIPPED: 'ok',
  OK: 'ok',
  WELL_FORMED: 'ok',
  TAIL_INVALID: 'error',
  TAIL_MALFORMED: 'error',
  TAIL_KEY_UNKNOWN: 'error',
  TAIL_KEY_NOT_VALID: 'error',
  TAIL_KEY_REVOKED: 'error',
  TAIL_ABSENT: 'error',
  TAIL_UNVERIFIABLE: 'error',
  TAIL_DIFFERS: 'error',
  DUPLICATE_IN_DOCUMENT: 'warn',
  EXPIRES_SOON: 'warn',
  GROUP_NOT_DECLARED: 'warn',
};

/** What becomes of a package named by the expected documents or scanned as a whole. */
export const PACKAGE_DECISIONS = [
  'ACCEPTED_WHOLE', // scanned as a whole, nothing stands against it
  'NEEDS_DISAGGREGATION', // a child is missing, withdrawn, or was scanned as a unit
  'NOT_SCANNED', // expected; neither it nor any of its units was scanned
  'UNEXPECTED', // scanned as a whole, known, but not expected
  'UNKNOWN_PACKAGE', // scanned, but neither the register nor a document knows what is inside
] as const;
export type PackageDecision = (typeof PACKAGE_DECISIONS)[number];

/** What a package is, as far as register, documents and scans tell. The first that fits. */
export const PACKAGE_STATES = [
  'UNKNOWN', // the register doesn't have it; without a register: no document says what is inside
  'DISSOLVED', // by the register
  'EMPTY', // known, and nothing is in it
  'OPENED', // the register says so, or a code inside was scanned by itself
  'INTACT', // all that is registered inside is taken for present
] as const;
export type PackageState = (typeof PACKAGE_STATES)[number];
