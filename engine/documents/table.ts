import { TamgaError } from '../errors.js';
import { isListable } from './codes.js';
import { COLUMNS, type Column, columnOf, separatorOf } from './header-words.js';
import { type DocumentIssue, Issues } from './issues.js';
import { DOCUMENT_LIMITS } from './limits.js';
import { readRecords, type TableRecord } from './records.js';
import { restoreSeparators } from './separators.js';
import { openBytes, type SourceForm } from './source.js';

/** One row of a table. Cells are as written; an empty one is absent. */
export interface SnapshotRow {
  /** Without blanks at its ends. In a scan log the separators are 0x1D, however they were printed. */
  code: string;
  /** 1-based line of the file. */
  row: number;
  /** Kind of package: UNIT, BOX, PALLET … */
  type: string | undefined;
  status: string | undefined;
  statusEx: string | undefined;
  /** TIN. */
  owner: string | undefined;
  /** Code of the package that holds it. */
  parent: string | undefined;
  appliedAt: string | undefined;
  retiredAt: string | undefined;
  /** `n/m`: the share that is left. */
  remaining: { n: number; m: number } | undefined;
  invoiceFrom: string | undefined;
  invoiceTo: string | undefined;
  invoiceAt: string | undefined;
  origin: string | undefined;
  customsCleared: boolean | undefined;
  expiry: string | undefined;
  series: string | undefined;
  price: string | undefined;
  /** Columns of a scan log. */
  scan: ScanFields | undefined;
  /** All cells in the order of {@link TableBatch.header}. */
  cells: readonly string[];
}

/** What a scanning device adds. */
export interface ScanFields {
  scannedAt: string | undefined;
  warehouse: string | undefined;
  employee: string | undefined;
  /** AIM identifier: `]d2`, `]C1` … */
  symbology: string | undefined;
  action: string | undefined;
}

export interface TableBatch {
  /** `scanLog`: a `raw` column beside a scan's own columns; `snapshot`: a code and something about it; `codes`: codes alone. */
  form: 'snapshot' | 'codes' | 'scanLog';
  /** At most 8192. */
  rows: SnapshotRow[];
  /** Findings in this batch: rows without a usable code, substituted separators. */
  issues: DocumentIssue[];
  /** Header cells as written; empty when the table has no header row. */
  header: readonly string[];
}

export interface TableOptions {
  signal?: AbortSignal;
  /** Called with the bytes read from disk so far. */
  onProgress?: (bytes: number) => void;
}

/** Columns that make a table more than a list of codes. */
const SNAPSHOT_COLUMNS: readonly Column[] = [
  'type',
  'status',
  'owner',
  'parent',
  'appliedAt',
  'retiredAt',
  'remaining',
  'invoiceTo',
  'expiry',
];
const SCAN_COLUMNS: readonly Column[] = ['scannedAt', 'warehouse', 'employee', 'symbology', 'action'];

const encoder = new TextEncoder();

/** Codes of rows as lines. A line break inside a quoted cell can't be part of a code; the character in its place makes it a finding. */
export function codesOf(rows: readonly SnapshotRow[]): Uint8Array {
  const lines = rows.map(({ code }) => (/[\r\n]/.test(code) ? code.replace(/[\r\n]/g, '\uFFFD') : code));
  return encoder.encode(`${lines.join('\n')}\n`);
}

/**
 * Reads a table in batches; memory does not grow with the file. Columns are found by their names, in any order and case; unknown ones are ignored.
 * Separator and encoding (UTF-8, else windows-1251) are told from the beginning. A table of quoted fields without a header row is read by the
 * column that holds codes in its first row.
 *
 * Errors: CSV_NO_CODE_COLUMN; CSV_BROKEN, LINE_TOO_LONG, FILE_ENCODING with the line; those of the bytes.
 */
export async function* readTable(
  source: SourceForm,
  { signal, onProgress }: TableOptions = {},
): AsyncGenerator<TableBatch> {
  const bytes = openBytes(source, signal, onProgress === undefined ? {} : { onProgress });
  let layout: TableLayout | undefined;
  for await (const records of readRecords(source.path, bytes, separatorOf)) {
    let start = 0;
    if (layout === undefined) {
      while (start < records.length && isBlank(records[start]!)) start++;
      if (start === records.length) continue;
      layout = layoutOf(source.path, records[start]!);
      if (layout.header.length > 0) start++;
    }
    for (; start < records.length; start += DOCUMENT_LIMITS.tableBatchRows) {
      yield batchOf(layout, records.slice(start, start + DOCUMENT_LIMITS.tableBatchRows));
    }
  }
  if (layout === undefined) throw new TamgaError('FILE_EMPTY', { path: source.path });
}

/** Where the columns stand. */
interface TableLayout {
  form: TableBatch['form'];
  header: readonly string[];
  code: number;
  /** -1 for a column that the table does not have. */
  at: Record<Column, number>;
}

function layoutOf(path: string, { cells, line }: TableRecord): TableLayout {
  if (cells.length > DOCUMENT_LIMITS.tableColumns) {
    throw new TamgaError('CSV_BROKEN', {
      path,
      line,
      detail: `${cells.length} columns`,
      limit: `${DOCUMENT_LIMITS.tableColumns} columns`,
    });
  }
  const at = Object.fromEntries(COLUMNS.map((column) => [column, -1])) as Record<Column, number>;
  for (let i = cells.length - 1; i >= 0; i--) {
    const column = columnOf(cells[i]!);
    if (column !== undefined) at[column] = i;
  }
  const named = COLUMNS.filter((column) => at[column] !== -1);
  if (named.length === 0) {
    const code = cells.findIndex((cell) => /^\d{14}/.test(cell.trim()));
    if (code === -1) throw noCodeColumn(path, line, cells);
    return { form: 'codes', header: [], code, at };
  }
  const has = (column: Column) => at[column] !== -1;
  if (has('raw') && SCAN_COLUMNS.some(has)) return { form: 'scanLog', header: cells, code: at.raw, at };
  const code = has('code') ? at.code : at.raw;
  if (code === -1) throw noCodeColumn(path, line, cells);
  return {
    form: SNAPSHOT_COLUMNS.some(has) ? 'snapshot' : 'codes',
    header: cells,
    code,
    at,
  };
}

function noCodeColumn(path: string, line: number, cells: string[]): TamgaError {
  const met = cells.slice(0, 12).join(', ').slice(0, 200);
  return new TamgaError('CSV_NO_CODE_COLUMN', {
    path,
    line,
    detail: `columns: ${met}; expected one named code, cis, sgtin, КМ or КИ`,
  });
}

function batchOf(layout: TableLayout, records: TableRecord[]): TableBatch {
  const issues = new Issues();
  const rows: SnapshotRow[] = [];
  const substituted = new Map<string, { count: number; line: number }>();
  for (const record of records) {
    if (isBlank(record)) continue;
    let code = record.cells[layout.code]?.trim() ?? '';
    if (layout.form === 'scanLog') {
      const restored = restoreSeparators(code);
      code = restored.code;
      for (const shape of restored.shapes) {
        const seen = substituted.get(shape);
        if (seen === undefined) substituted.set(shape, { count: 1, line: record.line });
        else seen.count++;
      }
    }
    if (isListable(issues, code, record.line)) rows.push(rowOf(layout, record, code));
  }
  for (const [shape, { count, line }] of substituted) {
    issues.add('GS_SUBSTITUTED', `${shape} stood for the separator in ${count} rows, from this line on`, line);
  }
  return {
    form: layout.form,
    rows,
    issues: issues.list(),
    header: layout.header,
  };
}

/** Every row has the same properties in the same order: the engine then reads them at fixed offsets. */
function rowOf({ form, at }: TableLayout, { cells, line }: TableRecord, code: string): SnapshotRow {
  const remaining = cellOf(cells, at.remaining);
  const cleared = cellOf(cells, at.customsCleared);
  return {
    code,
    row: line,
    type: cellOf(cells, at.type),
    status: cellOf(cells, at.status),
    statusEx: cellOf(cells, at.statusEx),
    owner: cellOf(cells, at.owner),
    parent: cellOf(cells, at.parent),
    appliedAt: cellOf(cells, at.appliedAt),
    retiredAt: cellOf(cells, at.retiredAt),
    remaining: remaining === undefined ? undefined : shareOf(remaining),
    invoiceFrom: cellOf(cells, at.invoiceFrom),
    invoiceTo: cellOf(cells, at.invoiceTo),
    invoiceAt: cellOf(cells, at.invoiceAt),
    origin: cellOf(cells, at.origin),
    customsCleared: cleared === undefined ? undefined : yesOrNo(cleared),
    expiry: cellOf(cells, at.expiry),
    series: cellOf(cells, at.series),
    price: cellOf(cells, at.price),
    scan: form === 'scanLog' ? scanOf(cells, at) : undefined,
    cells,
  };
}

function scanOf(cells: string[], at: Record<Column, number>): ScanFields {
  return {
    scannedAt: cellOf(cells, at.scannedAt),
    warehouse: cellOf(cells, at.warehouse),
    employee: cellOf(cells, at.employee),
    symbology: cellOf(cells, at.symbology),
    action: cellOf(cells, at.action),
  };
}

function cellOf(cells: string[], index: number): string | undefined {
  if (index < 0 || index >= cells.length) return undefined;
  const cell = cells[index]!.trim();
  return cell === '' ? undefined : cell;
}

function shareOf(text: string): { n: number; m: number } | undefined {
  const slash = text.indexOf('/');
  if (slash < 1 || !/^\d{1,9}\/\d{1,9}$/.test(text)) return undefined;
  return { n: Number(text.slice(0, slash)), m: Number(text.slice(slash + 1)) };
}

const YES = new Set(['yes', 'true', '1', 'да', 'ha']);
const NO = new Set(['no', 'false', '0', 'нет', "yo'q", 'yoʻq', 'yoq']);

function yesOrNo(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
}

function isBlank({ cells }: TableRecord): boolean {
  return cells.length === 1 && cells[0]!.trim() === '';
}
