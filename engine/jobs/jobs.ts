/**
 * Long work that outlives its process: jobs are stored, run one after the other, show progress, can be cancelled, and go on after a crash.
 * A verification and a reconciliation go on behind their last finished blocks; an import is read again and applies only the events that aren't
 * applied yet.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VerifyReport, VerifyResult } from '../bulk/verify-file.js';
import { isTamgaError, TamgaError } from '../errors.js';
import type { ReconcileResult } from '../reconcile/report.js';
import { isRunning, THIS_PROCESS } from '../register/running.js';
import { describeInput, refuseChanged } from './input-digest.js';
import { inputsOf, type Job, type JobProgress } from './job.js';
import type { JobSpec } from './job-spec.js';
import { JobStore, type StoredJob } from './job-store.js';
import { dropJournal, type JobEngine, openVerification, runJob } from './run-job.js';
import { openReconciliation } from './stored-reconciliation.js';
import { CHECKPOINT_MS } from './verify-journal.js';

export interface JobsOptions {
  /** Milliseconds between two flushes of what a job has done. */
  checkpointMs?: number;
}

/** Jobs that wait at once; more is a mistake of the caller. */
const QUEUED_MAX = 1000;
const NO_PROGRESS: JobProgress = { done: 0, bytes: null, bytesTotal: null, millisecondsLeft: null };
/** How often a job at work looks whether another process asked to end it. */
const CANCEL_POLL_MS = 200;
/** Files of one job. */
const INPUTS_MAX = 10_000;

/** Jobs that this process has in a queue or runs. */
const atHand = new Set<string>();

interface JobEvents {
  progress: [job: Job];
}

export class Jobs {
  readonly #store: JobStore;
  readonly #engine: JobEngine;
  readonly #checkpointMs: number;
  readonly #events = new EventEmitter<JobEvents>();
  readonly #queue: string[] = [];
  /** Ends of jobs that this process has yet to run or runs. */
  readonly #ends = new Map<string, Promise<void>>();
  #running: { id: string; control: AbortController } | null = null;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  /** @internal Use {@link openJobs}. */
  constructor(store: JobStore, engine: JobEngine, { checkpointMs = CHECKPOINT_MS }: JobsOptions) {
    this.#store = store;
    this.#engine = engine;
    this.#checkpointMs = checkpointMs;
    this.#events.setMaxListeners(0);
  }

  /** Stores a job and puts it in the queue. Throws USAGE, FILE_NOT_FOUND, FILE_UNREADABLE: nothing is stored then. */
  async start(given: JobSpec): Promise<Job> {
    const { jobSpec } = await import('./job-spec.js');
    const spec = jobSpec(given);
    const paths = inputsOf(spec);
    if (paths.length === 0) throw new TamgaError('USAGE', { detail: 'a job needs files' });
    if (paths.length > INPUTS_MAX) throw new TamgaError('USAGE', { detail: `a job has at most ${INPUTS_MAX} files` });
    if (paths.includes('-')) {
      throw new TamgaError('USAGE', { detail: 'a job reads files: the standard input cannot be read again' });
    }
    this.#refuseFull();
    const inputs = [];
    for (const path of paths) inputs.push(await describeInput(path));
    const created = Date.now();
    const job: StoredJob = {
      id: `${created.toString(36)}-${randomBytes(4).toString('hex')}`,
      spec,
      state: 'queued',
      inputs,
      register: this.#engine.registerPath,
      registerEvent: spec.kind === 'import' ? null : this.#engine.registerEvent(),
      begunAnew: null,
      keys: spec.kind === 'import' ? null : this.#engine.keys,
      progress: NO_PROGRESS,
      blocks: 0,
      created,
      started: null,
      ended: null,
      runs: 0,
      error: null,
      owner: THIS_PROCESS,
      cancelling: false,
      checkpoint: null,
    };
    this.#store.put(job);
    this.#enqueue(job.id);
    return viewOf(job);
  }

  /**
   * Goes on with a job that was interrupted, cancelled or failed. Throws JOB_NOT_FOUND; JOB_STATE when it is done or at work;
   * JOB_STALE, saying why, when an input or, of a verification, the register isn't what it was. A reconciliation begins anew when the register
   * has got on, see {@link Job.begunAnew}.
   */
  async resume(id: string): Promise<Job> {
    this.#refuseFull();
    const before = this.#store.get(id);
    refuseBusy(before);
    await refuseChanged(before.inputs);
    const { kind } = before.spec;
    const event = this.#engine.registerEvent();
    if (kind === 'verify' && event !== before.registerEvent) {
      const detail = `the register's last event was ${before.registerEvent ?? 'none'} and is ${event ?? 'none'} now`;
      throw new TamgaError('JOB_STALE', { detail });
    }
    if (kind !== 'import' && this.#engine.keys !== before.keys) {
      const detail =
        before.keys === null
          ? 'it was begun without keys'
          : 'it was begun with other keys, or asked something else of tails';
      throw new TamgaError('JOB_STALE', { detail });
    }
    const job = this.#store.update(id, (stored) => {
      refuseBusy(stored);
      return {
        ...stored,
        state: 'queued',
        owner: THIS_PROCESS,
        cancelling: false,
        error: null,
        ended: null,
      };
    });
    this.#enqueue(id);
    return viewOf(job);
  }

  /** Ends a job that waits or is at work; one of another process ends within a second. Throws JOB_NOT_FOUND, JOB_STATE. */
  async cancel(id: string): Promise<Job> {
    const job = this.#store.get(id);
    if (this.#running?.id === id) {
      this.#running.control.abort();
      await this.#ends.get(id);
    } else if (job.state === 'queued' || (job.state === 'running' && !isAlive(job))) {
      this.#store.update(id, (stored) => ({ ...stored, state: 'cancelled', ended: Date.now(), owner: null }));
    } else if (job.state === 'running') {
      this.#store.update(id, (stored) => ({ ...stored, cancelling: true }));
    } else {
      throw stateError(job);
    }
    return this.get(id);
  }

  /** Throws JOB_NOT_FOUND. */
  get(id: string): Job {
    return viewOf(this.#store.get(id));
  }

  /** In the order they were made. */
  list(): Job[] {
    return this.#store.all().map(viewOf);
  }

  /** A job that this process has queued, when it has ended. */
  async wait(id: string): Promise<Job> {
    await this.#ends.get(id);
    return this.get(id);
  }

  /** Folder of a job's files: `result.json`, and by kind `verdicts`, `findings.ndjson`. */
  folderOf(id: string): string {
    return this.#store.folderOf(this.#store.get(id).id);
  }

  /** The summary of a verification that is done. Throws JOB_STATE. */
  async report(id: string): Promise<VerifyReport> {
    const job = this.#store.get(id);
    if (job.state !== 'done' || job.spec.kind !== 'verify') throw stateError(job);
    return JSON.parse(await readFile(join(this.folderOf(id), 'result.json'), 'utf8')) as VerifyReport;
  }

  /** The result of a verification that is done, with its verdicts line by line. Close it. Throws JOB_STATE, JOB_STALE. */
  async verification(id: string): Promise<VerifyResult> {
    const job = this.#store.get(id);
    if (job.state !== 'done' || job.spec.kind !== 'verify') throw stateError(job);
    await refuseChanged(job.inputs);
    return openVerification(job, job.spec, this.#store.folderOf(id), this.#engine);
  }

  /** The result of a reconciliation that is done. Throws JOB_STATE. */
  async reconciliation(id: string): Promise<ReconcileResult> {
    const job = this.#store.get(id);
    if (job.state !== 'done' || job.spec.kind !== 'reconcile') throw stateError(job);
    return openReconciliation(this.#store.folderOf(id));
  }

  /** Forgets a job and removes its files. Throws JOB_NOT_FOUND; JOB_STATE when it waits or is at work. */
  remove(id: string): void {
    const job = this.#store.get(id);
    if (job.state !== 'done') refuseBusy(job);
    this.#store.remove(id);
  }

  /** Calls a listener with a job of this process whenever it got on; returns what ends it. */
  onProgress(listener: (job: Job) => void): () => void {
    this.#events.on('progress', listener);
    return () => this.#events.off('progress', listener);
  }

  /** Interrupts the job at work, which can be resumed, and ends. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#running?.control.abort();
    await this.#last;
    await this.#store.close();
  }

  #enqueue(id: string): void {
    this.#queue.push(id);
    atHand.add(id);
    const end = this.#last.then(() => this.#next());
    this.#last = end;
    this.#ends.set(id, end);
    void end.then(() => {
      if (this.#ends.get(id) === end) this.#ends.delete(id);
    });
  }

  /** Runs the first job of the queue; never throws, what goes wrong is the job's error. */
  async #next(): Promise<void> {
    const id = this.#queue.shift();
    if (id === undefined) return;
    if (this.#closed) {
      atHand.delete(id);
      return;
    }
    const control = new AbortController();
    const poll = setInterval(() => this.#store.get(id).cancelling && control.abort(), CANCEL_POLL_MS);
    try {
      if (this.#store.get(id).state !== 'queued') return;
      const job = this.#change(id, (stored) => ({
        ...stored,
        state: 'running',
        started: stored.started ?? Date.now(),
        // An import changes the register: what it was before is known when it first runs.
        registerEvent:
          stored.started === null && stored.spec.kind === 'import'
            ? this.#engine.registerEvent()
            : stored.registerEvent,
        runs: stored.runs + 1,
        owner: THIS_PROCESS,
      }));
      this.#running = { id, control };
      await runJob(job, this.#store.folderOf(id), this.#engine, {
        signal: control.signal,
        checkpointMs: this.#checkpointMs,
        save: (change) => {
          this.#change(id, (stored) => ({ ...stored, ...change(stored) }));
        },
        onProgress: (progress) => {
          this.#events.emit('progress', viewOf({ ...this.#store.get(id), progress }));
        },
      });
      this.#change(id, (stored) => ({ ...stored, state: 'done', ended: Date.now(), owner: null }));
      dropJournal(this.#store.folderOf(id));
    } catch (error) {
      this.#end(id, error);
    } finally {
      clearInterval(poll);
      atHand.delete(id);
      this.#running = null;
    }
  }

  #end(id: string, error: unknown): void {
    const failure = isTamgaError(error) ? error : new TamgaError('WORKER_FAILED', { detail: String(error) });
    // Nobody asked to end a job that its process left: it counts as interrupted.
    const left = this.#closed && !this.#store.get(id).cancelling ? 'queued' : 'cancelled';
    const state = failure.code === 'CANCELLED' ? left : 'failed';
    const known = state === 'failed' ? { code: failure.code, data: failure.data } : null;
    try {
      const ended = state === 'queued' ? null : Date.now();
      this.#change(id, (stored) => ({ ...stored, state, ended, owner: null, error: known }));
    } catch {
      // The disk that failed the job may fail this too; the job then counts as interrupted.
    }
  }

  #change(id: string, change: (job: StoredJob) => StoredJob): StoredJob {
    const job = this.#store.update(id, change);
    this.#events.emit('progress', viewOf(job));
    return job;
  }

  #refuseFull(): void {
    if (this.#queue.length >= QUEUED_MAX) {
      throw new TamgaError('USAGE', { detail: `${QUEUED_MAX} jobs are waiting; let some of them end first` });
    }
  }
}

/** Jobs of a folder, which is made when absent. Several processes may open it; each runs the jobs that it started or resumed. */
export function openJobs(folder: string, engine: JobEngine, options: JobsOptions = {}): Jobs {
  return new Jobs(new JobStore(folder), engine, options);
}

function viewOf(stored: StoredJob): Job {
  const { owner: _, checkpoint: __, cancelling: ___, ...job } = stored;
  const underWay = job.state === 'queued' || job.state === 'running';
  // An earlier Tamga stored no `begunAnew`.
  return { ...job, begunAnew: job.begunAnew ?? null, interrupted: underWay && !isAlive(stored) };
}

function refuseBusy(job: StoredJob): void {
  if (job.state === 'done') throw stateError(job);
  if ((job.state === 'queued' || job.state === 'running') && isAlive(job)) throw stateError(job);
}

function stateError({ id, state, owner }: StoredJob): TamgaError {
  const by = owner && (state === 'queued' || state === 'running') ? ` in process ${owner.pid}` : '';
  return new TamgaError('JOB_STATE', { detail: `${id} is ${state}${by}` });
}

/** True when the process that has the job is there, and has it: in this one it is known whether it does. */
function isAlive({ id, owner }: StoredJob): boolean {
  return owner !== null && isRunning(owner) && (owner.pid !== process.pid || atHand.has(id));
}
