import type { TailResult } from '../../core/host/index.js';
import type { RegisteredTailSummary } from '../bulk/registered-tails.js';
import type { TailSummary } from '../bulk/tail-counts.js';
import type { Outcome, PackageDecision, PackageState } from './outcomes.js';
import type { Timeline } from './timeline.js';
import type { TreeFinding, TreeOutcome, TreeRules } from './tree-outcomes.js';

/** One input of a run. */
export interface InputSummary {
  path: string;
  role: 'expected' | 'scanned';
  /** `list`, `csv`, `snapshot`, `mdlp:415`, `upd:5.03` … */
  format: string;
  /** Bytes on disk. */
  size: number;
  /** Codes read, blank lines apart. */
  codes: number;
  /** Lines that are no codes. Of expected inputs nothing can be said about them: they are findings, too. */
  notCodes: number;
  /** Lines of codes that repeat an earlier one of the same side. */
  duplicates: number;
}

/** The register as it was seen by a run. */
export interface RegisterView {
  path: string;
  schemaVersion: number;
  /** Units and packages in it. */
  codes: number;
  /** Sequence number and time (ISO 8601, UTC) of the last event that the run saw. */
  lastEvent: number;
  lastEventAt: string | null;
}

/** One stage of a run. */
export interface StageTiming {
  stage: string;
  milliseconds: number;
  codes: number;
  codesPerSecond: number;
}

/** Counts of one GTIN, in units. expected = matched + shortage. */
export interface GtinTotals {
  gtin: string;
  expected: number;
  matched: number;
  shortage: number;
  surplus: number;
}

/** One line of an input, or one absent code, that somebody must look at. */
export interface Finding {
  outcome: Outcome;
  /** Units: GTIN + serial; SSCC: 18 digits; else the line as it was read, cut at 160 characters. */
  code: string;
  /** Input and 1-based line; absent for codes that were not scanned. */
  path?: string;
  line?: number;
  /** Of a DUPLICATE: where the code was first met. */
  firstPath?: string;
  firstLine?: number;
  /** Of an absent code: the line that named it, or the package that it was expected in. Absent when a set of the register was expected. */
  documentPath?: string;
  documentLine?: number;
  /** When and by what the line was scanned, where the input says it. */
  scannedAt?: string;
  device?: string;
  /** 0-based byte of a malformed line where the fault is, and the core's error code. */
  position?: number;
  error?: string;
  /** What the check of the tail came to, where tails are checked. Only VALID is genuine. */
  tail?: TailResult;
  /** From the register, when known. */
  state?: string;
  owner?: string;
  expiry?: string;
  /** SSCC of the package that holds the unit. */
  parent?: string;
  /** Sequence number and time (ISO 8601, UTC) of the last event that the register's view took in. */
  event?: number;
  eventAt?: string;
}

/** A set of the register that was expected. */
export interface ExpectedSetSummary {
  /** As it was asked for: `owner=300000001,state=INTRODUCED`. */
  query: string;
  /** Moment that the set was taken at, ISO 8601; null: as the register is. */
  at: string | null;
  units: number;
}

/** What the comparison of packages came to. */
export interface TreeSummary extends TreeRules {
  /** Packages that documents state. */
  stated: number;
  outcomes: Partial<Record<TreeOutcome, number>>;
  /** The first 200 of each outcome but TREE_OK; all of them are in the stream. */
  findings: TreeFinding[];
}

/**
 * Result of a reconciliation, as `tamga reconcile --json` prints it.
 * `expectedUnits = totals.matched + totals.shortage`; the values of `lines.outcomes` add up to `lines.count`; every unit is in exactly one of `outcomes`.
 */
export interface ReconcileReport {
  expectedUnits: number;
  /**
   * `matched`: expected units that are here, also those that may not be accepted (see `outcomes`);
   * `shortage`: expected units that are not here; `surplus`: registered (or, without a register, well-formed) units here that were not expected.
   */
  totals: { matched: number; shortage: number; surplus: number };
  /** Units by outcome. */
  outcomes: Partial<Record<Outcome, number>>;
  /** Lines of the scanned inputs by outcome. */
  lines: { count: number; outcomes: Partial<Record<Outcome, number>> };
  /** Scanned lines by the result of their tail; left out when no tails are checked. Only VALID is genuine. */
  tails?: TailSummary;
  /** Scanned lines with tails that no key decides, by how these compare with the register's; only when that was asked. */
  registeredTails?: RegisteredTailSummary;
  /** Outcome by code; left out when there are more than 10,000 and it was not asked for. */
  codes?: Record<string, Outcome>;
  /** Decision by package; as `codes`. */
  packages?: Record<string, PackageDecision>;
  /** Packages by decision. */
  packageDecisions: Partial<Record<PackageDecision, number>>;
  byGtin: GtinTotals[];
  /** Packages that differ most, at most 1000 of those that were named or scanned. */
  byPackage: PackageRow[];
  trees: TreeSummary;
  /** When lines were scanned; left out when no input says it. */
  timeline?: Timeline;
  inputs: InputSummary[];
  expectedSet: ExpectedSetSummary | null;
  register: RegisterView | null;
  /** Moment of the check, ISO 8601, UTC. */
  at: string;
  timings: StageTiming[];
}

/** One package that was named or scanned. Counts are of units, at any depth. */
export interface PackageRow {
  package: string;
  decision: PackageDecision;
  state: PackageState;
  expected: number;
  matched: number;
  surplus: number;
}

/** A finished reconciliation: the report, and what is too long to hold in it, as streams. */
export interface ReconcileResult {
  report: ReconcileReport;
  /** Lines and absent codes that somebody must look at: first lines of the documents that are no codes, then the scanned lines in order, then the shortages by GTIN and serial. */
  findings(): AsyncIterable<Finding>;
  /** Shortages by GTIN and serial. */
  missing(): AsyncIterable<Finding>;
  /** What is not as it should be with packages, statement by statement; then what they hold. */
  trees(): AsyncIterable<TreeFinding>;
  /** Packages that were named or scanned, with what becomes of them. */
  packages(): AsyncIterable<PackageRow>;
  /** Releases the run's temporary files. */
  close(): Promise<void>;
}
