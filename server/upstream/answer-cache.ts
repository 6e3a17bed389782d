/** Answers of the national API that are still worth something, with their age: the least lately used goes when there are too many. */
import type { AnswerCode } from '../../engine/permit/answer-facts.js';

export interface CachedAnswer {
  /** The code as it was asked for: of the same unit with another tail nothing was said. */
  scan: string;
  answer: AnswerCode;
  reqId: string;
  reqTimestamp: number;
  /** When it came, milliseconds since 1970. */
  at: number;
}

export class AnswerCache {
  readonly #entries = new Map<string, CachedAnswer>();
  readonly #max: number;

  /** About 1 KiB an entry. */
  constructor(max: number) {
    this.#max = max;
  }

  /** The answer about a КИ; `undefined` when there is none that is younger than `ageMax`, or it was about another tail. */
  get(cis: string, scan: string, now: number, ageMax: number): CachedAnswer | undefined {
    const entry = this.of(cis, now, ageMax);
    if (entry?.scan !== scan) return undefined;
    this.#entries.delete(cis);
    this.#entries.set(cis, entry);
    return entry;
  }

  /** The answer about a КИ whatever its tail was: good for what doesn't depend on that. */
  of(cis: string, now: number, ageMax: number): CachedAnswer | undefined {
    const entry = this.#entries.get(cis);
    return entry && now - entry.at <= ageMax ? entry : undefined;
  }

  set(cis: string, entry: CachedAnswer): void {
    this.#entries.delete(cis);
    if (this.#entries.size >= this.#max) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    this.#entries.set(cis, entry);
  }

  /** After a sale or a return: what was said before is no longer so. */
  forget(cis: string): void {
    this.#entries.delete(cis);
  }

  get size(): number {
    return this.#entries.size;
  }
}
