/** A reconciliation on disk: the report as JSON, and what is too long to hold in it as a line of JSON each. */
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Finding, PackageRow, ReconcileReport, ReconcileResult } from '../reconcile/report.js';
import type { TreeFinding } from '../reconcile/tree-outcomes.js';

/** Files of a reconciliation that is done, in its job's folder. */
export const RECONCILIATION_FILES = {
  report: 'result.json',
  findings: 'findings.ndjson',
  trees: 'trees.ndjson',
  packages: 'packages.ndjson',
} as const;

const ABSENT: ReadonlySet<string> = new Set(['SHORTAGE', 'SHORTAGE_INSIDE_PACKAGE']);

/** The result of a reconciliation that was stored in `folder`; each stream may be read any number of times. */
export async function openReconciliation(folder: string): Promise<ReconcileResult> {
  const pathOf = (name: keyof typeof RECONCILIATION_FILES): string => join(folder, RECONCILIATION_FILES[name]);
  const report = JSON.parse(await readFile(pathOf('report'), 'utf8')) as ReconcileReport;
  const findings = (): AsyncIterable<Finding> => readLines<Finding>(pathOf('findings'));
  return {
    report,
    findings,
    async *missing() {
      for await (const finding of findings()) if (ABSENT.has(finding.outcome)) yield finding;
    },
    trees: () => readLines<TreeFinding>(pathOf('trees')),
    packages: () => readLines<PackageRow>(pathOf('packages')),
    close: async () => undefined,
  };
}

async function* readLines<T>(path: string): AsyncGenerator<T> {
  // Opened first: a missing file is an error here, not an event of a stream.
  const handle = await open(path);
  const input = createReadStream(path, { fd: handle });
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
      yield JSON.parse(line) as T;
  } finally {
    input.destroy();
  }
}
