/**
 * Scans against a set of the register, when no package is scanned: then the order of lines decides nothing but which of two equal ones is
 * the repetition, and the whole comparison is a few bits a code. What is here is looked up in the workers; a bit for each registered code
 * says whether it was met before.
 */
import type { BlockResult } from '../bulk/classify.js';
import { RegisteredTailCounts } from '../bulk/registered-tails.js';
import type { Pass } from '../bulk/runner.js';
import { StrayLog } from '../bulk/stray-log.js';
import { TailCounts } from '../bulk/tail-counts.js';
import type { Universe } from '../bulk/universe.js';
import { VerdictLog } from '../bulk/verdict-log.js';
import { TamgaError } from '../errors.js';
import { RoaringBitmap32 } from '../roaring.js';
import { bySlices, type Sliced, turn } from '../sliced.js';
import { Bitset } from './bitset.js';
import { OUTCOME_NUMBER, OUTCOMES } from './outcomes.js';
import { packageBits } from './package-set.js';
import type { InputsRead, Run, Settled } from './run.js';
import { type LineCount, OutcomeCounts, unexpected } from './settle.js';
import { TimelineCount } from './timeline.js';
import type { UnitResult } from './units.js';

const O = OUTCOME_NUMBER;

/** Outcome of an expected unit that is here, and of one that wasn't expected, by what the register has against it. */
const EXPECTED_OUTCOME = Uint8Array.from(OUTCOMES, (_, outcome) => (outcome === O.OK ? O.MATCHED : outcome));
const UNEXPECTED_OUTCOME = Uint8Array.from(OUTCOMES, (_, outcome) => unexpected(outcome));

/*
 * Two bits for each registered code, 32 codes together, so that a line touches one cache line, and all of them are 2.5 MB for ten million:
 *
 * word 2·g     expected   of ordinals 32·g … 32·g + 31
 *      2·g + 1 seen
 */
const SEEN = 1;

export class SetRun {
  readonly lines = new OutcomeCounts();
  /** Codes that stand in more than one line. */
  readonly repeated = new RoaringBitmap32();
  readonly #units = new OutcomeCounts();
  readonly #bits: Uint32Array;
  readonly #surplus: Bitset;
  readonly #expected: RoaringBitmap32;
  readonly #codes: number;

  /** `expected`: ordinals of units. */
  constructor(expected: RoaringBitmap32, { codes }: Pick<Universe, 'codes'>) {
    this.#expected = expected;
    this.#codes = codes;
    this.#surplus = new Bitset(codes);
    const isExpected = Bitset.of(expected, codes).words;
    this.#bits = new Uint32Array(isExpected.length * 2);
    for (let w = 0; w < isExpected.length; w++) this.#bits[w * 2] = isExpected[w];
  }

  /** Settles the lines of a block; blocks come in the order of the input. False when one of them is a package: then nothing of this run counts. */
  settle({ ordinals, outcomes, packages }: BlockResult): boolean {
    if (packages) return false;
    const bits = this.#bits;
    const units = new Uint32Array(OUTCOMES.length);
    const repetitions: number[] = [];
    for (let i = 0; i < ordinals.length; i++) {
      const ordinal = ordinals[i];
      if (ordinal === 0) continue;
      const at = (ordinal >>> 5) << 1;
      const bit = 1 << (ordinal & 31);
      const seen = bits[at + SEEN];
      if (seen & bit) {
        outcomes[i] = O.DUPLICATE;
        repetitions.push(ordinal);
        continue;
      }
      bits[at + SEEN] = seen | bit;
      const isExpected = (bits[at] & bit) !== 0;
      const outcome = (isExpected ? EXPECTED_OUTCOME : UNEXPECTED_OUTCOME)[outcomes[i]];
      if (!isExpected && (outcome === O.SURPLUS || outcome === O.SURPLUS_FOREIGN)) this.#surplus.add(ordinal);
      outcomes[i] = outcome;
      units[outcome]++;
    }
    for (let outcome = 0; outcome < units.length; outcome++) this.#units.add(outcome, units[outcome]);
    if (repetitions.length > 0) this.repeated.addMany(repetitions);
    this.lines.addAll(outcomes);
    return this.lines.of(O.UNKNOWN_PACKAGE) === 0;
  }

  #seen(): RoaringBitmap32 {
    const set = new Bitset(this.#codes);
    for (let w = 0; w < set.words.length; w++) set.words[w] = this.#bits[w * 2 + SEEN];
    return set.toRoaring();
  }

  /**
   * Makes repetitions of the lines of unknown codes that repeat one, and counts the others as units. `verdicts` and `counts` are those of the inputs.
   * Returns the row of the first for each repetition, both counted through all inputs; at most `firstsMax` of them.
   */
  *settleStrays(
    strays: StrayLog,
    verdicts: readonly VerdictLog[],
    firstsMax: number,
    counts: readonly LineCount[],
  ): Sliced<Map<number, number>> {
    const starts: number[] = [];
    let rows = 0;
    for (const log of verdicts) {
      starts.push(rows);
      rows += log.lines;
    }
    const firstOf = new Map<number, number>();
    let repetitions = 0;
    for (const part of strays.repetitions()) {
      for (const { input, line, firstInput, firstLine } of part) {
        repetitions++;
        if (firstOf.size < firstsMax) firstOf.set(starts[input] + line, starts[firstInput] + firstLine);
        verdicts[input].patch(line, O.DUPLICATE);
        counts[input].duplicates++;
      }
      yield;
    }
    const unknown = this.lines.of(O.NOT_FOUND) - repetitions;
    this.lines.add(O.NOT_FOUND, -repetitions);
    this.lines.add(O.DUPLICATE, repetitions);
    this.#units.add(O.NOT_FOUND, unknown);
    return firstOf;
  }

  /** What all lines come to; `surplus` are the units that count as such. */
  result(): { result: UnitResult; surplus: RoaringBitmap32 } {
    const present = this.#seen();
    const missing = RoaringBitmap32.andNot(this.#expected, present);
    this.#units.add(O.SHORTAGE, missing.size);
    return {
      result: {
        sets: { expected: this.#expected, present, missing, surplus: RoaringBitmap32.andNot(present, this.#expected) },
        counts: this.#units,
        // Asked of what is missing only: more than is listed by code was expected.
        outcomeOf: () => O.SHORTAGE,
        decisions: [],
      },
      surplus: this.#surplus.toRoaring(),
    };
  }
}

/** Repetitions of unknown codes that say where the first was; the rest are only repetitions, so that memory stays flat. */
const FIRSTS_MAX = 100_000;

/** Runs `run` by sets; null when a package was scanned or is expected, which stands for its contents and needs the lines in order. */
export async function countBySets(run: Run, expected: RoaringBitmap32): Promise<Settled | null> {
  const { folder, options, core, universe, scanned } = run;
  const pass: Pass = { ...run.pass, options: { ...run.pass.options, forSets: false } };
  // A set of the past may hold units that became packages since.
  if (run.options.expectedSet?.at !== undefined) {
    if (expected.intersects(packageBits(universe, run.then.lastEvent).toRoaring())) return null;
  }
  const sets = new SetRun(expected, universe);
  run.clock.stop('expected', expected.size);
  const strays = folder.keep(new StrayLog(folder.path));
  const runner = run.runners.for(scanned);
  const timeline = new TimelineCount();
  const counted: InputsRead = { sources: [], counts: [] };
  const verdicts: VerdictLog[] = [];
  const tails = new TailCounts();
  const registeredTails = new RegisteredTailCounts();
  const tailLogs: (VerdictLog | null)[] = [];
  for (const [i, input] of scanned.entries()) {
    const log = folder.keep(new VerdictLog(`${folder.path}/set-verdicts-${i}`));
    const tailLog = pass.tails ? folder.keep(new VerdictLog(`${folder.path}/set-tails-${i}`)) : null;
    tailLogs.push(tailLog);
    const before = sets.lines.lineCount();
    for await (const { result, read, scanOf } of input.classified(runner, core, pass)) {
      if (options.signal?.aborted) throw new TamgaError('CANCELLED', { path: input.path });
      if (!sets.settle(result)) return null;
      strays.append(result.strays, result.outcomes, i, log.lines);
      log.append(result.outcomes);
      tailLog?.append(result.tails);
      tails.add(result.tails);
      registeredTails.add(result.registeredTails);
      for (let row = 0; row < result.lines && scanOf; row++) {
        const at = scanOf(row).scannedAt;
        if (at !== undefined) timeline.add(at, result.outcomes[row]);
      }
      run.progress.tell('scanned', sets.lines.total(), read);
    }
    run.progress.through(input);
    const { codes, notCodes, duplicates } = sets.lines.lineCount();
    counted.counts.push({
      codes: codes - before.codes,
      notCodes: notCodes - before.notCodes,
      duplicates: duplicates - before.duplicates,
    });
    verdicts.push(log);
  }
  const settling = sets.settleStrays(strays, verdicts, FIRSTS_MAX, counted.counts);
  const firstOf = await bySlices(settling, options.signal);
  scanned.forEach((input, i) => {
    counted.sources.push({ input, verdicts: verdicts[i], tails: tailLogs[i], firstOf });
  });
  run.clock.stop('scanned', sets.lines.total());
  await turn(options.signal);
  const { result, surplus } = sets.result();
  run.clock.stop('sets', result.counts.total());
  return {
    units: result,
    surplus,
    lines: sets.lines,
    tails,
    registeredTails,
    documents: { sources: [], counts: [] },
    counted,
    repeatedNamed: new RoaringBitmap32(),
    repeatedScanned: sets.repeated,
    timeline: timeline.timeline(),
    packages: null,
  };
}
