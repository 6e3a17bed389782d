import { randomBytes } from 'node:crypto';
import type { CodeList } from './code-list.js';

const ZERO = 0x30;
const NINE = 0x39;

/** Codes of one part of the look-up: its table of 32 KiB stays in the nearest cache. */
const PART = 2048;
/** Parts are told by the upper bits of the hash, slots within a part by the lower ones. */
const PART_BITS_MAX = 16;

/**
 * Finds codes that were met before, across the lists of one document. Exact: a hash only proposes, the bytes decide.
 * An SSCC is the same code with and without its `00`.
 *
 * Codes are hashed as they come and compared at the end, part by part: one table over a million codes would cost a miss of every cache
 * for each of them, several times the time of reading it. 4 bytes a code while reading, 12 at the end, and no copy of the codes.
 */
export class Repeats {
  /** Hash of each code, by the order of adding. */
  #hashes = new Uint32Array(64);
  #count = 0;
  /** Runs of codes that lie one after another in one list. */
  readonly #runs: { list: CodeList; order: number; index: number }[] = [];
  #last: CodeList | undefined;
  #lastIndex = -1;

  /** `onRepeat` hears of each code that equals an earlier one, in the order of adding, in {@link finish}. */
  constructor(private readonly onRepeat: (list: CodeList, index: number) => void) {}

  /** Adds code `index` of `list`. Call it once per code, after appending it. */
  add(list: CodeList, index: number): void {
    const order = this.#count++;
    if (order === this.#hashes.length) {
      const hashes = new Uint32Array(order * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    this.#hashes[order] = hashOf(list.store, keyStart(list, index), list.endOf(index));
    if (list !== this.#last || index !== this.#lastIndex + 1) {
      this.#runs.push({ list, order, index });
      this.#last = list;
    }
    this.#lastIndex = index;
  }

  /** Compares all codes that were added. Call it once, after the last; the lists must still hold them. */
  finish(): void {
    const { orders, hashes, starts } = this.#partition();
    const repeats: number[] = [];
    let slots = new Uint32Array(0);
    for (let part = 0; part + 1 < starts.length; part++) {
      const start = starts[part]!;
      const end = starts[part + 1]!;
      const size = 2 ** Math.ceil(Math.log2(2 * (end - start) + 1));
      // 0 is an empty slot, else 1 + place within the part.
      if (size > slots.length) slots = new Uint32Array(size);
      else slots.fill(0, 0, size);
      const mask = size - 1;
      for (let at = start; at < end; at++) {
        const hash = hashes[at]!;
        let slot = hash & mask;
        let entry = slots[slot]!;
        while (
          entry !== 0 &&
          !(hashes[start + entry - 1] === hash && this.#equals(orders[start + entry - 1]!, orders[at]!))
        ) {
          slot = (slot + 1) & mask;
          entry = slots[slot]!;
        }
        if (entry === 0) slots[slot] = at - start + 1;
        else repeats.push(orders[at]!);
      }
    }
    repeats.sort((one, other) => one - other);
    for (const order of repeats) {
      const { list, index } = this.#place(order);
      this.onRepeat(list, index);
    }
  }

  /** Orders and hashes sorted by the upper bits of the hash, stable; part `i` is `starts[i]` to `starts[i + 1]`. */
  #partition(): {
    orders: Uint32Array;
    hashes: Uint32Array;
    starts: Uint32Array;
  } {
    const count = this.#count;
    const bits = Math.min(PART_BITS_MAX, Math.max(1, Math.ceil(Math.log2(count / PART + 1))));
    const shift = 32 - bits;
    const starts = new Uint32Array(2 ** bits + 1);
    for (let order = 0; order < count; order++) starts[(this.#hashes[order]! >>> shift) + 1]!++;
    for (let part = 1; part < starts.length; part++) starts[part]! += starts[part - 1]!;
    const next = starts.slice();
    const orders = new Uint32Array(count);
    const hashes = new Uint32Array(count);
    for (let order = 0; order < count; order++) {
      const hash = this.#hashes[order]!;
      const at = next[hash >>> shift]!++;
      orders[at] = order;
      hashes[at] = hash;
    }
    return { orders, hashes, starts };
  }

  #place(order: number): { list: CodeList; index: number } {
    let low = 0;
    let high = this.#runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#runs[middle]!.order <= order) low = middle;
      else high = middle - 1;
    }
    const run = this.#runs[low]!;
    return { list: run.list, index: run.index + (order - run.order) };
  }

  #equals(order: number, otherOrder: number): boolean {
    const one = this.#place(order);
    const other = this.#place(otherOrder);
    const start = keyStart(one.list, one.index);
    const otherStart = keyStart(other.list, other.index);
    const length = one.list.endOf(one.index) - start;
    if (other.list.endOf(other.index) - otherStart !== length) return false;
    const bytes = one.list.store;
    const otherBytes = other.list.store;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== otherBytes[otherStart + i]) return false;
    return true;
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
