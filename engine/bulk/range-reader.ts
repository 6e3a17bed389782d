/** Reads the lines that begin in a byte range of a file straight into the core's memory. */
import { readSync } from 'node:fs';
import type { Core } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { countLines, LINE_BYTES_MAX, longLineAt } from '../line-blocks.js';

const LF = 0x0a;
/** Read past the end of a range for its last line; one code is hardly longer. */
const TAIL_BYTES = 4096;

export interface ByteRange {
  /** Of the first byte; a range owns the lines whose first byte is in it. */
  start: number;
  end: number;
  /** True when a line is known to begin at `start`. */
  aligned: boolean;
}

/** Cuts `[start, end)` into ranges of `size` bytes. */
export function* cutRanges(start: number, end: number, size: number): IterableIterator<ByteRange> {
  for (let at = start; at < end; at += size) {
    yield { start: at, end: Math.min(end, at + size), aligned: at === start };
  }
}

/**
 * Fills the core's input with the lines of a range and returns their length in bytes. Throws LINE_TOO_LONG with the line counted from
 * the range's first plus `linesBefore`, FILE_UNREADABLE.
 */
export function readRange(
  core: Core,
  file: number,
  path: string,
  { start, end, aligned }: ByteRange,
  linesBefore = 0,
): number {
  try {
    const first = aligned ? start : lineStart(file, path, start);
    if (first >= end) return 0;
    let capacity = end - first + TAIL_BYTES;
    for (;;) {
      const input = core.input(capacity);
      const length = readAt(file, input.subarray(0, capacity), first);
      const lastLine = input.subarray(0, length).indexOf(LF, end - first - 1);
      if (lastLine >= 0 || length < capacity) {
        const whole = lastLine >= 0 ? lastLine + 1 : length;
        const long = longLineAt(input.subarray(0, whole));
        if (long >= 0) throw tooLong(path, linesBefore + countLines(input.subarray(0, long)) + 1);
        return whole;
      }
      if (capacity > end - first + LINE_BYTES_MAX) {
        throw tooLong(path, linesBefore + countLines(input.subarray(0, end - first)) + 1);
      }
      capacity = end - first + (capacity - (end - first)) * 4;
    }
  } catch (error) {
    if (error instanceof TamgaError) throw error;
    throw new TamgaError('FILE_UNREADABLE', { path, detail: (error as Error).message }, { cause: error });
  }
}

/** First byte of the first line that begins at or after `start`. */
function lineStart(file: number, path: string, start: number): number {
  const buffer = Buffer.allocUnsafe(TAIL_BYTES);
  for (let at = start - 1; at - start < LINE_BYTES_MAX; ) {
    const length = readAt(file, buffer, at);
    const end = buffer.subarray(0, length).indexOf(LF);
    if (end >= 0) return at + end + 1;
    if (length < buffer.length) return at + length;
    at += length;
  }
  throw tooLong(path);
}

function readAt(file: number, into: Uint8Array, position: number): number {
  let length = 0;
  while (length < into.length) {
    const read = readSync(file, into, length, into.length - length, position + length);
    if (read === 0) break;
    length += read;
  }
  return length;
}

/** `line` counts from the range's first; the run that knows the lines before it adds them. */
export function tooLong(path: string, line?: number): TamgaError {
  return new TamgaError('LINE_TOO_LONG', {
    path,
    line,
    limit: `${LINE_BYTES_MAX} bytes`,
  });
}
