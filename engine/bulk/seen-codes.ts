/**
 * Which codes a run has met: one bit an ordinal, so that those of a hundred million codes stay in the processor's cache. Blocks come in the
 * order of the input, whatever thread classified them, so the first of a code's lines is the first in the input.
 */
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { RoaringBitmap32 } from '../roaring.js';
import type { BlockResult } from './classify.js';

const REPETITIONS_AT_ONCE = 1 << 12;

export class SeenCodes {
  /** Codes that stand in more than one line. */
  readonly repeated = new RoaringBitmap32();
  readonly #bits: Uint32Array;
  readonly #repetitions = new Uint32Array(REPETITIONS_AT_ONCE);

  /** For ordinals below `size`. */
  constructor(size: number) {
    this.#bits = new Uint32Array((size >>> 5) + 1);
  }

  /** Takes up where an earlier run ended. */
  restore(seen: RoaringBitmap32, repeated: RoaringBitmap32): void {
    for (const ordinal of seen) this.#bits[ordinal >>> 5] |= 1 << ordinal;
    this.repeated.orInPlace(repeated);
  }

  /** Makes a DUPLICATE of every line of a block whose code was met before. */
  settle({ ordinals, outcomes }: BlockResult): void {
    const bits = this.#bits;
    let count = 0;
    for (let i = 0; i < ordinals.length; i++) {
      const ordinal = ordinals[i];
      if (ordinal === 0) continue;
      const word = ordinal >>> 5;
      const bit = 1 << ordinal;
      const seen = bits[word];
      if ((seen & bit) === 0) {
        bits[word] = seen | bit;
        continue;
      }
      outcomes[i] = OUTCOME_NUMBER.DUPLICATE;
      this.#repetitions[count++] = ordinal;
      if (count === REPETITIONS_AT_ONCE) {
        this.repeated.addMany(this.#repetitions);
        count = 0;
      }
    }
    if (count > 0) this.repeated.addMany(this.#repetitions.subarray(0, count));
  }
}
