/** A register of marking codes: open it, apply events, look codes up. One writer at a time, any number of readers. */
import { keyToText, textToKey } from '../../core/host/index.js';
import type { RegisterView } from '../reconcile/report.js';
import { type ApplyResult, applyEvents, cameTo } from './apply.js';
import { AsOf, sequenceAt } from './as-of.js';
import { Changes } from './changes.js';
import { readContents } from './contents.js';
import type { RegisterEvent } from './event.js';
import { type HistoryEntry, historyOf } from './history.js';
import { findKey } from './key-index.js';
import { readKeyPage } from './key-pages.js';
import { PAGE_CODES } from './limits.js';
import { type LogEntry, readLogged, readUndo } from './log.js';
import { clearMigrations, migrate } from './migrate.js';
import { Names } from './names.js';
import type { KeyColumn } from './packed-keys.js';
import { PAGE_WORDS, RECORD_WORDS, type RecordView } from './record.js';
import { readRecords, recordStart } from './record-pages.js';
import { viewOf } from './record-view.js';
import { digestOf } from './register-digest.js';
import { readSet, type SetKind } from './sets.js';
import { noteOpen } from './sole-use.js';
import { STATES, type State } from './states.js';
import { openStore, readMeta, type Store } from './store.js';
import { GroupCommit } from './submit.js';
import type { Undo } from './undo.js';

export interface RegisterStat extends RegisterView {
  units: number;
  packages: number;
  byState: Partial<Record<State, number>>;
  owners: { owner: string; codes: number }[];
}

export class Register {
  readonly names: Names;
  /** @internal The image and the import read pages directly. */
  readonly store: Store;

  readonly #commits: GroupCommit;
  readonly #changes: Changes;
  readonly #noteClosed: () => void;
  readonly #page = new Int32Array(PAGE_WORDS);
  readonly #record = new Int32Array(RECORD_WORDS);

  private constructor(store: Store) {
    this.store = store;
    this.#noteClosed = noteOpen(store.path);
    this.names = new Names(store);
    this.#changes = new Changes(store);
    this.#commits = new GroupCommit(store, this.names, () => this.#changes.check());
  }

  /**
   * Opens the register in a folder; `create` makes one when the folder is absent or empty.
   * One of an earlier schema is made anew from its events, once; that takes about a second per million codes.
   * Throws REGISTER_NOT_FOUND, REGISTER_NEWER (untouched), REGISTER_IN_USE, REGISTER_BROKEN, DISK_FULL.
   */
  static open(path: string, options: { create?: boolean } = {}): Register {
    const store = openStore(path, options.create ?? false);
    if ('schema' in store) return new Register(migrate(path));
    clearMigrations(path);
    return new Register(store);
  }

  get path(): string {
    return this.store.path;
  }

  /** Key of this register's fingerprints, 16 bytes. */
  get seed(): Uint8Array {
    return Uint8Array.from(Buffer.from(readMeta(this.store).seed, 'hex'));
  }

  /** Applies an event; when this returns it is on disk. `appliedAt` is the register's time, milliseconds since 1970; it never goes back. */
  apply(event: RegisterEvent, appliedAt?: number): ApplyResult {
    return this.applyAll([event], appliedAt)[0];
  }

  /**
   * Applies events in one transaction: all of them or, when it throws, none; when it returns they are on disk. One that is rejected
   * doesn't stop the others.
   */
  applyAll(events: readonly RegisterEvent[], appliedAt: number = Date.now()): ApplyResult[] {
    const results = applyEvents(this.store, this.names, events, appliedAt);
    this.#changes.check();
    return results;
  }

  /** Applies an event together with all that arrive meanwhile; resolves when it is on disk, see {@link GroupCommit.submit}. */
  submit(event: RegisterEvent, appliedAt: number = Date.now()): Promise<ApplyResult> {
    return this.#commits.submit(event, appliedAt);
  }

  /** Calls `listener` when there are new events, of this process at once and of others within a second. Returns what ends it. */
  onChange(listener: (lastEvent: number) => void): () => void {
    return this.#changes.listen(listener);
  }

  /** Sees the commits of other processes from now on. */
  refresh(): void {
    this.store.root.resetReadTxn();
  }

  /** Ordinal of a canonical key; 0 when the register doesn't have it. */
  ordinalOf(key: Uint8Array): number {
    return findKey(this.store, key);
  }

  /** Record of a code in its text form (GTIN + serial, 18 digits of an SSCC, or a stamp's text); `null` when unknown. */
  find(text: string): RecordView | null {
    const ordinal = this.ordinalOf(textToKey(text));
    return ordinal === 0 ? null : this.record(ordinal);
  }

  /** The words of a record; the first of them are what the rules read. Good until the next call. */
  hotWords(ordinal: number): Int32Array {
    readRecords(this.store, Math.floor(ordinal / PAGE_CODES), this.#page);
    const start = recordStart(ordinal);
    for (let w = 0; w < RECORD_WORDS; w++) this.#record[w] = this.#page[start + w];
    return this.#record;
  }

  record(ordinal: number): RecordView {
    return viewOf(ordinal, this.hotWords(ordinal), this.names);
  }

  /**
   * What happened to a code in its text form and to the packages it was in, newest first; nothing for an unknown one.
   * Apply no events while reading it.
   */
  history(text: string): IterableIterator<HistoryEntry> {
    return historyOf(this, this.ordinalOf(textToKey(text)));
  }

  /** The register as it was at a moment of its own time, or behind the event of a sequence number; see {@link AsOf}. */
  asOf(moment: Date | { sequence: number }): AsOf {
    this.refresh();
    const sequence = moment instanceof Date ? sequenceAt(this, moment.getTime()) : moment.sequence;
    return new AsOf(this, Math.min(Math.max(0, sequence), this.view().lastEvent));
  }

  /** Text form of an ordinal's key; empty for an ordinal never given. */
  textOf(ordinal: number): string {
    const { bytes, offsets } = readKeyPage(this.store, Math.floor(ordinal / PAGE_CODES));
    const i = ordinal % PAGE_CODES;
    return offsets[i + 1] > offsets[i] ? keyToText(bytes.subarray(offsets[i], offsets[i + 1])) : '';
  }

  /** Keys of one page of 64 ordinals, for walks in order. */
  keyPage(page: number): KeyColumn {
    return readKeyPage(this.store, page);
  }

  /** Ordinals of the direct contents of a package, ascending. */
  children(ordinal: number): Uint32Array {
    return readContents(this.store, ordinal);
  }

  /** A set as a roaring bitmap of ordinals. `id` is a state's number, or the number of a name. */
  set(kind: SetKind, id: number) {
    return readSet(this.store, kind, id);
  }

  /** Event by sequence number, from 1 to `view().lastEvent`. */
  event(sequence: number): RegisterEvent | null {
    return this.logged(sequence)?.event ?? null;
  }

  /** An event with the time at which it was applied. */
  logged(sequence: number): LogEntry | null {
    return readLogged(this.store, sequence);
  }

  /** What an event changed. */
  undo(sequence: number): Undo | null {
    return readUndo(this.store, sequence);
  }

  /** What an event that was applied came to, by its id and number; `null` when there is none of the number. */
  cameTo(id: Uint8Array, sequence: number): Pick<ApplyResult, 'created' | 'conflicts'> | null {
    const undo = this.undo(sequence);
    return undo && cameTo(this.store, id, undo);
  }

  view(): RegisterView {
    const meta = readMeta(this.store);
    return {
      path: this.path,
      schemaVersion: meta.schema,
      codes: meta.units + meta.packages,
      lastEvent: meta.lastEvent,
      lastEventAt: meta.lastEvent === 0 ? null : new Date(meta.lastEventAt).toISOString(),
    };
  }

  stat(): RegisterStat {
    const { units, packages } = readMeta(this.store);
    const byState: RegisterStat['byState'] = {};
    STATES.forEach((state, number) => {
      const { size } = this.set('state', number);
      if (size > 0) byState[state] = size;
    });
    const owners = [...this.names.all('owner')]
      .map(({ id, text }) => ({ owner: text, codes: this.set('owner', id).size }))
      // Receivers and those who sold their last are names, too.
      .filter(({ codes }) => codes > 0);
    return { ...this.view(), units, packages, byState, owners };
  }

  /**
   * SHA-256 over everything that the events determine: keys, records, sets, packages, names and what the events say.
   * Two registers fed the same files have the same digest; the random seed and the times of import are left out.
   */
  digest(): string {
    return digestOf(this.store);
  }

  async close(): Promise<void> {
    this.#changes.close();
    await this.#commits.close();
    await this.store.root.close();
    this.#noteClosed();
  }
}
