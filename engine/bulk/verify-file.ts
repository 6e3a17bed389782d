/** Verification of a file: a verdict for every line, and a summary. Memory is flat in the size of the input. */

import { randomBytes } from 'node:crypto';
import { type Core, loadCore } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { TailCheck, type TailSettings } from '../keys/tail-check.js';
import { Pace } from '../pace.js';
import { OUTCOME_NUMBER, type Outcome, SEVERITY } from '../reconcile/outcomes.js';
import type { Finding, InputSummary, RegisterView, StageTiming } from '../reconcile/report.js';
import { CodeTexts } from '../reconcile/texts.js';
import { emptyImage, loadImageBySlices } from '../register/image.js';
import { readTailRows } from '../register/record-pages.js';
import type { Register } from '../register/register.js';
import { RunFolder } from '../run-folder.js';
import { bySlices, turn } from '../sliced.js';
import { StageClock } from '../stage-clock.js';
import { type Operation, soonOf } from '../verdict/rules.js';
import { wallClockOf } from '../wall-clock.js';
import { CancelFlag, refuseCancelled } from './cancel-flag.js';
import type { BlockResult } from './classify.js';
import type { Resume } from './code-input.js';
import { type LineSource, lineFindings } from './line-findings.js';
import { openInput } from './open-input.js';
import type { RegisteredTailSummary } from './registered-tails.js';
import { type Pass, untailed } from './runner.js';
import type { Runners } from './runners.js';
import type { TailSummary } from './tail-counts.js';
import { Universe } from './universe.js';
import { type Settled, Verification } from './verification.js';

export interface VerifyFileOptions {
  /** Default: count, which asks only whether the code is what and whose it should be. */
  operation?: Operation;
  /** Tax number or place of activity that the codes must belong to. */
  owner?: string;
  /** Moment of the check; default: now. */
  at?: Date;
  country?: 'RU' | 'UZ';
  /**
   * Compare tails that no key decides with those that the register has seen: another one is TAIL_DIFFERS; the same is less than genuine, as
   * copies have it, too.
   */
  registeredTails?: boolean;
  /** Of a sale or an acceptance: what expires within so many days of the check is EXPIRES_SOON; default: nobody asks. */
  expiresSoonDays?: number;
  /** Numbers of the product groups that the owner declared: a code of another is GROUP_NOT_DECLARED; default: any. */
  groups?: readonly number[];
  signal?: AbortSignal;
  onProgress?: (progress: VerifyProgress) => void;
}

export interface VerifyProgress {
  stage: 'verify';
  /** Lines. */
  done: number;
  /** Bytes of the input as it is on disk (of a .gz: compressed), and how many there are; `null` for a stream. */
  bytes: number;
  bytesTotal: number | null;
  /** Until the end at the pace so far; `null` when nobody knows. */
  millisecondsLeft: number | null;
}

/** The summary of a verification; the values of `outcomes` add up to `lines`. */
export interface VerifyReport {
  lines: number;
  outcomes: Partial<Record<Outcome, number>>;
  /** Lines by the result of their tail; `null` without keys. Only `VALID` is genuine. */
  tails: TailSummary | null;
  /** Lines with tails that no key decides, by how these compare with the register's; only when that was asked. */
  registeredTails?: RegisteredTailSummary;
  /** Lines that somebody must look at. */
  findings: number;
  input: InputSummary;
  register: RegisterView | null;
  timings: StageTiming[];
}

export interface VerifyResult {
  report: VerifyReport;
  /** A verdict for each line, in order; with `findingsOnly`, for those that somebody must look at. */
  verdicts(findingsOnly?: boolean): AsyncIterable<Finding>;
  close(): Promise<void>;
}

/** A block that was settled, for who keeps what a run has done. */
export interface SettledBlock {
  result: BlockResult;
  /** Lines before the block. */
  firstLine: number;
  /** Where the run goes on behind it. */
  next: Resume;
  /** Bytes of the input, as it is on disk, up to the end of the block. */
  read: number;
}

/** Where a run keeps its verdicts when they are to outlive it, and where it goes on. */
export interface VerifyJournal {
  /** Path of the verdict file. */
  verdicts: string;
  /** Tails are checked: their results stand beside the verdicts. */
  tailed: boolean;
  earlier: { from: Resume; settled: Settled } | null;
  onSettled(block: SettledBlock, verification: Verification): void;
  /** All blocks are settled; what is left may be done again. */
  onEnd(verification: Verification): void;
}

/** Verifies every line of a file of any form (`-`: standard input). The result holds temporary files: close it. */
export async function verifyFile(
  path: string,
  options: VerifyFileOptions,
  register: Register | null,
  runners: Runners,
  journal?: VerifyJournal,
): Promise<VerifyResult> {
  if (options.registeredTails && !register)
    throw new TamgaError('USAGE', { detail: 'to compare tails with registered ones needs a register' });
  const clock = new StageClock();
  const folder = new RunFolder();
  const cancel = new CancelFlag(options.signal);
  let core: Core | undefined;
  try {
    const input = await openInput(path, folder, options.signal);
    // Workers start while the image is loaded.
    const runner = runners.for([input]);
    const seed = register?.seed ?? Uint8Array.from(randomBytes(16));
    core = await loadCore({ module: runners.module, seed });
    const universe = new Universe(register ? await loadImageBySlices(register, core, options.signal) : emptyImage());
    if (register && options.registeredTails) universe.keepTails(readTailRows(register.store, universe.codes));
    const view = register?.view() ?? null;
    const tails = (journal?.tailed ?? true) ? runners.tails : null;
    const pass = passOf(options, register, tails, universe, seed, cancel, journal !== undefined);
    clock.stop('open', universe.codes - 1);

    const verdictPath = journal?.verdicts ?? `${folder.path}/verdicts`;
    const earlier = journal?.earlier ?? null;
    const run = folder.keep(
      new Verification(universe.size, verdictPath, folder.path, journal?.tailed ?? tails !== null, earlier?.settled),
    );
    // Nobody knows how long a stream is.
    const pace = new Pace(Number.isFinite(input.bytes) ? input.size : null);
    for await (const block of input.classified(runner, core, pass, earlier?.from)) {
      refuseCancelled(cancel.flag, path);
      const firstLine = run.verdicts.lines;
      const { result, position, read, lineOf } = block;
      run.settle(result);
      journal?.onSettled({ result, firstLine, next: { position, line: lineOf(result.lines) }, read }, run);
      const millisecondsLeft = pace.left(read);
      const bytesTotal = pace.total;
      options.onProgress?.({ stage: 'verify', done: run.verdicts.lines, bytes: read, bytesTotal, millisecondsLeft });
    }
    journal?.onEnd(run);
    await bySlices(run.finish(), options.signal, path);
    await turn(options.signal, path);
    clock.stop('verify', run.verdicts.lines);

    const { verdicts, firstOf, counts } = run;
    const sources: LineSource[] = [{ input, verdicts, tails: run.tails, firstOf }];
    return {
      report: {
        lines: verdicts.lines,
        outcomes: counts.byName(),
        tails: run.tails && run.tailCounts.byName(),
        ...(options.registeredTails && { registeredTails: run.registeredTails.byName() }),
        findings: findingsIn(counts.byName()),
        input: {
          path,
          role: 'scanned',
          format: input.format,
          size: input.size,
          ...counts.lineCount(),
        },
        register: view,
        timings: clock.timings,
      },
      async *verdicts(findingsOnly = false) {
        // A core of its own: several walks may be under way at once.
        const own = await loadCore({ module: runners.module, seed });
        yield* lineFindings(
          sources,
          own,
          untailed(pass),
          new CodeTexts(universe, register),
          run.repeated,
          !findingsOnly,
          options.signal,
        );
      },
      async close() {
        folder.remove();
      },
    };
  } catch (error) {
    folder.remove();
    throw error;
  } finally {
    core?.dropKeys();
    cancel.release();
  }
}

function passOf(
  { operation = 'count', at, owner, country, registeredTails, expiresSoonDays, groups }: VerifyFileOptions,
  register: Register | null,
  tails: TailSettings | null,
  universe: Universe,
  seed: Uint8Array,
  cancel: CancelFlag,
  forSets: boolean,
): Pass {
  const moment = at ?? new Date();
  const now = wallClockOf(moment);
  const owners = register && owner !== undefined ? [register.names.demand('owner', owner)] : [];
  return {
    universe,
    options: {
      context: { operation, now, owners, soon: soonOf(now, expiresSoonDays), groups },
      forSets,
      unregistered: register ? OUTCOME_NUMBER.NOT_FOUND : OUTCOME_NUMBER.WELL_FORMED,
      unknownPackage: register ? OUTCOME_NUMBER.UNKNOWN_PACKAGE : OUTCOME_NUMBER.WELL_FORMED,
      registeredTails,
    },
    seed,
    trim: true,
    country,
    tails: TailCheck.of(tails, moment),
    cancel,
  };
}

function findingsIn(outcomes: VerifyReport['outcomes']): number {
  let findings = 0;
  for (const [outcome, count] of Object.entries(outcomes) as [Outcome, number][]) {
    if (SEVERITY[outcome] === 'warn' || SEVERITY[outcome] === 'error') findings += count;
  }
  return findings;
}
