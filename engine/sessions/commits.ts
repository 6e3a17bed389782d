/** Group commits of scans: what all sessions have gathered since the last flush goes to disk together, while verdicts go on. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { TamgaError } from '../errors.js';
import type { Journal } from './journal.js';
import { COMMIT_GAP_MS } from './limits.js';
import type { PendingBlock, Session } from './session.js';

export class Commits {
  readonly #journal: Journal;
  readonly #onLost: (session: Session) => void;
  #waiting = new Set<Session>();
  #running: Promise<void> | null = null;
  #waitingBytes = 0;
  #flyingBytes = 0;
  #startedAt = Number.NEGATIVE_INFINITY;

  /** `onLost` hears of sessions whose scans could not be kept. */
  constructor(journal: Journal, onLost: (session: Session) => void) {
    this.#journal = journal;
    this.#onLost = onLost;
  }

  /** Bytes that wait for the disk or are on their way to it. */
  get pendingBytes(): number {
    return this.#waitingBytes + this.#flyingBytes;
  }

  /** A session has scans that wait, `bytes` more than before. */
  add(session: Session, bytes: number): void {
    this.#waiting.add(session);
    this.#waitingBytes += bytes;
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
    } finally {
      this.#flyingBytes = 0;
    }
  }

  #lose(session: Session, { block }: PendingBlock, detail: string, cause?: unknown): void {
    // What came since is on no firm ground either: it follows scans that are not kept.
    this.#waiting.delete(session);
    this.#onLost(session);
    session.end(new TamgaError('SESSION_LOST', { detail: `${detail}, block ${block}` }, { cause }));
  }
}
