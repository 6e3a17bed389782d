/**
 * The file of an LMDB environment, looked at before LMDB maps it: LMDB trusts what it maps, and a file that was cut or is something else
 * would end the process.
 *
 * ```
 * page 0, page 1   | page head 24 | magic 4 | version 4 | address 8 | map size 8 | free database 48, the page size first | main database 48
 *                  | last page 8 | transaction 8 |                         the page of the later transaction is the one in force
 * ```
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  linkSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TamgaError } from '../errors.js';
import { registerError } from './register-error.js';
import { isRunning, processOf, processText, THIS_PROCESS } from './running.js';

export const DATA_FILE = 'data.mdb';
const LOCK_FILE = 'lock.mdb';
/** One that is being made, with the process that is at it and a name of its own. */
const LOCK_PART = /^lock\.mdb\.(.+)-[0-9a-f-]{36}$/;
/** Room for 256 readers of 64 bytes and what stands before them. */
const LOCK_BYTES = 20_480;
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const PAGE_SIZE_AT = MAGIC_AT + 24;
const LAST_PAGE_AT = MAGIC_AT + 120;
const TRANSACTION_AT = MAGIC_AT + 128;
const META_BYTES = MAGIC_AT + 136;
const PAGE_BYTES_MIN = 512;
const PAGE_BYTES_MAX = 65_536;

/**
 * Refuses a file that is no LMDB environment, or shorter than it says. With `create` an empty one is an environment to be made: the process
 * that made it was killed. Throws REGISTER_BROKEN.
 */
export function checkStoreFile(path: string, create = false): void {
  const file = join(path, DATA_FILE);
  let size: number;
  const metas = Buffer.alloc(PAGE_BYTES_MAX + META_BYTES);
  try {
    size = statSync(file).size;
    const descriptor = openSync(file, 'r');
    try {
      readSync(descriptor, metas, 0, metas.length, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new TamgaError('REGISTER_NOT_FOUND', { path });
    throw registerError(path, error);
  }
  const broken = (detail: string): TamgaError => new TamgaError('REGISTER_BROKEN', { path, detail });
  if (size === 0) {
    if (create) return;
    throw broken(`${DATA_FILE} is empty`);
  }
  const pageBytes = metas.readUInt32LE(PAGE_SIZE_AT);
  const isPageSize = pageBytes >= PAGE_BYTES_MIN && pageBytes <= PAGE_BYTES_MAX && (pageBytes & (pageBytes - 1)) === 0;
  if (
    metas.readUInt32LE(MAGIC_AT) !== MAGIC ||
    !isPageSize ||
    size < pageBytes * 2 ||
    metas.readUInt32LE(pageBytes + MAGIC_AT) !== MAGIC
  ) {
    throw broken(`${DATA_FILE} is no LMDB file`);
  }
  const [first, second] = [metas, metas.subarray(pageBytes)];
  const isSecond = second.readBigUInt64LE(TRANSACTION_AT) > first.readBigUInt64LE(TRANSACTION_AT);
  const pages = (isSecond ? second : first).readBigUInt64LE(LAST_PAGE_AT) + 1n;
  const wanted = pages * BigInt(pageBytes);
  if (BigInt(size) >= wanted) return;
  // The last pages of a transaction may be free ones that were never written; whether what is missing matters shows in reading it all.
  if (wanted > BigInt(Number.MAX_SAFE_INTEGER) || !isReadable(path)) {
    throw broken(`${DATA_FILE} has ${size} bytes and should have ${wanted}: it was cut`);
  }
  try {
    const descriptor = openSync(file, 'r+');
    try {
      if (statSync(file).size < Number(wanted)) ftruncateSync(descriptor, Number(wanted));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw registerError(path, error);
  }
}

/**
 * Makes the file of locks whole, or says why it can't be written: LMDB maps it, and writing into a page of it for which the disk has no room,
 * or that may not be written, ends the process. Throws DISK_FULL, FILE_UNREADABLE.
 */
export function prepareLockFile(path: string): void {
  const file = join(path, LOCK_FILE);
  const part = `${file}.${processText(THIS_PROCESS)}-${randomUUID()}`;
  try {
    removeParts(path);
    if (existsSync(file)) {
      accessSync(file, constants.R_OK | constants.W_OK);
      return;
    }
    writeFileSync(part, Buffer.alloc(LOCK_BYTES), { mode: 0o664 });
    // As a whole, and never over one that another process made meanwhile.
    linkSync(part, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw registerError(path, error);
  } finally {
    rmSync(part, { force: true });
  }
}

/** Removes what processes that are gone left of lock files that they were making. */
function removeParts(path: string): void {
  for (const name of readdirSync(path)) {
    const writer = LOCK_PART.exec(name)?.[1];
    const process = writer === undefined ? null : processOf(writer);
    if (process && !isRunning(process)) rmSync(join(path, name), { force: true });
  }
}

/** True when another process can read every value: one that reads behind the end of a mapped file is killed. */
function isReadable(path: string): boolean {
  const script = fileURLToPath(new URL('./read-process.js', import.meta.url));
  return spawnSync(process.execPath, [script, path], { stdio: 'ignore' }).status === 0;
}
