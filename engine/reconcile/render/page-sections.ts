/** Sections of the page beside its totals: packages, their contents, the time of scanning. Nothing is escaped yet. */
import { formatCount, formatDateTime, type Language, message } from '../../messages/index.js';
import type { Severity } from '../outcomes.js';
import type { PackageRow, ReconcileReport } from '../report.js';
import { TREE_OUTCOMES, treeSeverity } from '../tree-outcomes.js';
import { barPieces, GTIN_ROWS, TIMELINE_HEIGHT, TIMELINE_WIDTH, timelineBars } from './charts.js';

/** The packages that differ most, each with its bar; those that don't differ are left to the spreadsheet. */
export function packageTable({ byPackage }: ReconcileReport, language: Language) {
  const shortageOf = ({ expected, matched }: PackageRow): number => expected - matched;
  const rows = byPackage.filter((row) => shortageOf(row) > 0 || row.surplus > 0).slice(0, GTIN_ROWS);
  const longest = Math.max(1, ...rows.map(({ expected, surplus }) => expected + surplus));
  return rows.map((row) => {
    const counts = { matched: row.matched, shortage: shortageOf(row), surplus: row.surplus };
    return {
      ...row,
      ...counts,
      label: message(language, `package.${row.decision}.label`),
      pieces: barPieces(counts, longest),
      title: message(language, 'label.chart.package', { package: row.package, ...counts }),
    };
  });
}

/** What was found of packages' contents, the outcomes that occur. */
export function treeRows({ trees }: ReconcileReport, language: Language) {
  return TREE_OUTCOMES.filter((outcome) => (trees.outcomes[outcome] ?? 0) > 0).map((outcome) => {
    const severity: Severity = treeSeverity(outcome, trees);
    return {
      outcome,
      label: message(language, `tree.${outcome}.label`),
      meaning: message(language, `tree.${outcome}.meaning`),
      severity,
      severityName: message(language, `label.severity.${severity}`),
      count: formatCount(language, trees.outcomes[outcome] ?? 0),
    };
  });
}

/** Bars by time of scanning; null when no input says it. */
export function timelineOf({ timeline }: ReconcileReport, language: Language, timeZone?: string) {
  if (timeline === undefined) return null;
  const time = (at: string): string => formatDateTime(language, at, timeZone);
  return {
    width: TIMELINE_WIDTH,
    height: TIMELINE_HEIGHT,
    note: message(language, 'label.note.timeline', { minutes: String(timeline.stepMinutes) }),
    first: time(timeline.steps[0].at),
    last: time(timeline.steps[timeline.steps.length - 1].at),
    bars: timelineBars(timeline).map(({ step, ...bar }) => ({
      ...bar,
      title: message(language, 'label.chart.timeline', {
        at: time(step.at),
        lines: step.lines,
        attention: step.attention,
      }),
    })),
  };
}

/** The set that was expected, in words; empty when none was. */
export function expectedSetText({ expectedSet }: ReconcileReport, language: Language, timeZone?: string): string {
  if (expectedSet === null) return '';
  const { query, units, at } = expectedSet;
  return message(language, 'label.note.expectedSet', {
    query,
    units,
    at: at === null ? undefined : formatDateTime(language, at, timeZone),
  });
}
