// Tables of curves and public keys in the memory of a core. A key's table makes its checks fast and costs half a megabyte, so
// that a key gets a small one first and the large one when it is used often, and the tables used longest ago are given back
// when the budget is spent.
import type { CoreExports } from '../module.js';
import type { Arena, Region } from './arena.js';

/** A public key as tables know it: the number of its curve, and two numbers of 32 bytes, most significant byte first. */
export interface TableKey {
  readonly curve: number;
  readonly x: Uint8Array;
  readonly y: Uint8Array;
}

/** Where a check of signatures finds what it needs; good until memory is asked for again. */
export interface PreparedKey {
  readonly curve: Region;
  readonly table: Region;
  readonly scratch: Region;
}

/** Kinds of tables: KEY_TABLE_SMALL and KEY_TABLE_LARGE of core/assembly/crypto/keys.ts. */
const SMALL = 0;
const LARGE = 1;

/**
 * Signatures of a key after which a large table pays: making it takes as long as some 200 checks with a small one, which it then
 * halves. See bench/crypto.
 */
const LARGE_AFTER = 256;

interface Entry {
  /** null: the public key is none. */
  table: Region | null;
  kind: number;
  /** Signatures asked for so far. */
  used: number;
}

export class SignatureTables {
  readonly #core: CoreExports;
  readonly #arena: Arena;
  readonly #budget: number;
  readonly #curves = new Map<number, Region>();
  /** The one used longest ago first. */
  readonly #entries = new Map<TableKey, Entry>();
  #scratch: Region | undefined;

  /** `budget`: bytes that the arena may have in use before tables of keys are given back. */
  constructor(core: CoreExports, arena: Arena, budget: number) {
    this.#core = core;
    this.#arena = arena;
    this.#budget = budget;
  }

  /**
   * What a check of `count` signatures needs; undefined when the public key is no point of its curve. Keys are known by identity:
   * pass the same object for the same key.
   */
  of(key: TableKey, count: number): PreparedKey | undefined {
    const scratch = this.#scratchRegion();
    const curve = this.#curveTable(key.curve);
    const entry = this.#entries.get(key) ?? { table: null, kind: -1, used: 0 };
    // Taken out and put in again it is the one used last, and is not given back to make room for itself.
    this.#entries.delete(key);
    entry.used += count;
    const wanted = entry.used >= LARGE_AFTER ? LARGE : SMALL;
    if (entry.kind < 0 || (entry.table !== null && entry.kind < wanted)) this.#prepare(key, entry, wanted);
    this.#entries.set(key, entry);
    return entry.table === null ? undefined : { curve, table: entry.table, scratch };
  }

  /** Keys that have a table now. */
  get cached(): number {
    return [...this.#entries.values()].filter(({ table }) => table !== null).length;
  }

  /** Gives the tables of keys and the scratch back; those of curves, which depend on no key, stay. */
  drop(): void {
    for (const { table } of this.#entries.values()) if (table !== null) this.#arena.free(table);
    this.#entries.clear();
    if (this.#scratch !== undefined) this.#arena.free(this.#scratch);
    this.#scratch = undefined;
  }

  #prepare(key: TableKey, entry: Entry, kind: number): void {
    if (entry.table !== null) this.#arena.free(entry.table);
    entry.table = null;
    entry.kind = kind;
    const size = this.#core.keyTableBytes(kind);
    this.#makeRoom(size);
    const table = this.#arena.allocate(size);
    const scratch = this.#scratchRegion().at;
    const point = this.#arena.allocate(64);
    const bytes = new Uint8Array(this.#core.memory.buffer, point.at, 64);
    bytes.set(key.x);
    bytes.set(key.y, 32);
    const isKey = this.#core.prepareKey(key.curve, point.at, table.at, kind, scratch) !== 0;
    this.#arena.free(point);
    if (isKey) entry.table = table;
    else this.#arena.free(table);
  }

  /** Gives back the tables used longest ago until `size` bytes more are within the budget, or none is left. */
  #makeRoom(size: number): void {
    for (const [key, { table }] of this.#entries) {
      if (this.#arena.used + size <= this.#budget) return;
      if (table === null) continue;
      this.#arena.free(table);
      this.#entries.delete(key);
    }
  }

  #curveTable(curve: number): Region {
    let table = this.#curves.get(curve);
    if (table === undefined) {
      const size = this.#core.curveTableBytes();
      this.#makeRoom(size);
      table = this.#arena.allocate(size);
      this.#core.prepareCurve(curve, table.at, this.#scratchRegion().at);
      this.#curves.set(curve, table);
    }
    return table;
  }

  #scratchRegion(): Region {
    this.#scratch ??= this.#arena.allocate(this.#core.signatureScratchBytes());
    return this.#scratch;
  }
}
