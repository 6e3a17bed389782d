/** One change of a file at a time, among all processes: a lock beside it that names the process at work. */
import { randomBytes } from 'node:crypto';
import { link, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TamgaError } from '../errors.js';
import { isRunning, processOf, processText, THIS_PROCESS } from '../register/running.js';

/** A change takes milliseconds; who holds the lock for so long has stopped. */
const PATIENCE_MS = 5_000;
const AGAIN_MS = 20;

/**
 * Does `work` while nobody else who asks here changes the file. The lock of a process that is gone is taken over.
 * @throws TamgaError OUTPUT_FAILED when another process doesn't let go of it, or no lock can be made.
 */
export async function whileLocked<T>(path: string, work: () => Promise<T>, patience = PATIENCE_MS): Promise<T> {
  // By whatever link: the file is one.
  const lock = `${await realpath(path).catch(() => resolve(path))}.lock`;
  const started = performance.now();
  for (;;) {
    const holder = await take(lock, path);
    if (holder === null) break;
    const process = processOf(holder);
    if (process === null || !isRunning(process)) await takeAway(lock, holder);
    else if (performance.now() - started > patience)
      throw new TamgaError('OUTPUT_FAILED', { path, detail: `process ${process.pid} is changing it, says ${lock}` });
    else await setTimeout(AGAIN_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Null when the lock is ours now; else what it says of the process that has it. */
async function take(lock: string, path: string): Promise<string | null> {
  const own = besides(lock);
  try {
    // Written first and linked then: a lock is never there without its process.
    await writeFile(own, processText(THIS_PROCESS), { flag: 'wx' });
    await link(own, lock);
    return null;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new TamgaError('OUTPUT_FAILED', { path, detail: message }, { cause });
    // Gone meanwhile: as good as held by a process that is gone.
    return holderOf(lock).catch(() => '');
  } finally {
    await rm(own, { force: true });
  }
}

/** Removes the lock of a process that is gone, but not that of one that did so before us. */
async function takeAway(lock: string, holder: string): Promise<void> {
  const aside = besides(lock);
  try {
    await rename(lock, aside);
    if ((await holderOf(aside)) !== holder) await link(aside, lock);
    await rm(aside, { force: true });
  } catch {
    // Somebody else was faster.
  }
}

function holderOf(lock: string): Promise<string> {
  return readFile(lock, 'latin1');
}

function besides(lock: string): string {
  return `${lock}.${randomBytes(6).toString('hex')}`;
}
