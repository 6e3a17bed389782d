/** Group commits of scans: what all sessions have gathered since the last flush goes to disk together, while verdicts go on. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { TamgaError } from '../errors.js';
import type { Journal } from './journal.js';
import { COMMIT_GAP_MS, PENDING_BYTES_MAX } from './limits.js';
import type { PendingBlock, Session } from './session.js';

export class Commits {
  readonly #journal: Journal;
  readonly #onLost: (session: Session) => void;
  #waiting = new Set<Session>();
  #running: Promise<void> | null = null;
  #waitingBytes = 0;
  #flyingBytes = 0;
  #isCongested = false;
  readonly #relieved = new Set<() => void>();
  #startedAt = Number.NEGATIVE_INFINITY;

  /** `onLost` hears of sessions whose scans could not be kept. */
  constructor(journal: Journal, onLost: (session: Session) => void) {
    this.#journal = journal;
    this.#onLost = onLost;
  }

  /** True from when too much waits for the disk or is on its way to it, until it is less again. */
  get isCongested(): boolean {
    return this.#isCongested;
  }

  /** Calls back each time a congestion ends; returns what ends it. */
  onRelief(listener: () => void): () => void {
    this.#relieved.add(listener);
    return () => this.#relieved.delete(listener);
  }

  /** A session has scans that wait, `bytes` more than before. */
  add(session: Session, bytes: number): void {
    this.#waiting.add(session);
    this.#waitingBytes += bytes;
    if (this.#waitingBytes + this.#flyingBytes > PENDING_BYTES_MAX) this.#isCongested = true;
    this.#running ??= this.#run();
  }

  /** Resolves when nothing waits: all that was taken before is on disk, or its session was lost. */
  async flush(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const rest = COMMIT_GAP_MS - (performance.now() - this.#startedAt);
      // Scans of the same turn go together, and their verdicts go before.
      if (rest > 1) await setTimeout(rest);
      else await setImmediate();
      this.#startedAt = performance.now();
      await this.#commit();
    }
    this.#running = null;
  }

  async #commit(): Promise<void> {
    const sessions = [...this.#waiting];
    this.#waiting = new Set();
    const blocks = sessions.map((session) => session.takeBlock());
    this.#flyingBytes = this.#waitingBytes;
    this.#waitingBytes = 0;
    try {
      const kept = await this.#journal.append(blocks);
      for (let i = 0; i < sessions.length; i++) {
        if (kept[i]) sessions[i].committed(blocks[i]);
        else this.#lose(sessions[i], blocks[i], 'another process has the session');
      }
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      for (let i = 0; i < sessions.length; i++) this.#lose(sessions[i], blocks[i], detail, error);
    }
    this.#flyingBytes = 0;
    this.#relieve();
  }

  #relieve(): void {
    if (!this.#isCongested || this.#waitingBytes > PENDING_BYTES_MAX) return;
    this.#isCongested = false;
    for (const listener of this.#relieved) listener();
  }

  #lose(session: Session, { block }: PendingBlock, detail: string, cause?: unknown): void {
    // What came since is on no firm ground either: it follows scans that are not kept.
    if (this.#waiting.delete(session)) this.#waitingBytes -= session.waitingBytes;
    this.#onLost(session);
    session.end(new TamgaError('SESSION_LOST', { detail: `${detail}, block ${block}` }, { cause }));
  }
}
