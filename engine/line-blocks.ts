/** Cuts a stream of bytes into blocks of whole lines. */
import { TamgaError } from './errors.js';

const LF = 0x0a;
/** Bytes of a block: some ten thousand codes, so that a call to the core is paid once for many. */
const BLOCK_BYTES = 1 << 20;
/** A line longer than this is no list of codes; nothing that holds one is read further. The longest code has 150 characters. */
export const LINE_BYTES_MAX = 1 << 20;

export interface LineBlock {
  /** Whole lines; the last line of the stream may lack its LF. Valid until the next block is asked for. */
  bytes: Uint8Array;
  /** 0-based number of the first line. */
  firstLine: number;
}

/** Blocks of at least one line. Throws LINE_TOO_LONG with the line's number. */
export async function* lineBlocks(path: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<LineBlock> {
  let buffer = new Uint8Array(BLOCK_BYTES + LINE_BYTES_MAX);
  let end = 0;
  let firstLine = 0;
  for await (const chunk of chunks) {
    if (end + chunk.length > buffer.length) {
      const grown = new Uint8Array((end + chunk.length) * 2);
      grown.set(buffer.subarray(0, end));
      buffer = grown;
    }
    buffer.set(chunk, end);
    end += chunk.length;
    if (end < BLOCK_BYTES) continue;
    refuseLong(path, buffer.subarray(0, end), firstLine);
    const whole = buffer.lastIndexOf(LF, end - 1) + 1;
    if (whole === 0) continue;
    const bytes = buffer.subarray(0, whole);
    yield { bytes, firstLine };
    firstLine += countLines(bytes);
    buffer.copyWithin(0, whole, end);
    end -= whole;
  }
  refuseLong(path, buffer.subarray(0, end), firstLine);
  if (end > 0) yield { bytes: buffer.subarray(0, end), firstLine };
}

/** Number of LF in `bytes`. */
export function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++;
  return lines;
}

/** Where a line of more than {@link LINE_BYTES_MAX} bytes begins, -1 when there is none. Looks at one byte in a million. */
export function longLineAt(bytes: Uint8Array): number {
  for (let at = 0; bytes.length - at > LINE_BYTES_MAX; ) {
    const end = bytes.lastIndexOf(LF, at + LINE_BYTES_MAX);
    if (end < at) return at;
    at = end + 1;
  }
  return -1;
}

function refuseLong(path: string, bytes: Uint8Array, firstLine: number): void {
  const at = longLineAt(bytes);
  if (at >= 0) throw tooLong(path, firstLine + countLines(bytes.subarray(0, at)));
}

function tooLong(path: string, lineIndex: number): TamgaError {
  return new TamgaError('LINE_TOO_LONG', {
    path,
    line: lineIndex + 1,
    limit: `${LINE_BYTES_MAX} bytes`,
  });
}
