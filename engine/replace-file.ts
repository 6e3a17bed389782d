/** Files that are to be there after a power cut: what is in them is flushed, and so are their names, which are kept by their folders. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** What file systems say that flush no folders. */
const NO_FOLDERS: ReadonlySet<string | undefined> = new Set(['EINVAL', 'EISDIR', 'EPERM', 'EACCES', 'ENOTSUP']);

/** Puts one file in the place of another, or where none was: a crash at any moment leaves the one or the other whole, and behind this call the new one. */
export function replaceFile(from: string, to: string): void {
  syncFile(from);
  renameSync(from, to);
  syncFolder(dirname(to));
}

/** Flushes what is in a file, whoever wrote it. */
export function syncFile(path: string): void {
  // Windows flushes only what may be written.
  const file = openSync(path, process.platform === 'win32' ? 'r+' : 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Flushes which names a folder has, where the file system can. */
export function syncFolder(path: string): void {
  let folder: number | undefined;
  try {
    folder = openSync(path, 'r');
    fsyncSync(folder);
  } catch (error) {
    if (!NO_FOLDERS.has((error as NodeJS.ErrnoException).code)) throw error;
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
}

/** Makes a folder and those above it, and flushes the names of those that it made. */
export function makeFolder(path: string, mode?: number): void {
  const first = mkdirSync(path, { recursive: true, mode });
  if (first === undefined) return;
  for (let made = resolve(path); made.length >= first.length; made = dirname(made)) syncFolder(dirname(made));
}
