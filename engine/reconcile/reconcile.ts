/** Reconciliation: what is expected against what was scanned. */
import { randomBytes } from 'node:crypto';
import { type Core, loadCore } from '../../core/host/index.js';
import type { ClassifyOptions } from '../bulk/classify.js';
import { type CodeInput, DocumentInput } from '../bulk/code-input.js';
import { type LineSource, lineFindings } from '../bulk/line-findings.js';
import { openInput } from '../bulk/open-input.js';
import type { Pass } from '../bulk/runner.js';
import type { Runners } from '../bulk/runners.js';
import { Universe } from '../bulk/universe.js';
import { VerdictLog } from '../bulk/verdict-log.js';
import type { DocumentKind } from '../documents/model.js';
import { TamgaError } from '../errors.js';
import { emptyImage, loadImage } from '../register/image.js';
import type { Register } from '../register/register.js';
import { RoaringBitmap32 } from '../roaring.js';
import { RunFolder } from '../run-folder.js';
import { StageClock } from '../stage-clock.js';
import { wallClockOf } from '../wall-clock.js';
import { adoptStrays, expandExpected, readExpected, takeTrees } from './expected.js';
import { gtinTotals } from './gtin-totals.js';
import { Marks } from './marks.js';
import { OUTCOME_NUMBER, OUTCOMES, type Outcome, type PackageDecision } from './outcomes.js';
import type { Finding, InputSummary, ReconcileReport, ReconcileResult } from './report.js';
import { type LineCount, OutcomeCounts, RepeatedCodes, settleCounted } from './settle.js';
import { CodeTexts } from './texts.js';
import { resolveUnits, type UnitResult } from './units.js';

export interface ReconcileOptions {
  /** Files: lists, tables, documents. Aggregation documents among them say what is in packages that the register doesn't have. */
  expected: readonly string[];
  scanned: readonly string[];
  /** Tax number or place of activity that the codes must belong to; default: the sender that the documents name. */
  owner?: string;
  /** Moment of the check; default: now. */
  at?: Date;
  country?: 'RU' | 'UZ';
  /** List every code and package in the report, however many there are. */
  codes?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: { stage: 'expected' | 'scanned'; done: number }) => void;
}

/** More codes than this are listed only when asked for: the report is to be read, and findings are streamed anyway. */
export const CODES_LISTED_MAX = 10_000;

/** Documents that name what is sent or received; the others say what is in packages, or how goods were made. */
const NAMING: ReadonlySet<DocumentKind> = new Set(['dispatch', 'receipt', 'upd']);

/** Repetitions in a document are no findings of its lines. */
const NONE_REPEATED = new RoaringBitmap32();

/** Inputs of one side that were read, with their outcomes line by line and their counts. */
interface InputsRead {
  sources: LineSource[];
  counts: LineCount[];
}

/** Runs a reconciliation. The result holds temporary files: close it. Throws a TamgaError for inputs that can't be read. */
export async function reconcile(
  options: ReconcileOptions,
  register: Register | null,
  runners: Runners,
): Promise<ReconcileResult> {
  if (options.expected.length === 0 || options.scanned.length === 0) {
    throw new TamgaError('USAGE', {
      detail: 'a reconciliation needs expected and scanned files',
    });
  }
  const folder = new RunFolder();
  try {
    const seed = register?.seed ?? Uint8Array.from(randomBytes(16));
    const core = await loadCore({ module: runners.module, seed });
    return await new Reconciliation(options, register, core, seed, runners, folder).run();
  } catch (error) {
    folder.remove();
    throw error;
  }
}

class Reconciliation {
  readonly #clock = new StageClock();
  readonly #universe: Universe;
  readonly #marks: Marks;
  readonly #scannedSet = new RoaringBitmap32();
  readonly #repeated = new RepeatedCodes();
  readonly #lines = new OutcomeCounts();

  constructor(
    readonly options: ReconcileOptions,
    readonly register: Register | null,
    readonly core: Core,
    readonly seed: Uint8Array,
    readonly runners: Runners,
    readonly folder: RunFolder,
  ) {
    this.#universe = new Universe(register ? loadImage(register, core) : emptyImage());
    this.#marks = new Marks(this.#universe);
    this.#clock.stop('open', this.#universe.codes - 1);
  }

  async run(): Promise<ReconcileResult> {
    const { options, register, folder } = this;
    const view = register?.view() ?? null;
    const expected: CodeInput[] = [];
    for (const path of options.expected) expected.push(await openInput(path, folder, options.signal));
    const scanned: CodeInput[] = [];
    for (const path of options.scanned) scanned.push(await openInput(path, folder, options.signal));
    const pass = this.#pass(expected);

    const documents = await this.#expect(expected, pass);
    const units = expandExpected(this.#marks);
    this.#clock.stop(
      'expected',
      documents.counts.reduce((sum, { codes }) => sum + codes, 0),
    );

    const counted = await this.#scan(scanned, pass);
    this.#clock.stop('scanned', this.#lines.total());

    const result = resolveUnits(this.#marks, units, this.#scannedSet, pass.options);
    this.#clock.stop('sets', result.counts.total());

    const inputs = [
      ...summaries(expected, 'expected', documents.counts),
      ...summaries(scanned, 'scanned', counted.counts),
    ];
    const report = this.#report(result, inputs, view);
    return this.#withStreams(report, result, documents.sources, counted.sources, pass);
  }

  #pass(expected: readonly CodeInput[]): Pass {
    const { options, register } = this;
    const classify: ClassifyOptions = {
      context: {
        operation: 'accept',
        now: wallClockOf(options.at ?? new Date()),
        owners: this.#owners(expected),
      },
      forSets: true,
      unregistered: register ? OUTCOME_NUMBER.NOT_FOUND : OUTCOME_NUMBER.OK,
      unknownPackage: OUTCOME_NUMBER.UNKNOWN_PACKAGE,
    };
    return {
      universe: this.#universe,
      options: classify,
      seed: this.seed,
      trim: true,
      country: options.country,
    };
  }

  /** Owners that codes may have: the one asked for, or the senders that the documents name and the register knows. */
  #owners(expected: readonly CodeInput[]): number[] {
    const { options, register } = this;
    if (!register) return [];
    if (options.owner !== undefined) return [register.names.demand('owner', options.owner)];
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

  async #expect(inputs: readonly CodeInput[], pass: Pass): Promise<InputsRead> {
    const { core, folder, options } = this;
    for (const input of inputs) if (input instanceof DocumentInput) takeTrees(input.model.tree, this.#marks, core);
    const runner = this.runners.for(inputs);
    const read: InputsRead = { sources: [], counts: [] };
    for (const [i, input] of inputs.entries()) {
      if (input instanceof DocumentInput && !NAMING.has(input.model.kind)) {
        read.counts.push({ codes: 0, notCodes: 0 });
        continue;
      }
      const verdicts = folder.keep(new VerdictLog(`${folder.path}/expected-${i}`));
      read.sources.push({ input, verdicts });
      const count = await readExpected(input, verdicts, this.#marks, runner, core, pass, (done) => {
        if (options.signal?.aborted) throw new TamgaError('CANCELLED');
        options.onProgress?.({ stage: 'expected', done });
      });
      read.counts.push(count);
    }
    return read;
  }

  async #scan(inputs: readonly CodeInput[], pass: Pass): Promise<InputsRead> {
    const { core, folder, options } = this;
    const runner = this.runners.for(inputs);
    const read: InputsRead = { sources: [], counts: [] };
    for (const [i, input] of inputs.entries()) {
      const verdicts = folder.keep(new VerdictLog(`${folder.path}/verdicts-${i}`));
      read.sources.push({ input, verdicts });
      const before = this.#lines.lineCount();
      for await (const { result } of input.classified(runner, core, pass)) {
        if (options.signal?.aborted) throw new TamgaError('CANCELLED', { path: input.path });
        adoptStrays(result, this.#marks);
        settleCounted(result, this.#marks);
        this.#scannedSet.orInPlace(RoaringBitmap32.deserialize(result.found, 'portable'));
        this.#scannedSet.addMany(Uint32Array.from(result.strays.lines, (line) => result.ordinals[line]));
        this.#repeated.add(result);
        this.#lines.addAll(result.outcomes);
        verdicts.append(result.outcomes);
        options.onProgress?.({ stage: 'scanned', done: this.#lines.total() });
      }
      const after = this.#lines.lineCount();
      read.counts.push({ codes: after.codes - before.codes, notCodes: after.notCodes - before.notCodes });
    }
    return read;
  }

  #report(result: UnitResult, inputs: InputSummary[], view: ReconcileReport['register']): ReconcileReport {
    const { counts, sets, decisions, outcomeOf } = result;
    const surplus = new RoaringBitmap32();
    for (const ordinal of sets.surplus) if (SURPLUS.has(outcomeOf(ordinal))) surplus.add(ordinal);
    const packageDecisions: ReconcileReport['packageDecisions'] = {};
    for (const { decision } of decisions) packageDecisions[decision] = (packageDecisions[decision] ?? 0) + 1;
    const byGtin = gtinTotals(sets, surplus, this.#universe, this.register);
    const report: ReconcileReport = {
      expectedUnits: sets.expected.size,
      totals: {
        matched: sets.expected.size - sets.missing.size,
        shortage: sets.missing.size,
        surplus: surplus.size,
      },
      outcomes: counts.byName(),
      lines: { count: this.#lines.total(), outcomes: this.#lines.byName() },
      packageDecisions,
      byGtin,
      inputs,
      register: view,
      timings: [],
    };
    if (this.options.codes || counts.total() + decisions.length <= CODES_LISTED_MAX) {
      Object.assign(report, this.#listings(result));
    }
    this.#clock.stop('report', counts.total());
    report.timings = this.#clock.timings;
    return report;
  }

  #listings({ sets, outcomeOf, decisions }: UnitResult): Pick<ReconcileReport, 'codes' | 'packages'> {
    const texts = new CodeTexts(this.#universe, this.register);
    // Codes are outside text: an object without a prototype has no name that they could take.
    const codes: Record<string, Outcome> = Object.create(null);
    for (const ordinal of RoaringBitmap32.or(sets.expected, sets.present)) {
      codes[texts.text(ordinal)] = OUTCOMES[outcomeOf(ordinal)];
    }
    const packages: Record<string, PackageDecision> = Object.create(null);
    for (const { ordinal, decision } of decisions) packages[texts.text(ordinal)] = decision;
    return { codes, packages };
  }

  #withStreams(
    report: ReconcileReport,
    result: UnitResult,
    documents: LineSource[],
    scans: LineSource[],
    pass: Pass,
  ): ReconcileResult {
    const { register, folder, runners, seed } = this;
    const universe = this.#universe;
    const repeated = this.#repeated.set;
    async function* missing(): AsyncGenerator<Finding> {
      const texts = new CodeTexts(universe, register);
      const own = await loadCore({ module: runners.module, seed });
      for (const ordinal of inKeyOrder(result.sets.missing, texts, own)) {
        yield {
          outcome: OUTCOMES[result.outcomeOf(ordinal)],
          code: texts.text(ordinal),
          ...texts.known(ordinal),
        };
      }
    }
    async function* findings(): AsyncGenerator<Finding> {
      // A core of its own: several walks may be under way at once.
      const own = await loadCore({ module: runners.module, seed });
      const texts = new CodeTexts(universe, register);
      yield* lineFindings(documents, own, pass, texts, NONE_REPEATED, false);
      yield* lineFindings(scans, own, pass, texts, repeated, false);
      yield* missing();
    }
    return {
      report,
      findings,
      missing,
      async close() {
        folder.remove();
      },
    };
  }
}

/** Ordinals by their keys: those of several imports, or of documents only, are in no order of their own. */
function inKeyOrder(ordinals: RoaringBitmap32, texts: CodeTexts, core: Core): Uint32Array {
  const all = ordinals.toUint32Array();
  const offsets = new Uint32Array(all.length + 1);
  let bytes = new Uint8Array(all.length * 24);
  for (let i = 0; i < all.length; i++) {
    const key = texts.key(all[i]);
    offsets[i + 1] = offsets[i] + key.length;
    if (offsets[i + 1] > bytes.length) {
      const wider = new Uint8Array(offsets[i + 1] * 2);
      wider.set(bytes);
      bytes = wider;
    }
    bytes.set(key, offsets[i]);
  }
  return core.sortKeys(bytes.subarray(0, offsets[all.length]), offsets).map((i) => all[i]);
}

const SURPLUS: ReadonlySet<number> = new Set([OUTCOME_NUMBER.SURPLUS, OUTCOME_NUMBER.SURPLUS_FOREIGN]);

function summaries(
  inputs: readonly CodeInput[],
  role: InputSummary['role'],
  counts: readonly LineCount[],
): InputSummary[] {
  return inputs.map(({ path, format, size }, i) => ({ path, role, format, size, ...counts[i] }));
}
