/** A verification under way: what its lines have come to so far, settled block by block in the order of the input. */
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { OutcomeCounts } from '../reconcile/settle.js';
import type { RoaringBitmap32 } from '../roaring.js';
import type { Sliced } from '../sliced.js';
import type { BlockResult } from './classify.js';
import { RegisteredTailCounts } from './registered-tails.js';
import { SeenCodes } from './seen-codes.js';
import { StrayLog } from './stray-log.js';
import { TailCounts } from './tail-counts.js';
import { VerdictLog } from './verdict-log.js';

/** Repetitions of unknown codes that say where the first was; the rest are only repetitions, so that memory stays flat. */
const FIRSTS_MAX = 100_000;

/** What was settled before an interruption. */
export interface Settled {
  lines: number;
  /** Count of each outcome, by its number. */
  counts: Float64Array;
  /** Count of each tail result, by its number. */
  tailCounts: readonly number[];
  /** See {@link RegisteredTailCounts.byNumber}; undefined where an earlier Tamga kept none. */
  registeredTails: readonly number[] | undefined;
  seen: RoaringBitmap32;
  repeated: RoaringBitmap32;
  /** Rows of the stray log, some at a time. */
  strays: Iterable<Uint32Array>;
}

export class Verification {
  readonly verdicts: VerdictLog;
  /** Tail results line by line; null when no tails are checked. */
  readonly tails: VerdictLog | null;
  readonly counts = new OutcomeCounts();
  readonly tailCounts = new TailCounts();
  /** Lines by how their tails compare with those that the register has seen. */
  readonly registeredTails = new RegisteredTailCounts();
  /** Of repeated codes that nobody knows: row of the repetition → row of the first, both from 0. */
  readonly firstOf = new Map<number, number>();
  readonly #seen: SeenCodes;
  readonly #strays: StrayLog;

  /**
   * `codes`: ordinals are below. `verdicts`: path of the verdict file; tail results, with `tailed`, stand beside it. `folder`: for what is
   * too much for memory.
   */
  constructor(codes: number, verdicts: string, folder: string, tailed: boolean, settled?: Settled) {
    this.verdicts = new VerdictLog(verdicts, settled?.lines);
    this.tails = tailed ? new VerdictLog(`${verdicts}.tails`, settled?.lines) : null;
    this.#seen = new SeenCodes(codes);
    this.#strays = new StrayLog(folder);
    if (!settled) return;
    settled.counts.forEach((count, outcome) => {
      this.counts.add(outcome, count);
    });
    this.tailCounts.restore(settled.tailCounts);
    this.registeredTails.add(settled.registeredTails);
    this.#seen.restore(settled.seen, settled.repeated);
    for (const rows of settled.strays) this.#strays.appendRows(rows);
  }

  /** Codes of the register that stand in more than one line. */
  get repeated(): RoaringBitmap32 {
    return this.#seen.repeated;
  }

  /** Takes in the next block; its outcomes are final but for repetitions of codes that nobody knows. */
  settle(result: BlockResult): void {
    this.#seen.settle(result);
    this.#strays.append(result.strays, result.outcomes, 0, this.verdicts.lines);
    this.counts.addAll(result.outcomes);
    this.verdicts.append(result.outcomes);
    this.tails?.append(result.tails);
    this.tailCounts.add(result.tails);
    this.registeredTails.add(result.registeredTails);
  }

  /** Settles the repetitions of codes that nobody knows. It may be done again from the same beginning. */
  *finish(): Sliced<void> {
    for (const part of this.#strays.repetitions()) {
      for (const { line, outcome, firstLine } of part) {
        if (this.firstOf.size < FIRSTS_MAX) this.firstOf.set(line, firstLine);
        this.counts.add(outcome, -1);
        this.counts.add(OUTCOME_NUMBER.DUPLICATE);
        this.verdicts.patch(line, OUTCOME_NUMBER.DUPLICATE);
      }
      yield;
    }
    this.#strays.close();
  }

  close(): void {
    this.#strays.close();
    this.verdicts.close();
    this.tails?.close();
  }
}
