#!/usr/bin/env node
import { CommanderError } from 'commander';
import { OutputClosed } from './output.js';
import { buildProgram } from './program.js';
import { EXIT, Session } from './session.js';
import { printError } from './terminal/errors.js';

const session = new Session();

// Node's own exit code for these is 1, which would say "findings".
process.on('uncaughtException', (error) => {
  process.exit(printError(error, session.language, session.err));
});
process.stderr.on('error', () => undefined);
for (const [signal, exitCode] of [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', EXIT.terminated],
] as const) {
  process.on(signal, () => {
    if (session.signal.aborted) process.exit(exitCode);
    session.cancel(exitCode);
  });
}

process.exit(await run());

async function run(): Promise<number> {
  try {
    const program = await buildProgram(session, process.argv.slice(2));
    await program.parseAsync();
    await session.out.flush();
    return session.exitCode;
  } catch (error) {
    return await exitCodeOf(error);
  }
}

async function exitCodeOf(error: unknown): Promise<number> {
  if (error instanceof OutputClosed) return session.signal.aborted ? session.exitCode : EXIT.well;
  // What was found before the failure is still of use; a second failure of the output is not worth a word.
  await session.out.flush().catch(() => undefined);
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.well : EXIT.error;
  if (session.signal.aborted) {
    printError(session.signal.reason, session.language, session.err);
    return session.exitCode;
  }
  return printError(error, session.language, session.err);
}
