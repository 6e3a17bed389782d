/** A path, or standard input, as an input of a run. */
import { addAbortSignal, type Readable } from 'node:stream';
import { DOCUMENT_LIMITS } from '../documents/limits.js';
import { openDocument } from '../documents/open-document.js';
import { asFileError, sniff } from '../documents/source.js';
import type { RunFolder } from '../run-folder.js';
import { type CodeInput, DocumentInput, TableInput } from './code-input.js';
import { ListInput } from './list-input.js';
import { GzipListInput, StreamedListInput } from './stream-input.js';

/** Opens an input of any form; `-` is standard input. Throws a TamgaError that names it. */
export async function openInput(path: string, folder: RunFolder, signal?: AbortSignal): Promise<CodeInput> {
  return path === '-' ? openStream(path, process.stdin, folder, signal) : openFile(path, path, signal);
}

/** The same for a stream, whose form is told from its beginning. A plain list is read as it comes, anything else when it is all there. */
export async function openStream(
  path: string,
  stream: Readable,
  folder: RunFolder,
  signal?: AbortSignal,
): Promise<CodeInput> {
  if (signal) addAbortSignal(signal, stream);
  const chunks = fileErrors(path, stream);
  const { head, ended } = await headOf(chunks);
  const spool = folder.newSpool();
  spool.append(head);
  if (!ended && !isGzip(head) && (await sniff(spool.path)).content === 'list') {
    return new StreamedListInput(path, startingWith(head, chunks), folder.newSpool());
  }
  for await (const chunk of chunks) spool.append(chunk);
  return openFile(path, spool.path, signal);
}

async function openFile(path: string, file: string, signal: AbortSignal | undefined): Promise<CodeInput> {
  const source = await sniff(file);
  if (source.content === 'xml') return new DocumentInput(path, source.size, await openDocument(source, { signal }));
  if (source.content === 'csv') return new TableInput(path, source, signal);
  return source.gzip ? new GzipListInput(path, source, signal) : new ListInput(path, file, source.size);
}

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** As many bytes as tell the form. */
async function headOf(chunks: AsyncGenerator<Buffer>): Promise<{ head: Buffer; ended: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  while (length < DOCUMENT_LIMITS.headBytes) {
    const { value, done } = await chunks.next();
    if (done) return { head: Buffer.concat(parts), ended: true };
    parts.push(value);
    length += value.length;
  }
  return { head: Buffer.concat(parts), ended: false };
}

async function* startingWith(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}

async function* fileErrors(path: string, stream: Readable): AsyncGenerator<Buffer> {
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    throw asFileError(error, path);
  }
}
