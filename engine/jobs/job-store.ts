/** Jobs on disk: an LMDB environment of their own in a folder, and a folder of files for each job beside it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { TamgaError } from '../errors.js';
import type { ProcessId } from '../register/running.js';
import { registerError } from '../register/store.js';
import { makeFolder, syncFolder } from '../replace-file.js';
import type { Job } from './job.js';

export interface StoredJob extends Omit<Job, 'interrupted'> {
  /** The process that has it in its queue or runs it. One that an earlier Tamga noted has no beginning. */
  owner: (Pick<ProcessId, 'pid'> & Partial<ProcessId>) | null;
  /** Somebody, perhaps another process, asked to end it. */
  cancelling: boolean;
  /** What the files of a verification are good for; `null` before the first, and of other jobs. */
  checkpoint: Checkpoint | null;
}

/**
 * How far a verification is on disk: what its files hold up to the sizes said here is settled, what stands behind is not. Written in one
 * transaction with the counts, so that nothing is counted twice.
 */
export interface Checkpoint {
  position: number;
  line: number;
  lines: number;
  counts: number[];
  /** Lines by tail result; all zero when no tails are checked. */
  tailCounts: number[];
  /** Lines by how their tails compare with the register's; an earlier Tamga kept none. */
  registeredTails?: number[];
  seenBytes: number;
  repeatedBytes: number;
  strayBytes: number;
}

const ID = /^[0-9a-z-]{1,64}$/;

export class JobStore {
  readonly path: string;
  readonly #root: RootDatabase;
  readonly #jobs: Database<StoredJob, string>;

  /** Makes the folder when it is absent. Throws DISK_FULL, FILE_UNREADABLE, REGISTER_BROKEN. */
  constructor(path: string) {
    this.path = path;
    try {
      makeFolder(path, 0o700);
      // A put returns when it is flushed: a finished block is not read again, whatever happens.
      this.#root = open({ path: join(path, 'jobs.mdb'), noSubdir: true, maxDbs: 2, overlappingSync: false });
      this.#jobs = this.#root.openDB<StoredJob, string>({ name: 'jobs', encoding: 'json' });
      syncFolder(path);
    } catch (error) {
      throw registerError(path, error);
    }
  }

  /** Folder of a job's files; made when absent. */
  folderOf(id: string): string {
    const folder = join(this.path, id);
    makeFolder(folder, 0o700);
    return folder;
  }

  /** Throws JOB_NOT_FOUND. */
  get(id: string): StoredJob {
    this.#root.resetReadTxn();
    const job = ID.test(id) ? this.#jobs.get(id) : undefined;
    if (!job) throw new TamgaError('JOB_NOT_FOUND', { path: this.path, detail: id.slice(0, 80) });
    return job;
  }

  put(job: StoredJob): void {
    try {
      this.#root.transactionSync(() => {
        this.#jobs.putSync(job.id, job);
      });
    } catch (error) {
      throw registerError(this.path, error);
    }
  }

  /** Changes a job as it is on disk now; `change` may throw, and nothing is changed. */
  update(id: string, change: (job: StoredJob) => StoredJob): StoredJob {
    try {
      return this.#root.transactionSync(() => {
        const job = this.#jobs.get(id);
        if (!job) throw new TamgaError('JOB_NOT_FOUND', { path: this.path, detail: id });
        const changed = change(job);
        this.#jobs.putSync(id, changed);
        return changed;
      });
    } catch (error) {
      throw registerError(this.path, error);
    }
  }

  /** In the order they were made. */
  all(): StoredJob[] {
    this.#root.resetReadTxn();
    return [...this.#jobs.getRange()].map(({ value }) => value);
  }

  remove(id: string): void {
    this.#jobs.removeSync(this.get(id).id);
    rmSync(join(this.path, id), { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await this.#root.close();
  }
}
