/**
 * Cuts a stream of bytes into blocks of whole lines in shared memory, so that threads can take them as they come. Memory of a block is used
 * again when it is given back; there is as much of it as blocks are under way.
 */
import { LINE_BYTES_MAX } from '../line-blocks.js';

const LF = 0x0a;
/** Bytes of a block when no line is longer: some ten thousand codes, a few milliseconds of a worker. */
export const BLOCK_BYTES = 1 << 20;
/** A block ends with the last line end of its bytes; the line that it cuts goes to the next one. */
const MEMORY_BYTES = BLOCK_BYTES + LINE_BYTES_MAX;

export interface SharedBlock {
  memory: SharedArrayBuffer;
  length: number;
  giveBack: () => void;
}

/**
 * Blocks of at least one line; the last line of the input may lack its LF. A line of more than {@link LINE_BYTES_MAX} bytes ends the last
 * block: who reads that block refuses it, and knows the line's number.
 */
export async function* sharedBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SharedBlock> {
  const free: SharedArrayBuffer[] = [];
  const take = (): Uint8Array<SharedArrayBuffer> => new Uint8Array(free.pop() ?? new SharedArrayBuffer(MEMORY_BYTES));
  let bytes = take();
  let end = 0;
  const blockOf = ({ buffer: memory }: Uint8Array<SharedArrayBuffer>, length: number): SharedBlock => {
    return { memory, length, giveBack: () => free.push(memory) };
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + MEMORY_BYTES - end);
      bytes.set(part, end);
      end += part.length;
      at += part.length;
      if (end < BLOCK_BYTES) continue;
      const whole = bytes.lastIndexOf(LF, end - 1) + 1;
      if (whole === 0 && end <= LINE_BYTES_MAX) continue;
      if (whole === 0) {
        yield blockOf(bytes, end);
        return;
      }
      const next = take();
      next.set(bytes.subarray(whole, end));
      yield blockOf(bytes, whole);
      end -= whole;
      bytes = next;
    }
  }
  if (end > 0) yield blockOf(bytes, end);
}
