/**
 * Replacing a register's file needs that nobody else has it open: they would go on with the file that was replaced.
 *
 * Who opens a register takes a place in LMDB's table of readers and then looks for the mark of somebody who wants it alone; who wants it
 * alone sets the mark and then looks at the table. So one of the two sees the other.
 */
import { closeSync, openSync, readFileSync, realpathSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { TamgaError } from '../errors.js';
import { registerError } from './register-error.js';
import { isRunning, processOf, processText, THIS_PROCESS } from './running.js';

/** Says which process set it. */
const MARK = 'alone';

/** Registers that this process has open, by folder: LMDB's table doesn't tell them apart. */
const open = new Map<string, number>();

/** Notes that this process has a register open; gives what ends it. */
export function noteOpen(path: string): () => void {
  const folder = realpathSync(path);
  open.set(folder, (open.get(folder) ?? 0) + 1);
  let isOpen = true;
  return () => {
    if (isOpen) open.set(folder, (open.get(folder) ?? 1) - 1);
    isOpen = false;
  };
}

/** Throws REGISTER_IN_USE when another process has the register for itself. Only behind a first read, which takes the place in the table. */
export function refuseMarked(path: string): void {
  const by = markedBy(path);
  if (by !== null && by.pid !== process.pid && isRunning(by)) throw inUse(path, [by.pid]);
}

/**
 * Keeps others from opening a register until the result is called. Throws REGISTER_IN_USE, naming the processes, when there are any or
 * this one has it open itself.
 */
export function takeAlone(path: string): () => void {
  if ((open.get(realpathSync(path)) ?? 0) > 0) throw inUse(path, [process.pid]);
  refuseMarked(path);
  const mark = join(path, MARK);
  // That of a process that is gone.
  rmSync(mark, { force: true });
  try {
    const file = openSync(mark, 'wx');
    writeSync(file, processText(THIS_PROCESS));
    closeSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw inUse(path, [markedBy(path)?.pid ?? 0]);
    throw registerError(path, error);
  }
  return () => rmSync(mark, { force: true });
}

/** Throws REGISTER_IN_USE when other processes have the environment open. Behind {@link takeAlone}. */
export function refuseOthers(path: string, root: RootDatabase): void {
  root.readerCheck();
  const others = new Set<number>();
  for (const line of root.readerList().split('\n')) {
    const pid = Number(/^\s*(\d+)\s/.exec(line)?.[1] ?? 0);
    if (pid !== 0 && pid !== process.pid) others.add(pid);
  }
  if (others.size > 0) throw inUse(path, [...others]);
}

function markedBy(path: string): ReturnType<typeof processOf> {
  try {
    return processOf(readFileSync(join(path, MARK), 'latin1'));
  } catch {
    return null;
  }
}

const inUse = (path: string, pids: readonly number[]): TamgaError =>
  new TamgaError('REGISTER_IN_USE', { path, detail: pids.join(', ') });
