/** One byte for each ordinal of a run: what is expected of it and what was seen. */
import type { Universe } from '../bulk/universe.js';

export const MARK = {
  /** Named by an expected document. */
  named: 1,
  /** Unit: expected. Package: holds an expected unit. */
  expected: 2,
  /** A line of it was settled. */
  seen: 4,
  /** Unit: scanned while none of its packages was. Package: a code inside it was. */
  loose: 8,
  /** Package: it, or one above it, is named. */
  inside: 16,
  /** Package: it, or one above it, was scanned. */
  covered: 32,
  /** Package: holds a unit that is here. */
  present: 64,
  /** Package: holds a unit that may not be accepted. */
  problem: 128,
} as const;

/** Deepest tree that is walked; a cycle in a document ends here. */
const DEPTH_MAX = 32;

export class Marks {
  bytes: Uint8Array;

  constructor(readonly universe: Universe) {
    this.bytes = new Uint8Array(universe.size);
  }

  /** Room for codes that the universe took in since. */
  grow(): void {
    if (this.bytes.length >= this.universe.size) return;
    const wider = new Uint8Array(this.universe.size * 2);
    wider.set(this.bytes);
    this.bytes = wider;
  }

  has(ordinal: number, mark: number): boolean {
    return (this.bytes[ordinal] & mark) !== 0;
  }

  set(ordinal: number, mark: number): void {
    this.bytes[ordinal] |= mark;
  }

  /** Marks every package above a code; stops at one that has the mark, because then all above it have. */
  setAbove(ordinal: number, mark: number): void {
    let at = this.universe.parent(ordinal);
    for (let depth = 0; at !== 0 && depth < DEPTH_MAX && !(this.bytes[at] & mark); depth++) {
      this.bytes[at] |= mark;
      at = this.universe.parent(at);
    }
  }

  /** True when a package above a code has the mark. */
  hasAbove(ordinal: number, mark: number): boolean {
    let at = this.universe.parent(ordinal);
    for (let depth = 0; at !== 0 && depth < DEPTH_MAX; depth++) {
      if (this.bytes[at] & mark) return true;
      at = this.universe.parent(at);
    }
    return false;
  }

  /** All packages of the universe, in the order of ordinals. */
  packages(): Uint32Array {
    const { universe } = this;
    const found: number[] = [];
    for (let ordinal = 1; ordinal < universe.size; ordinal++) if (universe.isPackage(ordinal)) found.push(ordinal);
    return Uint32Array.from(found);
  }
}
