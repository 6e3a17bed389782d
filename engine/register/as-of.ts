/**
 * The register as it was at a past moment: what it held then, not what documents since have said of that time. A moment is the register's
 * own time of applying, which never goes back, so the same question always has the same answer.
 *
 * The register is walked back from now through what each event keeps of the values before it. That costs the codes touched since,
 * in time and (64 bytes each) in memory; codes that are newer than the moment cost nothing.
 */
import { textToKey } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { RoaringBitmap32 } from '../roaring.js';
import { PAGE_CODES } from './limits.js';
import type { NameKind } from './names.js';
import { groupOf, PAGE_WORDS, RECORD_WORDS, type RecordView, stateOf, WORD } from './record.js';
import { readRecords, recordStart } from './record-pages.js';
import { viewOf } from './record-view.js';
import type { Register } from './register.js';
import type { SetKind } from './sets.js';
import { STATE_NUMBER, STATES, type State } from './states.js';
import { type Undo, undoInto } from './undo.js';

/** Which codes: those that fit everything that is given. */
export interface CodeFilter {
  state?: State;
  owner?: string;
  /** 14 digits. */
  gtin?: string;
  series?: string;
  /** Number of a product group. */
  group?: number;
  /** Codes that the document ever named. */
  document?: string;
  /** Text of a package's code: what is directly in it. */
  package?: string;
}

const ORDINAL_END = 2 ** 32;

export class AsOf {
  /** Last event that had been applied; 0: none. */
  readonly sequence: number;
  /** When it was applied, milliseconds since 1970; 0 before the first. */
  readonly appliedAt: number;
  readonly #register: Register;
  /** First ordinal that was not given yet; as long as nothing has happened since, that is any that will be given. */
  #end = ORDINAL_END;
  /** Records that events since have touched, as they were. */
  readonly #past = new Map<number, Int32Array>();
  /** Codes that documents have named since and not before, by document. */
  readonly #named = new Map<number, RoaringBitmap32>();
  /** Event up to which the register has been walked back. */
  #seen: number;

  /** @internal Use {@link Register.asOf}. */
  constructor(register: Register, sequence: number) {
    this.#register = register;
    this.sequence = sequence;
    this.appliedAt = sequence === 0 ? 0 : undoOf(register, sequence).appliedAt;
    this.#seen = sequence;
    this.#walk();
  }

  /** Ordinal of a code's text form; 0 when the register didn't have it. */
  ordinalOf(text: string): number {
    this.#walk();
    const ordinal = this.#register.ordinalOf(textToKey(text));
    return ordinal < this.#end ? ordinal : 0;
  }

  /** Record of a code in its text form; `null` when the register didn't have it. */
  find(text: string): RecordView | null {
    const ordinal = this.ordinalOf(text);
    return ordinal === 0 ? null : this.record(ordinal);
  }

  record(ordinal: number): RecordView {
    return viewOf(ordinal, this.words(ordinal), this.#register.names);
  }

  /** Words of a record; zero for an ordinal not given yet. Good until the next call. */
  words(ordinal: number): Int32Array {
    this.#walk();
    if (ordinal >= this.#end) return new Int32Array(RECORD_WORDS);
    return this.#past.get(ordinal) ?? this.#register.hotWords(ordinal);
  }

  /** Ordinals of the direct contents of a package, ascending. */
  children(ordinal: number): Uint32Array {
    this.#walk();
    const contents = new RoaringBitmap32(this.#register.children(ordinal));
    return this.#then(contents, (words) => words[WORD.parent] >>> 0 === ordinal).toUint32Array();
  }

  /** A set as a roaring bitmap of ordinals; `id` is a state's number, or the number of a name. */
  set(kind: SetKind, id: number): RoaringBitmap32 {
    this.#walk();
    const now = this.#register.set(kind, id);
    switch (kind) {
      case 'state':
        return this.#then(now, (words) => stateOf(words[WORD.head]) === id);
      case 'owner':
        return this.#then(now, (words) => words[WORD.owner] === id);
      case 'series':
        return this.#then(now, (words) => words[WORD.series] === id);
      case 'document':
        now.andNotInPlace(this.#named.get(id) ?? new RoaringBitmap32());
        return this.#cut(now);
      default:
        return this.#cut(now);
    }
  }

  /** The codes that fit a filter; of an empty one: all. */
  select(filter: CodeFilter): RoaringBitmap32 {
    const { names } = this.#register;
    const sets: RoaringBitmap32[] = [];
    if (filter.state !== undefined) sets.push(this.set('state', STATE_NUMBER[filter.state]));
    for (const kind of ['owner', 'gtin', 'series', 'document'] as const) {
      const text = filter[kind];
      if (text !== undefined) sets.push(this.set(kind, names.demand(kind, text)));
    }
    if (filter.package !== undefined) {
      const ordinal = this.ordinalOf(filter.package);
      sets.push(new RoaringBitmap32(ordinal === 0 ? [] : this.children(ordinal)));
    }
    const set = sets.length === 0 ? this.#all() : sets.reduce((all, set) => RoaringBitmap32.and(all, set));
    const { group } = filter;
    return group === undefined ? set : this.where(set, (head) => groupOf(head) === group);
  }

  /** The codes of a set whose first word fits, for what the register keeps no set of. Reads the records of the set, a page at a time. */
  where(set: RoaringBitmap32, fits: (head: number) => boolean): RoaringBitmap32 {
    this.#walk();
    const ordinals = set.toUint32Array();
    const page = new Int32Array(PAGE_WORDS);
    let read = -1;
    let count = 0;
    for (const ordinal of ordinals) {
      const past = this.#past.get(ordinal);
      const number = Math.floor(ordinal / PAGE_CODES);
      if (!past && number !== read) {
        readRecords(this.#register.store, number, page);
        read = number;
      }
      if (fits(past ? past[WORD.head] : page[recordStart(ordinal) + WORD.head])) ordinals[count++] = ordinal;
    }
    return new RoaringBitmap32(ordinals.subarray(0, count));
  }

  /** True when the register, then or since, has met a name of a kind. */
  hasNames(kind: NameKind): boolean {
    return !this.#register.names.all(kind).next().done;
  }

  /** Codes in each state. */
  byState(): Partial<Record<State, number>> {
    const counts: Partial<Record<State, number>> = {};
    STATES.forEach((state, number) => {
      const { size } = this.set('state', number);
      if (size > 0) counts[state] = size;
    });
    return counts;
  }

  #all(): RoaringBitmap32 {
    this.#walk();
    const all = new RoaringBitmap32();
    for (let state = 0; state < STATES.length; state++) all.orInPlace(this.#register.set('state', state));
    return this.#cut(all);
  }

  /** Today's set with everything that events since have touched put back. */
  #then(now: RoaringBitmap32, had: (words: Int32Array) => boolean): RoaringBitmap32 {
    const then = this.#cut(now);
    const added: number[] = [];
    const removed: number[] = [];
    for (const [ordinal, words] of this.#past) (had(words) ? added : removed).push(ordinal);
    then.removeMany(removed);
    then.addMany(added);
    return then;
  }

  #cut(set: RoaringBitmap32): RoaringBitmap32 {
    if (this.#end < ORDINAL_END) set.removeRange(this.#end, ORDINAL_END);
    return set;
  }

  /** Walks back over the events that were applied since the last time. */
  #walk(): void {
    const { lastEvent } = this.#register.view();
    if (lastEvent === this.#seen) return;
    if (this.#end === ORDINAL_END) this.#end = undoOf(this.#register, this.#seen + 1).nextOrdinal;
    const past = new Map<number, Int32Array>();
    for (let sequence = lastEvent; sequence > this.#seen; sequence--) {
      const undo = undoOf(this.#register, sequence);
      for (let i = 0; i < undo.ordinals.length && undo.ordinals[i] < this.#end; i++) {
        const ordinal = undo.ordinals[i];
        if (undo.document !== 0 && undo.isNamed(i) && !undo.wasInDocument(i)) this.#wasNamed(undo.document, ordinal);
        if (this.#past.has(ordinal)) continue;
        let words = past.get(ordinal);
        if (!words) {
          words = Int32Array.from(this.#register.hotWords(ordinal));
          past.set(ordinal, words);
        }
        undoInto(undo, i, words);
      }
    }
    for (const [ordinal, words] of past) this.#past.set(ordinal, words);
    this.#seen = lastEvent;
  }

  #wasNamed(document: number, ordinal: number): void {
    const named = this.#named.get(document) ?? new RoaringBitmap32();
    named.add(ordinal);
    this.#named.set(document, named);
  }
}

/** The last event that the register had applied at a moment, milliseconds since 1970; 0: none yet. */
export function sequenceAt(register: Register, moment: number): number {
  let low = 0;
  let high = register.view().lastEvent;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (undoOf(register, middle).appliedAt <= moment) low = middle;
    else high = middle - 1;
  }
  return low;
}

function undoOf(register: Register, sequence: number): Undo {
  const undo = register.undo(sequence);
  if (!undo) throw new TamgaError('REGISTER_BROKEN', { path: register.path, detail: `event ${sequence} is missing` });
  return undo;
}
