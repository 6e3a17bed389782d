/** What LMDB and the system throw, in the terms of the registry of errors. */
import { statfsSync } from 'node:fs';
import { TamgaError } from '../errors.js';

/** With less than this left, an I/O error is a write that was cut short by a full disk. */
const ROOM_MIN = 1 << 20;

/** Makes what LMDB or the system threw into an error that says what to do. */
export function registerError(path: string, error: unknown): Error {
  if (error instanceof TamgaError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const system = error instanceof Error && 'code' in error ? (error as NodeJS.ErrnoException).code : undefined;
  const cutShort = /input\/output error/i.test(detail) && isFull(path);
  if (system === 'ENOSPC' || cutShort || /no space left|ENOSPC|MDB_MAP_FULL|disk quota/i.test(detail)) {
    return new TamgaError('DISK_FULL', { path, detail }, { cause: error });
  }
  if (system === 'EACCES' || system === 'EROFS' || /permission denied|read-only file system/i.test(detail)) {
    return new TamgaError('FILE_UNREADABLE', { path, detail }, { cause: error });
  }
  if (/MDB_|corrupt|invalid|not an LMDB/i.test(detail)) {
    return new TamgaError('REGISTER_BROKEN', { path, detail }, { cause: error });
  }
  return error instanceof Error ? error : new Error(detail);
}

function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize < ROOM_MIN;
  } catch {
    return false;
  }
}
