// States of MAC keys in the memory of a core: what a primitive makes of a secret once, so that a message costs no set-up.
import type { CoreExports } from '../module.js';
import type { Arena, Region } from './arena.js';
import type { KeyRing } from './key-ring.js';
import { ALGORITHMS } from './ring-layout.js';
import type { MacAlgorithm } from './tail-key.js';

export class MacStates {
  readonly #core: CoreExports;
  readonly #arena: Arena;
  readonly #ring: KeyRing;
  readonly #states = new Map<number, Region>();
  #scratch: Region | undefined;

  constructor(core: CoreExports, arena: Arena, ring: KeyRing) {
    this.#core = core;
    this.#arena = arena;
    this.#ring = ring;
  }

  /** State of a key whose secret the ring has, and the scratch that checks with it need. */
  of(key: number, algorithm: MacAlgorithm): { state: Region; scratch: Region } {
    this.#scratch ??= this.#arena.allocate(this.#core.macScratchBytes());
    let state = this.#states.get(key);
    if (state === undefined) {
      state = this.#prepare(key, algorithm);
      this.#states.set(key, state);
    }
    return { state, scratch: this.#scratch };
  }

  /** Overwrites states, and the MACs that scratch holds, with zeros. */
  drop(): void {
    for (const state of this.#states.values()) this.#arena.free(state);
    this.#states.clear();
    if (this.#scratch !== undefined) this.#arena.free(this.#scratch);
    this.#scratch = undefined;
  }

  #prepare(key: number, algorithm: MacAlgorithm): Region {
    const secret = this.#ring.secret(key);
    if (secret === undefined) throw new Error(`key ${key} of the ring has no secret`);
    const core = this.#core;
    const state = this.#arena.allocate(core.macStateBytes(algorithmNumber(algorithm)));
    // The secret stands in memory only while the state is made of it.
    const raw = this.#arena.allocate(secret.length);
    new Uint8Array(core.memory.buffer, raw.at, secret.length).set(secret);
    core.prepareMac(algorithmNumber(algorithm), raw.at, secret.length, state.at);
    this.#arena.free(raw);
    return state;
  }
}

function algorithmNumber(algorithm: MacAlgorithm): number {
  return ALGORITHMS.indexOf(algorithm);
}
