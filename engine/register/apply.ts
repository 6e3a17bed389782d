/** Applying events: one transaction that changes records, keys, sets, packages and the log together, or nothing. */
import { keyToText } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { Contents } from './contents.js';
import type { RegisterEvent } from './event.js';
import { gapOf, insertKeys, insertLoad, type Place } from './key-index.js';
import { NewKeys } from './key-pages.js';
import type { FoundCodes } from './keys-ahead.js';
import { EVENT_CODES_MAX, EVENT_NUMBER_MAX, ORDINAL_MAX } from './limits.js';
import { addToSets, isUniform } from './load.js';
import { LoadKeys } from './load-keys.js';
import { packLogged } from './log.js';
import type { Names } from './names.js';
import { columnOf, compareKeys, isAscending, type KeyColumn, keyAt, oneKey, packKeys } from './packed-keys.js';
import { FLAG, flagsOf, RECORD_WORDS, WORD } from './record.js';
import { RecordPages } from './record-pages.js';
import type { RejectionReason } from './rejections.js';
import { changeSets } from './set-differences.js';
import { SetChanges } from './sets.js';
import { type Meta, readMeta, registerError, type Store } from './store.js';
import { readValue } from './stored-value.js';
import { EventSubject, fullOfCodes, type SubjectSource } from './subject.js';
import { touchedRows } from './touched-rows.js';
import { transition } from './transition.js';
import { packUndo, type Undo, type UndoParts } from './undo.js';

export interface ApplyResult {
  /** False when this event id was applied before, or the event was rejected; then nothing changed. */
  applied: boolean;
  /** Sequence number of the event; 0 when it was rejected. */
  sequence: number;
  /** Codes that the register had not met. */
  created: number;
  /** Codes that it had. */
  known: number;
  /** Codes that a statement left as they were: they stay in another package, would hold themselves, or are in a state that can't be shipped. */
  conflicts: number;
  /** Why the event was rejected; empty when it was not. */
  rejections: CodeRejection[];
}

/** An event, and what of it was looked up before its transaction. */
export interface Submission {
  event: RegisterEvent;
  found?: FoundCodes;
}

export interface CodeRejection {
  /** Text of the code's key. */
  code: string;
  reason: RejectionReason;
  detail: string;
}

/**
 * Applies events durably, in order and in one transaction: when this returns they are on disk. An event whose id was applied before, or
 * that is rejected, changes nothing. Throws a TamgaError, or a RangeError for an event whose parts don't fit together, and applies none.
 */
export function applyEvents(
  store: Store,
  names: Names,
  events: readonly RegisterEvent[],
  appliedAt: number,
): ApplyResult[] {
  const submissions = events.map((event) => ({ event }));
  try {
    return store.root.transactionSync(() => applyInTransaction(store, names, submissions, appliedAt));
  } catch (error) {
    names.forget();
    throw registerError(store.path, error);
  }
}

/** As {@link applyEvents}, in a write transaction that the caller began and ends. */
export function applyInTransaction(
  store: Store,
  names: Names,
  submissions: readonly Submission[],
  appliedAt: number,
): ApplyResult[] {
  const transaction = new Transaction(store, names, appliedAt);
  const results = submissions.map((submission) => transaction.apply(submission));
  transaction.store();
  return results;
}

/** Pages, sets and packages that several events change are written once. */
class Transaction {
  readonly #store: Store;
  readonly #names: Names;
  readonly #meta: Meta;
  readonly #records: RecordPages;
  readonly #contents: Contents;
  readonly #sets = new SetChanges();
  readonly #newKeys: NewKeys;
  readonly #firstEvent: number;
  readonly #source: SubjectSource;

  constructor(store: Store, names: Names, appliedAt: number) {
    this.#store = store;
    this.#names = names;
    this.#meta = readMeta(store);
    this.#meta.lastAppliedAt = Math.max(this.#meta.lastAppliedAt, appliedAt);
    this.#firstEvent = this.#meta.lastEvent;
    this.#records = new RecordPages(store);
    this.#contents = new Contents(store);
    this.#newKeys = new NewKeys(this.#meta.nextOrdinal);
    this.#source = { store, names, meta: this.#meta, records: this.#records, contents: this.#contents };
  }

  apply({ event, found }: Submission): ApplyResult {
    const before = readValue(this.#store.eventIds, event.id);
    if (before) return { ...NOTHING, sequence: before.readUInt32LE(0) };

    const load = isUniform(event) ? LoadKeys.walk(event.keys, event.count) : null;
    const place = load && gapOf(this.#store, load);
    if (load && place) return this.#load(event, load, place);

    const given = this.#names.given;
    const subject = new EventSubject(this.#source, event, found);
    checkColumns(event, subject.codes.length, subject.parents.length);
    const { conflicts, rejections } = transition(event, subject);
    if (rejections.length > 0) {
      this.#names.takeBack(given, this.#meta);
      return {
        ...NOTHING,
        rejections: rejections.map(({ row, reason, detail }) => ({
          code: keyToText(subject.key(row)),
          reason,
          detail,
        })),
      };
    }
    return this.#accept(event, subject, conflicts);
  }

  store(): void {
    if (this.#meta.lastEvent === this.#firstEvent) return;
    this.#names.store();
    this.#records.store();
    this.#newKeys.store(this.#store);
    this.#sets.store(this.#store);
    this.#contents.store();
    this.#store.meta.putSync('register', this.#meta);
  }

  /** New codes in key order of which the event says the same: one record is made and stands for all. */
  #load(event: RegisterEvent, load: LoadKeys, place: Place): ApplyResult {
    const meta = this.#meta;
    const { count } = load;
    const first = meta.nextOrdinal;
    if (first + count - 1 > ORDINAL_MAX) throw fullOfCodes(this.#store);
    const one = { ...event, count: 1, keys: packKeys(oneKey(load.keyAt(0)), 0, 1) };
    const subject = new EventSubject(this.#source, one);
    transition(one, subject);
    const document = this.#names.intern('document', event.document, meta);
    const sequence = this.#nextEvent();
    meta.lastEventAt = event.at;
    const { former } = touchedRows(subject, sequence, document);
    addToSets(this.#sets, subject.words, first, first + count);
    if (flagsOf(subject.words[0]) & FLAG.package) meta.packages += count;
    else meta.units += count;
    this.#records.writeAlike(first, count, subject.words);
    this.#newKeys.storeLoad(this.#store, load);
    insertLoad(this.#store, place, load, first);
    for (let i = 0; i + 1 < load.gtinStarts.length; i++) {
      this.#addToGtin(load.gtinAt(load.gtinStarts[i]), first + load.gtinStarts[i], first + load.gtinStarts[i + 1]);
    }
    const ordinals = new Uint32Array(count);
    for (let i = 0; i < count; i++) ordinals[i] = first + i;
    this.#log(event, sequence, { appliedAt: meta.lastAppliedAt, nextOrdinal: first, document, ordinals, former });
    meta.nextOrdinal += count;
    return { ...NOTHING, applied: true, sequence, created: count };
  }

  #nextEvent(): number {
    if (this.#meta.lastEvent >= EVENT_NUMBER_MAX) {
      throw new TamgaError('REGISTER_FULL', { path: this.#store.path, limit: `${EVENT_NUMBER_MAX} events` });
    }
    return ++this.#meta.lastEvent;
  }

  #addToGtin(number: number | null, first: number, until: number): void {
    if (number === null) return;
    const id = this.#names.intern('gtin', String(number).padStart(14, '0'), this.#meta);
    this.#sets.addRange('gtin', id, first, until);
  }

  #log(event: RegisterEvent, sequence: number, undo: UndoParts, conflicts = 0): void {
    this.#store.events.putSync(sequence, packLogged(event, undo.appliedAt), { append: true });
    this.#store.undo.putSync(sequence, packUndo(undo), { append: true });
    this.#store.eventIds.putSync(event.id, idValue(sequence, conflicts));
  }

  #accept(event: RegisterEvent, subject: EventSubject, conflicts: number): ApplyResult {
    const meta = this.#meta;
    const nextOrdinal = meta.nextOrdinal;
    const document = this.#names.intern('document', event.document, meta);
    const sequence = this.#nextEvent();
    meta.lastEventAt = event.at;
    const touched = touchedRows(subject, sequence, document);
    const inDocument = changeSets(this.#store, this.#sets, subject, touched, document);
    this.#countPackages(subject, touched.rows);
    this.#moveContents(subject, touched.rows);
    this.#keep(subject, touched.rows, touched.ordinals);
    this.#createKeys(subject);
    const { ordinals, former, named } = touched;
    const { lastAppliedAt: appliedAt } = meta;
    const undo = { appliedAt, nextOrdinal, document, ordinals, former, named, inDocument };
    this.#log(event, sequence, undo, conflicts);
    meta.nextOrdinal += subject.created;
    let created = 0;
    for (let i = 0; i < touched.rows.length; i++) if (subject.isNew(touched.rows[i]) && named?.[i] !== 0) created++;
    return { ...NOTHING, applied: true, sequence, created, known: subject.codes.length - created, conflicts };
  }

  #countPackages(subject: EventSubject, rows: Uint32Array): void {
    const meta = this.#meta;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const is = flagsOf(subject.words[row * RECORD_WORDS]) & FLAG.package;
      if (subject.isNew(row)) {
        if (is) meta.packages++;
        else meta.units++;
      } else if (is !== (flagsOf(subject.before[row * RECORD_WORDS]) & FLAG.package)) {
        meta.packages += is ? 1 : -1;
        meta.units -= is ? 1 : -1;
      }
    }
  }

  #moveContents(subject: EventSubject, rows: Uint32Array): void {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const at = row * RECORD_WORDS + WORD.parent;
      const from = subject.before[at] >>> 0;
      const to = subject.words[at] >>> 0;
      if (from === to) continue;
      if (from !== 0) this.#contents.remove(from, subject.ordinal(row));
      if (to !== 0) this.#contents.add(to, subject.ordinal(row));
    }
  }

  /** Hands the rows to their pages; rows and ordinals that go on together go in one piece. */
  #keep(subject: EventSubject, rows: Uint32Array, ordinals: Uint32Array): void {
    for (let from = 0; from < rows.length; ) {
      let until = from + 1;
      while (until < rows.length && rows[until] === rows[until - 1] + 1 && ordinals[until] === ordinals[until - 1] + 1)
        until++;
      this.#records.write(ordinals[from], until - from, subject.words, rows[from] * RECORD_WORDS);
      from = until;
    }
  }

  #createKeys(subject: EventSubject): void {
    if (subject.created === 0) return;
    const keys = subject.createdKeys();
    this.#newKeys.append(keys);
    const { sorted, ordinals } = inKeyOrder(keys, this.#meta.nextOrdinal, subject.isLoad);
    insertKeys(this.#store, sorted, ordinals);
    this.#addToGtins(sorted, ordinals);
  }

  #addToGtins(keys: KeyColumn, ordinals: Uint32Array): void {
    const { bytes, offsets } = keys;
    for (let from = 0; from < ordinals.length; ) {
      const start = offsets[from];
      let until = from + 1;
      while (until < ordinals.length && sharesGtin(bytes, start, offsets[until])) until++;
      if (bytes[start] === UNIT_KEY) {
        const number = Buffer.from(bytes.buffer, bytes.byteOffset + start + 1, 6).readUIntBE(0, 6);
        for (let i = from; i < until; ) {
          const start = i++;
          while (i < until && ordinals[i] === ordinals[i - 1] + 1) i++;
          this.#addToGtin(number, ordinals[start], ordinals[i - 1] + 1);
        }
      }
      from = until;
    }
  }
}

const NOTHING: ApplyResult = { applied: false, sequence: 0, created: 0, known: 0, conflicts: 0, rejections: [] };
/** Kind byte of a unit's key, and how long it is with its GTIN. */
const UNIT_KEY = 1;
const UNIT_HEAD = 7;

/** Keys in ascending order with their ordinals, which are in the order of `keys` from `first` on. */
function inKeyOrder(keys: KeyColumn, first: number, isLoad: boolean): { sorted: KeyColumn; ordinals: Uint32Array } {
  const count = keys.offsets.length - 1;
  const ordinals = new Uint32Array(count);
  for (let i = 0; i < count; i++) ordinals[i] = first + i;
  if (isLoad || isAscending(keys)) return { sorted: keys, ordinals };
  const order = ordinals.map((_, i) => i).sort((a, b) => compareKeys(keys, a, keys, b));
  return { sorted: columnOf([...order].map((i) => keyAt(keys, i))), ordinals: order.map((i) => first + i) };
}

function sharesGtin(bytes: Uint8Array, a: number, b: number): boolean {
  for (let i = 0; i < UNIT_HEAD; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

/** Throws a RangeError when an event's parts don't fit together; the transaction is then rolled back. */
function checkColumns({ count, columns }: RegisterEvent, codes: number, parents: number): void {
  if (codes > EVENT_CODES_MAX) throw new RangeError(`an event of ${codes} codes; at most ${EVENT_CODES_MAX} are taken`);
  if (count !== codes) throw new RangeError(`an event of ${count} codes has ${codes} keys`);
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== 1 && column.length !== codes) {
      throw new RangeError(`column ${name} has ${column.length} values for ${codes} codes`);
    }
  }
  if (columns.parent?.some((index) => index >= parents)) throw new RangeError('an event names a parent that it lacks');
}

/** What is found by an event's id: its number and, where there were any, its conflicts. */
function idValue(sequence: number, conflicts: number): Buffer {
  idWords.writeUInt32LE(sequence);
  if (conflicts === 0) return idWord;
  idWords.writeUInt32LE(conflicts, 4);
  return idWords;
}

/** Written by one event at a time; lmdb copies them at once. */
const idWords = Buffer.alloc(8);
const idWord = idWords.subarray(0, 4);

/** What an event that was applied came to. Throws REGISTER_BROKEN. */
export function cameTo(store: Store, id: Uint8Array, undo: Undo): Pick<ApplyResult, 'created' | 'conflicts'> {
  let created = 0;
  for (let i = 0; i < undo.ordinals.length; i++)
    if (undo.ordinals[i]! >= undo.nextOrdinal && undo.isNamed(i)) created++;
  const value = store.eventIds.get(Buffer.from(id));
  return { created, conflicts: value && value.length > 4 ? value.readUInt32LE(4) : 0 };
}
