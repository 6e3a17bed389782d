/** The work of a job, by kind. */
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { VerifyFileOptions, VerifyJournal, VerifyResult } from '../bulk/verify-file.js';
import { TamgaError } from '../errors.js';
import type { ImportOptions, ImportReport } from '../import/import.js';
import type { ReconcileOptions } from '../reconcile/reconcile.js';
import type { ReconcileResult } from '../reconcile/report.js';
import { registerError } from '../register/store.js';
import { replaceFile } from '../replace-file.js';
import type { JobProgress, JobSpec } from './job.js';
import type { Checkpoint, StoredJob } from './job-store.js';
import { RECONCILIATION_FILES } from './stored-reconciliation.js';
import { JobJournal } from './verify-journal.js';

/** What jobs ask of an engine. */
export interface JobEngine {
  /** Folder of the register; `null` without one. */
  readonly registerPath: string | null;
  /** Which keys tails are checked with, see {@link Job.keys}. */
  readonly keys: string | null;
  /** Number of the last event of the register; `null` without one. */
  registerEvent(): number | null;
  verifyFile(path: string, options: VerifyFileOptions, journal: VerifyJournal): Promise<VerifyResult>;
  reconcile(options: ReconcileOptions): Promise<ReconcileResult>;
  import(files: readonly string[], options: ImportOptions): Promise<ImportReport>;
}

/** How a run tells what it has done. */
export interface JobRun {
  signal: AbortSignal;
  checkpointMs: number;
  /** Makes a checkpoint durable; `blocks`: settled since the last one. */
  save(checkpoint: Checkpoint, progress: JobProgress, blocks: number): void;
  onProgress(progress: JobProgress): void;
}

type VerifySpec = Extract<JobSpec, { kind: 'verify' }>;
type ReconcileSpec = Extract<JobSpec, { kind: 'reconcile' }>;
type ImportSpec = Extract<JobSpec, { kind: 'import' }>;

/** Runs a job to its end and writes its result. Throws what the work throws; CANCELLED by the signal. */
export async function runJob(job: StoredJob, folder: string, engine: JobEngine, run: JobRun): Promise<void> {
  const { spec } = job;
  if (spec.kind === 'verify') await verify(job, spec, folder, engine, run);
  else if (spec.kind === 'reconcile') await reconcile(job, spec, folder, engine, run);
  else await importFiles(job, spec, folder, engine, run);
}

/** The result of a verification that is done: nothing is classified again. */
export async function openVerification(
  job: StoredJob,
  spec: VerifySpec,
  folder: string,
  engine: JobEngine,
): Promise<VerifyResult> {
  const journal = new JobJournal(folder, job.keys !== null, job.checkpoint, Number.POSITIVE_INFINITY, () => undefined);
  try {
    return await engine.verifyFile(spec.input, optionsOf(job, spec), journal);
  } finally {
    journal.close();
  }
}

async function verify(
  job: StoredJob,
  spec: VerifySpec,
  folder: string,
  engine: JobEngine,
  { signal, checkpointMs, save, onProgress }: JobRun,
): Promise<void> {
  let progress: JobProgress = job.progress;
  let blocks = 0;
  const journal = new JobJournal(folder, job.keys !== null, job.checkpoint, checkpointMs, (checkpoint, read) => {
    save(checkpoint, { ...progress, done: checkpoint.lines, bytes: read }, blocks);
    blocks = 0;
  });
  const counting: VerifyJournal = {
    verdicts: journal.verdicts,
    tailed: journal.tailed,
    earlier: journal.earlier,
    onSettled: (block, verification) => {
      blocks++;
      journal.onSettled(block, verification);
    },
    onEnd: (verification) => journal.onEnd(verification),
  };
  try {
    const result = await engine.verifyFile(
      spec.input,
      {
        ...optionsOf(job, spec),
        signal,
        onProgress: ({ done, bytes, bytesTotal, millisecondsLeft }) => {
          progress = { done, bytes, bytesTotal, millisecondsLeft };
          onProgress(progress);
        },
      },
      counting,
    );
    writeResult(folder, result.report);
    await result.close();
  } finally {
    journal.close();
  }
}

async function reconcile(
  job: StoredJob,
  { expected, expectedSet, scanned, owner, country, at }: ReconcileSpec,
  folder: string,
  engine: JobEngine,
  { signal, onProgress }: JobRun,
): Promise<void> {
  const result = await engine.reconcile({
    expected,
    expectedSet: expectedSet && {
      ...expectedSet,
      at: expectedSet.at === undefined ? undefined : dateOf(expectedSet.at),
    },
    scanned,
    owner,
    country,
    at: momentOf(job, at),
    signal,
    onProgress: ({ done, bytes, bytesTotal, millisecondsLeft }) =>
      onProgress({ done, bytes, bytesTotal, millisecondsLeft }),
  });
  try {
    await writeLines(join(folder, RECONCILIATION_FILES.findings), result.findings(), signal);
    await writeLines(join(folder, RECONCILIATION_FILES.trees), result.trees(), signal);
    await writeLines(join(folder, RECONCILIATION_FILES.packages), result.packages(), signal);
    writeResult(folder, result.report);
  } finally {
    await result.close();
  }
}

async function importFiles(
  job: StoredJob,
  { files, state, owner, country, at }: ImportSpec,
  folder: string,
  engine: JobEngine,
  { signal, onProgress }: JobRun,
): Promise<void> {
  const bytesTotal = job.inputs.reduce((sum, { size }) => sum + size, 0);
  const report = await engine.import(files, {
    state,
    owner,
    country,
    at: momentOf(job, at),
    since: job.registerEvent ?? undefined,
    signal,
    onProgress: ({ done, bytes, millisecondsLeft }) => onProgress({ done, bytes, bytesTotal, millisecondsLeft }),
  });
  writeResult(folder, report);
}

function optionsOf(job: StoredJob, { operation, owner, country, at }: VerifySpec): VerifyFileOptions {
  return { operation, owner, country, at: momentOf(job, at) };
}

/** The moment that was asked for, or that the job was made at: the same in every run. */
const momentOf = ({ created }: StoredJob, at: string | undefined): Date => dateOf(at ?? created);

function dateOf(at: string | number): Date {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime()))
    throw new TamgaError('USAGE', { detail: `${at}: a date in ISO 8601 was expected` });
  return moment;
}

function writeResult(folder: string, report: unknown): void {
  const path = join(folder, 'result.json');
  try {
    writeFileSync(`${path}.part`, JSON.stringify(report));
    replaceFile(`${path}.part`, path);
  } catch (error) {
    throw registerError(path, error);
  }
}

async function writeLines(path: string, rows: AsyncIterable<object>, signal: AbortSignal): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    for await (const row of rows) yield `${JSON.stringify(row)}\n`;
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(path, { flush: true }), { signal });
  } catch (error) {
    if (signal.aborted) throw new TamgaError('CANCELLED', {}, { cause: error });
    throw registerError(path, error);
  }
}
