import { existsSync, rmSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { Engine, ImportReport } from '../../../engine/index.js';
import { STATES, type State } from '../../../engine/register/states.js';
import { option } from '../options.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';
import { StageProgress } from '../stage-progress.js';

interface Options extends CommonOptions {
  register: string;
  state?: State;
  owner?: string;
  country?: 'RU' | 'UZ';
}

/** `tamga import`: files into a register. */
export function defineImport(program: Command, session: Session): void {
  const command = program
    .command('import')
    .description('read codes, documents and packages into a register; the same file twice changes nothing')
    .argument(
      '<files...>',
      'lists of codes (text), tables (CSV), register snapshots (CSV), MDLP 415, 911, 311 … and UPD (XML); plain or .gz',
    )
    .requiredOption('--register <dir>', 'folder of the register; it is made when absent')
    .addOption(new Option('--state <state>', 'state of the codes of lists').choices(STATES))
    .addOption(option.owner('owner of the codes of lists'))
    .addOption(option.country())
    .addHelpText(
      'after',
      '\nFiles may be named in any order. When one of them cannot be read, nothing is written.\n' +
        '\nExample:\n  tamga import snapshot.csv.gz boxes-911.xml --register ./register',
    );
  session.define<Options>(command, async (options, files) => {
    const { openEngine } = await import('../../../engine/index.js');
    const isNew = !existsSync(options.register);
    const engine = await openEngine({ register: options.register, create: true });
    let written = false;
    try {
      const report = await runImport(session, engine, files, options);
      written = true;
      return report.files.some(({ findings }) => findings > 0) ? EXIT.findings : EXIT.well;
    } finally {
      written ||= engine.register?.view().lastEvent !== 0;
      await engine.close();
      // A failed import leaves no empty register behind where there was none.
      if (isNew && !written) rmSync(options.register, { recursive: true, force: true });
    }
  });
}

async function runImport(session: Session, engine: Engine, files: string[], options: Options): Promise<ImportReport> {
  const { state, owner, country } = options;
  const progress = new StageProgress(session.language);
  try {
    const report = await engine.import(files, {
      state,
      owner,
      country,
      signal: session.signal,
      onProgress: ({ path, stage, done, total }) => progress.update(`${stage} ${path}`, done, total),
    });
    progress.stop();
    if (options.json) {
      const { factsOf, readDocuments } = await import('../document-facts.js');
      const documents = factsOf(await readDocuments(files, session.signal, false));
      await session.out.write(`${JSON.stringify({ ...report, documents }, null, 2)}\n`);
    } else {
      const { importFindingsText, importText } = await import('../import-text.js');
      await session.out.write(importText(report, session.language, session.out));
      await session.out.flush();
      session.err.write(importFindingsText(report, session.language, session.err));
    }
    return report;
  } finally {
    progress.stop();
  }
}
