import { stringify } from 'csv-stringify/sync';
import type { Finding, ReconcileResult } from '../report.js';
import type { TreeFinding } from '../tree-outcomes.js';
import { writeFileAtomically } from './atomic-file.js';

/** Columns in their order; append only, because spreadsheets and scripts rely on them. `position` is a 0-based byte. */
export const FINDING_COLUMNS = [
  'outcome',
  'code',
  'path',
  'line',
  'firstPath',
  'firstLine',
  'position',
  'error',
  'state',
  'owner',
  'expiry',
  'parent',
  'documentPath',
  'documentLine',
  'scannedAt',
  'device',
  'event',
  'package',
  'otherPackage',
  'count',
  'usual',
  'eventAt',
] as const satisfies readonly (keyof Finding | keyof TreeFinding)[];

/** One row, its cells by column: a {@link Finding}, or a {@link TreeFinding}. */
export type FindingRow = { [Column in (typeof FINDING_COLUMNS)[number]]?: string | number };

/** Rows made into text at once: enough to spread the fixed cost of a call, little enough to keep memory flat. */
const BATCH_ROWS = 1024;

export interface CsvOptions {
  /** Begin with a byte order mark, by which a spreadsheet recognises UTF-8; off by default. */
  bom?: boolean;
}

/**
 * Writes findings as CSV: RFC 4180 (comma, CRLF, quotes doubled), UTF-8, a header line.
 *
 * A cell that begins with `=`, `+`, `-`, `@`, TAB or CR (also their full-width forms) gets an apostrophe before it, so that a spreadsheet
 * shows it and doesn't run it (OWASP, CSV Injection). Only malformed lines and file names can begin so: keys begin with a digit.
 * The protection holds for a file that is opened as comma-separated, which it is. Everything else stands as it was read, separators included.
 * @throws TamgaError DISK_FULL or OUTPUT_FAILED with the path; errors of `findings` pass unchanged. In each case an earlier file stays.
 */
export async function writeFindingsCsv(
  findings: AsyncIterable<FindingRow>,
  path: string,
  options: CsvOptions = {},
): Promise<void> {
  await writeFileAtomically(path, csvText(findings, options));
}

/**
 * Everything of a result that somebody must look at: its findings, then what is not as it should be with packages. Of the latter `code` is
 * the code inside that it is about, or the package.
 */
export async function* attention({
  findings,
  trees,
}: Pick<ReconcileResult, 'findings' | 'trees'>): AsyncGenerator<FindingRow> {
  yield* findings();
  for await (const finding of trees()) {
    if (finding.outcome !== 'TREE_OK') yield { ...finding, code: finding.code ?? finding.package };
  }
}

async function* csvText(findings: AsyncIterable<FindingRow>, { bom = false }: CsvOptions): AsyncGenerator<string> {
  yield `${bom ? '\ufeff' : ''}${FINDING_COLUMNS.join()}\r\n`;
  let rows: unknown[][] = [];
  for await (const finding of findings) {
    rows.push(FINDING_COLUMNS.map((column) => finding[column]));
    if (rows.length === BATCH_ROWS) {
      yield toCsv(rows);
      rows = [];
    }
  }
  if (rows.length > 0) yield toCsv(rows);
}

function toCsv(rows: unknown[][]): string {
  return stringify(rows, {
    record_delimiter: 'windows',
    escape_formulas: true,
    quoted_match: /[\r\n\t;]/,
  });
}
