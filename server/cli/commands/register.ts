import type { Command } from 'commander';
import type { Register } from '../../../engine/index.js';
import { type CommonOptions, EXIT, type Session } from '../session.js';
import { text } from '../texts.js';
import { defineRegisterEvents } from './register-events.js';
import { defineRegisterUpkeep } from './register-upkeep.js';

/** `tamga register`: looks into a register, and what keeps or changes it. */
export function defineRegister(program: Command, session: Session): void {
  const register = program.command('register').description('look into a register, apply events, ask for its past');
  const stat = register
    .command('stat')
    .description('counts by state and owner, and the last event')
    .argument('<dir>', 'folder of the register');
  session.define<CommonOptions>(stat, (options, [dir]) =>
    withRegister(dir!, async (opened) => {
      const found = opened.stat();
      if (options.json) await session.out.write(`${JSON.stringify(found, null, 2)}\n`);
      else {
        const { statText } = await import('../register-text.js');
        await session.out.write(statText(found, session.language, session.out));
      }
      return EXIT.well;
    }),
  );

  const digest = register
    .command('digest')
    .description('SHA-256 of what the register holds; registers fed the same files have the same')
    .argument('<dir>', 'folder of the register');
  session.define<CommonOptions>(digest, (options, [dir]) =>
    withRegister(dir!, async (opened) => {
      const sum = opened.digest();
      await session.out.write(`${options.json ? JSON.stringify({ path: opened.path, digest: sum }) : sum}\n`);
      return EXIT.well;
    }),
  );

  const show = register
    .command('show')
    .description('the record of one code, and the packages that it is in')
    .argument('<dir>', 'folder of the register')
    .argument('<code>', 'GTIN and serial, SSCC, or the whole code as scanned');
  session.define<CommonOptions>(show, (options, [dir, code]) =>
    withRegister(dir!, async (opened) => {
      const { lookUp, historyText } = await import('../register-text.js');
      const found = await lookUp(opened, code!);
      if (options.json) await session.out.write(`${JSON.stringify(found, null, 2)}\n`);
      else if (found.record === null) {
        session.err.write(`${text(session.language, 'notInRegister', { code: found.code, path: opened.path })}\n`);
      } else await session.out.write(historyText(found, session.language, session.out));
      return found.record === null ? EXIT.findings : EXIT.well;
    }),
  );
  defineRegisterEvents(register, session);
  defineRegisterUpkeep(register, session);
}

async function withRegister(dir: string, work: (register: Register) => Promise<number>): Promise<number> {
  const { Register } = await import('../../../engine/index.js');
  const register = Register.open(dir);
  try {
    return await work(register);
  } finally {
    await register.close();
  }
}
