/**
 * Fingerprint → ordinal, in shared memory: one writer fills it, then any number of threads read.
 *
 * ```
 * slot   | fingerprint word 0 | word 1 | word 2 | ordinal |      16 bytes; ordinal 0: the slot is free
 * ```
 *
 * Open addressing, linear probing. 96 bits of a keyed 128-bit hash: with 10⁸ codes two of them share all 96 bits with a chance of 10⁻¹³,
 * so a match is exact for any practical purpose.
 */

const SLOT_WORDS = 4;
/** Filled share at which a table grows: a miss then probes 2.5 slots on average, which is one cache line. */
const LOAD_MAX = 0.6;

export class FingerprintTable {
  #words: Uint32Array;
  #slots: number;
  #count = 0;

  private constructor(words: Uint32Array) {
    this.#words = words;
    this.#slots = words.length / SLOT_WORDS;
  }

  /** An empty table with room for `count` fingerprints; it grows when there are more. */
  static withRoomFor(count: number): FingerprintTable {
    return new FingerprintTable(FingerprintTable.allocate(count));
  }

  /** Words that a table for `count` fingerprints takes. */
  static wordsFor(count: number): number {
    return Math.max(16, Math.ceil(count / LOAD_MAX)) * SLOT_WORDS;
  }

  /** A table over words that another thread or a file holds; for reading, and for adding when `count` says how many it has. */
  static over(words: Uint32Array, count = 0): FingerprintTable {
    const table = new FingerprintTable(words);
    table.#count = count;
    return table;
  }

  get words(): Uint32Array {
    return this.#words;
  }

  /** Ordinal of the fingerprint `prints[at … at + 2]`; 0 when it isn't there. */
  find(prints: Uint32Array, at: number): number {
    const words = this.#words;
    const slots = this.#slots;
    const p0 = prints[at];
    const p1 = prints[at + 1];
    const p2 = prints[at + 2];
    // The high bits of the product choose the slot, so that the number of slots needs not be a power of two.
    let slot = Math.floor((p0 / 4294967296) * slots);
    for (;;) {
      const s = slot * SLOT_WORDS;
      const ordinal = words[s + 3];
      if (ordinal === 0) return 0;
      if (words[s] === p0 && words[s + 1] === p1 && words[s + 2] === p2) return ordinal;
      if (++slot === slots) slot = 0;
    }
  }

  /** Adds a fingerprint, or gives the ordinal it already has. */
  insert(prints: Uint32Array, at: number, ordinal: number): number {
    if (this.#count + 1 > this.#slots * LOAD_MAX) this.#grow();
    const words = this.#words;
    let slot = Math.floor((prints[at] / 4294967296) * this.#slots);
    for (;;) {
      const s = slot * SLOT_WORDS;
      if (words[s + 3] === 0) {
        words[s] = prints[at];
        words[s + 1] = prints[at + 1];
        words[s + 2] = prints[at + 2];
        // Last: other threads may be reading, and take a slot with an ordinal for a whole one.
        Atomics.store(words, s + 3, ordinal);
        this.#count++;
        return ordinal;
      }
      if (words[s] === prints[at] && words[s + 1] === prints[at + 1] && words[s + 2] === prints[at + 2]) {
        return words[s + 3];
      }
      if (++slot === this.#slots) slot = 0;
    }
  }

  /** Empties the table and keeps its memory. */
  clear(): void {
    this.#words.fill(0);
    this.#count = 0;
  }

  #grow(): void {
    const old = this.#words;
    this.#words = FingerprintTable.allocate(this.#count * 2);
    this.#slots = this.#words.length / SLOT_WORDS;
    this.#count = 0;
    for (let s = 0; s < old.length; s += SLOT_WORDS) if (old[s + 3] !== 0) this.insert(old, s, old[s + 3]);
  }

  private static allocate(count: number): Uint32Array {
    return new Uint32Array(new SharedArrayBuffer(FingerprintTable.wordsFor(count) * 4));
  }
}
