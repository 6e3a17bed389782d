/** What a job is. Plain data: it is stored as JSON, and shown. */
import type { TamgaError } from '../errors.js';
import type { JobSpec } from './job-spec.js';

/** `running` with a process that is gone means interrupted; see {@link Job.interrupted}. */
export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** An input as it was when the job was made: it goes on only with the same bytes. */
export interface JobInput {
  path: string;
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
  /** SHA-256 of the size and of samples of the content, hexadecimal; see input-digest.ts. */
  digest: string;
}

export interface JobProgress {
  /** Lines or codes. */
  done: number;
  /** Bytes of the inputs as they are on disk; `null` before the first were read. */
  bytes: number | null;
  bytesTotal: number | null;
  millisecondsLeft: number | null;
}

export interface Job {
  id: string;
  spec: JobSpec;
  state: JobState;
  /** Running by its record, but the process that ran it is gone: {@link Jobs.resume} goes on with it. */
  interrupted: boolean;
  inputs: JobInput[];
  /** Folder of the register; `null` without one. */
  register: string | null;
  /** Last event of the register that the job is about; `null` without a register. Of an import: the last before it first ran, `null` until then. */
  registerEvent: number | null;
  /**
   * A reconciliation began anew, because an earlier run was of the register at another event, which stands here, or of another register: its
   * report is of one moment. `null` for every other job.
   */
  begunAnew: { event: number | null } | null;
  /** Which keys tails are checked with, and what is asked of them, as a digest; `null` when none are checked. An import checks none. */
  keys: string | null;
  progress: JobProgress;
  /** Blocks of input that were read and classified, in all runs of the job; of a reconciliation, those of lists. */
  blocks: number;
  /** Milliseconds since 1970. */
  created: number;
  started: number | null;
  ended: number | null;
  /** Times it was started. */
  runs: number;
  /** Of the run that failed. */
  error: Pick<TamgaError, 'code' | 'data'> | null;
}

/** Files that a job reads, in order. */
export function inputsOf(spec: JobSpec): readonly string[] {
  if (spec.kind === 'verify') return [spec.input];
  return spec.kind === 'reconcile' ? [...spec.expected, ...spec.scanned] : spec.files;
}
