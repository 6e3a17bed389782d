// The check of tails of one core: which ring its memory holds, tables and states of that ring's keys, and the crossings of a
// batch: one to group its rows by key, and one for each key that it meets.
import type { CoreExports } from '../module.js';
import type { Arena, Region } from './arena.js';
import type { CryptoRoom } from './crypto-core.js';
import type { KeyRing } from './key-ring.js';
import { MacStates } from './mac-states.js';
import { ringImage } from './ring-image.js';
import type { SignatureTables, TableKey } from './signature-tables.js';
import { isMacKey } from './tail-key.js';

const GROUP_WORDS = 3;

export class TailVerifier {
  readonly #core: CoreExports;
  readonly #arena: Arena;
  readonly #tables: SignatureTables;
  #ring: KeyRing | undefined;
  #image: Region | undefined;
  #macs: MacStates | undefined;

  constructor(core: CoreExports, arena: Arena, tables: SignatureTables) {
    this.#core = core;
    this.#arena = arena;
    this.#tables = tables;
  }

  /**
   * Numbers of results for the rows of a batch, at a moment in milliseconds since 1970. The batch stays as it is.
   * @throws Error when the ring is unloaded.
   */
  verify({ rows, inputStart, work }: CryptoRoom, ring: KeyRing, at: number): Uint8Array {
    this.#load(ring);
    const workspace = work(this.#core.tailWorkBytes(rows, ring.keys.length));
    let count = this.#core.beginTails(rows, inputStart, this.#image!.at, at, workspace);
    while (count > 0) {
      const groups = new Uint32Array(this.#core.memory.buffer, this.#core.tailGroups(), count * GROUP_WORDS).slice();
      for (let i = 0; i < groups.length; i += GROUP_WORDS) {
        this.#verifyGroup(ring, groups[i]!, groups[i + 1]!, groups[i + 2]!, inputStart);
      }
      count = this.#core.nextTails(this.#image!.at, at);
    }
    return new Uint8Array(this.#core.memory.buffer, workspace, rows).slice();
  }

  /** True when the public key of a signature key is a point of its curve, and of prime order. */
  isPublicKey(key: TableKey): boolean {
    const found = this.#tables.of(key, 1) !== undefined;
    this.#tables.forget(key);
    return found;
  }

  /** Keys whose tables stand ready, and the bytes that tables, states and scratch take. */
  get memory(): { tables: number; bytes: number } {
    return { tables: this.#tables.cached, bytes: this.#arena.used };
  }

  /** Overwrites everything that came from the ring with zeros. */
  drop(): void {
    this.#ring?.offUnload(this.#drop);
    this.#ring = undefined;
    this.#macs?.drop();
    this.#macs = undefined;
    this.#tables.drop();
    if (this.#image !== undefined) this.#arena.free(this.#image);
    this.#image = undefined;
  }

  readonly #drop = (): void => this.drop();

  #load(ring: KeyRing): void {
    if (this.#ring === ring) return;
    this.drop();
    ring.onUnload(this.#drop);
    this.#ring = ring;
    const bytes = ringImage(ring.keys, (key) => ring.isUsable(key));
    this.#image = this.#arena.allocate(bytes.length);
    new Uint8Array(this.#core.memory.buffer, this.#image.at, bytes.length).set(bytes);
    this.#macs = new MacStates(this.#core, this.#arena, ring);
  }

  #verifyGroup(ring: KeyRing, key: number, first: number, count: number, input: number): void {
    const definition = ring.keys[key]!;
    if (isMacKey(definition)) {
      const { state, scratch } = this.#macs!.of(key, definition.algorithm);
      this.#core.verifyMacs(this.#image!.at, key, first, count, input, state.at, scratch.at);
      return;
    }
    const tables = this.#tables.of(definition, count);
    if (tables === undefined) {
      this.#core.failGroup(first, count);
      return;
    }
    const { curve, table, scratch } = tables;
    this.#core.verifySignatures(this.#image!.at, key, first, count, input, curve.at, table.at, scratch.at);
  }
}
