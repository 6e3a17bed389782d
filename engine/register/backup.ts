/** Copies of a register: consistent while others read and write it, and put back whole. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { TamgaError } from '../errors.js';
import { makeFolder, replaceFile, syncFile, syncFolder } from '../replace-file.js';
import { type LogEntry, readLogged } from './log.js';
import { Register } from './register.js';
import { registerError } from './register-error.js';
import { refuseOthers, takeAlone } from './sole-use.js';
import { readMeta } from './store.js';
import { checkStoreFile, DATA_FILE } from './store-file.js';

export interface BackupReport {
  path: string;
  /** The copy holds the events up to this one. */
  lastEvent: number;
  codes: number;
  bytes: number;
}

/**
 * Copies a register into a folder that is absent or empty, as it is at one moment, while it may be in use. With `compact` free pages are
 * left out. The copy is a register. Throws REGISTER_NOT_FOUND when the folder isn't empty, DISK_FULL.
 */
export async function backupRegister(
  register: Register,
  folder: string,
  { compact = true }: { compact?: boolean } = {},
): Promise<BackupReport> {
  prepare(folder);
  const file = join(folder, DATA_FILE);
  try {
    // LMDB takes the folder of an environment that has one.
    await register.store.root.backup(folder, compact);
    // It is not flushed by LMDB.
    syncFile(file);
    syncFolder(folder);
  } catch (error) {
    rmSync(file, { force: true });
    throw registerError(folder, error);
  }
  return reportOf(folder);
}

/**
 * Puts a backup into a folder that is absent or empty. Throws REGISTER_NOT_FOUND, REGISTER_BROKEN when the backup is damaged, DISK_FULL.
 */
export async function restoreRegister(backup: string, folder: string): Promise<BackupReport> {
  if (!existsSync(join(backup, DATA_FILE))) throw new TamgaError('REGISTER_NOT_FOUND', { path: backup });
  checkStoreFile(backup);
  prepare(folder);
  // Under another name first: what was copied in part is no register.
  const part = join(folder, `${DATA_FILE}.part`);
  try {
    await cp(join(backup, DATA_FILE), part);
    replaceFile(part, join(folder, DATA_FILE));
  } catch (error) {
    rmSync(part, { force: true });
    throw registerError(folder, error);
  }
  return reportOf(folder);
}

/**
 * Makes a register smaller in place: its free pages go. Throws REGISTER_IN_USE when anybody has it open, and changes nothing; nobody can
 * open it meanwhile.
 */
export async function compactRegister(path: string): Promise<{ before: number; after: number }> {
  const file = join(path, DATA_FILE);
  if (!existsSync(file)) throw new TamgaError('REGISTER_NOT_FOUND', { path });
  const part = join(path, 'compact');
  const release = takeAlone(path);
  try {
    const register = Register.open(path);
    const before = statSync(file).size;
    try {
      refuseOthers(path, register.store.root);
      rmSync(part, { recursive: true, force: true });
      await backupRegister(register, part, { compact: true });
    } finally {
      await register.close();
    }
    replaceFile(join(part, DATA_FILE), file);
    return { before, after: statSync(file).size };
  } finally {
    rmSync(part, { recursive: true, force: true });
    release();
  }
}

/** The log from `from` on, one event after the other; applied to an empty register in this order it gives the same one. */
export function* exportEvents(register: Register, from = 1): IterableIterator<LogEntry> {
  register.refresh();
  const { lastEvent } = readMeta(register.store);
  for (let sequence = from; sequence <= lastEvent; sequence++) {
    const entry = readLogged(register.store, sequence);
    if (!entry)
      throw new TamgaError('REGISTER_BROKEN', { path: register.path, detail: `event ${sequence} is missing` });
    yield entry;
  }
}

async function reportOf(folder: string): Promise<BackupReport> {
  const copy = Register.open(folder);
  try {
    const { codes, lastEvent } = copy.view();
    return { path: folder, lastEvent, codes, bytes: statSync(join(folder, DATA_FILE)).size };
  } finally {
    await copy.close();
  }
}

function prepare(folder: string): void {
  try {
    makeFolder(folder);
    if (readdirSync(folder).length > 0)
      throw new TamgaError('REGISTER_NOT_FOUND', { path: folder, detail: 'the folder holds other files' });
  } catch (error) {
    throw registerError(folder, error);
  }
}
