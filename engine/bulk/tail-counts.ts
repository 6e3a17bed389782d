/** Lines by the results of their tails. */
import { TAIL_RESULTS, type TailResult } from '../../core/host/index.js';

/** Lines by tail result; those of which no tail was tested are in none of them. */
export type TailSummary = Partial<Record<TailResult, number>>;

export class TailCounts {
  /** By numbers of results; the last place is for TAIL_NOT_TESTED. */
  readonly #counts = new Float64Array(256);

  /** Takes in a column of result numbers. */
  add(tails: Uint8Array): void {
    const counts = this.#counts;
    for (let i = 0; i < tails.length; i++) counts[tails[i]]++;
  }

  /** Counts by result number. */
  get byNumber(): number[] {
    return Array.from(TAIL_RESULTS, (_, number) => this.#counts[number]);
  }

  /** Takes up where an earlier run ended. */
  restore(byNumber: readonly number[]): void {
    this.#counts.set(byNumber);
  }

  /** The counts that are not zero. */
  byName(): TailSummary {
    const known = TAIL_RESULTS.map((name, number) => [name, this.#counts[number]] as const);
    return Object.fromEntries(known.filter(([, count]) => count !== 0));
  }
}
