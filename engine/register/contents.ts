/** Direct contents of packages: `| checksum 4 | ordinals ascending, 4 bytes each |` by the package's ordinal. */
import { CHECKSUM_BYTES, sealed, unsealed } from './checksum.js';
import type { Store } from './store.js';

/** Ordinals of the direct contents of a package, ascending. Throws REGISTER_BROKEN. */
export function readContents(store: Store, parent: number): Uint32Array {
  const stored = store.children.getBinary(parent);
  if (!stored) return new Uint32Array(0);
  const list = unsealed(stored, store.path, `contents of package ${parent}`);
  return new Uint32Array(Uint8Array.from(list).buffer);
}

/** Moves into and out of packages that a transaction makes; lists are written once at its end. */
export class Contents {
  readonly #store: Store;
  /** Moves of each package in order: an ordinal that came, or its negative for one that went. */
  readonly #moves = new Map<number, number[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  add(parent: number, ordinal: number): void {
    this.#push(parent, ordinal);
  }

  remove(parent: number, ordinal: number): void {
    this.#push(parent, -ordinal);
  }

  /** What is directly in a package now, this transaction's moves included; ascending. */
  of(parent: number): Uint32Array {
    const stored = readContents(this.#store, parent);
    const moves = this.#moves.get(parent);
    if (!moves) return stored;
    if (isBehind(moves, stored)) {
      const list = new Uint32Array(stored.length + moves.length);
      list.set(stored);
      list.set(moves, stored.length);
      return list;
    }
    const set = new Set<number>(stored);
    for (const move of moves) {
      if (move > 0) set.add(move);
      else set.delete(-move);
    }
    return Uint32Array.from(set).sort();
  }

  store(): void {
    for (const parent of [...this.#moves.keys()].sort((a, b) => a - b)) {
      const list = this.of(parent);
      if (list.length === 0) {
        this.#store.children.removeSync(parent);
        continue;
      }
      const value = Buffer.allocUnsafe(CHECKSUM_BYTES + list.byteLength);
      value.set(new Uint8Array(list.buffer), CHECKSUM_BYTES);
      this.#store.children.putSync(parent, sealed(value, value.length));
    }
  }

  #push(parent: number, move: number): void {
    const moves = this.#moves.get(parent);
    if (moves) moves.push(move);
    else this.#moves.set(parent, [move]);
  }
}

/** True when every move is a new ordinal behind those before it, as in a load. */
function isBehind(moves: readonly number[], stored: Uint32Array): boolean {
  let last = stored.length === 0 ? 0 : stored[stored.length - 1];
  for (const move of moves) {
    if (move <= last) return false;
    last = move;
  }
  return true;
}
