import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { TamgaError } from '../../../engine/errors.js';
import { EXIT, type Session } from '../session.js';

const MAIN = fileURLToPath(new URL('../../../bench/main.js', import.meta.url));

/** `tamga bench`: the benchmarks, in a process of their own so that nothing else shares the heap with what is measured. */
export function defineBench(program: Command, session: Session): void {
  program
    .command('bench')
    .description('run the benchmarks')
    .argument('[suites...]', 'ids or their beginnings (default: all)')
    .option('--json <file>', 'write the figures as JSON')
    .option('--small', 'little work and few samples: to see that they run, not how fast')
    .action(async (suites: string[], options: { json?: string; small?: boolean }) => {
      if (!existsSync(MAIN)) throw new TamgaError('FILE_NOT_FOUND', { path: MAIN });
      const json = options.json === undefined ? [] : ['--json', options.json];
      const exitCode = await finished(
        [MAIN, ...suites, ...json, ...(options.small ? ['--small'] : [])],
        session.signal,
      );
      if (!session.signal.aborted) session.exitCode = exitCode;
    });
}

function finished(args: string[], signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? EXIT.error));
  });
}
