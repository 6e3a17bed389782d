/** What an event is about: the records of the codes it names, of its packages, and of whatever its transition asks for, as rows of words. */
import { TamgaError } from '../errors.js';
import type { Contents } from './contents.js';
import type { RegisterEvent } from './event.js';
import { FewWords } from './few-words.js';
import { findKey, findKeys } from './key-index.js';
import { readKeyPage } from './key-pages.js';
import type { FoundCodes } from './keys-ahead.js';
import { EVENT_CODES_MAX, ORDINAL_MAX, PAGE_CODES } from './limits.js';
import type { NameKind, Names } from './names.js';
import { columnOf, isAscending, type KeyColumn, keyAt, unpackKeys } from './packed-keys.js';
import { FLAG, headOf, RECORD_WORDS } from './record.js';
import type { RecordPages } from './record-pages.js';
import type { Meta, Store } from './store.js';

const SSCC_KEY = 2;

/** Rows of an event of usual size; an event is done with them before the next one begins. */
const SCRATCH = {
  words: new Int32Array(EVENT_CODES_MAX * RECORD_WORDS),
  before: new Int32Array(EVENT_CODES_MAX * RECORD_WORDS),
};

/** Arrays of events of a few codes, by what they are for. */
const FEW = { ordinals: new FewWords(), parents: new FewWords(), codes: new FewWords(), found: new FewWords() };
const NO_KEYS: KeyColumn = { bytes: new Uint8Array(0), offsets: new Uint32Array(1) };

/** What a transition sees and changes. */
export interface Subject {
  /** {@link RECORD_WORDS} words a row, changed in place. {@link row} may replace the array: take it anew behind a call. */
  readonly words: Int32Array;
  /** Row of each of the event's codes. */
  readonly codes: Uint32Array;
  /** Row of each of the event's packages. */
  readonly parents: Uint32Array;
  /** Ordinal of a row; that of a code which the event brings is final when the event is applied. */
  ordinal(row: number): number;
  /** The register had no such code before this event; the row is zero but for {@link FLAG.package}. */
  isNew(row: number): boolean;
  /** Row of any ordinal; the same ordinal gives the same row. */
  row(ordinal: number): number;
  /** Ordinals of the direct contents of a row's package before this event, ascending. */
  contents(row: number): Uint32Array;
  /** Canonical key of a row, for messages. */
  key(row: number): Uint8Array;
  /** Number of a text, given now if it has none; 0 for the empty one. */
  name(kind: NameKind, text: string): number;
  nameText(kind: NameKind, id: number): string | null;
}

/** Everything of a transaction that subjects read from. */
export interface SubjectSource {
  store: Store;
  names: Names;
  meta: Meta;
  records: RecordPages;
  contents: Contents;
}

/** More codes than a register takes. */
export const fullOfCodes = ({ path }: Store): TamgaError =>
  new TamgaError('REGISTER_FULL', { path, limit: `${ORDINAL_MAX} codes` });

/** The subject of one event; see {@link Subject}. */
export class EventSubject implements Subject {
  words: Int32Array;
  /** The words as they were before the event. */
  before: Int32Array;
  readonly codes: Uint32Array;
  readonly parents: Uint32Array;
  /** Number of rows. */
  rows = 0;
  readonly #source: SubjectSource;
  readonly #firstNew: number;
  /** Keys of new codes in the order of their ordinals. */
  readonly #newKeys: Uint8Array[] = [];
  /** All codes are new and ascend, and there are no packages: rows, ordinals and keys are those of the event, one to one. */
  #isLoad = false;
  #ordinals: Uint32Array;
  /** Row of each new code, by ordinal − first new ordinal. */
  readonly #newRows: number[] = [];
  /** Rows by ordinal, of ordinals that were there before; as far as {@link row} had to know them. */
  readonly #rowOf = new Map<number, number>();
  #indexed = 0;
  readonly #codeKeys: KeyColumn;

  /** `ahead`: its codes, when they were looked up before the transaction. */
  constructor(source: SubjectSource, event: RegisterEvent, ahead?: FoundCodes) {
    this.#source = source;
    this.#firstNew = source.meta.nextOrdinal;
    const parentKeys = event.parents.length === 0 ? NO_KEYS : unpackKeys(event.parents);
    this.#codeKeys = ahead?.keys ?? unpackKeys(event.keys);
    const most = parentKeys.offsets.length + this.#codeKeys.offsets.length - 2;
    this.words = zeroed(SCRATCH.words, most * RECORD_WORDS);
    this.before = zeroed(SCRATCH.before, most * RECORD_WORDS);
    this.#ordinals = FEW.ordinals.take(most);
    this.parents = this.#take(parentKeys, FEW.parents, new Map());
    for (const row of this.parents) this.words[row * RECORD_WORDS] |= FLAG.package << 8;
    this.codes = this.#take(this.#codeKeys, FEW.codes, this.#newByText(parentKeys), ahead?.ordinals);
  }

  /** The event brings new codes only, in key order: row i is its code i. */
  get isLoad(): boolean {
    return this.#isLoad;
  }

  ordinal(row: number): number {
    return this.#ordinals[row];
  }

  isNew(row: number): boolean {
    return this.#ordinals[row] >= this.#firstNew;
  }

  row(ordinal: number): number {
    if (ordinal >= this.#firstNew)
      return this.#isLoad ? ordinal - this.#firstNew : this.#newRows[ordinal - this.#firstNew];
    for (; this.#indexed < this.rows; this.#indexed++) this.#rowOf.set(this.#ordinals[this.#indexed], this.#indexed);
    return this.#rowOf.get(ordinal) ?? this.#addKnown(ordinal);
  }

  contents(row: number): Uint32Array {
    return this.isNew(row) ? new Uint32Array(0) : this.#source.contents.of(this.#ordinals[row]);
  }

  key(row: number): Uint8Array {
    const ordinal = this.#ordinals[row];
    if (ordinal >= this.#firstNew && !this.#isLoad) return this.#newKeys[ordinal - this.#firstNew];
    const named = this.codes.indexOf(row);
    if (named >= 0) return keyAt(this.#codeKeys, named);
    return keyAt(readKeyPage(this.#source.store, Math.floor(ordinal / PAGE_CODES)), ordinal % PAGE_CODES);
  }

  name(kind: NameKind, text: string): number {
    return this.#source.names.intern(kind, text, this.#source.meta);
  }

  nameText(kind: NameKind, id: number): string | null {
    return this.#source.names.text(kind, id);
  }

  /** Number of codes and packages that the event brings. */
  get created(): number {
    return this.#isLoad ? this.codes.length : this.#newKeys.length;
  }

  /** Keys of what the event brings, in the order of their ordinals. */
  createdKeys(): KeyColumn {
    return this.#isLoad ? this.#codeKeys : columnOf(this.#newKeys);
  }

  /** Rows of keys; `known` are new codes that this event named already. */
  #take(keys: KeyColumn, few: FewWords, known: Map<string, number>, ahead?: Uint32Array): Uint32Array {
    const count = keys.offsets.length - 1;
    const rows = few.take(count);
    if (count === 0) return rows;
    const found = FEW.found.take(count);
    const ascend = isAscending(keys);
    this.#find(keys, ascend, found, ahead);
    if (ascend && this.rows === 0 && keys === this.#codeKeys && found.every((ordinal) => ordinal === 0)) {
      return this.#load(keys, rows);
    }
    // Keys that ascend are all different, and then nothing has to be remembered; with packages before them they may still be one of those.
    const remembers = !ascend || known.size > 0;
    for (let i = 0; i < count; i++) {
      if (found[i] !== 0) {
        rows[i] = ascend && this.rows === i ? this.#addKnown(found[i]) : this.row(found[i]);
        continue;
      }
      const key = keyAt(keys, i);
      const text = remembers ? Buffer.from(key).toString('latin1') : '';
      const named = remembers ? known.get(text) : undefined;
      rows[i] = named ?? this.#addNew(key);
      if (!ascend) known.set(text, rows[i]);
    }
    return rows;
  }

  /** Ordinals of keys; 0 for new ones. */
  #find(keys: KeyColumn, ascend: boolean, found: Uint32Array, ahead: Uint32Array | undefined): void {
    const { store } = this.#source;
    if (!ahead) findKeys(store, keys, ascend, found);
    // What wasn't found before the transaction may have come since.
    else for (let i = 0; i < found.length; i++) found[i] = ahead[i] || findKey(store, keyAt(keys, i));
  }

  /** Rows of new codes in key order. */
  #load(keys: KeyColumn, rows: Uint32Array): Uint32Array {
    const count = rows.length;
    if (this.#firstNew + count - 1 > ORDINAL_MAX) throw fullOfCodes(this.#source.store);
    for (let i = 0; i < count; i++) {
      rows[i] = i;
      this.#ordinals[i] = this.#firstNew + i;
      if (keys.bytes[keys.offsets[i]] === SSCC_KEY) this.words[i * RECORD_WORDS] = headOf(0, FLAG.package, 0);
    }
    this.rows = count;
    this.#isLoad = true;
    return rows;
  }

  #newByText(keys: KeyColumn): Map<string, number> {
    const known = new Map<string, number>();
    this.parents.forEach((row, i) => {
      if (this.isNew(row)) known.set(Buffer.from(keyAt(keys, i)).toString('latin1'), row);
    });
    return known;
  }

  #addKnown(ordinal: number): number {
    const row = this.#add(ordinal);
    this.#source.records.read(ordinal, this.words, row * RECORD_WORDS);
    this.before.set(this.words.subarray(row * RECORD_WORDS, (row + 1) * RECORD_WORDS), row * RECORD_WORDS);
    return row;
  }

  #addNew(key: Uint8Array): number {
    const ordinal = this.#firstNew + this.#newKeys.length;
    if (ordinal > ORDINAL_MAX) throw fullOfCodes(this.#source.store);
    this.#newKeys.push(key);
    const row = this.#add(ordinal);
    this.#newRows.push(row);
    if (key[0] === SSCC_KEY) this.words[row * RECORD_WORDS] = headOf(0, FLAG.package, 0);
    return row;
  }

  #add(ordinal: number): number {
    const row = this.rows++;
    if (this.rows > this.#ordinals.length) {
      // The scratch is longer than the rows, and what lies behind them is of another event.
      const used = (this.rows - 1) * RECORD_WORDS;
      const room = Math.max(16, this.rows * 2);
      this.words = wider(this.words.subarray(0, used), new Int32Array(room * RECORD_WORDS));
      this.before = wider(this.before.subarray(0, used), new Int32Array(room * RECORD_WORDS));
      this.#ordinals = wider(this.#ordinals, new Uint32Array(room));
    }
    this.#ordinals[row] = ordinal;
    return row;
  }
}

/** The beginning of `scratch`, or an array of its own, all zero. */
function zeroed(scratch: Int32Array, length: number): Int32Array {
  return length > scratch.length ? new Int32Array(length) : scratch.fill(0, 0, length);
}

function wider<T extends Int32Array | Uint32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
