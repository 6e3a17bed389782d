// Tables of curves and public keys in the memory of a core. A key's table makes its checks fast and costs megabytes, so that
// the ones used last are kept and the others given back when the budget is spent.
import type { CoreExports } from '../module.js';
import type { Arena, Region } from './arena.js';
import { curveNumber } from './curve-number.js';
import type { SignatureKey } from './tail-key.js';

export interface PreparedKey {
  readonly curve: Region;
  readonly table: Region;
  readonly scratch: Region;
}

export class SignatureTables {
  readonly #core: CoreExports;
  readonly #arena: Arena;
  readonly #budget: number;
  readonly #curves = new Map<number, Region>();
  /** By key, the one used longest ago first; null for a public key that is none. */
  readonly #keys = new Map<SignatureKey, Region | null>();
  #scratch: Region | undefined;

  constructor(core: CoreExports, arena: Arena, budget: number) {
    this.#core = core;
    this.#arena = arena;
    this.#budget = budget;
  }

  /** What a check of `count` signatures needs; undefined when the public key is no point of its curve. */
  of(key: SignatureKey, _count: number): PreparedKey | undefined {
    const number = curveNumber(key);
    const curve = this.#curveTable(number);
    const scratch = this.#scratchOf(this.#core.signatureScratchBytes(number));
    let table = this.#keys.get(key);
    if (table === undefined) table = this.#prepare(key, number);
    this.#keys.delete(key);
    this.#keys.set(key, table);
    return table === null ? undefined : { curve, table, scratch };
  }

  /** Keys that have a table now. */
  get cached(): number {
    return [...this.#keys.values()].filter((table) => table !== null).length;
  }

  /** Gives the tables of keys and the scratch back; those of curves stay. */
  drop(): void {
    for (const table of this.#keys.values()) if (table !== null) this.#arena.free(table);
    this.#keys.clear();
    if (this.#scratch !== undefined) this.#arena.free(this.#scratch);
    this.#scratch = undefined;
  }

  #prepare(key: SignatureKey, curve: number): Region | null {
    const size = this.#core.keyTableBytes(curve);
    this.#makeRoom(size);
    const table = this.#arena.allocate(size);
    const point = this.#arena.allocate(64);
    const bytes = new Uint8Array(this.#core.memory.buffer, point.at, 64);
    bytes.set(key.publicKey.x);
    bytes.set(key.publicKey.y, 32);
    const valid = this.#core.prepareKey(curve, point.at, table.at, this.#scratch!.at) !== 0;
    this.#arena.free(point);
    if (valid) return table;
    this.#arena.free(table);
    return null;
  }

  /** Gives back the tables used longest ago until `size` bytes more are within the budget, or none is left. */
  #makeRoom(size: number): void {
    for (const [key, table] of this.#keys) {
      if (this.#arena.used + size <= this.#budget) return;
      if (table === null) continue;
      this.#arena.free(table);
      this.#keys.delete(key);
    }
  }

  #curveTable(curve: number): Region {
    let table = this.#curves.get(curve);
    if (table === undefined) {
      table = this.#arena.allocate(this.#core.curveTableBytes(curve));
      this.#curves.set(curve, table);
      this.#core.prepareCurve(curve, table.at);
    }
    return table;
  }

  #scratchOf(size: number): Region {
    if (this.#scratch !== undefined && this.#scratch.size >= size) return this.#scratch;
    if (this.#scratch !== undefined) this.#arena.free(this.#scratch);
    this.#scratch = this.#arena.allocate(size);
    return this.#scratch;
  }
}
