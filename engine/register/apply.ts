/** Applying an event: one transaction that changes records, keys, sets, packages and the log together, or nothing. */
import { TamgaError } from '../errors.js';
import { type Attribute, encodeEvent, NOT_STATED, type RegisterEvent } from './event.js';
import { ORDINAL_MAX } from './limits.js';
import type { Names } from './names.js';
import { unpackKeys } from './packed-keys.js';
import { NewKeys, RecordPages, recordStart } from './pages.js';
import { FLAG, flagsOf, groupOf, headOf, stateOf, WORD } from './record.js';
import { SetChanges } from './sets.js';
import { STATE_NUMBER } from './states.js';
import { type Meta, readMeta, registerError, type Store } from './store.js';

/** Kind byte of a unit's key; everything else but an SSCC is a participant's or an agency's own text. */
const UNIT_KEY = 1;
const SSCC_KEY = 2;
/** States from which a code may be shipped; UNKNOWN because a document may be all that is known of it. */
const SHIPPABLE: ReadonlySet<number> = new Set([STATE_NUMBER.UNKNOWN, STATE_NUMBER.APPLIED, STATE_NUMBER.INTRODUCED]);
/** Deepest package tree that is followed; real ones have three levels. A cycle ends here too. */
export const TREE_DEPTH_MAX = 32;

export interface ApplyResult {
  /** False when this event id was applied before; then nothing changed. */
  applied: boolean;
  sequence: number;
  /** Codes that no event had stated before. */
  created: number;
  /** Codes that an earlier event stated. */
  known: number;
  /** Codes that stay in another package than the event says, would hold themselves, or are in a state that can't be shipped. */
  conflicts: number;
}

/**
 * Applies events durably, in order and in one transaction: when this returns they are on disk. An event whose id was applied before
 * changes nothing. Throws a TamgaError and applies none of them when it can't.
 */
export function applyEvents(store: Store, names: Names, events: readonly RegisterEvent[]): ApplyResult[] {
  try {
    return store.root.transactionSync(() => {
      const transaction = new Transaction(store, names);
      const results = events.map((event) => transaction.apply(event));
      transaction.write();
      return results;
    });
  } catch (error) {
    names.forget();
    throw registerError(store.path, error);
  }
}

/** Pages, sets and packages that several events change are written once. */
class Transaction {
  readonly #meta: Meta;
  readonly #records: RecordPages;
  readonly #sets = new SetChanges();
  readonly #newKeys: NewKeys;
  /** Moves into and out of packages, in order. */
  readonly #children = new Map<number, { ordinal: number; isIn: boolean }[]>();
  readonly #firstEvent: number;
  /** Largest key of a unit. */
  #lastUnit: Buffer | null = null;
  #conflicts = 0;

  constructor(
    readonly store: Store,
    readonly names: Names,
  ) {
    this.#meta = readMeta(store);
    this.#firstEvent = this.#meta.lastEvent;
    this.#records = new RecordPages(store);
    this.#newKeys = new NewKeys(this.#meta.nextOrdinal);
  }

  apply(event: RegisterEvent): ApplyResult {
    const { store } = this;
    const id = Buffer.from(event.id);
    const before = store.eventIds.get(id);
    if (before)
      return {
        applied: false,
        sequence: before.readUInt32LE(0),
        created: 0,
        known: 0,
        conflicts: 0,
      };

    this.#conflicts = 0;
    const parents = this.#ordinals(event.parents, FLAG.package);
    const codes = this.#ordinals(event.keys, 0);
    checkColumns(event, codes.length, parents.length);
    if (event.kind === 'ship') {
      this.#ship(event, this.#withContents(codes));
    } else {
      this.#state(event, codes);
      this.#named(event, codes, 'owner', WORD.owner);
    }
    this.#named(event, codes, 'series', WORD.series);
    this.#word(event, codes, 'expiry', WORD.expiry);
    this.#word(event, codes, 'produced', WORD.produced);
    this.#word(event, codes, 'price', WORD.price);
    this.#parts(event, codes);
    this.#parent(event, codes, parents);
    this.#document(event, codes);

    const sequence = ++this.#meta.lastEvent;
    this.#meta.lastEventAt = event.at;
    let created = 0;
    for (const ordinal of codes) {
      const page = this.#records.page(ordinal);
      const at = recordStart(ordinal) + WORD.lastEvent;
      // A package may have got its ordinal as somebody's parent; it is new until an event states it.
      if (page[at] === 0) created++;
      page[at] = sequence;
    }
    store.events.putSync(sequence, encodeEvent(event), { append: true });
    store.eventIds.putSync(id, ordinalValue(sequence));
    return {
      applied: true,
      sequence,
      created,
      known: codes.length - created,
      conflicts: this.#conflicts,
    };
  }

  write(): void {
    if (this.#meta.lastEvent === this.#firstEvent) return;
    this.#records.write();
    this.#newKeys.write(this.store);
    this.#sets.write(this.store);
    this.#writeChildren();
    this.store.meta.putSync('register', this.#meta);
  }

  /** Ordinals of keys, given now to keys that have none. */
  #ordinals(packed: Uint8Array, flags: number): Uint32Array {
    const { bytes, offsets } = unpackKeys(packed);
    const ordinals = new Uint32Array(offsets.length - 1);
    let gtin = '';
    let gtinId = 0;
    for (let i = 0; i < ordinals.length; i++) {
      const key = Buffer.from(bytes.buffer, bytes.byteOffset + offsets[i], offsets[i + 1] - offsets[i]);
      const isPackage = key[0] === SSCC_KEY || flags === FLAG.package;
      const isUnit = key[0] === UNIT_KEY;
      const index = isUnit ? this.store.units : this.store.packages;
      // A load in key order is behind the last key all the way: there is nothing to look for, and LMDB appends.
      const append = isUnit && this.#isBehindLast(key);
      const known = append ? undefined : index.getBinaryFast(key);
      if (known) {
        ordinals[i] = known.readUInt32LE(0);
        if (flags === FLAG.package) this.#becomesPackage(ordinals[i]);
        continue;
      }
      if (this.#meta.nextOrdinal > ORDINAL_MAX) throw new TamgaError('REGISTER_FULL', { path: this.store.path });
      const ordinal = this.#meta.nextOrdinal++;
      ordinals[i] = ordinal;
      index.putSync(key, ordinalValue(ordinal), { append });
      if (append) this.#lastUnit = key;
      this.#newKeys.push(key);
      if (isPackage) this.#meta.packages++;
      else this.#meta.units++;
      this.#records.page(ordinal)[recordStart(ordinal)] = headOf(0, isPackage ? FLAG.package : 0, 0);
      this.#sets.add('state', 0, ordinal);
      if (isUnit) {
        const own = key.toString('latin1', 1, 7);
        if (own !== gtin) {
          gtin = own;
          gtinId = this.names.intern('gtin', String(key.readUIntBE(1, 6)).padStart(14, '0'), this.#meta);
        }
        this.#sets.add('gtin', gtinId, ordinal);
      }
    }
    return ordinals;
  }

  /** A group pack is coded as a unit is, and a box may have its owner's own code: what holds something is a package. */
  #becomesPackage(ordinal: number): void {
    const page = this.#records.page(ordinal);
    const at = recordStart(ordinal);
    if (flagsOf(page[at]) & FLAG.package) return;
    page[at] = headOf(stateOf(page[at]), flagsOf(page[at]) | FLAG.package, groupOf(page[at]));
    this.#meta.units--;
    this.#meta.packages++;
  }

  #isBehindLast(key: Buffer): boolean {
    if (!this.#lastUnit) {
      const [last] = this.store.units.getKeys({ reverse: true, limit: 1 });
      this.#lastUnit = last ?? Buffer.alloc(0);
    }
    return Buffer.compare(key, this.#lastUnit) > 0;
  }

  #state(event: RegisterEvent, codes: Uint32Array): void {
    const { state, blocked, customs, group } = event.columns;
    if (!state && !blocked && !customs && !group) return;
    for (let i = 0; i < codes.length; i++) {
      const page = this.#records.page(codes[i]);
      const at = recordStart(codes[i]);
      const head = page[at];
      const oldState = stateOf(head);
      const newState = stated(state, i, oldState);
      let flags = flagsOf(head);
      flags = withFlag(flags, FLAG.blocked, stated(blocked, i, flags & FLAG.blocked));
      flags = withFlag(flags, FLAG.customs, stated(customs, i, flags & FLAG.customs));
      page[at] = headOf(newState, flags, stated(group, i, groupOf(head)));
      if (newState !== oldState) {
        this.#sets.remove('state', oldState, codes[i]);
        this.#sets.add('state', newState, codes[i]);
      }
    }
  }

  /** Shipping a package ships what is in it. Only what may move is moved; an owner is named where none was. */
  #ship(event: RegisterEvent, codes: Uint32Array): void {
    const sender = this.names.intern('owner', event.actor, this.#meta);
    for (const ordinal of codes) {
      const page = this.#records.page(ordinal);
      const at = recordStart(ordinal);
      const state = stateOf(page[at]);
      if (SHIPPABLE.has(state)) {
        page[at] = headOf(STATE_NUMBER.SHIPPED, flagsOf(page[at]), groupOf(page[at]));
        this.#sets.remove('state', state, ordinal);
        this.#sets.add('state', STATE_NUMBER.SHIPPED, ordinal);
      } else if (state !== STATE_NUMBER.SHIPPED) {
        this.#conflicts++;
      }
      if (sender !== 0 && page[at + WORD.owner] === 0) {
        page[at + WORD.owner] = sender;
        this.#sets.add('owner', sender, ordinal);
      }
    }
  }

  /** The codes and everything inside those that are packages, to any depth. */
  #withContents(codes: Uint32Array): Uint32Array {
    const reached = new Set<number>(codes);
    // A Set may grow while it is walked, and visits what was added: breadth first, each code once.
    for (const ordinal of reached) {
      if (!(flagsOf(this.#records.page(ordinal)[recordStart(ordinal)]) & FLAG.package)) continue;
      for (const child of this.#contents(ordinal)) reached.add(child);
    }
    return Uint32Array.from(reached);
  }

  #word(event: RegisterEvent, codes: Uint32Array, attribute: Attribute, word: number): void {
    const column = event.columns[attribute];
    if (!column) return;
    for (let i = 0; i < codes.length; i++) {
      const at = recordStart(codes[i]) + word;
      const page = this.#records.page(codes[i]);
      page[at] = stated(column, i, page[at]);
    }
  }

  #parts(event: RegisterEvent, codes: Uint32Array): void {
    const { inner, sold } = event.columns;
    if (!inner && !sold) return;
    for (let i = 0; i < codes.length; i++) {
      const at = recordStart(codes[i]) + WORD.parts;
      const page = this.#records.page(codes[i]);
      const old = page[at];
      page[at] = (stated(inner, i, old & 0xffff) & 0xffff) | (stated(sold, i, old >>> 16) << 16);
    }
  }

  #named(event: RegisterEvent, codes: Uint32Array, attribute: 'owner' | 'series', word: number): void {
    const column = event.columns[attribute];
    if (!column) return;
    const ids: number[] = [];
    for (let i = 0; i < codes.length; i++) {
      const index = stated(column, i, NOT_STATED);
      if (index === NOT_STATED) continue;
      const at = recordStart(codes[i]) + word;
      const page = this.#records.page(codes[i]);
      ids[index] ??= this.names.intern(attribute, event.texts[index] ?? '', this.#meta);
      const id = ids[index];
      if (page[at] === id) continue;
      if (page[at] !== 0) this.#sets.remove(attribute, page[at], codes[i]);
      if (id !== 0) this.#sets.add(attribute, id, codes[i]);
      page[at] = id;
    }
  }

  #parent(event: RegisterEvent, codes: Uint32Array, parents: Uint32Array): void {
    const column = event.columns.parent;
    if (!column) return;
    for (let i = 0; i < codes.length; i++) {
      const index = stated(column, i, NOT_STATED);
      if (index === NOT_STATED) continue;
      const parent = index < 0 ? 0 : parents[index];
      const page = this.#records.page(codes[i]);
      const at = recordStart(codes[i]) + WORD.parent;
      const old = page[at];
      if (old === parent) continue;
      // What the maker registered stands; an aggregation that says otherwise is a finding (S0-9).
      if ((event.kind === 'aggregate' && old !== 0) || this.#holds(codes[i], parent)) {
        this.#conflicts++;
        continue;
      }
      if (old !== 0) this.#moved(old, codes[i], false);
      if (parent !== 0) this.#moved(parent, codes[i], true);
      page[at] = parent;
    }
  }

  /** True when `code` is `inside` or stands above it, so that putting it inside would make a cycle; or when that is too deep to tell. */
  #holds(code: number, inside: number): boolean {
    let at = inside;
    for (let depth = 0; at !== 0 && depth < TREE_DEPTH_MAX; depth++) {
      if (at === code) return true;
      at = this.#records.page(at)[recordStart(at) + WORD.parent];
    }
    return at !== 0;
  }

  #document(event: RegisterEvent, codes: Uint32Array): void {
    if (event.document === '') return;
    const id = this.names.intern('document', event.document, this.#meta);
    for (const ordinal of codes) {
      this.#records.page(ordinal)[recordStart(ordinal) + WORD.document] = id;
      this.#sets.add('document', id, ordinal);
    }
  }

  #moved(parent: number, ordinal: number, isIn: boolean): void {
    const moves = this.#children.get(parent);
    if (moves) moves.push({ ordinal, isIn });
    else this.#children.set(parent, [{ ordinal, isIn }]);
  }

  /** What is directly in a package now, this transaction's changes included. */
  #contents(parent: number): Set<number> {
    const stored = this.store.children.get(parent);
    const contents = new Set<number>(stored ? new Uint32Array(Uint8Array.from(stored).buffer) : []);
    for (const { ordinal, isIn } of this.#children.get(parent) ?? []) {
      if (isIn) contents.add(ordinal);
      else contents.delete(ordinal);
    }
    return contents;
  }

  #writeChildren(): void {
    for (const parent of this.#children.keys()) {
      const sorted = Uint32Array.from(this.#contents(parent)).sort();
      if (sorted.length === 0) this.store.children.removeSync(parent);
      else this.store.children.putSync(parent, Buffer.from(sorted.buffer));
    }
  }
}

/** Throws a RangeError when an event's parts don't fit together; the transaction is then rolled back. */
function checkColumns({ count, columns }: RegisterEvent, codes: number, parents: number): void {
  if (count !== codes) throw new RangeError(`an event of ${count} codes has ${codes} keys`);
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== 1 && column.length !== codes) {
      throw new RangeError(`column ${name} has ${column.length} values for ${codes} codes`);
    }
  }
  if (columns.parent?.some((index) => index >= parents)) throw new RangeError('an event names a parent that it lacks');
}

/** The value a column states for code i, or `otherwise`. */
function stated(column: Int32Array | undefined, i: number, otherwise: number): number {
  if (!column) return otherwise;
  const value = column.length === 1 ? column[0] : column[i];
  return value === NOT_STATED ? otherwise : value;
}

const withFlag = (flags: number, flag: number, on: number): number => (on ? flags | flag : flags & ~flag);

function ordinalValue(ordinal: number): Buffer {
  const value = Buffer.allocUnsafe(4);
  value.writeUInt32LE(ordinal);
  return value;
}
