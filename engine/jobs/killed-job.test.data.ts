/** A job in a process of its own, which may be killed at any step of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./job-process.test.data.js', import.meta.url));

/**
 * Runs job-process.test.data.ts with a register (`-`: none); kills it when it has got on `steps` times. What a killed run leaves among temporary
 * files is beside the folder of the jobs.
 */
export async function jobProcess(
  register: string,
  args: readonly [jobs: string, order: 'start' | 'resume', operand: string],
  steps = Number.POSITIVE_INFINITY,
): Promise<{ id: string; read: number }> {
  const child: ChildProcess = spawn(process.execPath, [script, register, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: dirname(args[0]) },
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  let id = '';
  let read = 0;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    const [word, value = ''] = line.split(' ');
    if (word === 'id') id = value;
    if (word === 'read') read = Number(value);
    if (word === 'running' && ++seen >= steps) child.kill('SIGKILL');
  }
  await ended;
  return { id, read };
}
