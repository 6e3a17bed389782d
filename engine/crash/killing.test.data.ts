// Starts processes of the harness and kills them: after a while, at a call of node:fs, or at a system call where strace is installed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import type { KillPoint } from './kill-point.test.data.js';

export type Death =
  | { by: 'time'; milliseconds: number /** What the process has to have said first. */; behind?: string }
  | { by: 'call'; point: KillPoint }
  | { by: 'system call'; name: string; nth: number }
  /** No death: the system call fails from the nth on, so many times. */
  | { by: 'error'; name: string; error: 'EIO' | 'ENOSPC'; nth: number; times: number };

export interface Ended {
  /** False when the process came to its end before. */
  killed: boolean;
  status: number | null;
  /** Lines that it said whole. */
  lines: string[];
  milliseconds: number;
}

/** It is installed, and may trace. */
export const HAS_STRACE = spawnSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' }).status === 0;
/** Tests that need what isn't everywhere; where it isn't, they are skipped and their name says why. */
export function describeWhere(has: boolean, needed: string, name: string, tests: () => void): void {
  describe.runIf(has)(has ? name : `${name} (not run: ${needed} is needed)`, tests);
}

/** A process that does nothing for so long hangs. */
const HANGS_MS = 60_000;

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Runs a script beside this one until its end or death. What it says goes into a file, which outlives it. */
export async function runUntil(
  script: string,
  args: readonly string[],
  said: string,
  death: Death | null,
  owner: { uid?: number; gid?: number } = {},
): Promise<Ended> {
  const out = openSync(said, 'w');
  const path = fileURLToPath(new URL(script, import.meta.url));
  const [program = '', ...before] = [...tracer(death), process.execPath];
  const started = performance.now();
  const child = spawn(program, [...before, path, ...args], {
    stdio: ['ignore', out, 'inherit'],
    env: death?.by === 'call' ? { ...process.env, TAMGA_KILL_POINT: JSON.stringify(death.point) } : process.env,
    ...owner,
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const guard = setTimeout(() => child.kill('SIGKILL'), HANGS_MS);
  if (death?.by === 'time') await killLater(child, ended, said, death);
  else if (death?.by === 'system call' && !HAS_STRACE) {
    await killLater(child, ended, said, { by: 'time', milliseconds: 200 + death.nth * 2 });
  }
  const [status, signal] = await ended;
  clearTimeout(guard);
  closeSync(out);
  const text = readFileSync(said, 'utf8');
  const milliseconds = performance.now() - started;
  if (milliseconds >= HANGS_MS) throw new Error(`${script} ${args.join(' ')} hung; it had said ${text.slice(-200)}`);
  // strace dies of what its program died of.
  return { killed: signal === 'SIGKILL', status, lines: text.split('\n').slice(0, -1), milliseconds };
}

/** What lets strace act upon a system call. */
function tracer(death: Death | null): string[] {
  if (!HAS_STRACE || (death?.by !== 'system call' && death?.by !== 'error')) return [];
  const what =
    death.by === 'error'
      ? `error=${death.error}:when=${death.nth}..${death.nth + death.times - 1}`
      : `signal=SIGKILL:when=${death.nth}`;
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${death.name}`, '-e', `inject=${death.name}:${what}`];
}

async function killLater(
  child: ChildProcess,
  ended: Promise<unknown>,
  said: string,
  { milliseconds, behind }: Extract<Death, { by: 'time' }>,
): Promise<void> {
  if (behind !== undefined) {
    while (child.exitCode === null && child.signalCode === null && !readFileSync(said, 'utf8').includes(behind))
      await sleep(2);
  }
  await Promise.race([sleep(milliseconds), ended]);
  child.kill('SIGKILL');
}
