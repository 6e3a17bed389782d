import writeXlsxFile, { type Cell, type Row, type Sheet } from 'write-excel-file/node';
import { type Label, type Language, message, stateName, visible } from '../../messages/index.js';
import type { SEVERITY } from '../outcomes.js';
import type { Finding, ReconcileResult } from '../report.js';
import type { TreeFinding } from '../tree-outcomes.js';
import { writeFileAtomically } from './atomic-file.js';
import { outcomeRows, verdictOf } from './page.js';

export interface XlsxOptions {
  language: Language;
  /** Rows of a sheet at most, its head apart. */
  rowsMax?: number;
}

/** Rows that a sheet of Excel has. */
const EXCEL_ROWS = 1_048_576;
/**
 * Rows of a sheet: the writer holds a sheet in memory, about 2 KB a row, and Excel itself is slow with more. What is left out is said in the
 * last row, and the CSV has it.
 */
export const XLSX_ROWS_MAX = 100_000;
/** Longest text of a cell. */
const TEXT_MAX = 32_767;
const HEAD = { fontWeight: 'bold' as const, backgroundColor: '#E8EEF4' };

type Value = string | number | undefined | null;

/**
 * Writes a reconciliation as a workbook: totals, products, packages, package contents, findings by line, and what is missing.
 * Every text is stored as a text, so that no spreadsheet runs it as a formula; control characters are shown, not obeyed.
 * A sheet ends at `rowsMax` rows and says so.
 * @throws TamgaError DISK_FULL or OUTPUT_FAILED with the path; errors of the result's streams pass unchanged. In each case an earlier file stays.
 */
export async function writeXlsxReport(
  result: Pick<ReconcileResult, 'report' | 'findings' | 'missing' | 'trees' | 'packages'>,
  path: string,
  { language, rowsMax = XLSX_ROWS_MAX }: XlsxOptions,
): Promise<void> {
  const book = new Book(language, Math.min(rowsMax, EXCEL_ROWS - 2));
  book.totals(result);
  await book.sheet(
    'section.gtinsSheet',
    ['column.gtin', 'total.expected', 'total.matched', 'total.shortage', 'total.surplus'],
    [18],
    result.report.byGtin,
    (row) => [row.gtin, row.expected, row.matched, row.shortage, row.surplus],
  );
  await book.sheet(
    'section.packagesSheet',
    [
      'column.package',
      'column.decision',
      'column.state',
      'total.expected',
      'total.matched',
      'total.shortage',
      'total.surplus',
    ],
    [22, 30, 16],
    result.packages(),
    (row) => [
      row.package,
      message(language, `package.${row.decision}.label`),
      message(language, `label.packageState.${row.state}`),
      row.expected,
      row.matched,
      row.expected - row.matched,
      row.surplus,
    ],
  );
  await book.sheet(
    'section.treesSheet',
    [
      'column.outcome',
      'column.package',
      'column.code',
      'column.otherPackage',
      'column.count',
      'column.usual',
      'column.file',
      'column.line',
      'column.event',
      'column.eventAt',
    ],
    [30, 22, 34, 22],
    worthTelling(result.trees()),
    (row) => [
      message(language, `tree.${row.outcome}.label`),
      row.package,
      row.code,
      row.otherPackage,
      row.count,
      row.usual,
      row.path,
      row.line,
      row.event,
      row.eventAt,
    ],
  );
  const columns: Label[] = [
    'column.outcome',
    'column.code',
    'column.file',
    'column.line',
    'column.firstFile',
    'column.firstLine',
    'column.fault',
    'column.position',
    'column.state',
    'column.owner',
    'column.expiry',
    'column.parent',
    'column.documentFile',
    'column.documentLine',
    'column.scannedAt',
    'column.device',
    'column.event',
    'column.eventAt',
  ];
  const cells = (finding: Finding): Value[] => [
    message(language, `outcome.${finding.outcome}.label`),
    finding.code,
    finding.path,
    finding.line,
    finding.firstPath,
    finding.firstLine,
    finding.error,
    finding.position,
    finding.state && stateName(language, finding.state),
    finding.owner,
    finding.expiry,
    finding.parent,
    finding.documentPath,
    finding.documentLine,
    finding.scannedAt,
    finding.device,
    finding.event,
    finding.eventAt,
  ];
  await book.sheet('section.findingsSheet', columns, [30, 34, 24], ofLines(result.findings()), cells);
  await book.sheet('section.missingSheet', columns, [30, 34, 24], result.missing(), cells);
  const bytes = await writeXlsxFile(book.sheets, { fontFamily: 'Calibri', fontSize: 11 }).toBuffer();
  await writeFileAtomically(path, [bytes]);

  async function* worthTelling(rows: AsyncIterable<TreeFinding>) {
    for await (const row of rows) if (row.outcome !== 'TREE_OK') yield row;
  }
  async function* ofLines(rows: AsyncIterable<Finding>) {
    // What is absent comes last, and has a sheet of its own.
    for await (const row of rows) {
      if (row.line === undefined) return;
      yield row;
    }
  }
}

class Book {
  readonly sheets: Sheet<Buffer>[] = [];

  constructor(
    readonly language: Language,
    readonly rowsMax: number,
  ) {}

  /** The result in words and its counts. */
  totals({ report }: Pick<ReconcileResult, 'report'>): void {
    const { language } = this;
    const t = (label: Label): string => message(language, `label.${label}`);
    const verdict = verdictOf(report, language);
    const rows: Row[] = [[head(t('report.title'))], [text(verdict.heading)], [text(verdict.lead)]];
    for (const fact of verdict.facts) rows.push([text(fact.text)]);
    if (report.expectedSet !== null) {
      const { query, units, at } = report.expectedSet;
      rows.push([text(message(language, 'label.note.expectedSet', { query, units, at: at ?? undefined }))]);
    }
    rows.push([], [head(t('section.totals'))]);
    const { matched, shortage, surplus } = report.totals;
    for (const [label, count] of [
      ['total.expected', report.expectedUnits],
      ['total.matched', matched],
      ['total.shortage', shortage],
      ['total.surplus', surplus],
      ['total.lines', report.lines.count],
    ] as const) {
      rows.push([text(t(label)), number(count)]);
    }
    for (const [section, counts] of [
      ['section.units', report.outcomes],
      ['section.lines', report.lines.outcomes],
    ] as const) {
      rows.push([], [head(t(section)), head(t('column.count')), head('')]);
      const shown = new Map(outcomeRows(language, counts).map((row) => [row.outcome, row]));
      for (const [outcome, row] of shown) {
        rows.push([text(row.label), number(counts[outcome as keyof typeof SEVERITY] ?? 0), text(row.meaning)]);
      }
    }
    rows.push(
      [],
      [head(t('section.inputs')), head(t('column.role')), head(t('column.format')), head(t('column.codes'))],
    );
    for (const input of report.inputs) {
      rows.push([text(input.path), text(t(`role.${input.role}`)), text(input.format), number(input.codes)]);
    }
    if (report.timeline) {
      const { stepMinutes, steps } = report.timeline;
      rows.push([], [head(t('section.timeline')), head(t('column.lines')), head(t('column.attention'))]);
      rows.push([text(message(language, 'label.note.timeline', { minutes: String(stepMinutes) }))]);
      for (const step of steps) rows.push([text(step.at), number(step.lines), number(step.attention)]);
    }
    this.sheets.push({
      sheet: sheetName(t('section.totals')),
      data: rows,
      columns: [{ width: 44 }, { width: 16 }, { width: 60 }],
    });
  }

  /** A table; its rows are read no further than it shows them. */
  async sheet<T>(
    title: Label,
    columns: readonly Label[],
    widths: readonly number[],
    rows: AsyncIterable<T> | Iterable<T>,
    cellsOf: (row: T) => Value[],
  ): Promise<void> {
    const { language } = this;
    const t = (label: Label): string => message(language, `label.${label}`);
    const data: Row[] = [columns.map((label) => head(t(label)))];
    for await (const row of rows) {
      if (data.length > this.rowsMax) {
        data.push([text(message(language, 'label.note.rowsLimit', { shown: this.rowsMax }))]);
        break;
      }
      data.push(cellsOf(row).map(cell));
    }
    if (data.length === 1) return;
    this.sheets.push({
      sheet: sheetName(t(title)),
      data,
      columns: columns.map((_, i) => ({ width: widths[i] ?? 16 })),
      stickyRowsCount: 1,
    });
  }
}

function cell(value: Value): Cell {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'number' ? number(value) : text(value);
}

const number = (value: number): Cell => ({ value, type: Number });
const head = (value: string): Cell => (value === '' ? null : { value, type: String, ...HEAD });

/** A text cell, never a formula, whatever it begins with. */
function text(value: string): Cell {
  if (value === '') return null;
  const shown = visible(value).slice(0, TEXT_MAX);
  // The writer keeps texts as names of an object; one that every object has would be taken for a text that is there already.
  return { value: shown in Object.prototype ? `${shown} ` : shown, type: String };
}

/** A sheet's name has 31 characters at most, and none of these. */
const sheetName = (title: string): string => title.replace(/[[\]/\\:*?]/g, ' ').slice(0, 31);
