/**
 * Sessions and their scans on disk: an LMDB environment of their own.
 *
 * | database | key | value |
 * | --- | --- | --- |
 * | sessions | the session's name | {@link StoredSession} as JSON |
 * | blocks | the session's name, 0, block number 4 big-endian | scans that were committed together, see block |
 *
 * Blocks of a session are numbered 0, 1, 2 … and each is written only where there is none: a second process that has the same session is told so, instead of overwriting.
 */
import { mkdirSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import { TamgaError } from '../errors.js';
import { registerError } from '../register/store.js';
import { causeOf } from '../register/submit.js';
import type { Operation } from '../verdict/rules.js';
import { type Block, readBlock } from './block.js';
import { SESSIONS_MAX } from './limits.js';

/** What the scans of a session are checked for; fixed when it is made. */
export interface SessionContext {
  operation: Operation;
  /** Tax number or place of activity that the codes must belong to. */
  participant?: string;
  /** Moment of all checks, milliseconds since 1970; absent: that of the scan. */
  at?: number;
  country?: 'RU' | 'UZ';
  /** See `VerifyContext`. */
  expiresSoonDays?: number;
  groups?: readonly number[];
}

export interface StoredSession {
  id: string;
  /** Milliseconds since 1970. */
  created: number;
  /** Milliseconds since 1970; `null` while it is open. */
  closed: number | null;
  /** The only participant that may use it; `null`: any. */
  owner: string | null;
  context: SessionContext;
  /** Job whose expected codes the session counts against. */
  expected: string | null;
}

/** What a session is made with. */
export type NewSession = Omit<StoredSession, 'closed'>;

const BLOCK_MAX = 0xffff_ffff;

export class Journal {
  readonly path: string;
  readonly #root: RootDatabase;
  readonly #sessions: Database<StoredSession, string>;
  readonly #blocks: Database<Buffer, Buffer>;

  /** Makes the folder when it is absent. Throws DISK_FULL, FILE_UNREADABLE, REGISTER_BROKEN. */
  constructor(path: string) {
    this.path = path;
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      // A promise resolves when its commit is flushed: what is acknowledged is on disk.
      this.#root = open({ path, noSubdir: false, maxDbs: 4, overlappingSync: false });
      this.#sessions = this.#root.openDB<StoredSession, string>({ name: 'sessions', encoding: 'json' });
      this.#blocks = this.#root.openDB<Buffer, Buffer>({ name: 'blocks', encoding: 'binary', keyEncoding: 'binary' });
    } catch (error) {
      throw registerError(path, error);
    }
  }

  find(id: string): StoredSession | null {
    this.#root.resetReadTxn();
    return this.#sessions.get(id) ?? null;
  }

  /** In the order of their names. */
  *all(): IterableIterator<StoredSession> {
    this.#root.resetReadTxn();
    for (const { value } of this.#sessions.getRange()) yield value;
  }

  /** Makes a session, or gives the one that has its name. */
  async make(session: NewSession): Promise<StoredSession> {
    return this.#write(() =>
      this.#root.transaction(() => {
        const there = this.#sessions.get(session.id);
        if (there) return there;
        if (this.#sessions.getCount() >= SESSIONS_MAX) {
          throw new TamgaError('SESSION_REFUSED', { detail: `${SESSIONS_MAX} sessions are kept; remove some` });
        }
        const made = { ...session, closed: null };
        this.#sessions.putSync(session.id, made);
        return made;
      }),
    );
  }

  /** Writes blocks, each of another session, in one commit. When it resolves they are on disk; false for those that another process was faster with. */
  async append(blocks: readonly { session: string; block: number; bytes: Buffer }[]): Promise<boolean[]> {
    return this.#write(() =>
      // Writes of one turn share a transaction.
      Promise.all(
        blocks.map(({ session, block, bytes }) => {
          const key = keyOf(session, block);
          return this.#blocks.ifNoExists(key, () => {
            void this.#blocks.put(key, bytes);
          });
        }),
      ),
    );
  }

  /** The last block of a session, and the time it ends; false when another process was faster. */
  async end(session: StoredSession, block: number, bytes: Buffer, at: number): Promise<boolean> {
    const key = keyOf(session.id, block);
    return this.#write(() =>
      this.#blocks.ifNoExists(key, () => {
        void this.#blocks.put(key, bytes);
        void this.#sessions.put(session.id, { ...session, closed: at });
      }),
    );
  }

  /** A block; `null` behind the last. Throws REGISTER_BROKEN. */
  block(session: string, block: number): Block | null {
    const bytes = this.#blocks.get(keyOf(session, block));
    if (!bytes) return null;
    const read = readBlock(bytes);
    if (!read)
      throw new TamgaError('REGISTER_BROKEN', {
        path: this.path,
        detail: `block ${block} of session ${session} is damaged`,
      });
    return read;
  }

  /** Sees what other processes wrote. */
  refresh(): void {
    this.#root.resetReadTxn();
  }

  /** Forgets a session and its scans. */
  async remove(id: string): Promise<void> {
    await this.#write(() =>
      this.#root.transaction(() => {
        const range = { start: keyOf(id, 0), end: keyOf(id, BLOCK_MAX) };
        for (const key of [...this.#blocks.getKeys(range)]) this.#blocks.removeSync(key);
        this.#sessions.removeSync(id);
      }),
    );
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  async #write<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw registerError(this.path, await causeOf(error));
    }
  }
}

function keyOf(session: string, block: number): Buffer {
  const key = Buffer.allocUnsafe(session.length + 5);
  key.write(session, 'latin1');
  key[session.length] = 0;
  key.writeUInt32BE(block, session.length + 1);
  return key;
}
