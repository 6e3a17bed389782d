/**
 * Every check of a till, a line of JSON each in a file a day: request id, time, key, channel and what was answered; without tails. A receipt's
 * tag 1265 names a request by its id, and a dispute asks what was known then (cash-register services §7, 6).
 *
 * A line is on disk {@link FLUSH_MS} after its answer at the latest, with all that came meanwhile: a check changes nothing, so that a crash may
 * lose the proof of the last checks but nothing that anybody was promised. When the disk doesn't keep up, checks wait.
 */
import { closeSync, fdatasync, mkdirSync, openSync, readdirSync, rmSync, writeFile } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const write = promisify(writeFile);
const sync = promisify(fdatasync);
/** Short beside the time in which a receipt is printed, long enough that a busy server writes thousands of lines at once. */
const FLUSH_MS = 50;
/** UTF-16 units that may wait for the disk. */
const WAITING_MAX = 16 << 20;
const DAY_MS = 24 * 3600 * 1000;
const FILE = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;

export class CheckJournal {
  readonly #folder: string;
  readonly #days: number;
  readonly #now: () => Date;
  readonly #onFailure: (error: unknown) => void;
  #waiting: string[] = [];
  #size = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  #fd = -1;
  #day = '';

  /** `days`: files of earlier days are removed. `onFailure` hears of what could not be written; those lines are lost. */
  constructor(folder: string, days: number, now: () => Date, onFailure: (error: unknown) => void) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    this.#days = days;
    this.#now = now;
    this.#onFailure = onFailure;
  }

  /** Takes a line, without its end. Resolves at once, or when there is room. */
  record(line: string): Promise<void> | undefined {
    this.#waiting.push(line);
    this.#size += line.length;
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
    return this.#size > WAITING_MAX ? this.flush() : undefined;
  }

  /** Resolves when all that was taken is on disk. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
    if (this.#waiting.length === 0) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  async #write(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    try {
      const fd = this.#file();
      await write(fd, `${lines.join('\n')}\n`);
      await sync(fd);
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /** The file of today; old ones go when a day begins. */
  #file(): number {
    const now = this.#now();
    const day = now.toISOString().slice(0, 10);
    if (day === this.#day && this.#fd >= 0) return this.#fd;
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = openSync(join(this.#folder, `${day}.jsonl`), 'a', 0o600);
    this.#day = day;
    const oldest = new Date(now.getTime() - this.#days * DAY_MS).toISOString().slice(0, 10);
    for (const name of readdirSync(this.#folder)) {
      const of = FILE.exec(name)?.[1];
      if (of !== undefined && of < oldest) rmSync(join(this.#folder, name), { force: true });
    }
    return this.#fd;
  }
}
