import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { TamgaError } from '../errors.js';
import { looksLikeTable } from './header-words.js';
import { DOCUMENT_LIMITS } from './limits.js';

/** A file whose form was recognised from its beginning. */
export interface SourceForm {
  path: string;
  /** Bytes on disk. */
  size: number;
  gzip: boolean;
  /** Begins with the UTF-8 byte order mark (inside the .gz, if it is one). */
  bom: boolean;
  /** `csv`: a header row with separators, or quoted fields. `list`: one code a line, a header word in the first line at most. */
  content: 'xml' | 'csv' | 'list';
}

export interface OpenOptions {
  /** Decompressed size at which reading ends with FILE_TOO_LARGE, in bytes. */
  bytesMax?: number;
  /** Called with the bytes read from disk so far, of {@link SourceForm.size}. */
  onProgress?: (bytes: number) => void;
}

const BOM_LENGTH = 3;

/**
 * Recognises a file from its first 64 KiB.
 *
 * Errors: FILE_NOT_FOUND; FILE_UNREADABLE (folder, device, permission, I/O); FILE_EMPTY (nothing but a byte order mark);
 * FILE_UTF16 (its byte order mark, or NULs in every other byte); GZIP_BROKEN; FILE_NOT_TEXT: at least 4 bytes, and more than one in 32,
 * are control characters other than TAB, LF, CR, EOT and the separators FS, GS, RS, US. No list of codes comes near that; random bytes have one in 11.
 */
export async function sniff(path: string): Promise<SourceForm> {
  const { head, size } = await readHead(path);
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  const start = gzip ? await inflateHead(path, head, head.length === size) : head;
  refuseUtf16(path, start);
  const bom = hasBom(start);
  const text = bom ? start.subarray(BOM_LENGTH) : start;
  if (text.length === 0) throw new TamgaError('FILE_EMPTY', { path });
  refuseBinary(path, text);
  return { path, size, gzip, bom, content: contentOf(text) };
}

/**
 * The bytes of a file, decompressed, without byte order mark. Each buffer is the caller's.
 *
 * Errors: as {@link sniff}; GZIP_BROKEN (corrupt, or cut off); FILE_TOO_LARGE (decompressed size or ratio past the limits);
 * FILE_CHANGED (another size than when it was recognised); CANCELLED.
 */
export async function* openBytes(
  source: SourceForm,
  signal?: AbortSignal,
  options: OpenOptions = {},
): AsyncGenerator<Buffer> {
  const { path } = source;
  const bytesMax = options.bytesMax ?? DOCUMENT_LIMITS.inflatedBytes;
  const file = createReadStream(path, {
    highWaterMark: DOCUMENT_LIMITS.chunkBytes,
    ...(signal && { signal }),
  });
  // `pipeline` hands an error of the file on to the inflater, where the loop below meets it.
  const stream = source.gzip ? pipeline(file, createGunzip({ chunkSize: 256 * 1024 }), () => {}) : file;
  let total = 0;
  let begin: Buffer | undefined = Buffer.alloc(0);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > bytesMax) throw tooLarge(path, `${bytesMax} bytes decompressed`);
      if (
        source.gzip &&
        total > DOCUMENT_LIMITS.inflateFreeBytes &&
        total > file.bytesRead * DOCUMENT_LIMITS.inflateRatio
      ) {
        throw tooLarge(path, `grows more than ${DOCUMENT_LIMITS.inflateRatio} times when decompressed`);
      }
      options.onProgress?.(file.bytesRead);
      if (begin === undefined) yield chunk;
      else {
        begin = begin.length === 0 ? chunk : Buffer.concat([begin, chunk]);
        if (begin.length < BOM_LENGTH) continue;
        const rest = withoutBom(begin);
        begin = undefined;
        if (rest.length > 0) yield rest;
      }
    }
    if (begin !== undefined && begin.length > 0) yield begin;
    // An inflater may stop before bytes that follow the last member; a .gz that lost its end is broken anyway.
    if (!source.gzip && file.bytesRead !== source.size) {
      throw new TamgaError('FILE_CHANGED', {
        path,
        detail: `${source.size} bytes before, ${file.bytesRead} now`,
      });
    }
  } catch (error) {
    throw asFileError(error, path);
  } finally {
    stream.destroy();
    file.destroy();
  }
}

/** The typed error for what the system said about a file. */
export function asFileError(error: unknown, path: string): Error {
  if (!(error instanceof Error) || error instanceof TamgaError) return error as Error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const detail = error.message;
  if (error.name === 'AbortError') return new TamgaError('CANCELLED', { path }, { cause: error });
  if (code === 'ENOENT' || code === 'ENOTDIR') return new TamgaError('FILE_NOT_FOUND', { path }, { cause: error });
  if (code.startsWith('Z_')) return new TamgaError('GZIP_BROKEN', { path, detail }, { cause: error });
  if (code !== '') return new TamgaError('FILE_UNREADABLE', { path, detail }, { cause: error });
  return error;
}

async function readHead(path: string): Promise<{ head: Buffer; size: number }> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stat = await handle.stat();
    if (!stat.isFile()) {
      const detail = stat.isDirectory() ? 'it is a folder; name a file in it' : 'it is not a regular file';
      throw new TamgaError('FILE_UNREADABLE', { path, detail });
    }
    if (stat.size === 0) throw new TamgaError('FILE_EMPTY', { path });
    const head = Buffer.alloc(Math.min(DOCUMENT_LIMITS.headBytes, stat.size));
    let filled = 0;
    while (filled < head.length) {
      const { bytesRead } = await handle.read(head, filled, head.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return { head: head.subarray(0, filled), size: stat.size };
  } catch (error) {
    throw asFileError(error, path);
  } finally {
    await handle?.close();
  }
}

/** Beginning of a decompressed text. A file that was read whole must also end well. */
async function inflateHead(path: string, head: Buffer, whole: boolean): Promise<Buffer> {
  const gunzip = createGunzip(whole ? {} : { finishFlush: constants.Z_SYNC_FLUSH });
  gunzip.end(head);
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of gunzip as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length >= DOCUMENT_LIMITS.headBytes) break;
    }
  } catch (error) {
    throw asFileError(error, path);
  }
  return Buffer.concat(parts).subarray(0, DOCUMENT_LIMITS.headBytes);
}

function refuseUtf16(path: string, head: Buffer): void {
  const mark = head.length >= 2 ? head.readUInt16BE() : 0;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < head.length; i++) if (head[i] === 0) i & 1 ? odd++ : even++;
  const most = Math.max(even, odd);
  const striped = most >= 2 && most * 6 >= head.length && Math.min(even, odd) * 10 <= most;
  if (mark === 0xfffe || mark === 0xfeff || striped) {
    throw new TamgaError('FILE_UTF16', { path, detail: 'save it as UTF-8' });
  }
}

function refuseBinary(path: string, text: Buffer): void {
  // A ZIP (a spreadsheet, a zipped export) is common enough for a word of its own.
  if (text[0] === 0x50 && text[1] === 0x4b && text[2]! <= 8 && text[3]! <= 8) {
    throw new TamgaError('FILE_NOT_TEXT', {
      path,
      detail: 'it is a ZIP archive or a spreadsheet; unpack it or save it as CSV',
    });
  }
  let control = 0;
  for (let i = 0; i < text.length; i++) if (CONTROL[text[i]!] === 1) control++;
  if (control >= 4 && control * 32 > text.length) {
    throw new TamgaError('FILE_NOT_TEXT', {
      path,
      detail: `${control} control bytes among the first ${text.length}`,
    });
  }
}

/** Control bytes that no list has: all of C0 but TAB, LF, CR, EOT, FS, GS, RS, US; and DEL. */
const CONTROL = new Uint8Array(256);
CONTROL.fill(1, 0, 0x1c);
CONTROL[0x7f] = 1;
for (const usual of [0x04, 0x09, 0x0a, 0x0d]) CONTROL[usual] = 0;

function contentOf(text: Buffer): SourceForm['content'] {
  const begin = text.toString('latin1', 0, 256).trimStart();
  // `<GS>` is how some scanners print the separator, not an element.
  if (/^<[?!A-Za-z_:\x80-\xff]/.test(begin) && !/^<(GS|FNC1|F1)>/i.test(begin)) return 'xml';
  const end = text.indexOf(0x0a);
  return looksLikeTable(end === -1 ? text : text.subarray(0, end)) ? 'csv' : 'list';
}

function hasBom(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function withoutBom(bytes: Buffer): Buffer {
  return hasBom(bytes) ? bytes.subarray(BOM_LENGTH) : bytes;
}

function tooLarge(path: string, limit: string): TamgaError {
  return new TamgaError('FILE_TOO_LARGE', { path, limit });
}
