/** The work of a job, by kind. */
import { createWriteStream, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { VerifyFileOptions, VerifyJournal, VerifyResult } from '../bulk/verify-file.js';
import { TamgaError } from '../errors.js';
import type { ImportOptions, ImportReport } from '../import/import.js';
import type { ReconcileJournal } from '../reconcile/journal.js';
import type { ReconcileOptions } from '../reconcile/reconcile.js';
import type { ReconcileResult } from '../reconcile/report.js';
import { registerError } from '../register/store.js';
import { replaceFile } from '../replace-file.js';
import { BlockJournal } from './block-journal.js';
import type { JobProgress } from './job.js';
import type { ImportSpec, ReconcileSpec, VerifySpec } from './job-spec.js';
import type { StoredJob } from './job-store.js';
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
  reconcile(options: ReconcileOptions, journal: ReconcileJournal): Promise<ReconcileResult>;
  import(files: readonly string[], options: ImportOptions): Promise<ImportReport>;
}

/** How a run tells what it has done. */
export interface JobRun {
  signal: AbortSignal;
  checkpointMs: number;
  /** Changes what is stored of the job, durably. */
  save(change: (job: StoredJob) => Partial<StoredJob>): void;
  onProgress(progress: JobProgress): void;
}

/** File of a reconciliation's blocks, in its job's folder while it isn't done. */
const JOURNAL_FILE = 'blocks';

/** Runs a job to its end and writes its result. Throws what the work throws; CANCELLED by the signal. */
export async function runJob(job: StoredJob, folder: string, engine: JobEngine, run: JobRun): Promise<void> {
  const { spec } = job;
  if (spec.kind === 'verify') await verify(job, spec, folder, engine, run);
  else if (spec.kind === 'reconcile') await reconcile(job, spec, folder, engine, run);
  else await importFiles(job, spec, folder, engine, run);
}

/** Removes what a job needs no more that is done. */
export function dropJournal(folder: string): void {
  try {
    rmSync(join(folder, JOURNAL_FILE), { force: true });
  } catch {
    // It goes with the job's folder, then.
  }
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
    const settled = blocks;
    blocks = 0;
    save((stored) => ({
      checkpoint,
      progress: { ...progress, done: checkpoint.lines, bytes: read },
      blocks: stored.blocks + settled,
    }));
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
  { kind: _, expectedSet, at, ...asked }: ReconcileSpec,
  folder: string,
  engine: JobEngine,
  { signal, checkpointMs, save, onProgress }: JobRun,
): Promise<void> {
  let progress: JobProgress = job.progress;
  const events = {
    onBegin: (registerEvent: number | null, earlier?: { event: number | null }) =>
      save((stored) => ({ registerEvent, begunAnew: earlier ?? stored.begunAnew })),
    onFlushed: (blocks: number) => save(() => ({ progress, blocks })),
  };
  const journal = await BlockJournal.open(join(folder, JOURNAL_FILE), checkpointMs, events, signal);
  try {
    const result = await engine.reconcile(
      {
        ...asked,
        expectedSet: expectedSet && {
          ...expectedSet,
          at: expectedSet.at === undefined ? undefined : dateOf(expectedSet.at),
        },
        at: momentOf(job, at),
        signal,
        onProgress: ({ done, bytes, bytesTotal, millisecondsLeft }) => {
          progress = { done, bytes, bytesTotal, millisecondsLeft };
          onProgress(progress);
        },
      },
      journal,
    );
    journal.flush();
    await writeResults(folder, result, signal).finally(() => result.close());
  } finally {
    journal.close();
  }
}

async function writeResults(folder: string, result: ReconcileResult, signal: AbortSignal): Promise<void> {
  await writeLines(join(folder, RECONCILIATION_FILES.findings), result.findings(), signal);
  await writeLines(join(folder, RECONCILIATION_FILES.trees), result.trees(), signal);
  await writeLines(join(folder, RECONCILIATION_FILES.packages), result.packages(), signal);
  writeResult(folder, result.report);
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

function optionsOf(job: StoredJob, { kind: _, input: __, at, ...asked }: VerifySpec): VerifyFileOptions {
  return { ...asked, at: momentOf(job, at) };
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
