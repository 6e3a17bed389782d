/**
 * Ordinals of an event's codes, looked up before its transaction begins: a key keeps its ordinal for ever, so what is found stays right whoever
 * commits meanwhile. Only what is not found has to be looked for again inside.
 */
import { findInBlock } from './key-blocks.js';
import { blockOf } from './key-index.js';
import { type KeyColumn, keyAt, unpackKeys } from './packed-keys.js';
import type { Store } from './store.js';

/** Events of more codes walk the index in order, which is faster. */
export const AHEAD_CODES_MAX = 4;
/** Blocks that are remembered: 4 MB. Codes of one delivery stand in few blocks and are sold one by one. */
const BLOCKS = 4_096;
/** Codes that differ in their last two characters are likely in one block. */
const TAIL_BYTES = 2;

/** Codes of an event, with their ordinals as far as they were found. */
export interface FoundCodes {
  keys: KeyColumn;
  /** 0 for one that was not found. */
  ordinals: Uint32Array;
}

export class KeysAhead {
  readonly #store: Store;
  /** Blocks as they were when they were read, committed. A key that is not in one may have come since. */
  readonly #blocks: (Buffer | undefined)[] = new Array<Buffer | undefined>(BLOCKS).fill(undefined);

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Looks packed keys up; `undefined` when they are too many to be looked for one by one. Only outside a write transaction.
   * Throws REGISTER_BROKEN, and a RangeError for what are no packed keys.
   */
  find(packed: Uint8Array, count: number): FoundCodes | undefined {
    if (count > AHEAD_CODES_MAX) return undefined;
    const keys = unpackKeys(packed);
    const ordinals = new Uint32Array(keys.offsets.length - 1);
    for (let i = 0; i < ordinals.length; i++) ordinals[i] = this.#ordinalOf(keyAt(keys, i));
    return { keys, ordinals };
  }

  #ordinalOf(key: Uint8Array): number {
    const place = placeOf(key);
    const remembered = this.#blocks[place];
    const known = remembered ? findInBlock(remembered, key) : 0;
    if (known !== 0) return known;
    const block = blockOf(this.#store, key);
    const ordinal = block ? findInBlock(block, key) : 0;
    if (ordinal !== 0) this.#blocks[place] = block;
    return ordinal;
  }
}

/** FNV-1a of all but the end of a key. */
function placeOf(key: Uint8Array): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < key.length - TAIL_BYTES; i++) hash = Math.imul(hash ^ key[i], 0x0100_0193);
  return (hash ^ (hash >>> 15)) & (BLOCKS - 1);
}
