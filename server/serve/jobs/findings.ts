/** Findings of a job that is done, page by page. A page begins at a byte of the file, so that the millionth costs what the first does. */
import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job, Jobs } from '../../../engine/index.js';
import { RECONCILIATION_FILES } from '../../../engine/jobs/stored-reconciliation.js';
import { writeFileAtomically } from '../../../engine/reconcile/render/atomic-file.js';
import type { Finding } from '../../../engine/reconcile/report.js';

export interface PageRequest {
  outcome?: string;
  text?: string;
  /** Byte at which the page begins. */
  after: number;
  limit: number;
}

export interface Page {
  findings: Finding[];
  /** Where the next page begins; `null` behind the last. */
  next: number | null;
}

const CHUNK_BYTES = 256 * 1024;
/** A search that finds nothing for so long ends its page and can go on with the next: about a tenth of a second. */
const SEARCHED_BYTES_MAX = 32 << 20;
const NEWLINE = 10;

/** Files of findings that are being written, by job. */
const writing = new Map<string, Promise<void>>();

/** Path of a job's findings. Those of a verification are written when they are first asked for. */
export async function findingsFile(jobs: Jobs, { id, spec }: Job): Promise<string> {
  const path = join(jobs.folderOf(id), RECONCILIATION_FILES.findings);
  if (spec.kind !== 'verify' || existsSync(path)) return path;
  let work = writing.get(path);
  if (!work) {
    work = writeVerifyFindings(jobs, id, path).finally(() => writing.delete(path));
    writing.set(path, work);
  }
  await work;
  return path;
}

async function writeVerifyFindings(jobs: Jobs, id: string, path: string): Promise<void> {
  const result = await jobs.verification(id);
  try {
    await writeFileAtomically(path, linesOf(result.verdicts(true)));
  } finally {
    await result.close();
  }
}

async function* linesOf(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

/** Reads a page; `after` that is no beginning of a line begins at the next one. */
export async function readPage(path: string, { outcome, text, after, limit }: PageRequest): Promise<Page> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const findings: Finding[] = [];
    let position = after === 0 ? 0 : await lineStart(handle, after, size);
    const searchEnd = position + SEARCHED_BYTES_MAX;
    let chunk = Buffer.alloc(CHUNK_BYTES);
    while (position < size && position < searchEnd) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
      let from = 0;
      for (;;) {
        const end = chunk.indexOf(NEWLINE, from);
        if (end < 0 || end >= bytesRead) break;
        if (findings.length === limit) return { findings, next: position + from };
        const line = chunk.toString('utf8', from, end);
        from = end + 1;
        // The outcome stands first in a line: others needn't be read.
        if (outcome !== undefined && !line.startsWith(`{"outcome":"${outcome}"`)) continue;
        const finding = JSON.parse(line) as Finding;
        if (text === undefined || finding.code.includes(text)) findings.push(finding);
      }
      position += from;
      if (from > 0) continue;
      // A line that is cut off by the end of the file, or longer than the chunk.
      if (position + bytesRead >= size) break;
      chunk = Buffer.alloc(chunk.length * 2);
    }
    return { findings, next: position < size ? position : null };
  } finally {
    await handle.close();
  }
}

async function lineStart(handle: FileHandle, after: number, size: number): Promise<number> {
  if (after >= size) return size;
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const { bytesRead } = await handle.read(chunk, 0, chunk.length, after - 1);
  const end = chunk.subarray(0, bytesRead).indexOf(NEWLINE);
  return end < 0 ? size : after + end;
}
