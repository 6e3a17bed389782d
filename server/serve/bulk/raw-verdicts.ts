/**
 * Verdicts for a body of codes, one a line, as it comes: cut at line ends into blocks, each classified in one call and answered before more is
 * read. No string and no object a code; memory is that of a block and of the marks of codes that were met.
 */
import type { TextVerdicts } from '../../../engine/index.js';
import { OUTCOMES } from '../../../engine/reconcile/outcomes.js';
import { Refusal } from '../refusals.js';

/** Bytes classified at once: about three thousand full codes, less than a millisecond of the thread that others wait for. */
export const BLOCK_BYTES = 256 * 1024;
/** Bytes of a line; the longest code has 150 characters. */
const LINE_BYTES_MAX = 16 * 1024;
const NEWLINE = 10;

export type RawForm = 'lines' | 'bytes';

/** Texts of outcomes with their newline, end to end; outcome i stands from `starts[i]` to `starts[i + 1]`. */
const texts = Buffer.from(OUTCOMES.map((name) => `${name}\n`).join(''));
const starts = Uint32Array.from([0, ...OUTCOMES.map((_, i) => OUTCOMES.slice(0, i + 1).join('\n').length + 1)]);

/**
 * Answers to a body, in its order: a line `OUTCOME` for each line, or a byte, the outcome's number. `onBlock` hears of each block's outcomes.
 * @throws Refusal TOO_LARGE for more than `bytesMax` bytes, BAD_REQUEST for a line that can't be a code's.
 */
export async function* rawVerdicts(
  body: AsyncIterable<Buffer>,
  verdicts: TextVerdicts,
  form: RawForm,
  bytesMax: number,
  onBlock: (outcomes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(BLOCK_BYTES + LINE_BYTES_MAX);
  let filled = 0;
  let total = 0;
  const answer = (length: number): Uint8Array => {
    const { outcomes } = verdicts.next(block.subarray(0, length));
    onBlock(outcomes);
    return form === 'bytes' ? outcomes.slice() : asLines(outcomes);
  };
  for await (const chunk of body) {
    total += chunk.length;
    if (total > bytesMax) throw new Refusal('TOO_LARGE', `A body has at most ${bytesMax} bytes; send more as a job.`);
    for (let from = 0; from < chunk.length; ) {
      const taken = Math.min(chunk.length - from, block.length - filled);
      block.set(chunk.subarray(from, from + taken), filled);
      filled += taken;
      from += taken;
      if (filled < BLOCK_BYTES) continue;
      const length = block.lastIndexOf(NEWLINE, filled - 1) + 1;
      if (length === 0) throw new Refusal('BAD_REQUEST', `A line is longer than ${BLOCK_BYTES} bytes.`);
      yield answer(length);
      block.copyWithin(0, length, filled);
      filled -= length;
    }
  }
  if (filled > 0) yield answer(filled);
}

function asLines(outcomes: Uint8Array): Uint8Array {
  const { length } = outcomes;
  let size = 0;
  for (let i = 0; i < length; i++) size += starts[outcomes[i]! + 1]! - starts[outcomes[i]!]!;
  const lines = Buffer.allocUnsafe(size);
  let at = 0;
  for (let i = 0; i < length; i++) {
    const outcome = outcomes[i]!;
    const end = starts[outcome + 1]!;
    for (let from = starts[outcome]!; from < end; from++) lines[at++] = texts[from]!;
  }
  return lines;
}
