import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { defineBench } from './commands/bench.js';
import { defineDemo } from './commands/demo.js';
import { defineDocument } from './commands/document.js';
import { defineImport } from './commands/import.js';
import { defineKeys } from './commands/keys.js';
import { defineParse } from './commands/parse.js';
import { defineReconcile } from './commands/reconcile.js';
import { defineRegister } from './commands/register.js';
import { defineServe } from './commands/serve.js';
import { defineVerify } from './commands/verify.js';
import type { Session } from './session.js';

/** The whole command line. */
export function buildProgram(session: Session): Command {
  const program = new Command('tamga')
    .description('Verifies marking codes: one at a till, or a hundred million in a file.')
    .version(versionOfPackage(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('(“tamga help” tells the commands and their options)')
    .addHelpText('after', '\nExit codes: 0 all well, 1 findings, 2 usage or input error, 130 interrupted.')
    .configureOutput({ writeOut: (text) => void session.out.write(text), writeErr: (text) => session.err.write(text) })
    .exitOverride();
  for (const define of [
    defineParse,
    defineVerify,
    defineImport,
    defineDocument,
    defineReconcile,
    defineRegister,
    defineKeys,
    defineServe,
    defineDemo,
    defineBench,
  ]) {
    define(program, session);
  }
  return program;
}

/** Version of the package that this file is part of. */
export function versionOfPackage(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
