/** A register of marking codes: open it, apply events, look codes up. One writer at a time, any number of readers. */
import { createHash } from 'node:crypto';
import { keyToText, textToKey } from '../../core/host/index.js';
import type { RegisterView } from '../reconcile/report.js';
import { type ApplyResult, applyEvents } from './apply.js';
import { decodeEvent, type RegisterEvent } from './event.js';
import { PAGE_CODES } from './limits.js';
import { Names } from './names.js';
import { type KeyColumn, unpackKeys } from './packed-keys.js';
import { readKeyPage, recordStart } from './pages.js';
import { FLAG, flagsOf, groupOf, RECORD_BYTES, RECORD_WORDS, type RecordView, stateOf, WORD } from './record.js';
import { readSet, type SetKind } from './sets.js';
import { STATES, type State } from './states.js';
import { openStore, readMeta, type Store } from './store.js';

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

  readonly #record = new Int32Array(RECORD_WORDS);
  readonly #recordBytes = new Uint8Array(this.#record.buffer);

  private constructor(store: Store) {
    this.store = store;
    this.names = new Names(store);
  }

  /**
   * Opens the register in a folder; `create` makes one when the folder is absent or empty.
   * Throws REGISTER_NOT_FOUND, REGISTER_NEWER (untouched), REGISTER_BROKEN, DISK_FULL.
   */
  static open(path: string, options: { create?: boolean } = {}): Register {
    return new Register(openStore(path, options.create ?? false));
  }

  get path(): string {
    return this.store.path;
  }

  /** Key of this register's fingerprints, 16 bytes. */
  get seed(): Uint8Array {
    return Uint8Array.from(Buffer.from(readMeta(this.store).seed, 'hex'));
  }

  /** Applies an event; when this returns it is on disk. */
  apply(event: RegisterEvent): ApplyResult {
    return this.applyAll([event])[0];
  }

  /** Applies events in one transaction: all of them or, when it throws, none; when it returns they are on disk. */
  applyAll(events: readonly RegisterEvent[]): ApplyResult[] {
    return applyEvents(this.store, this.names, events);
  }

  /** Sees the commits of other processes from now on. */
  refresh(): void {
    this.store.root.resetReadTxn();
  }

  /** Ordinal of a canonical key; 0 when the register doesn't have it. */
  ordinalOf(key: Uint8Array): number {
    const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
    const found = this.store.units.getBinaryFast(bytes) ?? this.store.packages.getBinaryFast(bytes);
    return found ? found.readUInt32LE(0) : 0;
  }

  /** Record of a code in its text form (GTIN + serial, 18 digits of an SSCC, or a stamp's text); `null` when unknown. */
  find(text: string): RecordView | null {
    const ordinal = this.ordinalOf(textToKey(text));
    return ordinal === 0 ? null : this.record(ordinal);
  }

  /** The words of a record; the first of them are what the rules read. Good until the next call. */
  hotWords(ordinal: number): Int32Array {
    const stored = this.store.records.getBinaryFast(Math.floor(ordinal / PAGE_CODES));
    const start = recordStart(ordinal) * 4;
    this.#recordBytes.fill(0);
    if (stored) this.#recordBytes.set(stored.subarray(start, start + RECORD_BYTES));
    return this.#record;
  }

  record(ordinal: number): RecordView {
    const record = this.hotWords(ordinal);
    const orNull = (word: number): number | null => (record[word] === 0 ? null : record[word]);
    const flags = flagsOf(record[WORD.head]);
    const parts = record[WORD.parts];
    return {
      ordinal,
      state: STATES[stateOf(record[WORD.head])] ?? 'UNKNOWN',
      package: (flags & FLAG.package) !== 0,
      blocked: (flags & FLAG.blocked) !== 0,
      group: groupOf(record[WORD.head]) || null,
      owner: this.names.text('owner', record[WORD.owner]),
      parent: orNull(WORD.parent),
      expiry: orNull(WORD.expiry),
      produced: orNull(WORD.produced),
      series: this.names.text('series', record[WORD.series]),
      price: orNull(WORD.price),
      parts: parts === 0 ? null : { inner: parts & 0xffff, sold: parts >>> 16 },
      document: this.names.text('document', record[WORD.document]),
      lastEvent: record[WORD.lastEvent],
    };
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
    const stored = this.store.children.get(ordinal);
    return stored ? new Uint32Array(Uint8Array.from(stored).buffer) : new Uint32Array(0);
  }

  /** A set as a roaring bitmap of ordinals. `id` is a state's number, or the number of a name. */
  set(kind: SetKind, id: number) {
    return readSet(this.store, kind, id);
  }

  /** Event by sequence number, from 1 to `view().lastEvent`. */
  event(sequence: number): RegisterEvent | null {
    const stored = this.store.events.get(sequence);
    return stored ? decodeEvent(stored) : null;
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
    const owners = [...this.names.all('owner')].map(({ id, text }) => ({
      owner: text,
      codes: this.set('owner', id).size,
    }));
    return { ...this.view(), units, packages, byState, owners };
  }

  /**
   * SHA-256 over everything that the events determine: keys, records, sets, packages, names and what the events say.
   * Two registers fed the same files have the same digest; the random seed and the times of import are left out.
   */
  digest(): string {
    const hash = createHash('sha256');
    const { nextOrdinal, units, packages, lastEvent, nextName } = readMeta(this.store);
    hash.update(JSON.stringify({ nextOrdinal, units, packages, lastEvent, nextName }));
    const { store } = this;
    for (const database of [store.units, store.packages, store.sets, store.names, store.eventIds]) {
      for (const { key, value } of database.getRange()) hash.update(key).update(value);
    }
    for (const database of [store.records, store.children]) {
      for (const { key, value } of database.getRange()) hash.update(String(key)).update(value);
    }
    for (const { key, value } of store.keys.getRange()) {
      // How a page's keys are packed tells which transactions brought them; what they are doesn't.
      const { bytes, offsets } = unpackKeys(value);
      hash.update(String(key)).update(offsets).update(bytes);
    }
    for (let sequence = 1; sequence <= lastEvent; sequence++) {
      const event = this.event(sequence);
      if (event) hash.update(event.kind).update(event.document).update(event.keys);
    }
    return hash.digest('hex');
  }

  async close(): Promise<void> {
    await this.store.root.close();
  }
}
