/**
 * Keys of a load as its event brings them: front-coded, in ascending order and of one kind. They are walked once and never unpacked; pages
 * of keys and blocks of the index are pieces of the same bytes, with their first key in full.
 */
import { EVENT_CODES_MAX, KEY_BYTES_MAX, PAGE_CODES } from './limits.js';
import { type KeyColumn, unpackKeys } from './packed-keys.js';

/** Of the load that was walked last; an event is done with them before the next one begins. */
const starts = new Uint32Array(EVENT_CODES_MAX + 1);
/** Every {@link PAGE_CODES}th key in full. */
const heads = new Uint8Array((EVENT_CODES_MAX / PAGE_CODES) * KEY_BYTES_MAX);
const headEnds = new Uint32Array(EVENT_CODES_MAX / PAGE_CODES + 1);
const key = new Uint8Array(KEY_BYTES_MAX);

/** Kind byte of a unit's key, and how long it is with its GTIN. */
const UNIT_KEY = 1;
const UNIT_HEAD = 7;

export class LoadKeys {
  /** Indices at which another GTIN begins, and the count behind them. */
  readonly gtinStarts: number[] = [];

  private constructor(
    readonly packed: Uint8Array,
    readonly count: number,
  ) {}

  /** Kind byte of all keys. */
  get kind(): number {
    return heads[0];
  }

  /**
   * Walks `count` packed keys; `null` when there is another number of them, they don't ascend, are of several kinds, or share more with
   * the one before than they say: then they are no load. What it gives is good until the next walk.
   */
  static walk(packed: Uint8Array, count: number): LoadKeys | null {
    if (count === 0 || count > EVENT_CODES_MAX) return null;
    const load = new LoadKeys(packed, count);
    let length = 0;
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (at + 2 > packed.length) return null;
      const shared = packed[at];
      const rest = packed[at + 1];
      const end = at + 2 + rest;
      if (rest === 0 || shared > length || shared + rest > KEY_BYTES_MAX || end > packed.length) return null;
      if (i > 0 && (shared === 0 || (shared < length && packed[at + 2] <= key[shared]))) return null;
      length = shared;
      for (let b = at + 2; b < end; b++) key[length++] = packed[b];
      if (shared < UNIT_HEAD) load.gtinStarts.push(i);
      if (i % PAGE_CODES === 0) {
        const page = i / PAGE_CODES;
        const from = headEnds[page];
        for (let b = 0; b < length; b++) heads[from + b] = key[b];
        headEnds[page + 1] = from + length;
      }
      starts[i] = at;
      at = end;
    }
    starts[count] = at;
    load.gtinStarts.push(count);
    return at === packed.length ? load : null;
  }

  /** Key i. */
  keyAt(i: number): Uint8Array {
    return key.slice(0, this.#decode(i));
  }

  /** Keys [from, until), unpacked. */
  column(from: number, until: number): KeyColumn {
    const some = new Uint8Array(this.bytesOf(from, until));
    this.writeInto(some, 0, from, until);
    return unpackKeys(some);
  }

  /** Bytes that keys [from, until) take, the first of them in full. */
  bytesOf(from: number, until: number): number {
    return starts[until] - starts[from] + this.packed[starts[from]];
  }

  /** How far keys from `from` on go in `bytesMax` bytes; at least one does. */
  endOf(from: number, bytesMax: number): number {
    const most = starts[from] - this.packed[starts[from]] + bytesMax;
    let end = from + 1;
    while (end < this.count && starts[end + 1] <= most) end++;
    return end;
  }

  /** Writes keys [from, until) packed, the first of them in full; gives where they end. */
  writeInto(out: Uint8Array, at: number, from: number, until: number): number {
    const length = this.#decode(from);
    out[at] = 0;
    out[at + 1] = length;
    for (let b = 0; b < length; b++) out[at + 2 + b] = key[b];
    const rest = starts[from + 1];
    out.set(this.packed.subarray(rest, starts[until]), at + 2 + length);
    return at + 2 + length + starts[until] - rest;
  }

  /** The number in a unit's key that is its GTIN, for key i. */
  gtinAt(i: number): number | null {
    if (this.kind !== UNIT_KEY || this.#decode(i) < UNIT_HEAD) return null;
    let number = 0;
    for (let b = 1; b < UNIT_HEAD; b++) number = number * 256 + key[b];
    return number;
  }

  /** Puts key i into `key`; gives its length. */
  #decode(i: number): number {
    const page = Math.floor(i / PAGE_CODES);
    const { packed } = this;
    let length = headEnds[page + 1] - headEnds[page];
    for (let b = 0; b < length; b++) key[b] = heads[headEnds[page] + b];
    for (let k = page * PAGE_CODES + 1; k <= i; k++) {
      const at = starts[k];
      length = packed[at];
      for (let b = at + 2; b < starts[k + 1]; b++) key[length++] = packed[b];
    }
    return length;
  }
}
