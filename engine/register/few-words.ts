/**
 * Arrays of a few words that are taken again and again: each new one is an allocation of its own, and single events come by the thousand.
 * Of every length there is one; it is the taker's until the next is taken.
 */
const LENGTH_MAX = 16;

export class FewWords {
  readonly #arrays: Uint32Array[] = [];

  /** `length` zeros. */
  take(length: number): Uint32Array {
    if (length > LENGTH_MAX) return new Uint32Array(length);
    let array = this.#arrays[length];
    if (array) return array.fill(0);
    array = new Uint32Array(length);
    this.#arrays[length] = array;
    return array;
  }
}
