import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { asFileError, openBytes, sniff } from '../../engine/documents/source.js';
import { TamgaError } from '../../engine/errors.js';

const BOM = [0xef, 0xbb, 0xbf];

/**
 * Bytes of a file of codes, or of the standard input for `-`: decompressed, without byte order mark, as they come.
 * Throws what `sniff` and `openBytes` throw; DOCUMENT_UNKNOWN for XML, which holds no codes in lines.
 */
export async function* inputBytes(
  path: string,
  signal: AbortSignal,
  stdin: () => Readable,
): AsyncGenerator<Uint8Array> {
  if (path === '-') {
    yield* streamBytes(path, stdin());
    return;
  }
  const source = await sniff(path);
  if (source.content === 'xml') {
    const detail = 'XML; lines with one code each were expected, and “tamga document” reads documents';
    throw new TamgaError('DOCUMENT_UNKNOWN', { path, detail });
  }
  yield* openBytes(source, signal);
}

/** Bytes of a stream that can't be looked at twice: its form is told from its first bytes. Errors name `path`. */
export async function* streamBytes(path: string, stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    const chunks = headed(stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    const { value: head } = await chunks.next();
    if (head === undefined) throw new TamgaError('FILE_EMPTY', { path });
    const all = startingWith(head, chunks);
    yield* text(path, head[0] === 0x1f && head[1] === 0x8b ? headed(inflated(all)) : all);
  } catch (error) {
    throw asFileError(error, path);
  }
}

/** The same chunks, the first of them long enough to tell what follows, unless all is shorter. */
async function* headed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head.length < BOM.length) continue;
    yield head;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

async function* startingWith(head: Buffer, chunks: AsyncGenerator<Buffer, undefined>): AsyncGenerator<Buffer> {
  yield head;
  yield* chunks;
}

function inflated(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  // An error of the source reaches the loop through the inflater.
  return pipeline(chunks, createGunzip({ chunkSize: 256 * 1024 }), () => undefined) as AsyncIterable<Buffer>;
}

/** Bytes without byte order mark; the first chunk must be {@link headed}. */
async function* text(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  let first = true;
  let empty = true;
  for await (const chunk of chunks) {
    const bytes = first ? withoutMark(path, chunk) : chunk;
    first = false;
    if (bytes.length === 0) continue;
    empty = false;
    yield bytes;
  }
  if (empty) throw new TamgaError('FILE_EMPTY', { path });
}

function withoutMark(path: string, head: Buffer): Buffer {
  const mark = head.length >= 2 ? head.readUInt16BE() : 0;
  if (mark === 0xfffe || mark === 0xfeff) throw new TamgaError('FILE_UTF16', { path });
  const nul = head.indexOf(0);
  if (nul >= 0) throw new TamgaError('FILE_NOT_TEXT', { path, detail: `a NUL at byte ${nul}` });
  return head.subarray(BOM.every((byte, i) => head[i] === byte) ? BOM.length : 0);
}
