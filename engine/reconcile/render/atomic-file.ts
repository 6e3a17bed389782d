import { randomBytes } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TamgaError } from '../../errors.js';
import { syncFolder } from '../../replace-file.js';

/** Pieces are gathered to this size before they are written: a system call per table row would cost more than the row. */
const WRITE_BYTES = 64 * 1024;

/**
 * Writes a file whole or not at all: into a temporary file beside it, to disk, then renamed over it. The source is read no faster
 * than the disk takes it. A device or a pipe is written directly, since it can't be replaced.
 * @throws TamgaError DISK_FULL or OUTPUT_FAILED with the path; an error of the source passes unchanged. In each case an earlier file stays.
 */
export async function writeFileAtomically(
  path: string,
  source: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): Promise<void> {
  const target = await attempt(path, () => locate(path));
  const written = target.direct ? target.path : temporaryName(target.path);
  const handle = await attempt(path, () => open(written, target.direct ? 'w' : 'wx'));
  try {
    try {
      await writeAll(path, handle, source);
      if (!target.direct) await attempt(path, () => handle.sync());
    } catch (error) {
      // The first failure is the one to tell of.
      await handle.close().catch(() => undefined);
      throw error;
    }
    await attempt(path, () => handle.close());
    if (target.direct) return;
    await attempt(path, () => rename(written, target.path));
    await attempt(path, async () => syncFolder(dirname(target.path)));
  } catch (error) {
    if (!target.direct) await rm(written, { force: true });
    throw error;
  }
}

async function writeAll(
  path: string,
  handle: FileHandle,
  source: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): Promise<void> {
  let pieces: string[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    const text = pieces.join('');
    pieces = [];
    length = 0;
    await attempt(path, () => handle.writeFile(text));
  };
  for await (const piece of source) {
    if (typeof piece !== 'string') {
      await flush();
      await attempt(path, () => handle.writeFile(piece));
      continue;
    }
    pieces.push(piece);
    length += piece.length;
    if (length >= WRITE_BYTES) await flush();
  }
  if (length > 0) await flush();
}

/** Follows links, so that the file behind a link is replaced and not the link. */
async function locate(path: string): Promise<{ path: string; direct: boolean }> {
  const absolute = resolve(path);
  let real: string;
  try {
    real = await realpath(absolute);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path: absolute, direct: false };
    throw error;
  }
  const kind = await stat(real);
  if (kind.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  // /dev/stdout may lead to a plain file that the shell holds open; replacing that would lose what is written to it later.
  return { path: real, direct: !kind.isFile() || absolute.startsWith('/dev/') };
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
}

async function attempt<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new TamgaError(full ? 'DISK_FULL' : 'OUTPUT_FAILED', { path, detail: message }, { cause });
  }
}
