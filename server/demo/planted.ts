import type { TailSummary } from '../../engine/bulk/tail-counts.js';
import type { Outcome, PackageDecision } from '../../engine/reconcile/outcomes.js';
import type { GtinTotals } from '../../engine/reconcile/report.js';

export type UnitOutcomes = Partial<Record<Outcome, number>>;

/** What a reconciliation of the corpus must find, counted while the findings were planted. Names and meanings as in the report. */
export interface Planted {
  expectedUnits: number;
  totals: { matched: number; shortage: number; surplus: number };
  /** Units by outcome. */
  outcomes: UnitOutcomes;
  /** Lines of the scan file; every line is in exactly one outcome. */
  lines: { count: number; outcomes: Partial<Record<Outcome, number>> };
  /** Lines of the scan file by the result of their tail. */
  tails: TailSummary;
  /** Packages named in the delivery or scanned, by decision. */
  packageDecisions: Partial<Record<PackageDecision, number>>;
  /** GTINs with any count, ascending. */
  byGtin: GtinTotals[];
  /** GTIN + serial of every missing unit, in byte order. */
  missing: readonly string[];
  /** Digest of `missing` as {@link digestOfCodes} makes it. */
  missingDigest: string;
}
