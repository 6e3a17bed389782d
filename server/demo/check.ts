import type { ReconcileReport } from '../../engine/reconcile/report.js';
import { digestOfCodes } from './plan.js';
import type { Planted } from './planted.js';

/** One figure: what was planted, what a reconciliation found. */
export interface PlantedRow {
  name: string;
  planted: number | string;
  found: number | string;
  equal: boolean;
}

/**
 * Compares a report with what was planted, figure by figure; an outcome that only one side has counts as 0 on the other.
 * @param missing GTIN + serial of the units that the reconciliation misses, in any order; without it they are taken from `report.codes`, and when that is left out too they are not compared
 */
export function compareWithPlanted(
  report: ReconcileReport,
  planted: Planted,
  missing: Iterable<string> | undefined = missingOf(report),
): { ok: boolean; rows: PlantedRow[] } {
  const rows: PlantedRow[] = [];
  const add = (name: string, expected: number | string, found: number | string) =>
    rows.push({ name, planted: expected, found, equal: expected === found });
  const addCounts = (prefix: string, expected: Record<string, number>, found: Record<string, number>) => {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      add(`${prefix} ${name}`, expected[name] ?? 0, found[name] ?? 0);
    }
  };
  add('units expected', planted.expectedUnits, report.expectedUnits);
  addCounts('units', planted.totals, report.totals);
  addCounts('units', planted.outcomes, report.outcomes);
  add('lines', planted.lines.count, report.lines.count);
  addCounts('lines', planted.lines.outcomes, report.lines.outcomes);
  if (report.tails) addCounts('tails', planted.tails, report.tails);
  addCounts('packages', planted.packageDecisions, report.packageDecisions);
  add('GTINs with other totals', 0, differingGtins(report, planted));
  if (missing !== undefined) add('missing codes, SHA-256', planted.missingDigest, digestOfCodes(missing));
  return { ok: rows.every(({ equal }) => equal), rows };
}

function missingOf({ codes }: ReconcileReport): string[] | undefined {
  if (codes === undefined) return undefined;
  return Object.keys(codes).filter((code) => codes[code] === 'SHORTAGE' || codes[code] === 'SHORTAGE_INSIDE_PACKAGE');
}

function differingGtins({ byGtin }: ReconcileReport, planted: Planted): number {
  const text = ({ expected, matched, shortage, surplus }: ReconcileReport['byGtin'][number]) =>
    [expected, matched, shortage, surplus].join(' ');
  const nothing = '0 0 0 0';
  const left = new Map(planted.byGtin.map((totals) => [totals.gtin, text(totals)]));
  let differing = 0;
  for (const totals of byGtin) {
    if (text(totals) !== (left.get(totals.gtin) ?? nothing)) differing++;
    left.delete(totals.gtin);
  }
  return differing + left.size;
}
