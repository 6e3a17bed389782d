import { type Command, Option } from 'commander';
import type { Engine, Jobs, ReconcileReport, ReconcileResult } from '../../../engine/index.js';
import type { RegisterSetQuery } from '../../../engine/reconcile/expected-set.js';
import { type Outcome, type PackageDecision, SEVERITY } from '../../../engine/reconcile/outcomes.js';
import { type TreeOutcome, treeSeverity } from '../../../engine/reconcile/tree-outcomes.js';
import { option, type TailChoice, tailOptions } from '../options.js';
import { refuseOverwriting, refuseStdinTwice } from '../refusals.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';
import { SET_QUERY_FIELDS, setQuery } from '../set-query.js';
import { StageProgress } from '../stage-progress.js';
import { text } from '../texts.js';

interface Options extends CommonOptions, TailChoice {
  expected?: string[];
  expectedSet?: RegisterSetQuery;
  scanned: string[];
  register?: string;
  owner?: string;
  at?: Date;
  country?: 'RU' | 'UZ';
  expiresSoon?: number;
  groups?: number[];
  codes?: boolean;
  oneKind?: boolean;
  registeredTails?: boolean;
  csv?: string;
  html?: string;
  xlsx?: string;
  workers?: number;
  job?: string;
}

/** `tamga reconcile`: what is expected against what was scanned. */
export function defineReconcile(program: Command, session: Session): void {
  const command = program
    .command('reconcile')
    .description('compare what is expected with what was scanned: found, missing, surplus, foreign …')
    .option('--expected <files...>', 'documents or lists that say what should be here, and what is in which package')
    .addOption(
      new Option(
        '--expected-set <set>',
        `a set of the register that should be here: ${[...SET_QUERY_FIELDS, 'at'].map((field) => `${field}=…`).join(',')}`,
      ).argParser(setQuery),
    )
    .requiredOption('--scanned <files...>', 'lists, tables or documents that say what is here')
    .option('--register <dir>', 'register to ask for states, owners, dates and packages')
    .addOption(option.keys())
    .addOption(option.secrets())
    .addOption(option.tails())
    .addOption(option.registeredTails())
    .addOption(option.owner('tax number or place of activity that the codes must belong to (default: the sender)'))
    .addOption(option.at())
    .addOption(option.country())
    .addOption(option.expiresSoon())
    .addOption(option.groups())
    .addOption(new Option('--codes', 'list every code in --json, however many there are').conflicts('job'))
    .option('--one-kind', 'a package must hold units of one product and one series')
    .option('--csv <file>', 'write what needs attention as CSV')
    .option('--html <file>', 'write the report as one HTML file')
    .option('--xlsx <file>', 'write the report as a workbook')
    .addOption(option.workers())
    .addOption(option.job())
    .addHelpText(
      'after',
      '\nExample:\n  tamga reconcile --expected delivery-415.xml boxes-911.xml --scanned scans.txt --register ./register --html report.html\n  tamga reconcile --expected-set owner=300000001,state=INTRODUCED --scanned scans.txt --register ./register --xlsx report.xlsx',
    );
  session.define<Options>(command, async (options) => {
    const inputs = [...(options.expected ?? []), ...options.scanned];
    refuseStdinTwice(inputs);
    refuseOverwriting([options.csv, options.html, options.xlsx], inputs);
    const { openEngine } = await import('../../../engine/index.js');
    if (inputs.includes('-')) session.stdin();
    const engine = await openEngine({
      register: options.register,
      workers: options.workers,
      ...tailOptions(options),
    });
    try {
      if (options.job !== undefined) return await compareAsJob(engine.openJobs(options.job), options, session);
      return await show(session, await compare(session, engine, options), options);
    } finally {
      await engine.close();
    }
  });
}

async function compare(session: Session, engine: Engine, options: Options): Promise<ReconcileResult> {
  const progress = new StageProgress(session.language);
  try {
    return await engine.reconcile({
      expected: options.expected ?? [],
      expectedSet: options.expectedSet,
      scanned: options.scanned,
      owner: options.owner,
      at: options.at,
      country: options.country,
      expiresSoonDays: options.expiresSoon,
      groups: options.groups,
      codes: options.codes,
      oneKind: options.oneKind,
      registeredTails: options.registeredTails,
      signal: session.signal,
      onProgress: ({ stage, done }) => progress.update(stage, done),
    });
  } finally {
    progress.stop();
  }
}

/** Runs the comparison as a job; its id is told beside the report. */
async function compareAsJob(jobs: Jobs, options: Options, session: Session): Promise<number> {
  const { isDone } = await import('./jobs.js');
  const { expected = [], expectedSet, scanned, owner, country, at, expiresSoon, groups, oneKind } = options;
  try {
    const { id } = await jobs.start({
      kind: 'reconcile',
      expected,
      expectedSet: expectedSet && { ...expectedSet, at: expectedSet.at?.toISOString() },
      scanned,
      owner,
      country,
      at: at?.toISOString(),
      expiresSoonDays: expiresSoon,
      groups,
      oneKind,
      registeredTails: options.registeredTails,
    });
    if (!(await isDone(jobs, id, session))) return EXIT.error;
    session.err.write(`${text(session.language, 'jobId')}: ${id}\n`);
    return await show(session, await jobs.reconciliation(id), options);
  } finally {
    await jobs.close();
  }
}

async function show(session: Session, result: ReconcileResult, options: Options): Promise<number> {
  try {
    await present(session, result, options);
    return needsAttention(result.report) ? EXIT.findings : EXIT.well;
  } finally {
    await result.close();
  }
}

async function present(session: Session, result: ReconcileResult, options: Options): Promise<void> {
  const { language, out, err } = session;
  const { attention, reportJsonPieces, writeFindingsCsv, writeHtmlReport, writeXlsxReport } = await import(
    '../../../engine/reconcile/render/index.js'
  );
  // Files first: a report that couldn't be written must not follow a printed result that says all is well.
  if (options.csv !== undefined) await writeFindingsCsv(attention(result), options.csv);
  if (options.html !== undefined) await writeHtmlReport(result, options.html, { language, madeAt: new Date() });
  if (options.xlsx !== undefined) await writeXlsxReport(result, options.xlsx, { language });
  if (options.json) {
    for (const piece of reportJsonPieces(result.report)) await out.write(piece);
  } else {
    const { printReport } = await import('../terminal/index.js');
    printReport(result.report, language, out);
  }
  await out.flush();
  for (const path of [options.csv, options.html, options.xlsx]) {
    if (path !== undefined) err.write(`${text(language, 'written', { path })}\n`);
  }
}

/** True when a unit, a line or a package of a report is not as it should be. */
export function needsAttention(
  report: Pick<ReconcileReport, 'inputs' | 'outcomes' | 'lines' | 'packageDecisions' | 'trees'>,
): boolean {
  if (report.inputs.some(({ notCodes, duplicates }) => notCodes > 0 || duplicates > 0)) return true;
  const trees = Object.keys(report.trees.outcomes) as TreeOutcome[];
  if (trees.some((outcome) => ['warn', 'error'].includes(treeSeverity(outcome, report.trees)))) return true;
  for (const counts of [report.outcomes, report.lines.outcomes]) {
    for (const [outcome, count] of Object.entries(counts) as [Outcome, number][]) {
      if (count > 0 && (SEVERITY[outcome] === 'warn' || SEVERITY[outcome] === 'error')) return true;
    }
  }
  return (Object.entries(report.packageDecisions) as [PackageDecision, number][]).some(
    ([decision, count]) => count > 0 && decision !== 'ACCEPTED_WHOLE',
  );
}
