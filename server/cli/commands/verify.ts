import { type Command, Option } from 'commander';
import { isTamgaError, TamgaError } from '../../../engine/errors.js';
import type { Jobs } from '../../../engine/index.js';
import { visible } from '../../../engine/messages/visible.js';
import type { Finding } from '../../../engine/reconcile/report.js';
import { OPERATIONS, type Operation } from '../../../engine/verdict/rules.js';
import { option, type TailChoice, tailOptions } from '../options.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';
import { StageProgress } from '../stage-progress.js';

interface Options extends CommonOptions, TailChoice {
  register?: string;
  operation: Operation;
  owner?: string;
  at?: Date;
  country?: 'RU' | 'UZ';
  expiresSoon?: number;
  groups?: number[];
  findings?: boolean;
  registeredTails?: boolean;
  summary?: boolean;
  workers?: number;
  job?: string;
}

/** `tamga verify`: a verdict for each line, and a summary. */
export function defineVerify(program: Command, session: Session): void {
  const command = program
    .command('verify')
    .description('print a verdict for each code, and a summary')
    .argument('[file]', 'list (plain or .gz), CSV or XML document; - is standard input', '-')
    .option('--register <dir>', 'register to ask; without one, only the form of the codes is judged')
    .addOption(option.keys())
    .addOption(option.secrets())
    .addOption(option.tails())
    .addOption(option.registeredTails())
    .addOption(new Option('--profile <name>', 'set of rules').choices(['default']).default('default'))
    .addOption(new Option('--operation <kind>', 'what is about to be done').choices(OPERATIONS).default('count'))
    .addOption(option.owner('tax number or place of activity that the codes must belong to'))
    .addOption(option.at())
    .addOption(option.country())
    .addOption(option.expiresSoon())
    .addOption(option.groups())
    .option('--findings', 'print only lines that need attention')
    .option('--summary', 'print no lines, only the summary')
    .addOption(option.workers())
    .addOption(option.job())
    .addHelpText(
      'after',
      '\nA line of output: OUTCOME, a tab, the code. The summary goes to the standard error; with --json it is the last line.\n' +
        '\nExamples:\n  tamga verify scans.txt --register ./register --operation sale\n  tamga verify scans.txt --keys keys.json --tails required --findings\n  tamga verify scans.csv.gz --findings --json',
    );
  session.define<Options>(command, async (options, [file = '-']) => {
    const { openEngine } = await import('../../../engine/index.js');
    if (file === '-') session.stdin();
    const engine = await openEngine({
      register: options.register,
      workers: options.workers,
      ...tailOptions(options),
    });
    const progress = new StageProgress(session.language);
    try {
      if (options.job !== undefined) return await verifyAsJob(engine.openJobs(options.job), file, options, session);
      const result = await engine.verifyFile(file, {
        operation: options.operation,
        owner: options.owner,
        at: options.at,
        country: options.country,
        registeredTails: options.registeredTails,
        expiresSoonDays: options.expiresSoon,
        groups: options.groups,
        signal: session.signal,
        onProgress: ({ stage, done }) => progress.update(stage, done),
      });
      try {
        progress.stop();
        if (!options.summary) await printVerdicts(session, result.verdicts(options.findings), options.json === true);
        const { report } = result;
        if (options.json) await session.out.write(`${JSON.stringify({ summary: report })}\n`);
        else {
          const { summaryText } = await import('../verify-summary.js');
          await session.out.flush();
          session.err.write(summaryText(report, session.language, session.err));
        }
        return report.findings > 0 ? EXIT.findings : EXIT.well;
      } finally {
        await result.close();
      }
    } catch (error) {
      throw file === '-' ? namingStdin(error) : error;
    } finally {
      progress.stop();
      await engine.close();
    }
  });
}

/** Runs the verification as a job; the summary and the job's id are printed, the verdicts are among the job's files. */
async function verifyAsJob(jobs: Jobs, file: string, options: Options, session: Session): Promise<number> {
  const { isDone } = await import('./jobs.js');
  try {
    const { operation, owner, country, at, expiresSoon, groups, registeredTails } = options;
    const { id } = await jobs.start({
      kind: 'verify',
      input: file,
      operation,
      owner,
      country,
      at: at?.toISOString(),
      expiresSoonDays: expiresSoon,
      groups,
      registeredTails,
    });
    if (!(await isDone(jobs, id, session))) return EXIT.error;
    const report = await jobs.report(id);
    if (options.json) await session.out.write(`${JSON.stringify({ job: id, summary: report })}\n`);
    else {
      const { summaryText } = await import('../verify-summary.js');
      await session.out.write(`${id}\n`);
      session.err.write(summaryText(report, session.language, session.err));
    }
    return report.findings > 0 ? EXIT.findings : EXIT.well;
  } finally {
    await jobs.close();
  }
}

async function printVerdicts(session: Session, verdicts: AsyncIterable<Finding>, json: boolean): Promise<void> {
  const { out, signal } = session;
  for await (const verdict of verdicts) {
    const full = out.write(json ? jsonLine(verdict) : `${verdict.outcome}\t${visible(verdict.code)}\n`);
    if (full) {
      await full;
      signal.throwIfAborted();
    }
  }
}

function jsonLine({
  line,
  outcome,
  code,
  tail,
  error,
  position,
  state,
  owner,
  expiry,
  parent,
  firstLine,
}: Finding): string {
  return `${JSON.stringify({ line, outcome, code, tail, error, position, state, owner, expiry, parent, firstLine })}\n`;
}

/** The standard input is copied to a file first; a person knows it as `-`. */
function namingStdin(error: unknown): unknown {
  if (!isTamgaError(error) || error.code === 'DISK_FULL' || !error.data.path?.includes('/spool-')) return error;
  return new TamgaError(error.code, { ...error.data, path: '-' }, { cause: error });
}
