/**
 * Scan sessions: any number of devices scan into one; each scan gets its verdict at once and is on disk soon after. A scan is kept exactly once
 * by (session, device, sequence number), whatever happens to connections and processes between.
 */
import { open } from 'node:fs/promises';
import { TamgaError } from '../errors.js';
import { registerError } from '../register/store.js';
import { endBlock, type KeptScan } from './block.js';
import { Commits } from './commits.js';
import type { ExpectedCodes } from './expected-codes.js';
import { Journal, type NewSession, type StoredSession } from './journal.js';
import { IDLE_MS } from './limits.js';
import { type Device, Session, type Verifier } from './session.js';

export interface SessionsOptions {
  /** The codes that a job expects, for sessions that count against one. */
  expectedOf?: (job: string) => Promise<ExpectedCodes>;
}

interface Entry {
  session: Promise<Session>;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

/** UTF-16 units of a list that are written at once. */
const WRITE_UNITS = 1 << 16;

export class Sessions {
  readonly #journal: Journal;
  readonly #verifier: Verifier;
  readonly #commits: Commits;
  readonly #expectedOf: (job: string) => Promise<ExpectedCodes>;
  readonly #open = new Map<string, Entry>();
  readonly #entries = new WeakMap<Session, Entry>();

  /** @internal Use `engine.openSessions`. */
  constructor(path: string, verifier: Verifier, options: SessionsOptions = {}) {
    this.#journal = new Journal(path);
    this.#verifier = verifier;
    this.#commits = new Commits(this.#journal, (session) => this.#forget(session));
    this.#expectedOf =
      options.expectedOf ??
      (async (job) => {
        throw new TamgaError('JOB_NOT_FOUND', { detail: job });
      });
  }

  /**
   * The session of a name, made with what is given when there is none. Release it when done. `asker`: the only participant that whoever asks
   * may act for, `null`: any. Throws SESSION_REFUSED for another participant's session or one that expects another job; what `expectedOf` throws.
   */
  async use(wanted: NewSession, asker: string | null): Promise<Session> {
    const stored = this.#journal.find(wanted.id);
    if (stored) refuseOther(stored, wanted, asker);
    // What can't be read is told before anything is made.
    else if (wanted.expected !== null) await this.#expectedOf(wanted.expected);
    const made = stored ?? (await this.#journal.make(wanted));
    refuseOther(made, wanted, asker);
    return this.#enter(made);
  }

  /** A session that there is, for reading or ending it. Release it when done. Throws SESSION_NOT_FOUND. */
  async find(id: string): Promise<Session> {
    return this.#enter(this.get(id));
  }

  release(session: Session): void {
    const entry = this.#entries.get(session);
    if (!entry || --entry.users > 0 || this.#open.get(session.id) !== entry) return;
    entry.idle = setTimeout(() => this.#evict(session, entry), IDLE_MS).unref();
  }

  /** Throws SESSION_NOT_FOUND. */
  get(id: string): StoredSession {
    const stored = this.#journal.find(id);
    if (!stored) throw new TamgaError('SESSION_NOT_FOUND', { detail: id.slice(0, 80) });
    return stored;
  }

  /** In the order of their names. */
  list(): IterableIterator<StoredSession> {
    return this.#journal.all();
  }

  /** True when so much waits for the disk that devices should wait, too. */
  get isCongested(): boolean {
    return this.#commits.isCongested;
  }

  /** Calls back each time it is no longer congested; returns what ends it. */
  onRelief(listener: () => void): () => void {
    return this.#commits.onRelief(listener);
  }

  /** Resolves when nothing waits for the disk: never, while scans keep coming. */
  flush(): Promise<void> {
    return this.#commits.flush();
  }

  /** Ends a session: its scans are on disk, and it takes no more. Ending it twice does nothing. Throws SESSION_NOT_FOUND, SESSION_LOST. */
  async end(id: string, at: number): Promise<StoredSession> {
    const session = await this.find(id);
    try {
      if (session.stored.closed !== null) return session.stored;
      session.stop();
      await session.settled();
      if (!(await this.#journal.end(session.stored, session.nextBlock, endBlock(), at))) {
        this.#forget(session);
        const now = this.get(id);
        const error = new TamgaError('SESSION_LOST', { detail: 'another process has the session' });
        session.end(now.closed === null ? error : null);
        if (now.closed === null) throw error;
        return now;
      }
      this.#forget(session);
      session.end(null);
      return this.get(id);
    } finally {
      this.release(session);
    }
  }

  /** Forgets a session and its scans. Throws SESSION_NOT_FOUND. */
  async remove(id: string, at: number): Promise<void> {
    await this.end(id, at);
    // Somebody may have looked at it since.
    clearTimeout(this.#open.get(id)?.idle);
    this.#open.delete(id);
    await this.#journal.remove(id);
  }

  /** Scans on disk in the order in which they were taken, block by block from the numbered one on. */
  *scans(id: string, from = 0): IterableIterator<{ block: number; scans: KeptScan[] }> {
    for (let number = from; ; number++) {
      const block = this.#journal.block(id, number);
      if (!block) return;
      if (block.kind === 'scans') yield { block: number, scans: block.scans };
    }
  }

  /** Scans of a device behind `after` that are on disk, in order. */
  *scansOf(session: Session, device: Device, after: number): IterableIterator<KeptScan[]> {
    if (after >= device.durableSeq) return;
    const ofDevice = (number: number): KeptScan[] => {
      const block = this.#journal.block(session.id, number);
      return block?.kind === 'scans' ? block.scans.filter((scan) => scan.device === device.name) : [];
    };
    const last = device.lastBlock;
    const upTo = device.durableSeq;
    let first = last;
    for (
      let scans = ofDevice(first);
      first > 0 && (scans.length === 0 || scans[0].seq > after + 1);
      scans = ofDevice(first)
    )
      first--;
    for (let number = first; number <= last; number++) {
      const scans = ofDevice(number).filter(({ seq }) => seq > after && seq <= upTo);
      if (scans.length > 0) yield scans;
    }
  }

  /**
   * Writes the codes of a session that is on disk as a list, one a line as scanned; gives their number. A line end inside a code becomes a blank.
   * Others get their turn meanwhile. Throws DISK_FULL and the like.
   */
  async writeCodes(id: string, path: string): Promise<number> {
    let codes = 0;
    try {
      const file = await open(path, 'wx', 0o600);
      try {
        let text = '';
        for (const { scans } of this.scans(id)) {
          for (const { code } of scans) text += `${code.replace(/[\r\n]/g, ' ')}\n`;
          codes += scans.length;
          if (text.length < WRITE_UNITS) continue;
          await file.write(text);
          text = '';
        }
        await file.write(text);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw registerError(path, error);
    }
    return codes;
  }

  /** Commits what waits, and closes. */
  async close(): Promise<void> {
    await this.#commits.flush();
    for (const { idle } of this.#open.values()) clearTimeout(idle);
    this.#open.clear();
    await this.#journal.close();
  }

  async #enter(stored: StoredSession): Promise<Session> {
    let entry = this.#open.get(stored.id);
    if (!entry) {
      entry = { session: this.#read(stored), users: 0, idle: undefined };
      this.#open.set(stored.id, entry);
    }
    entry.users++;
    clearTimeout(entry.idle);
    entry.idle = undefined;
    try {
      const session = await entry.session;
      this.#entries.set(session, entry);
      return session;
    } catch (error) {
      if (this.#open.get(stored.id) === entry) this.#open.delete(stored.id);
      throw error;
    }
  }

  async #read(stored: StoredSession): Promise<Session> {
    const expected = stored.expected === null ? null : await this.#expectedOf(stored.expected);
    return Session.read(stored, this.#journal, this.#verifier, expected, (session, bytes) =>
      this.#commits.add(session, bytes),
    );
  }

  #evict(session: Session, entry: Entry): void {
    if (entry.users > 0 || this.#open.get(session.id) !== entry) return;
    if (session.isPending) entry.idle = setTimeout(() => this.#evict(session, entry), IDLE_MS).unref();
    else this.#open.delete(session.id);
  }

  #forget(session: Session): void {
    const entry = this.#entries.get(session);
    clearTimeout(entry?.idle);
    if (this.#open.get(session.id) === entry) this.#open.delete(session.id);
  }
}

function refuseOther(stored: StoredSession, wanted: NewSession, asker: string | null): void {
  if (asker !== null && stored.owner !== asker) {
    throw new TamgaError('SESSION_REFUSED', { detail: `${stored.id} is another participant's` });
  }
  if (wanted.expected !== null && stored.expected !== wanted.expected) {
    throw new TamgaError('SESSION_REFUSED', { detail: `${stored.id} counts against another job` });
  }
}
