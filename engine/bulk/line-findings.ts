/** The lines of inputs that somebody must look at: a second walk, in this thread, guided by the outcomes of the first. */

import { type Batch, type Core, TAIL_RESULTS } from '../../core/host/index.js';
import { OUTCOME_NUMBER, OUTCOMES, SEVERITY } from '../reconcile/outcomes.js';
import type { Finding } from '../reconcile/report.js';
import type { CodeTexts } from '../reconcile/texts.js';
import type { RoaringBitmap32 } from '../roaring.js';
import { refuseAborted, turn } from '../sliced.js';
import type { CodeInput } from './code-input.js';
import type { Pass } from './runner.js';
import type { VerdictLog } from './verdict-log.js';

const TEXT_MAX = 160;
const decoder = new TextDecoder();

/** Outcomes that are no finding: everything is as it should be. */
const QUIET = Uint8Array.from(OUTCOMES, (name) => (SEVERITY[name] === 'ok' || SEVERITY[name] === 'info' ? 1 : 0));

const REPEATS: ReadonlySet<number> = new Set([OUTCOME_NUMBER.DUPLICATE, OUTCOME_NUMBER.DUPLICATE_IN_DOCUMENT]);

/** Outcomes of codes whose tail was refused: whatever such a line shows, it is not that code. */
const REFUSED = Uint8Array.from(OUTCOMES, (name) => (name.startsWith('TAIL_') ? 1 : 0));

export interface LineSource {
  input: CodeInput;
  verdicts: VerdictLog;
  /** Tail results, when tails were checked. */
  tails?: VerdictLog | null;
  /** Of repeated codes that nobody knows: row of the repetition → row of the first, both from 0 through all sources. */
  firstOf?: ReadonlyMap<number, number>;
}

/**
 * Lines with their final outcomes, in order; with `all`, also those that need no attention. `pass` checks no tails: the logs
 * say what they came to. Throws CANCELLED by the signal.
 */
export async function* lineFindings(
  sources: readonly LineSource[],
  core: Core,
  pass: Pass,
  texts: CodeTexts,
  repeated: RoaringBitmap32,
  all: boolean,
  signal?: AbortSignal,
): AsyncGenerator<Finding> {
  const firstSeen = new Map<number, { path: string; line: number }>();
  const firstLines = new Map<number, { path: string; line: number }>();
  let rowsBefore = 0;
  for (const { input, verdicts, tails, firstOf } of sources) {
    const firstRows = new Set(firstOf?.values());
    let line = 0;
    for await (const { result, batch, lineOf, scanOf } of input.reread(core, pass)) {
      await turn(signal, input.path);
      const outcomes = verdicts.read(line, result.lines);
      const tailResults = tails?.read(line, result.lines);
      const firstRow = rowsBefore + line;
      line += result.lines;
      // The batch behind `result` is overwritten by the next parse, and a consumer may well parse: findings are made before any is handed out.
      const found: Finding[] = [];
      for (let i = 0; i < result.lines; i++) {
        const ordinal = REFUSED[outcomes[i]] ? 0 : result.ordinals[i];
        const repeats = REPEATS.has(outcomes[i]);
        if (firstRows.has(firstRow + i)) firstLines.set(firstRow + i, { path: input.path, line: lineOf(i) });
        const first = repeats
          ? (firstLines.get(firstOf?.get(firstRow + i) ?? -1) ?? firstSeen.get(ordinal))
          : undefined;
        if (ordinal !== 0 && repeated.has(ordinal) && !firstSeen.has(ordinal)) {
          firstSeen.set(ordinal, { path: input.path, line: lineOf(i) });
        }
        if (QUIET[outcomes[i]] && !all) continue;
        found.push({
          outcome: OUTCOMES[outcomes[i]],
          ...(ordinal === 0 ? lineText(batch, i) : { code: texts.text(ordinal), ...texts.known(ordinal) }),
          path: input.path,
          line: lineOf(i),
          ...tailOf(tailResults?.[i]),
          ...(first && { firstPath: first.path, firstLine: first.line }),
          ...scanOf?.(i),
        });
      }
      for (const finding of found) {
        refuseAborted(signal, input.path);
        yield finding;
      }
    }
    rowsBefore += line;
  }
}

/** The result of a line's tail; nothing where none was tested. */
function tailOf(result: number | undefined): Pick<Finding, 'tail'> {
  const tail = result === undefined ? undefined : TAIL_RESULTS[result];
  return tail === undefined ? {} : { tail };
}

/** What a line says that is no known code: its key if it has one, else the line itself and its fault. */
function lineText(batch: Batch, row: number): Pick<Finding, 'code' | 'error' | 'position'> {
  const parsed = batch.at(row);
  if (parsed.ok && parsed.key !== null) return { code: parsed.key };
  return {
    code: decoder.decode(batch.line(row).subarray(0, TEXT_MAX)),
    error: parsed.error?.code,
    position: parsed.error?.position,
  };
}
