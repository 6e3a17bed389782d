import { Command } from 'commander';
import { versionOfPackage } from '../version.js';
import { defineBench } from './commands/bench.js';
import { defineDemo } from './commands/demo.js';
import { defineDocument } from './commands/document.js';
import { defineImport } from './commands/import.js';
import { defineJobs } from './commands/jobs.js';
import { defineKeys } from './commands/keys.js';
import { defineKeysApi } from './commands/keys-api.js';
import { defineParse } from './commands/parse.js';
import { defineReconcile } from './commands/reconcile.js';
import { defineRegister } from './commands/register.js';
import { defineVerify } from './commands/verify.js';
import type { Session } from './session.js';

const SERVE_DESCRIPTION = 'answer over HTTP and WebSocket until it is interrupted';

/**
 * The whole command line, for words that stand on it. The flags of `serve` come from a schema, whose library takes longer to load than most
 * commands run: only who asks for them waits for it.
 */
export async function buildProgram(session: Session, words: readonly string[]): Promise<Command> {
  const { defineServe } = words.includes('serve') ? await import('./commands/serve.js') : { defineServe: listServe };
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
    defineJobs,
    defineServe,
    defineKeysApi,
    defineDemo,
    defineBench,
  ]) {
    define(program, session);
  }
  return program;
}

/** `serve` as the list of commands shows it. */
function listServe(program: Command): void {
  program.command('serve').description(SERVE_DESCRIPTION);
}
