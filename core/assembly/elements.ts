// The elements of one line, for showing them: read again, because a batch keeps only what verdicts need.
import { SEPARATOR } from './gs1/characters';
import { aiAt, aiLength, readElement, valueAt, valueEnd } from './gs1/elements';
import { ELEMENT_BYTES, ELEMENTS } from './layout';

/**
 * Writes the elements of [at, end), at most LINE_MAX bytes, to ELEMENTS and returns how many there are. Stops at the first
 * error; one more row that isn't counted tells the AI that has it (AI length 0 when there is no AI, or no error).
 */
export function listElements(at: usize, end: usize): u32 {
  const start = at;
  let count: u32 = 0;
  while (at < end) {
    const row = ELEMENTS + <usize>(count * ELEMENT_BYTES);
    const read = readElement(at, end) !== 0;
    store<u32>(row, <u32>(aiAt - start));
    store<u32>(row, aiLength, 4);
    store<u32>(row, <u32>(valueAt - start), 8);
    store<u32>(row, read ? <u32>(valueEnd - valueAt) : 0, 12);
    if (!read) return count;
    count++;
    at = valueEnd;
    if (at < end && load<u8>(at) === SEPARATOR) at++;
  }
  store<u32>(ELEMENTS + <usize>(count * ELEMENT_BYTES), 0, 4);
  return count;
}
