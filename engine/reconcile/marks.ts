/** Sixteen bits for each ordinal of a run: what it is, what is expected of it and what was seen. */
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
  /** A package, not a unit. */
  package: 256,
  /** Package: a code inside it was named by itself. */
  holdsNamed: 512,
} as const;

/** Deepest tree that is walked; a cycle in a document ends here. */
const DEPTH_MAX = 32;

export class Marks {
  bits: Uint16Array;

  constructor(readonly universe: Universe) {
    this.bits = new Uint16Array(universe.size);
    for (let ordinal = 1; ordinal < universe.size; ordinal++) {
      if (universe.isPackage(ordinal)) this.bits[ordinal] = MARK.package;
    }
  }

  /** Room for codes that the universe took in since. */
  grow(): void {
    if (this.bits.length >= this.universe.size) return;
    const wider = new Uint16Array(this.universe.size * 2);
    wider.set(this.bits);
    this.bits = wider;
  }

  has(ordinal: number, mark: number): boolean {
    return (this.bits[ordinal] & mark) !== 0;
  }

  set(ordinal: number, mark: number): void {
    this.bits[ordinal] |= mark;
  }

  /** Marks every package above a code; stops at one that has the mark, because then all above it have. */
  setAbove(ordinal: number, mark: number): void {
    this.setFrom(this.universe.parent(ordinal), mark);
  }

  /** The same, beginning with the package `at`; 0 is none. */
  setFrom(at: number, mark: number): void {
    for (let depth = 0; at !== 0 && depth < DEPTH_MAX && !(this.bits[at] & mark); depth++) {
      this.bits[at] |= mark;
      at = this.universe.parent(at);
    }
  }

  /** True when a package above a code has the mark. */
  hasAbove(ordinal: number, mark: number): boolean {
    return this.hasFrom(this.universe.parent(ordinal), mark);
  }

  /** The same, beginning with the package `at`; 0 is none. */
  hasFrom(at: number, mark: number): boolean {
    for (let depth = 0; at !== 0 && depth < DEPTH_MAX; depth++) {
      if (this.bits[at] & mark) return true;
      at = this.universe.parent(at);
    }
    return false;
  }

  /** All packages of the universe, in the order of ordinals. */
  packages(): Uint32Array {
    const found: number[] = [];
    for (let ordinal = 1; ordinal < this.universe.size; ordinal++)
      if (this.bits[ordinal] & MARK.package) found.push(ordinal);
    return Uint32Array.from(found);
  }
}
