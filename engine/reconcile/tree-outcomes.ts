/** What can be said of a package's contents when statement and register are laid side by side (`docs/outcomes.md`, "Packages"). */
import type { Severity } from './outcomes.js';

/** Append only; texts are in `messages/trees.json`. */
export const TREE_OUTCOMES = [
  'TREE_OK', // statement and register name the same contents
  'CHILD_MISSING_IN_REGISTER', // the statement puts a code into the package, the register doesn't
  'CHILD_EXTRA_IN_REGISTER', // the register has a code in the package that the statement leaves out
  'TWO_PARENTS', // a code is in two packages: by two statements, or by statement and register
  'CYCLE', // a package holds itself, directly or through others
  'MIXED_GTIN', // units of several products in one package
  'MIXED_SERIES', // units of several series in one package
  'UNEVEN_BOX', // more or fewer units than other packages of the same product and series have, and not known as opened
  'CHILD_OUT_OF_CIRCULATION', // a unit inside is sold or withdrawn: the package must be dissolved before use
] as const;
export type TreeOutcome = (typeof TREE_OUTCOMES)[number];

const SEVERITY: Record<TreeOutcome, Severity> = {
  TREE_OK: 'ok',
  CHILD_MISSING_IN_REGISTER: 'error',
  CHILD_EXTRA_IN_REGISTER: 'error',
  TWO_PARENTS: 'error',
  CYCLE: 'error',
  // Allowed by most groups' rules.
  MIXED_GTIN: 'info',
  MIXED_SERIES: 'info',
  UNEVEN_BOX: 'warn',
  CHILD_OUT_OF_CIRCULATION: 'error',
};

/** Findings of one outcome that a report holds. */
export const TREE_FINDINGS_MAX = 200;

/** What was asked of packages. */
export interface TreeRules {
  /** A package must hold units of one product and one series. */
  oneKind: boolean;
}

export function treeSeverity(outcome: TreeOutcome, { oneKind }: TreeRules): Severity {
  const isMixed = outcome === 'MIXED_GTIN' || outcome === 'MIXED_SERIES';
  return isMixed && oneKind ? 'error' : SEVERITY[outcome];
}

/** One thing that is not as it should be with a package. */
export interface TreeFinding {
  outcome: TreeOutcome;
  /** Text of the package's key. */
  package: string;
  /** The code inside that it is about; absent where it is about the whole package. */
  code?: string;
  /** TWO_PARENTS: the other package. */
  otherPackage?: string;
  /** UNEVEN_BOX: units in it, and in most packages of the product and series. MIXED: how many kinds. */
  count?: number;
  usual?: number;
  /** Statement that says so, and its line; absent where the register does. */
  path?: string;
  line?: number;
  /** Sequence number and time (ISO 8601, UTC) of the last event that the register's view took in. */
  event?: number;
  eventAt?: string;
}
