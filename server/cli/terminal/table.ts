import {
  formatBytes,
  formatCount,
  formatDateTime,
  formatDuration,
  formatShare,
  type Label,
  type Language,
  message,
  visible,
} from '../../../engine/messages/index.js';
import { PACKAGE_DECISIONS } from '../../../engine/reconcile/outcomes.js';
import { DECISION_SEVERITY, type OutcomeRow, outcomeRows, verdictOf } from '../../../engine/reconcile/render/index.js';
import type { ReconcileReport } from '../../../engine/reconcile/report.js';
import { TREE_OUTCOMES, treeSeverity } from '../../../engine/reconcile/tree-outcomes.js';
import { type Column, grid } from './grid.js';
import { type Look, lookOf, styled, type TextOutput } from './output.js';

/** Products listed on a terminal; the HTML report has 20 and their bars, the JSON all. */
const GTIN_ROWS = 10;
/** From this width on, every outcome is explained beside its number. */
const EXPLAIN_WIDTH = 90;

/** Prints a report for people; colours and width are the output's. */
export function printReport(report: ReconcileReport, language: Language, output: TextOutput): void {
  output.write(reportText(report, language, lookOf(output)));
}

/** The text of {@link printReport} for a given look; ends with a newline. */
export function reportText(report: ReconcileReport, language: Language, look: Look): string {
  const t = (label: Label): string => message(language, `label.${label}`);
  const n = (count: number): string => formatCount(language, count);
  const numeric = (label: Label): Column => ({ head: t(label), align: 'right' });
  const { totals, expectedUnits, register } = report;
  const parts: string[] = [verdictText(report, language, look)];
  const section = (label: Label, text: string): void => {
    parts.push(`${styled(look, 'strong', t(label))}\n${text}`);
  };

  section(
    'section.totals',
    grid(
      look,
      [
        numeric('total.expected'),
        numeric('total.matched'),
        numeric('total.shortage'),
        numeric('total.surplus'),
        { ...numeric('total.lines'), flexible: true },
      ],
      [
        [
          n(expectedUnits),
          n(totals.matched),
          totals.shortage > 0 ? styled(look, 'error', n(totals.shortage)) : n(0),
          totals.surplus > 0 ? styled(look, 'warn', n(totals.surplus)) : n(0),
          n(report.lines.count),
        ],
        [
          '',
          formatShare(language, totals.matched, expectedUnits),
          formatShare(language, totals.shortage, expectedUnits),
          '',
          '',
        ],
      ],
    ),
  );
  // An outcome of units is mostly one of lines too; one explanation is enough.
  const explained = new Set<string>();
  const meaningOnce = ({ outcome, severity, meaning }: OutcomeRow): string => {
    if (severity === 'ok' || explained.has(outcome)) return '';
    explained.add(outcome);
    return meaning;
  };
  const outcomes = (rows: OutcomeRow[], count: Label): string => {
    const explain = look.width >= EXPLAIN_WIDTH;
    return grid(
      look,
      [
        { head: t('column.outcome'), flexible: !explain },
        numeric(count),
        numeric('column.share'),
        ...(explain ? [{ head: '', flexible: true }] : []),
      ],
      rows.map((row) => [
        styled(look, row.severity, row.label),
        row.count,
        row.share,
        ...(explain ? [meaningOnce(row)] : []),
      ]),
    );
  };
  const units = outcomeRows(language, report.outcomes);
  if (units.length > 0) section('section.units', outcomes(units, 'column.units'));
  const lines = outcomeRows(language, report.lines.outcomes);
  if (lines.length > 0) section('section.lines', outcomes(lines, 'column.lines'));
  const decisions = PACKAGE_DECISIONS.filter((decision) => (report.packageDecisions[decision] ?? 0) > 0);
  if (decisions.length > 0) {
    section(
      'section.packages',
      grid(
        look,
        [{ head: t('column.decision'), flexible: true }, numeric('column.packages')],
        decisions.map((decision) => [
          styled(look, DECISION_SEVERITY[decision], message(language, `package.${decision}.label`)),
          n(report.packageDecisions[decision] ?? 0),
        ]),
      ),
    );
  }
  const trees = TREE_OUTCOMES.filter((outcome) => (report.trees.outcomes[outcome] ?? 0) > 0);
  if (trees.length > 0) {
    section(
      'section.trees',
      grid(
        look,
        [{ head: t('column.outcome'), flexible: true }, numeric('column.count')],
        trees.map((outcome) => [
          styled(look, treeSeverity(outcome, report.trees), message(language, `tree.${outcome}.label`)),
          n(report.trees.outcomes[outcome] ?? 0),
        ]),
      ),
    );
  }
  const differing = report.byGtin
    .filter(({ shortage, surplus }) => shortage > 0 || surplus > 0)
    .sort((a, b) => b.shortage + b.surplus - (a.shortage + a.surplus) || (a.gtin < b.gtin ? -1 : 1));
  if (differing.length > 0) {
    const more = differing.length - GTIN_ROWS;
    section(
      'section.gtins',
      grid(
        look,
        [
          { head: t('column.gtin') },
          numeric('total.expected'),
          numeric('total.matched'),
          numeric('total.shortage'),
          numeric('total.surplus'),
        ],
        differing
          .slice(0, GTIN_ROWS)
          .map((row) => [visible(row.gtin), n(row.expected), n(row.matched), n(row.shortage), n(row.surplus)]),
      ) + (more > 0 ? `${styled(look, 'soft', message(language, 'label.note.otherGtins', { count: more }))}\n` : ''),
    );
  }
  section(
    'section.inputs',
    grid(
      look,
      [
        { head: t('column.file'), flexible: true },
        { head: t('column.role') },
        { head: t('column.format') },
        numeric('column.size'),
        numeric('column.codes'),
      ],
      [
        ...(report.expectedSet
          ? [[visible(report.expectedSet.query), t('role.expected'), t('role.set'), '', n(report.expectedSet.units)]]
          : []),
        ...report.inputs.map(({ path, role, format, size, codes }) => [
          visible(path),
          t(`role.${role}`),
          visible(format),
          formatBytes(language, size),
          n(codes),
        ]),
      ],
    ),
  );
  section(
    'section.register',
    register === null
      ? grid(look, [{ head: '', flexible: true }], [[t('note.noRegister')]])
      : grid(
          look,
          [
            { head: t('register.path'), flexible: true },
            numeric('register.codes'),
            { head: t('register.asOf'), flexible: true },
          ],
          [
            [
              visible(register.path),
              n(register.codes),
              register.lastEventAt === null ? t('register.noEvents') : formatDateTime(language, register.lastEventAt),
            ],
          ],
        ),
  );
  if (report.timings.length > 0) {
    section(
      'section.timings',
      grid(
        look,
        [{ head: t('column.stage') }, numeric('column.time'), numeric('column.codes'), numeric('column.rate')],
        report.timings.map(({ stage, milliseconds, codes, codesPerSecond }) => [
          visible(stage),
          formatDuration(language, milliseconds),
          n(codes),
          n(codesPerSecond),
        ]),
      ),
    );
  }
  return parts.join('\n');
}

function verdictText(report: ReconcileReport, language: Language, look: Look): string {
  const { severity, heading, lead, facts } = verdictOf(report, language);
  const mark = { ok: '✓', info: '·', warn: '!', error: '✗' } as const;
  const sentences: Column[] = [{ head: '' }, { head: '', flexible: true }];
  return grid(look, sentences, [
    [styled(look, severity, mark[severity]), styled(look, 'strong', heading)],
    ...(lead === '' ? [] : [['', lead]]),
    ...facts.map((fact) => [styled(look, fact.severity, mark[fact.severity]), fact.text]),
  ]);
}
