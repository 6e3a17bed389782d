/** A path, or standard input, as an input of a run. */
import { readDocument } from '../documents/read-document.js';
import { openBytes, sniff } from '../documents/source.js';
import type { RunFolder } from '../run-folder.js';
import { type CodeInput, DocumentInput, ListInput, TableInput } from './code-input.js';

/** Opens an input of any form; `-` is standard input. Throws a TamgaError that names it. */
export async function openInput(path: string, folder: RunFolder, signal?: AbortSignal): Promise<CodeInput> {
  const file = path === '-' ? await folder.spool(process.stdin) : path;
  const source = await sniff(file);
  if (source.content === 'xml') return new DocumentInput(path, source.size, await readDocument(source, { signal }));
  if (source.content === 'csv') return new TableInput(path, source, signal);
  if (!source.gzip) return new ListInput(path, file, source.size);
  return new ListInput(path, await folder.spool(openBytes(source, signal)), source.size);
}
