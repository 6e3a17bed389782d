/**
 * A digest that tells a changed input from the same one without reading gigabytes: SHA-256 of the size, the first and the last 64 KiB, and
 * 256 blocks of 4 KiB spread evenly between. Files up to 1.1 MB are read whole. A change between the samples that keeps the size
 * is told by the time of modification, which is compared too.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { asFileError } from '../documents/source.js';
import { TamgaError } from '../errors.js';
import type { JobInput } from './job.js';

const EDGE = 1 << 16;
const SAMPLE = 1 << 12;
const SAMPLES = 256;

/** An input as it is now. Throws FILE_NOT_FOUND, FILE_UNREADABLE. */
export async function describeInput(path: string): Promise<JobInput> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const stat = await file.stat();
    if (!stat.isFile()) throw new TamgaError('FILE_UNREADABLE', { path, detail: 'it is not a regular file' });
    const hash = createHash('sha256').update(`${stat.size}\n`);
    const buffer = Buffer.alloc(EDGE);
    for (const [start, length] of samples(stat.size)) {
      const { bytesRead } = await file.read(buffer, 0, length, start);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return { path, size: stat.size, modified: stat.mtimeMs, digest: hash.digest('hex') };
  } catch (error) {
    throw asFileError(error, path);
  } finally {
    await file?.close();
  }
}

/** Start and length of each sample; none is longer than {@link EDGE}. */
function* samples(size: number): Generator<[start: number, length: number]> {
  if (size <= 2 * EDGE + SAMPLES * SAMPLE) {
    for (let at = 0; at < size; at += EDGE) yield [at, Math.min(EDGE, size - at)];
    return;
  }
  yield [0, EDGE];
  const step = (size - 2 * EDGE - SAMPLE) / (SAMPLES - 1);
  for (let i = 0; i < SAMPLES; i++) yield [EDGE + Math.floor(i * step), SAMPLE];
  yield [size - EDGE, EDGE];
}

/** Throws JOB_STALE, saying what differs, when an input isn't what it was. */
export async function refuseChanged(inputs: readonly JobInput[]): Promise<void> {
  for (const { path, size, modified, digest } of inputs) {
    const now = await describeInput(path);
    if (now.size !== size) throw stale(path, `${size} bytes then, ${now.size} now`);
    if (now.digest !== digest) throw stale(path, 'other content of the same size');
    if (now.modified !== modified) throw stale(path, 'written to since the job began');
  }
}

function stale(path: string, detail: string): TamgaError {
  return new TamgaError('JOB_STALE', { path, detail });
}
