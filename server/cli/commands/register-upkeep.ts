import type { Command } from 'commander';
import type { BackupReport, CheckReport } from '../../../engine/index.js';
import { formatBytes, formatCount, visible } from '../../../engine/messages/index.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';
import { grid, lookOf } from '../terminal/index.js';
import { text } from '../texts.js';

interface BackupOptions extends CommonOptions {
  compact?: boolean;
}

/** The subcommands of `tamga register` that keep one safe: `check`, `compact`, `backup`, `restore`. */
export function defineRegisterUpkeep(register: Command, session: Session): void {
  const check = register
    .command('check')
    .description('read everything and compare whatever must agree; exit code 1 when something is wrong')
    .argument('<dir>', 'folder of the register');
  session.define<CommonOptions>(check, async (options, [dir]) => {
    const { checkRegister } = await import('../../../engine/index.js');
    const report = await checkRegister(dir!);
    if (options.json) await session.out.write(`${JSON.stringify(report, null, 2)}\n`);
    else await session.out.write(checkText(report, session));
    return report.ok ? EXIT.well : EXIT.findings;
  });

  const compact = register
    .command('compact')
    .description('rewrite the register without the room that changes left; nobody else may have it open')
    .argument('<dir>', 'folder of the register');
  session.define<CommonOptions>(compact, async (options, [dir]) => {
    const { compactRegister } = await import('../../../engine/index.js');
    const sizes = await compactRegister(dir!);
    const { language } = session;
    if (options.json) await session.out.write(`${JSON.stringify({ path: dir, ...sizes })}\n`);
    else
      await session.out.write(
        facts(session, [
          [text(language, 'sizeBefore'), formatBytes(language, sizes.before)],
          [text(language, 'size'), formatBytes(language, sizes.after)],
        ]),
      );
    return EXIT.well;
  });

  const backup = register
    .command('backup')
    .description('copy the register as it is at one moment; it may be in use')
    .argument('<dir>', 'folder of the register')
    .argument('<to>', 'empty or absent folder of the copy')
    .option('--compact', 'leave out the room that changes left; slower');
  session.define<BackupOptions>(backup, async (options, [dir, to]) => {
    const { backupRegister, Register } = await import('../../../engine/index.js');
    const opened = Register.open(dir!);
    try {
      return copied(session, options, await backupRegister(opened, to!, { compact: options.compact ?? false }));
    } finally {
      await opened.close();
    }
  });

  const restore = register
    .command('restore')
    .description('make a register of a backup')
    .argument('<backup>', 'folder of the backup')
    .argument('<dir>', 'empty or absent folder of the register');
  session.define<CommonOptions>(restore, async (options, [from, dir]) => {
    const { restoreRegister } = await import('../../../engine/index.js');
    return copied(session, options, await restoreRegister(from!, dir!));
  });
}

async function copied(session: Session, options: CommonOptions, report: BackupReport): Promise<number> {
  const { language } = session;
  if (options.json) await session.out.write(`${JSON.stringify(report, null, 2)}\n`);
  else
    await session.out.write(
      facts(session, [
        [text(language, 'madeAt'), visible(report.path)],
        [text(language, 'codes'), formatCount(language, report.codes)],
        [text(language, 'events'), formatCount(language, report.lastEvent)],
        [text(language, 'size'), formatBytes(language, report.bytes)],
      ]),
    );
  return EXIT.well;
}

function checkText(report: CheckReport, session: Session): string {
  const { language } = session;
  const rows = facts(session, [
    [text(language, 'register'), visible(report.path)],
    [text(language, 'codes'), formatCount(language, report.codes)],
    [text(language, 'events'), formatCount(language, report.lastEvent)],
    [text(language, 'digest'), report.digest],
  ]);
  if (report.ok) return `${text(language, 'whole')}\n${rows}`;
  const found = report.findings.map(({ where, detail }) => `  ${visible(where)}: ${visible(detail)}\n`).join('');
  const head = text(language, 'damaged', { count: report.findingsCount });
  return `${head}\n${found}${text(language, 'damagedRemedy')}\n${rows}`;
}

function facts(session: Session, rows: string[][]): string {
  return grid(lookOf(session.out), [{ head: '' }, { head: '', flexible: true }], rows);
}
