export { attention, type CsvOptions, FINDING_COLUMNS, type FindingRow, writeFindingsCsv } from './csv.js';
export { type HtmlOptions, writeHtmlReport } from './html.js';
export { reportJsonPieces, reportToJson } from './json.js';
export {
  DECISION_SEVERITY,
  type OutcomeRow,
  outcomeRows,
  type Verdict,
  verdictOf,
} from './page.js';
export { writeXlsxReport, XLSX_ROWS_MAX, type XlsxOptions } from './xlsx.js';
