import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { asFileError } from '../documents/source.js';
import { TamgaError } from '../errors.js';

/**
 * All bytes of a file of at most `limit` bytes, and what is known of it. `check` sees the open file before it is read.
 * @throws TamgaError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE, or what `check` throws.
 */
export async function readBounded(
  path: string,
  limit: number,
  check: (stats: Stats) => void = () => {},
): Promise<Buffer> {
  let handle: FileHandle | undefined;
  let bytes: Buffer | undefined;
  try {
    handle = await open(path, 'r');
    const stats = await handle.stat();
    check(stats);
    if (!stats.isFile()) throw new TamgaError('FILE_UNREADABLE', { path, detail: 'not a file' });
    // One byte more, so that a file that has grown since is not read in part.
    bytes = Buffer.alloc(Math.min(stats.size, limit) + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      ({ bytesRead: read } = await handle.read(bytes, length, bytes.length - length, length));
    }
    if (length > limit) throw new TamgaError('FILE_TOO_LARGE', { path, limit: `${limit} bytes` });
    if (length === bytes.length) throw new TamgaError('FILE_CHANGED', { path });
    return bytes.subarray(0, length);
  } catch (error) {
    // It may hold secrets.
    bytes?.fill(0);
    throw asFileError(error, path);
  } finally {
    await handle?.close();
  }
}
