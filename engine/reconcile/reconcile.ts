/** Reconciliation: what is expected against what was scanned. */
import { randomBytes } from 'node:crypto';
import { loadCore } from '../../core/host/index.js';
import { CancelFlag } from '../bulk/cancel-flag.js';
import { type CodeInput, DocumentInput } from '../bulk/code-input.js';
import { openInput } from '../bulk/open-input.js';
import type { Pass } from '../bulk/runner.js';
import type { Runners } from '../bulk/runners.js';
import { Universe } from '../bulk/universe.js';
import type { DocumentKind } from '../documents/model.js';
import { TamgaError } from '../errors.js';
import { TailCheck } from '../keys/tail-check.js';
import { emptyImage, holdImage, loadImageBySlices } from '../register/image.js';
import { readTailRows } from '../register/record-pages.js';
import type { Register } from '../register/register.js';
import type { RoaringBitmap32 } from '../roaring.js';
import { RunFolder } from '../run-folder.js';
import { StageClock } from '../stage-clock.js';
import { soonOf } from '../verdict/rules.js';
import { wallClockOf } from '../wall-clock.js';
import { countInOrder } from './count-run.js';
import { type RegisterSetQuery, setQueryText, unitsOfSet } from './expected-set.js';
import type { ReconcileJournal } from './journal.js';
import { OUTCOME_NUMBER, type Outcome } from './outcomes.js';
import { ReadProgress, type ReconcileProgress } from './read-progress.js';
import type { ReconcileResult } from './report.js';
import type { Run, Settled } from './run.js';
import { type Scan, ScanInput } from './scan-input.js';
import { countBySets } from './set-run.js';
import { resultOf } from './settled-result.js';
import { Then } from './then.js';

export interface ReconcileOptions {
  /** Files: lists, tables, documents. Aggregation documents among them say what is in packages that the register doesn't have. May be empty with {@link expectedSet}. */
  expected: readonly string[];
  /** A set of the register that is expected, too; its units by themselves, its packages through their units. Needs a register. */
  expectedSet?: RegisterSetQuery;
  /** Files, or scans as they come; a stream is read to its end. */
  scanned: readonly string[] | AsyncIterable<Scan>;
  /** Tax number or place of activity that the codes must belong to; default: the owner of the expected set, or the sender that the documents name. */
  owner?: string;
  /** Moment of the check; default: now. */
  at?: Date;
  country?: 'RU' | 'UZ';
  /** List every code and package in the report, however many there are. */
  codes?: boolean;
  /** What expires within so many days of the check is EXPIRES_SOON; default: nobody asks. */
  expiresSoonDays?: number;
  /** Numbers of the product groups that the owner declared: a code of another is GROUP_NOT_DECLARED; default: any. */
  groups?: readonly number[];
  /** A package must hold units of one product and one series: MIXED_GTIN and MIXED_SERIES are errors then; default: they are told for information. */
  oneKind?: boolean;
  /**
   * Compare tails of scanned lines that no key decides with those that the register has seen: another one is TAIL_DIFFERS, and the line shows no
   * code; the same is less than genuine, as copies have it, too. Needs a register.
   */
  registeredTails?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: ReconcileProgress) => void;
  /** Called with each settled line of what was scanned, in order; `line` counts from 1 in each input. */
  onLine?: (line: { path: string; line: number; outcome: Outcome }) => void;
}

/** More codes than this are listed only when asked for: the report is to be read, and findings are streamed anyway. */
export const CODES_LISTED_MAX = 10_000;

/** Documents that name what is sent or received; the others say what is in packages, or how goods were made. */
export const NAMING: ReadonlySet<DocumentKind> = new Set(['dispatch', 'receipt', 'upd']);

/**
 * Runs a reconciliation; with a journal, blocks that it has are not classified again. The result holds temporary files: close it. Throws a
 * TamgaError for inputs that can't be read.
 */
export async function reconcile(
  options: ReconcileOptions,
  register: Register | null,
  runners: Runners,
  codesListed = CODES_LISTED_MAX,
  journal?: ReconcileJournal,
): Promise<ReconcileResult> {
  checkOptions(options, register);
  const folder = new RunFolder();
  const cancel = new CancelFlag(options.signal);
  try {
    const run = await prepare(options, register, runners, folder, cancel, codesListed, journal);
    const settled = await settle(run).finally(() => run.core.dropKeys());
    return await resultOf(run, settled);
  } catch (error) {
    folder.remove();
    throw error;
  } finally {
    cancel.release();
  }
}

/** By sets where the order of lines decides nothing, else line by line. */
async function settle(run: Run): Promise<Settled> {
  const { options, expected, expectedUnits, scanned } = run;
  const isListed = options.codes === true || expectedUnits === null || expectedUnits.size <= run.codesListed;
  // When a package turns up, the inputs are gone through again.
  const isOnce = scanned.some((input) => input.isOnce);
  if (expected.length === 0 && expectedUnits !== null && !isListed && !isOnce && options.onLine === undefined) {
    const settled = await countBySets(run, expectedUnits);
    if (settled !== null) return settled;
  }
  return countInOrder(run);
}

function checkOptions(options: ReconcileOptions, register: Register | null): void {
  const { expected, expectedSet, scanned, registeredTails } = options;
  const hasScans = !Array.isArray(scanned) || scanned.length > 0;
  if ((expected.length === 0 && expectedSet === undefined) || !hasScans) {
    throw new TamgaError('USAGE', { detail: 'a reconciliation needs expected and scanned files' });
  }
  if (expectedSet !== undefined && register === null) {
    throw new TamgaError('USAGE', { detail: 'an expected set needs a register' });
  }
  if (registeredTails && register === null) {
    throw new TamgaError('USAGE', { detail: 'to compare tails with registered ones needs a register' });
  }
}

async function prepare(
  options: ReconcileOptions,
  register: Register | null,
  runners: Runners,
  folder: RunFolder,
  cancel: CancelFlag,
  codesListed: number,
  journal: ReconcileJournal | undefined,
): Promise<Run> {
  const clock = new StageClock();
  const openAll = async (paths: readonly string[], role: 'expected' | 'scanned'): Promise<CodeInput[]> => {
    const inputs: CodeInput[] = [];
    for (const [i, path] of paths.entries()) {
      const input = await openInput(path, folder, options.signal);
      inputs.push(journal?.input(input, role, i) ?? input);
    }
    return inputs;
  };
  const expected = await openAll(options.expected, 'expected');
  const scanned = isStream(options.scanned)
    ? [new ScanInput('stream', options.scanned, folder, options.signal)]
    : await openAll(options.scanned, 'scanned');
  // Workers start while the image is loaded.
  runners.for(scanned);
  const seed = register?.seed ?? journal?.seed ?? Uint8Array.from(randomBytes(16));
  const core = await loadCore({ module: runners.module, seed });
  if (register) await loadImageBySlices(register, core, options.signal);
  const held = register && holdImage(register, core);
  if (held) folder.keep({ close: held.letGo });
  // In the same turn, so that it is of the same event.
  const view = register?.view() ?? null;
  const universe = new Universe(held?.image ?? emptyImage());
  if (register && options.registeredTails) universe.keepTails(readTailRows(register.store, universe.codes));
  journal?.begin({ event: view?.lastEvent ?? null, codes: universe.codes, seed });
  const then = new Then(register, view?.lastEvent ?? 0);
  clock.stop('open', universe.codes - 1);
  const at = options.at ?? new Date();
  const now = wallClockOf(at);
  const query = options.expectedSet;
  const expectedUnits: RoaringBitmap32 | null =
    query === undefined || register === null ? null : unitsOfSet(query, register, universe, then);
  const pass: Pass = {
    universe,
    options: {
      context: {
        operation: 'accept',
        now,
        owners: ownersOf(options, register, expected),
        soon: soonOf(now, options.expiresSoonDays),
        groups: options.groups,
      },
      forSets: true,
      unregistered: register ? OUTCOME_NUMBER.NOT_FOUND : OUTCOME_NUMBER.OK,
      unknownPackage: OUTCOME_NUMBER.UNKNOWN_PACKAGE,
      registeredTails: options.registeredTails,
    },
    seed,
    trim: true,
    country: options.country,
    tails: TailCheck.of(runners.tails, at),
    cancel,
  };
  return {
    options,
    at,
    register,
    runners,
    core,
    seed,
    folder,
    clock,
    then,
    universe,
    view,
    expected,
    scanned,
    progress: new ReadProgress(options.onProgress, [...expected, ...scanned], isStream(options.scanned)),
    expectedUnits,
    expectedSet:
      query === undefined || expectedUnits === null
        ? null
        : { query: setQueryText(query), at: query.at?.toISOString() ?? null, units: expectedUnits.size },
    pass,
    codesListed,
  };
}

const isStream = (scanned: ReconcileOptions['scanned']): scanned is AsyncIterable<Scan> =>
  Symbol.asyncIterator in scanned;

/** Owners that codes may have: the one asked for, that of the expected set, or the senders that the documents name and the register knows. */
function ownersOf(options: ReconcileOptions, register: Register | null, expected: readonly CodeInput[]): number[] {
  if (!register) return [];
  const asked = options.owner ?? options.expectedSet?.owner;
  if (asked !== undefined) return [register.names.demand('owner', asked)];
  const owners = new Set<number>();
  for (const input of expected) {
    if (!(input instanceof DocumentInput) || !NAMING.has(input.model.kind)) continue;
    for (const id of [input.model.sender?.tin, input.model.sender?.mdlpSubjectId]) {
      const number = id ? register.names.find('owner', id) : 0;
      if (number !== 0) owners.add(number);
    }
  }
  return [...owners];
}
