/** Reports of a reconciliation that is done: files in its job's folder, made when they are first asked for. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, Jobs } from '../../../engine/index.js';
import type { Language } from '../../../engine/messages/index.js';
import { writeFileAtomically } from '../../../engine/reconcile/render/atomic-file.js';
import {
  attention,
  reportJsonPieces,
  writeFindingsCsv,
  writeHtmlReport,
  writeXlsxReport,
} from '../../../engine/reconcile/render/index.js';
import type { Finding, ReconcileResult } from '../../../engine/reconcile/report.js';
import type { TreeFinding } from '../../../engine/reconcile/tree-outcomes.js';
import type { JobBoard } from './job-board.js';

/** Forms of a report and their media types. */
export const REPORT_TYPES = {
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json; charset=utf-8',
} as const;
export type ReportForm = keyof typeof REPORT_TYPES;

/** Reports that are being written, by path: whoever asks meanwhile waits for the same. */
const writing = new Map<string, Promise<void>>();

/** Path of a report. @throws TamgaError JOB_STATE for a job that is not done or is no reconciliation; DISK_FULL. */
export async function reportFile(
  jobs: Jobs,
  board: JobBoard,
  job: Job,
  form: ReportForm,
  language: Language,
): Promise<string> {
  const result = await jobs.reconciliation(job.id);
  const path = join(
    jobs.folderOf(job.id),
    form === 'html' || form === 'xlsx' ? `report.${language}.${form}` : `report.${form}`,
  );
  if (existsSync(path)) return path;
  let work = writing.get(path);
  if (!work) {
    const shown = presented(result, await board.presenter(job));
    work = write(shown, path, form, language, new Date(job.ended ?? job.created)).finally(() => writing.delete(path));
    writing.set(path, work);
  }
  await work;
  return path;
}

function write(
  result: ReconcileResult,
  path: string,
  form: ReportForm,
  language: Language,
  madeAt: Date,
): Promise<void> {
  switch (form) {
    case 'html':
      return writeHtmlReport(result, path, { language, madeAt });
    case 'csv':
      return writeFindingsCsv(attention(result), path, { bom: true });
    case 'xlsx':
      return writeXlsxReport(result, path, { language });
    case 'json':
      return writeFileAtomically(path, reportJsonPieces(result.report));
  }
}

/** The result with files by their clients' names, and the register without its folder. */
function presented(result: ReconcileResult, present: (finding: Finding) => Finding): ReconcileResult {
  const { report } = result;
  const nameOf = (path: string): string => present({ outcome: 'OK', code: '', path }).path ?? path;
  const named = (row: TreeFinding): TreeFinding => (row.path === undefined ? row : { ...row, path: nameOf(row.path) });
  return {
    ...result,
    report: {
      ...report,
      inputs: report.inputs.map((input) => ({ ...input, path: nameOf(input.path) })),
      trees: { ...report.trees, findings: report.trees.findings.map(named) },
      register: report.register && { ...report.register, path: 'register' },
    },
    findings: () => mapped(result.findings(), present),
    missing: () => mapped(result.missing(), present),
    async *trees() {
      for await (const row of result.trees()) yield named(row);
    },
  };
}

async function* mapped(rows: AsyncIterable<Finding>, present: (finding: Finding) => Finding): AsyncGenerator<Finding> {
  for await (const row of rows) yield present(row);
}
