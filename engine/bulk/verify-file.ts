/** Verification of a file: a verdict for every line, and a summary. Memory is flat in the size of the input. */

import { randomBytes } from 'node:crypto';
import { loadCore } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { OUTCOME_NUMBER, type Outcome, SEVERITY } from '../reconcile/outcomes.js';
import type { Finding, InputSummary, RegisterView, StageTiming } from '../reconcile/report.js';
import { OutcomeCounts } from '../reconcile/settle.js';
import { CodeTexts } from '../reconcile/texts.js';
import { emptyImage, loadImage } from '../register/image.js';
import type { Register } from '../register/register.js';
import { RunFolder } from '../run-folder.js';
import { StageClock } from '../stage-clock.js';
import type { Operation } from '../verdict/rules.js';
import { wallClockOf } from '../wall-clock.js';
import { type LineSource, lineFindings } from './line-findings.js';
import { openInput } from './open-input.js';
import type { Pass } from './runner.js';
import type { Runners } from './runners.js';
import { SeenCodes } from './seen-codes.js';
import { StrayLog } from './stray-log.js';
import { Universe } from './universe.js';
import { VerdictLog } from './verdict-log.js';

export interface VerifyFileOptions {
  /** Default: count, which asks only whether the code is what and whose it should be. */
  operation?: Operation;
  /** Tax number or place of activity that the codes must belong to. */
  owner?: string;
  /** Moment of the check; default: now. */
  at?: Date;
  country?: 'RU' | 'UZ';
  signal?: AbortSignal;
  onProgress?: (progress: { stage: 'verify'; done: number }) => void;
}

/** The summary of a verification; the values of `outcomes` add up to `lines`. */
export interface VerifyReport {
  lines: number;
  outcomes: Partial<Record<Outcome, number>>;
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

/** Repetitions of unknown codes that say where the first was; the rest are only repetitions, so that memory stays flat. */
const FIRSTS_MAX = 100_000;

/** Verifies every line of a file of any form (`-`: standard input). The result holds temporary files: close it. */
export async function verifyFile(
  path: string,
  options: VerifyFileOptions,
  register: Register | null,
  runners: Runners,
): Promise<VerifyResult> {
  const clock = new StageClock();
  const folder = new RunFolder();
  try {
    const seed = register?.seed ?? Uint8Array.from(randomBytes(16));
    const core = await loadCore({ module: runners.module, seed });
    const universe = new Universe(register ? loadImage(register, core) : emptyImage());
    const view = register?.view() ?? null;
    const owners = register && options.owner !== undefined ? [register.names.demand('owner', options.owner)] : [];
    const pass: Pass = {
      universe,
      options: {
        context: {
          operation: options.operation ?? 'count',
          now: wallClockOf(options.at ?? new Date()),
          owners,
        },
        forSets: false,
        unregistered: register ? OUTCOME_NUMBER.NOT_FOUND : OUTCOME_NUMBER.WELL_FORMED,
        unknownPackage: register ? OUTCOME_NUMBER.UNKNOWN_PACKAGE : OUTCOME_NUMBER.WELL_FORMED,
      },
      seed,
      trim: true,
      country: options.country,
    };
    const input = await openInput(path, folder, options.signal);
    clock.stop('open', universe.codes - 1);

    const verdicts = folder.keep(new VerdictLog(`${folder.path}/verdicts`));
    const strays = folder.keep(new StrayLog(folder.path));
    const seen = new SeenCodes(universe.size);
    const counts = new OutcomeCounts();
    for await (const { result } of input.classified(runners.for([input]), core, pass)) {
      if (options.signal?.aborted) throw new TamgaError('CANCELLED', { path });
      seen.settle(result);
      strays.append(result.strays, 0, verdicts.lines);
      counts.addAll(result.outcomes);
      verdicts.append(result.outcomes);
      options.onProgress?.({ stage: 'verify', done: verdicts.lines });
    }
    const firstOf = new Map<number, number>();
    for (const { line, firstLine } of strays.repetitions()) {
      if (firstOf.size < FIRSTS_MAX) firstOf.set(line, firstLine);
      counts.add(verdicts.read(line, 1)[0], -1);
      counts.add(OUTCOME_NUMBER.DUPLICATE);
      verdicts.patch(line, OUTCOME_NUMBER.DUPLICATE);
    }
    strays.close();
    clock.stop('verify', verdicts.lines);

    const sources: LineSource[] = [{ input, verdicts, firstOf }];
    return {
      report: {
        lines: verdicts.lines,
        outcomes: counts.byName(),
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
        yield* lineFindings(sources, own, pass, new CodeTexts(universe, register), seen.repeated, !findingsOnly);
      },
      async close() {
        folder.remove();
      },
    };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

function findingsIn(outcomes: VerifyReport['outcomes']): number {
  let findings = 0;
  for (const [outcome, count] of Object.entries(outcomes) as [Outcome, number][]) {
    if (SEVERITY[outcome] === 'warn' || SEVERITY[outcome] === 'error') findings += count;
  }
  return findings;
}
