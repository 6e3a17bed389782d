/**
 * Group commit: events that arrive while a commit is on its way share the next one, so that each is on disk when its promise resolves
 * and a slow disk costs a wait, not the throughput.
 */
import { TamgaError } from '../errors.js';
import { type ApplyResult, applyInTransaction, type Submission } from './apply.js';
import type { RegisterEvent } from './event.js';
import { KeysAhead } from './keys-ahead.js';
import { SUBMIT_CODES_MAX, SUBMIT_GROUP_MAX, SUBMIT_QUEUE_MAX } from './limits.js';
import type { Names } from './names.js';
import { registerError, type Store } from './store.js';

interface Waiting extends Submission {
  appliedAt: number;
  resolve(result: ApplyResult): void;
  reject(error: Error): void;
}

export class GroupCommit {
  readonly #store: Store;
  readonly #names: Names;
  readonly #onCommit: () => void;
  readonly #keys: KeysAhead;
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  #closed = false;
  /** Why nothing can be written any more; see {@link #fatalError}. */
  #fatal: Error | null = null;

  constructor(store: Store, names: Names, onCommit: () => void) {
    this.#store = store;
    this.#names = names;
    this.#onCommit = onCommit;
    this.#keys = new KeysAhead(store);
  }

  /**
   * Resolves when the event is flushed, or was rejected. Rejects with REGISTER_BUSY when {@link SUBMIT_QUEUE_MAX} events wait, with
   * DISK_FULL and the like when it can't be kept, and with a RangeError when its parts don't fit together.
   */
  submit(event: RegisterEvent, appliedAt: number): Promise<ApplyResult> {
    if (this.#closed) return Promise.reject(new TamgaError('CANCELLED', { path: this.#store.path }));
    if (this.#waiting.length >= SUBMIT_QUEUE_MAX) {
      return Promise.reject(
        new TamgaError('REGISTER_BUSY', { path: this.#store.path, limit: `${SUBMIT_QUEUE_MAX} events` }),
      );
    }
    return new Promise((resolve, reject) => {
      const found = this.#keys.find(event.keys, event.count);
      this.#waiting.push({ event, found, appliedAt, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Waits for what was submitted; nothing more is taken. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // Callers of the same turn go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      if (this.#fatal) {
        for (const one of group) one.reject(this.#fatal);
      } else if (!(await this.#commit(group))) {
        // One of them can't be applied, or there is no room: each on its own, so that one doesn't condemn its neighbours.
        for (const one of group) {
          if (this.#fatal) one.reject(this.#fatal);
          else await this.#commit([one]);
        }
      }
    }
    this.#running = null;
  }

  #takeGroup(): Waiting[] {
    let codes = 0;
    let count = 0;
    while (count < this.#waiting.length && count < SUBMIT_GROUP_MAX && codes < SUBMIT_CODES_MAX) {
      codes += this.#waiting[count++].event.count;
    }
    return this.#waiting.splice(0, count);
  }

  /** Answers the callers, unless a group of several failed: then nothing of it is kept and it gives false. */
  async #commit(group: readonly Waiting[]): Promise<boolean> {
    let results: ApplyResult[];
    try {
      const appliedAt = group.reduce((latest, one) => Math.max(latest, one.appliedAt), 0);
      // As a child, so that what threw half-way leaves nothing. The promise resolves behind the flush: see overlappingSync in store.
      results = await this.#store.root.childTransaction(() =>
        applyInTransaction(this.#store, this.#names, group, appliedAt),
      );
    } catch (error) {
      this.#names.forget();
      // Waited for in any case: a promise that is rejected unheard ends the process.
      const cause = await causeOf(error);
      this.#fatal = this.#fatalError(cause);
      if (group.length > 1) return false;
      group[0].reject(this.#fatal ?? registerError(this.#store.path, cause));
      return true;
    }
    for (let i = 0; i < group.length; i++) group[i].resolve(results[i]);
    this.#onCommit();
    return true;
  }

  /**
   * The error of a commit when it was the last one of this register: LMDB begins no transaction any more once its first page could not be
   * written, and lmdb would leave the callers of the next one waiting for ever. Opened again, the register is as its last commit left it.
   */
  #fatalError(cause: unknown): Error | null {
    try {
      this.#store.root.transactionSync(() => undefined);
      return null;
    } catch {
      return registerError(this.#store.path, cause);
    }
  }
}

/** Why a commit failed: lmdb tells it through a promise of its own. */
export async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}
