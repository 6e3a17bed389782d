import {
  formatBytes,
  formatCount,
  formatDateTime,
  formatDuration,
  formatShare,
  type Label,
  type Language,
  type MessageData,
  message,
} from '../../messages/index.js';
import { OUTCOMES, type Outcome, PACKAGE_DECISIONS, SEVERITY, type Severity } from '../outcomes.js';
import type { ReconcileReport } from '../report.js';
import { TREE_OUTCOMES, treeSeverity } from '../tree-outcomes.js';
import { BAR_WIDTH, type GtinRow, gtinRows, ringPieces } from './charts.js';
import { expectedSetText, packageTable, timelineOf, treeRows } from './page-sections.js';

export interface PageOptions {
  language: Language;
  /** Heading and title of the page; “Reconciliation report” in its language when left out. */
  title?: string;
  /** When the report was made; not shown when left out. */
  madeAt?: Date;
  /** IANA name of the zone that times are shown in; the system's zone when left out. */
  timeZone?: string;
}

/** Outcomes of a line that is no code. */
const UNREADABLE: readonly Outcome[] = [
  'NOT_DATAMATRIX',
  'BAD_CHARACTERS',
  'UNKNOWN_CODE_TYPE',
  'BAD_CHECK_DIGIT',
  'TEMPLATE_MISMATCH',
];
const ABSENT: readonly Outcome[] = ['SHORTAGE', 'SHORTAGE_INSIDE_PACKAGE'];
const UNEXPECTED: readonly Outcome[] = ['SURPLUS', 'SURPLUS_FOREIGN'];

/** How a package decision is coloured; the words beside it say the same. */
export const DECISION_SEVERITY = {
  ACCEPTED_WHOLE: 'ok',
  NEEDS_DISAGGREGATION: 'warn',
  NOT_SCANNED: 'error',
  UNEXPECTED: 'warn',
  UNKNOWN_PACKAGE: 'error',
} as const satisfies Record<(typeof PACKAGE_DECISIONS)[number], Severity>;

export interface Verdict {
  severity: Severity;
  heading: string;
  /** Empty when nothing was expected. */
  lead: string;
  facts: { severity: Severity; text: string }[];
}

export interface OutcomeRow {
  outcome: string;
  label: string;
  meaning: string;
  severity: Severity;
  severityName: string;
  count: string;
  share: string;
}

/** What the page says of a report: numbers and dates are text in the page's language, nothing is escaped yet. */
export type Page = ReturnType<typeof pageOf>;

export function pageOf(report: ReconcileReport, { language, title, madeAt, timeZone }: PageOptions) {
  const t = (label: Label, data?: MessageData): string => message(language, `label.${label}`, data);
  const n = (count: number): string => formatCount(language, count);
  const { expectedUnits, totals, register } = report;
  return {
    language,
    t,
    n,
    title: title ?? t('report.title'),
    madeAt: madeAt && t('report.madeAt', { date: formatDateTime(language, madeAt, timeZone) }),
    verdict: verdictOf(report, language),
    tiles: [
      {
        kind: 'expected',
        label: t('total.expected'),
        value: n(expectedUnits),
        share: '',
      },
      tile('matched', t('total.matched'), totals.matched),
      tile('shortage', t('total.shortage'), totals.shortage),
      tile('surplus', t('total.surplus'), totals.surplus),
      {
        kind: 'lines',
        label: t('total.lines'),
        value: n(report.lines.count),
        share: '',
      },
    ],
    ring: {
      pieces: ringPieces(
        OUTCOMES.map((outcome) => ({
          outcome,
          count: report.outcomes[outcome] ?? 0,
        })),
      ).map((piece) => ({
        ...piece,
        title: `${message(language, `outcome.${piece.outcome}.label`)}: ${n(piece.count)}`,
      })),
      share: formatShare(language, totals.matched, expectedUnits),
    },
    expectedSet: expectedSetText(report, language, timeZone),
    timeline: timelineOf(report, language, timeZone),
    packages: packageTable(report, language),
    trees: treeRows(report, language),
    units: outcomeRows(language, report.outcomes),
    lines: outcomeRows(language, report.lines.outcomes),
    gtins: gtinTable(report, t),
    decisions: PACKAGE_DECISIONS.filter((decision) => (report.packageDecisions[decision] ?? 0) > 0).map((decision) => ({
      decision,
      label: message(language, `package.${decision}.label`),
      meaning: message(language, `package.${decision}.meaning`),
      severity: DECISION_SEVERITY[decision],
      severityName: t(`severity.${DECISION_SEVERITY[decision]}`),
      count: n(report.packageDecisions[decision] ?? 0),
    })),
    inputs: report.inputs.map(({ path, role, format, size, codes }) => ({
      path,
      role: t(`role.${role}`),
      format,
      size: formatBytes(language, size),
      codes: n(codes),
    })),
    register: register && [
      { name: t('register.path'), value: register.path },
      { name: t('register.codes'), value: n(register.codes) },
      {
        name: t('register.asOf'),
        value:
          register.lastEventAt === null
            ? t('register.noEvents')
            : formatDateTime(language, register.lastEventAt, timeZone),
      },
      { name: t('register.lastEvent'), value: n(register.lastEvent) },
      { name: t('register.schema'), value: String(register.schemaVersion) },
    ],
    timings: report.timings.map(({ stage, milliseconds, codes, codesPerSecond }) => ({
      stage,
      time: formatDuration(language, milliseconds),
      codes: n(codes),
      rate: n(codesPerSecond),
    })),
  };

  function tile(kind: string, label: string, count: number) {
    const share = expectedUnits === 0 || kind === 'surplus' ? '' : formatShare(language, count, expectedUnits);
    return {
      kind: count === 0 && kind !== 'matched' ? `${kind} none` : kind,
      label,
      value: n(count),
      share,
    };
  }
}

/** Sum of the counts of some outcomes. */
function sum(counts: Partial<Record<Outcome, number>>, outcomes: readonly Outcome[]): number {
  return outcomes.reduce((total, outcome) => total + (counts[outcome] ?? 0), 0);
}

/** The result in words: a heading, how much of the expected is here, and what must be looked at, the gravest first. */
export function verdictOf(report: ReconcileReport, language: Language): Verdict {
  const t = (label: Label, data?: MessageData): string => message(language, `label.${label}`, data);
  const { expectedUnits, totals } = report;
  const problems = sum(
    report.outcomes,
    OUTCOMES.filter(
      (outcome) => SEVERITY[outcome] === 'error' && !ABSENT.includes(outcome) && !UNEXPECTED.includes(outcome),
    ),
  );
  const unreadable = sum(report.lines.outcomes, UNREADABLE);
  const packages = PACKAGE_DECISIONS.reduce(
    (total, decision) => total + (DECISION_SEVERITY[decision] === 'ok' ? 0 : (report.packageDecisions[decision] ?? 0)),
    0,
  );
  const facts: { severity: Severity; text: string }[] = [];
  const add = (severity: Severity, label: Label, count: number): void => {
    if (count > 0) facts.push({ severity, text: t(label, { count }) });
  };
  add('error', 'fact.shortage', totals.shortage);
  add('error', 'fact.problems', problems);
  add('warn', 'fact.surplus', totals.surplus);
  add('warn', 'fact.packages', packages);
  add('warn', 'fact.unreadable', unreadable);
  const expected = report.inputs.filter(({ role }) => role === 'expected');
  add(
    'warn',
    'fact.expectedUnreadable',
    expected.reduce((total, { notCodes }) => total + notCodes, 0),
  );
  add(
    'warn',
    'fact.duplicates',
    expected.reduce((total, { duplicates }) => total + duplicates, 0),
  );
  const trees = TREE_OUTCOMES.filter((outcome) => ['warn', 'error'].includes(treeSeverity(outcome, report.trees)));
  add(
    'warn',
    'fact.trees',
    trees.reduce((total, outcome) => total + (report.trees.outcomes[outcome] ?? 0), 0),
  );
  const severity: Severity = facts.some((fact) => fact.severity === 'error')
    ? 'error'
    : facts.length > 0
      ? 'warn'
      : 'ok';
  const heading: Label =
    facts.length > 0 ? 'verdict.differences' : expectedUnits === 0 ? 'verdict.nothingExpected' : 'verdict.complete';
  return {
    severity,
    heading: t(heading),
    lead:
      expectedUnits > 0
        ? t('fact.matched', {
            matched: totals.matched,
            expected: expectedUnits,
          })
        : '',
    facts,
  };
}

/** The outcomes that occur, in the order of the registry, with their share of all that are counted. */
export function outcomeRows(language: Language, counts: Partial<Record<Outcome, number>>): OutcomeRow[] {
  const whole = sum(counts, OUTCOMES);
  return OUTCOMES.filter((outcome) => (counts[outcome] ?? 0) > 0).map((outcome) => ({
    outcome,
    label: message(language, `outcome.${outcome}.label`),
    meaning: message(language, `outcome.${outcome}.meaning`),
    severity: SEVERITY[outcome],
    severityName: message(language, `label.severity.${SEVERITY[outcome]}`),
    count: formatCount(language, counts[outcome] ?? 0),
    share: formatShare(language, counts[outcome] ?? 0, whole),
  }));
}

function gtinTable(report: ReconcileReport, t: (label: Label, data?: MessageData) => string) {
  const { rows, other, otherCount } = gtinRows(report.byGtin);
  const withTitle = (row: GtinRow, name: string) => ({
    ...row,
    name,
    title: t('chart.gtin', {
      gtin: name,
      matched: row.matched,
      shortage: row.shortage,
      surplus: row.surplus,
    }),
  });
  return {
    width: BAR_WIDTH,
    rows: rows.map((row) => withTitle(row, row.gtin)),
    other: other && withTitle(other, t('note.otherGtins', { count: otherCount })),
  };
}
