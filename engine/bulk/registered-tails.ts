/** Lines whose tails no key decided, by how these compare with the tails that the register has seen. */
import { type Batch, type Core, TAIL_RESULTS } from '../../core/host/index.js';
import { isUndecided, REGISTERED_TAILS, type RegisteredTail } from '../keys/tail-outcome.js';
import type { Universe } from './universe.js';

/** Lines by comparison; those that show no tail, and those whose tail a key decided, are in none of them. */
export type RegisteredTailSummary = Partial<Record<RegisteredTail, number>>;

/** Stands in a column of comparisons where the line shows no tail. */
export const NO_TAIL = 255;

/** By numbers of tail results: 1 where no key could be asked. */
const UNDECIDED = Uint8Array.from(TAIL_RESULTS, (result) => (isUndecided(result) ? 1 : 0));

/** Compares the batches of a block, and counts what decides something. */
export class TailComparison {
  /** Lines by number of {@link REGISTERED_TAILS}. */
  readonly counts = REGISTERED_TAILS.map(() => 0);
  #column = new Uint8Array(0);

  /** Numbers of comparisons of a core's last batch, whose ordinals stand in `ordinals` from `from` on. Good until the next batch. */
  of(core: Core, batch: Batch, universe: Universe, ordinals: Uint32Array, from: number): Uint8Array {
    if (this.#column.length < batch.count) this.#column = new Uint8Array(batch.count * 2);
    universe.compareTails(core.tailDigests(batch), ordinals, from, batch.count, this.#column);
    return this.#column;
  }

  /** The comparison of a row, counted; NO_TAIL where it decides nothing. `results`: numbers of tail results, null without keys. */
  take(comparison: number, results: Uint8Array | null, row: number): number {
    if (comparison === NO_TAIL || (results !== null && UNDECIDED[results[row]] === 0)) return NO_TAIL;
    this.counts[comparison]++;
    return comparison;
  }
}

/** The counts of a run. */
export class RegisteredTailCounts {
  /** Counts by number of {@link REGISTERED_TAILS}. */
  readonly byNumber = REGISTERED_TAILS.map(() => 0);

  /** Takes in what a block came to, see {@link TailComparison.counts}, or what an earlier run did; nothing where it wasn't asked. */
  add(counts: readonly number[] | undefined): void {
    counts?.forEach((count, number) => {
      this.byNumber[number] += count;
    });
  }

  /** The counts that are not zero. */
  byName(): RegisteredTailSummary {
    const named = REGISTERED_TAILS.map((name, number) => [name, this.byNumber[number]] as const);
    return Object.fromEntries(named.filter(([, count]) => count !== 0));
  }
}
