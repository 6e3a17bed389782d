import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { asFileError, openBytes, sniff } from '../../engine/documents/source.js';
import { TamgaError } from '../../engine/errors.js';

const BOM = [0xef, 0xbb, 0xbf];

/**
 * Bytes of a file of codes, or of the standard input for `-`: decompressed, without byte order mark, as they come.
 * Throws what `sniff` and `openBytes` throw; DOCUMENT_UNKNOWN for XML, which holds no codes in lines.
 */
export async function* inputBytes(path: string, signal: AbortSignal, stdin: () => Readable): AsyncGenerator<Uint8Array> {
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
    const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let head: Buffer = Buffer.alloc(0);
    while (head.length < BOM.length) {
      const { value, done } = await chunks.next();
      if (done) break;
      head = head.length === 0 ? value : Buffer.concat([head, value]);
    }
    const rest = startingWith(head, chunks);
    const plain = head[0] === 0x1f && head[1] === 0x8b ? inflated(rest) : rest;
    yield* text(path, plain);
  } catch (error) {
    throw asFileError(error, path);
  }
}

async function* startingWith(head: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (;;) {
    const { value, done } = await chunks.next();
    if (done) return;
    yield value;
  }
}

function inflated(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  // An error of the source reaches the loop through the inflater.
  return pipeline(chunks, createGunzip({ chunkSize: 256 * 1024 }), () => undefined) as AsyncIterable<Buffer>;
}

async function* text(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of chunks) {
    if (!first) {
      yield chunk;
      continue;
    }
    first = false;
    const mark = chunk.length >= 2 ? chunk.readUInt16BE() : 0;
    if (mark === 0xfffe || mark === 0xfeff) throw new TamgaError('FILE_UTF16', { path });
    if (chunk.includes(0)) {
      throw new TamgaError('FILE_NOT_TEXT', { path, detail: `a NUL at byte ${chunk.indexOf(0)}` });
    }
    const start = BOM.every((byte, i) => chunk[i] === byte) ? BOM.length : 0;
    if (chunk.length > start) yield chunk.subarray(start);
    else first = chunk.length === 0;
  }
  if (first) throw new TamgaError('FILE_EMPTY', { path });
}
