// Tables of curves and public keys in the memory of a core. A key's table makes its checks fast and takes half a megabyte, so
// that the ones used last are kept and the others given back when the budget is spent.
import type { CoreExports, Layout } from '../module.js';
import type { Arena, Region } from './arena.js';
import { curveNumber } from './curve-number.js';
import type { SignatureKey } from './tail-key.js';

/** What of a key its table depends on. Keys are told apart by identity. */
export type TableKey = Pick<SignatureKey, 'algorithm' | 'curve' | 'publicKey'>;

export interface PreparedKey {
  readonly curve: Region;
  readonly table: Region;
  readonly scratch: Region;
}

interface Entry {
  /** Undefined for a public key that is none. */
  readonly table: Region | undefined;
  readonly large: boolean;
  /** Signatures that were checked with the table. */
  checked: number;
}

/**
 * A large table takes a millisecond more to build than a small one, and saves some three microseconds a signature. Until a
 * key has had as many signatures as that pays for, it has a small table.
 */
const LARGE_FROM = 350;

export class SignatureTables {
  readonly #core: CoreExports;
  readonly #layout: Layout;
  readonly #arena: Arena;
  readonly #budget: number;
  readonly #curves = new Map<number, Region>();
  /** The one used longest ago first. */
  readonly #keys = new Map<TableKey, Entry>();
  #scratch: Region | undefined;

  constructor(core: CoreExports, layout: Layout, arena: Arena, budget: number) {
    this.#core = core;
    this.#layout = layout;
    this.#arena = arena;
    this.#budget = budget;
  }

  /** What a check of `count` signatures needs; undefined when the public key is no point of its curve that could be one. */
  of(key: TableKey, count: number): PreparedKey | undefined {
    const number = curveNumber(key);
    const scratch = this.#scratchForAll();
    const curve = this.#curveTable(number, scratch);
    let entry = this.#keys.get(key);
    const checked = (entry?.checked ?? 0) + count;
    if (entry === undefined || (!entry.large && entry.table !== undefined && checked >= LARGE_FROM)) {
      this.forget(key);
      entry = this.#prepare(key, number, checked >= LARGE_FROM, scratch);
    }
    entry.checked = checked;
    this.#keys.delete(key);
    this.#keys.set(key, entry);
    return entry.table && { curve, table: entry.table, scratch };
  }

  /** Keys that have a table now. */
  get cached(): number {
    return [...this.#keys.values()].filter(({ table }) => table !== undefined).length;
  }

  /** Gives a key's table back. */
  forget(key: TableKey): void {
    const table = this.#keys.get(key)?.table;
    if (table !== undefined) this.#arena.free(table);
    this.#keys.delete(key);
  }

  /** Gives the tables of keys and the scratch back; those of curves stay. */
  drop(): void {
    for (const key of [...this.#keys.keys()]) this.forget(key);
    if (this.#scratch !== undefined) this.#arena.free(this.#scratch);
    this.#scratch = undefined;
  }

  #prepare(key: TableKey, curve: number, large: boolean, scratch: Region): Entry {
    const kind = large ? this.#layout.KEY_TABLE_LARGE : this.#layout.KEY_TABLE_SMALL;
    const size = this.#core.keyTableBytes(kind);
    this.#makeRoom(size);
    const table = this.#arena.allocate(size);
    const point = this.#arena.allocate(64);
    const bytes = new Uint8Array(this.#core.memory.buffer, point.at, 64);
    bytes.set(key.publicKey.x);
    bytes.set(key.publicKey.y, 32);
    const valid = this.#core.prepareKey(curve, point.at, table.at, kind, scratch.at) !== 0;
    this.#arena.free(point);
    if (valid) return { table, large, checked: 0 };
    this.#arena.free(table);
    return { table: undefined, large, checked: 0 };
  }

  /** Gives back the tables used longest ago until `size` bytes more are within the budget, or none is left. */
  #makeRoom(size: number): void {
    for (const [key, { table }] of this.#keys) {
      if (this.#arena.used + size <= this.#budget) return;
      if (table !== undefined) this.forget(key);
    }
  }

  #curveTable(curve: number, scratch: Region): Region {
    let table = this.#curves.get(curve);
    if (table === undefined) {
      table = this.#arena.allocate(this.#core.curveTableBytes());
      this.#curves.set(curve, table);
      this.#core.prepareCurve(curve, table.at, scratch.at);
    }
    return table;
  }

  #scratchForAll(): Region {
    const size = Math.max(this.#core.signatureScratchBytes(), this.#core.prepareScratchBytes());
    if (this.#scratch !== undefined && this.#scratch.size >= size) return this.#scratch;
    if (this.#scratch !== undefined) this.#arena.free(this.#scratch);
    this.#scratch = this.#arena.allocate(size);
    return this.#scratch;
  }
}
