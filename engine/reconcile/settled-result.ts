/** From what a run came to, to its report and its streams. */
import { loadCore } from '../../core/host/index.js';
import type { CodeInput } from '../bulk/code-input.js';
import { lineFindings } from '../bulk/line-findings.js';
import { untailed } from '../bulk/runner.js';
import { RoaringBitmap32 } from '../roaring.js';
import { refuseAborted, turn } from '../sliced.js';
import { gtinTotals } from './gtin-totals.js';
import { missingFindings } from './missing.js';
import { OUTCOMES, type Outcome, type PackageDecision } from './outcomes.js';
import { byDifference, packageRows } from './package-rows.js';
import type { Finding, InputSummary, PackageRow, ReconcileReport, ReconcileResult, TreeSummary } from './report.js';
import type { Run, Settled } from './run.js';
import type { LineCount } from './settle.js';
import { CodeTexts } from './texts.js';
import { TREE_FINDINGS_MAX, TREE_OUTCOMES, type TreeFinding } from './tree-outcomes.js';
import { compareTrees } from './trees.js';

/** Packages in a report: those that differ most. All of them are in the stream. */
export const PACKAGES_REPORTED_MAX = 1000;

/** Findings that are told without a turn for others. */
const TURN_EVERY = 1024;

export async function resultOf(run: Run, settled: Settled): Promise<ReconcileResult> {
  const { signal } = run.options;
  const report = reportOf(run, settled);
  await turn(signal);
  const { universe, register, folder } = run;
  // What the lines came to is logged; tails are not checked again to tell it.
  const pass = untailed(run.pass);
  const { missing: missingSet } = settled.units.sets;
  // A core of its own for each walk: several may be under way at once.
  const ownCore = () => loadCore({ module: run.runners.module, seed: run.seed });
  const view = viewOf(run);
  const seenAt = (finding: Finding): Finding => (finding.state === undefined ? finding : { ...finding, ...view });

  async function* missing(): AsyncGenerator<Finding> {
    const options = {
      missing: missingSet,
      outcomeOf: settled.units.outcomeOf,
      universe,
      register,
      documents: settled.documents.sources,
      pass,
      folder: folder.path,
    };
    let told = 0;
    for await (const finding of missingFindings(options, await ownCore())) {
      if (told++ % TURN_EVERY === 0) await turn(signal);
      refuseAborted(signal);
      yield seenAt(finding);
    }
  }
  async function* findings(): AsyncGenerator<Finding> {
    const core = await ownCore();
    const texts = new CodeTexts(universe, register);
    const { documents, counted, repeatedNamed, repeatedScanned } = settled;
    const lines = [
      lineFindings(documents.sources, core, pass, texts, repeatedNamed, false, signal),
      lineFindings(counted.sources, core, pass, texts, repeatedScanned, false, signal),
    ];
    for (const found of lines) for await (const finding of found) yield seenAt(finding);
    yield* missing();
  }
  async function* trees(): AsyncGenerator<TreeFinding> {
    yield* treesOf(run, settled);
  }
  async function* packages(): AsyncGenerator<PackageRow> {
    yield* packageRows(run, settled);
  }
  return {
    report,
    findings,
    missing,
    trees,
    packages,
    async close() {
      folder.remove();
    },
  };
}

function reportOf(run: Run, settled: Settled): ReconcileReport {
  const { units, surplus, lines } = settled;
  const { sets, counts, decisions } = units;
  const packageDecisions: ReconcileReport['packageDecisions'] = {};
  for (const { decision } of decisions) packageDecisions[decision] = (packageDecisions[decision] ?? 0) + 1;
  const report: ReconcileReport = {
    expectedUnits: sets.expected.size,
    totals: {
      matched: sets.expected.size - sets.missing.size,
      shortage: sets.missing.size,
      surplus: surplus.size,
    },
    outcomes: counts.byName(),
    lines: { count: lines.total(), outcomes: lines.byName() },
    ...(run.runners.tails && { tails: settled.tails.byName() }),
    ...(run.options.registeredTails && { registeredTails: settled.registeredTails.byName() }),
    packageDecisions,
    byGtin: gtinTotals(sets, surplus, run.universe, run.register),
    byPackage: [...packageRows(run, settled)].sort(byDifference).slice(0, PACKAGES_REPORTED_MAX),
    trees: treeSummary(run, settled),
    ...(settled.timeline && { timeline: settled.timeline }),
    inputs: [
      ...summaries(run.expected, 'expected', settled.documents.counts),
      ...summaries(run.scanned, 'scanned', settled.counted.counts),
    ],
    expectedSet: run.expectedSet,
    register: run.view,
    at: run.at.toISOString(),
    timings: [],
  };
  if (run.options.codes || counts.total() + decisions.length <= run.codesListed) {
    Object.assign(report, listings(run, settled));
  }
  run.clock.stop('report', counts.total());
  report.timings = run.clock.timings;
  return report;
}

function listings(run: Run, { units }: Settled): Pick<ReconcileReport, 'codes' | 'packages'> {
  const texts = new CodeTexts(run.universe, run.register);
  // Codes are outside text: an object without a prototype has no name that they could take.
  const codes: Record<string, Outcome> = Object.create(null);
  for (const ordinal of RoaringBitmap32.or(units.sets.expected, units.sets.present)) {
    codes[texts.text(ordinal)] = OUTCOMES[units.outcomeOf(ordinal)];
  }
  const packages: Record<string, PackageDecision> = Object.create(null);
  for (const { ordinal, decision } of units.decisions) packages[texts.text(ordinal)] = decision;
  return { codes, packages };
}

function* treesOf(run: Run, { packages }: Settled): Generator<TreeFinding> {
  if (packages === null) return;
  const texts = new CodeTexts(run.universe, run.register);
  const view = viewOf(run);
  for (const finding of compareTrees(packages.stated, packages.marks, run.then.asOf, texts)) {
    yield { ...finding, ...view };
  }
}

/** The register's view that a finding is of; nothing without a register. */
function viewOf({ view }: Run): Pick<Finding, 'event' | 'eventAt'> {
  if (view === null) return {};
  return { event: view.lastEvent, ...(view.lastEventAt !== null && { eventAt: view.lastEventAt }) };
}

function treeSummary(run: Run, settled: Settled): TreeSummary {
  const counts: TreeSummary['outcomes'] = {};
  const findings: TreeFinding[] = [];
  for (const finding of treesOf(run, settled)) {
    const { outcome } = finding;
    const count = (counts[outcome] ?? 0) + 1;
    counts[outcome] = count;
    if (outcome !== 'TREE_OK' && count <= TREE_FINDINGS_MAX) findings.push(finding);
  }
  return {
    stated: settled.packages?.stated.length ?? 0,
    oneKind: run.options.oneKind ?? false,
    outcomes: Object.fromEntries(TREE_OUTCOMES.filter((name) => counts[name]).map((name) => [name, counts[name]])),
    findings,
  };
}

function summaries(
  inputs: readonly CodeInput[],
  role: InputSummary['role'],
  counts: readonly LineCount[],
): InputSummary[] {
  return inputs.map(({ path, format, size }, i) => ({ path, role, format, size, ...counts[i] }));
}
