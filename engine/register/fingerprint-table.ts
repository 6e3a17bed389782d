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

/** Fingerprints whose slots are on their way to the cache at once: 16 KiB of it, half of the nearest. */
const FIND_AHEAD = 256;
const slotsAhead = new Float64Array(FIND_AHEAD + 1);

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

  get slots(): number {
    return this.#slots;
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

  /** Takes note of fingerprints that were written into {@link words} by others. */
  counted(count: number): void {
    this.#count = count;
  }

  /**
   * Ordinals of `count` fingerprints, four words each, into `ordinals` from `at` on; 0 where there is none. Slots are touched some hundreds
   * at a time before they are compared, so that the processor waits for many cache misses at once and not for one after the other.
   */
  findMany(prints: Uint32Array, count: number, ordinals: Uint32Array, at: number): void {
    const words = this.#words;
    const scale = this.#slots / 4294967296;
    const end = words.length;
    let touched = 0;
    for (let first = 0; first < count; first += FIND_AHEAD) {
      const until = Math.min(count, first + FIND_AHEAD);
      for (let i = first; i < until; i++) {
        const s = Math.floor(prints[i * 4] * scale) * SLOT_WORDS;
        slotsAhead[i - first] = s;
        touched ^= words[s + 3];
      }
      for (let i = first; i < until; i++) {
        const p0 = prints[i * 4];
        const p1 = prints[i * 4 + 1];
        const p2 = prints[i * 4 + 2];
        let s = slotsAhead[i - first];
        let ordinal = words[s + 3];
        while (ordinal !== 0 && (words[s] !== p0 || words[s + 1] !== p1 || words[s + 2] !== p2)) {
          s += SLOT_WORDS;
          if (s === end) s = 0;
          ordinal = words[s + 3];
        }
        ordinals[at + i] = ordinal;
      }
    }
    // Kept, so that the touching is not optimized away.
    slotsAhead[FIND_AHEAD] = touched;
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

  /**
   * Adds fingerprints [0, count), none of which is in the table, with the ordinals that count on from `first`; where nobody reads yet, and
   * there is room for all. Slots are touched ahead, as in {@link findMany}.
   */
  fill(prints: Uint32Array, from: number, until: number, first: number): void {
    if (this.#count + until - from > this.#slots * LOAD_MAX + 1)
      throw new RangeError('a table is filled beyond its room');
    const words = this.#words;
    const scale = this.#slots / 4294967296;
    const end = words.length;
    let touched = 0;
    for (let start = from; start < until; start += FIND_AHEAD) {
      const stop = Math.min(until, start + FIND_AHEAD);
      for (let i = start; i < stop; i++) {
        const s = Math.floor(prints[i * 4] * scale) * SLOT_WORDS;
        slotsAhead[i - start] = s;
        touched ^= words[s + 3];
      }
      for (let i = start; i < stop; i++) {
        let s = slotsAhead[i - start];
        while (words[s + 3] !== 0) {
          s += SLOT_WORDS;
          if (s === end) s = 0;
        }
        words[s] = prints[i * 4];
        words[s + 1] = prints[i * 4 + 1];
        words[s + 2] = prints[i * 4 + 2];
        words[s + 3] = first + i - from;
      }
    }
    slotsAhead[FIND_AHEAD] = touched;
    this.#count += until - from;
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
