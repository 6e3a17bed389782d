import { randomBytes } from 'node:crypto';
import type { CodeList } from './code-list.js';

const ZERO = 0x30;
const NINE = 0x39;

/**
 * Finds codes that were met before, across the lists of one document. Exact: a hash only proposes, the bytes decide.
 * An SSCC is the same code with and without its `00`. 16 to 32 bytes a code, no copy of the codes.
 *
 * ```
 * slot    | hash | order + 1 |   order + 1 is 0 in an empty slot; at most half of the slots are taken
 * ```
 */
export class Repeats {
  #slots = new Uint32Array(2 * 128);
  /** Codes added; each one's order is the count before it. */
  #count = 0;
  /** Runs of codes that lie one after another in one list. */
  readonly #runs: { list: CodeList; order: number; index: number }[] = [];

  /** Adds code `index` of `list`; true when an equal code was added before. Call it once per code, after appending it. */
  add(list: CodeList, index: number): boolean {
    if (this.#count * 4 >= this.#slots.length) this.#grow();
    const slots = this.#slots;
    const start = keyStart(list, index);
    const hash = hashOf(list.store, start, list.endOf(index));
    const mask = slots.length - 1;
    let slot = (hash << 1) & mask;
    for (let entry = slots[slot + 1]!; entry !== 0; entry = slots[slot + 1]!) {
      if (slots[slot] === hash && this.#equals(entry - 1, list, start, list.endOf(index))) return true;
      slot = (slot + 2) & mask;
    }
    const order = this.#count++;
    slots[slot] = hash;
    slots[slot + 1] = order + 1;
    const last = this.#runs.at(-1);
    if (last === undefined || last.list !== list || index - last.index !== order - last.order) {
      this.#runs.push({ list, order, index });
    }
    return false;
  }

  #equals(order: number, list: CodeList, start: number, end: number): boolean {
    let low = 0;
    let high = this.#runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#runs[middle]!.order <= order) low = middle;
      else high = middle - 1;
    }
    const run = this.#runs[low]!;
    const index = run.index + (order - run.order);
    const otherStart = keyStart(run.list, index);
    if (run.list.endOf(index) - otherStart !== end - start) return false;
    const other = run.list.store;
    const mine = list.store;
    for (let i = start, j = otherStart; i < end; i++, j++) if (mine[i] !== other[j]) return false;
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Uint32Array(old.length * 4);
    const mask = slots.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let to = (old[from]! << 1) & mask;
      while (slots[to + 1] !== 0) to = (to + 2) & mask;
      slots[to] = old[from]!;
      slots[to + 1] = old[from + 1]!;
    }
    this.#slots = slots;
  }
}

// Seeded, so that nobody can prepare a file whose codes all fall into one slot.
const SEED = randomBytes(4).readUInt32LE();

/** Four bytes a step; every step is mixed with the seeded state before it. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = SEED ^ (end - start);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** First byte of what is compared: the `00` of a 20-digit SSCC is passed over. */
function keyStart(list: CodeList, index: number): number {
  const start = list.startOf(index);
  const end = list.endOf(index);
  const bytes = list.store;
  if (end - start !== 20 || bytes[start] !== ZERO || bytes[start + 1] !== ZERO) return start;
  for (let i = start; i < end; i++) if (bytes[i]! < ZERO || bytes[i]! > NINE) return start;
  return start + 2;
}
