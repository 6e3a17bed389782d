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
  'UNEVEN_BOX', // more or fewer units than other packages of the same product have
  'CHILD_OUT_OF_CIRCULATION', // a unit inside is sold or withdrawn: the package must be dissolved before use
] as const;
export type TreeOutcome = (typeof TREE_OUTCOMES)[number];

export const TREE_SEVERITY: Record<TreeOutcome, Severity> = {
  TREE_OK: 'ok',
  CHILD_MISSING_IN_REGISTER: 'error',
  CHILD_EXTRA_IN_REGISTER: 'error',
  TWO_PARENTS: 'error',
  CYCLE: 'error',
  // Allowed by most groups' rules; where a package must be of one kind, the profile of the group says so.
  MIXED_GTIN: 'info',
  MIXED_SERIES: 'info',
  UNEVEN_BOX: 'warn',
  CHILD_OUT_OF_CIRCULATION: 'error',
};

/** One thing that is not as it should be with a package. */
export interface TreeFinding {
  outcome: TreeOutcome;
  /** Text of the package's key. */
  package: string;
  /** The code inside that it is about; absent where it is about the whole package. */
  code?: string;
  /** TWO_PARENTS: the other package. */
  otherPackage?: string;
  /** UNEVEN_BOX: units in it, and in most packages of the product. MIXED: how many kinds. */
  count?: number;
  usual?: number;
  /** Statement that says so, and its line; absent where the register does. */
  path?: string;
  line?: number;
}
