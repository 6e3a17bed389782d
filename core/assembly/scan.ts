// Where codes end: line ends, sixteen bytes at a time; frames by their lengths.
import { FRAME_HEAD } from './layout';

export const NEWLINE: u8 = 0x0a;

/** Address of the first newline in [at, end), or `end`. Reads up to 15 bytes past `end`. */
export function findNewline(at: usize, end: usize): usize {
  const newline = i8x16.splat(NEWLINE);
  while (at < end) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), newline));
    if (found !== 0) {
      const stop = at + ctz(found);
      return stop < end ? stop : end;
    }
    at += 16;
  }
  return end;
}

/** Number of lines in [at, end): the last one needs no newline. */
export function countLines(at: usize, end: usize): u32 {
  if (at === end) return 0;
  const newline = i8x16.splat(NEWLINE);
  let lines: u32 = load<u8>(end - 1) === NEWLINE ? 0 : 1;
  while (at + 16 <= end) {
    lines += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), newline)));
    at += 16;
  }
  while (at < end) {
    if (load<u8>(at) === NEWLINE) lines++;
    at++;
  }
  return lines;
}

/** Sum of the bytes in [at, end): what it costs to read each once, for comparison. */
export function sumBytes(at: usize, end: usize): u32 {
  let sum: u32 = 0;
  for (; at < end; at++) sum += load<u8>(at);
  return sum;
}

/** Where the last {@link countFrames} stopped: the end, or the first byte of a frame that is cut off. */
export let framesEnd: usize = 0;

/** Number of whole frames in [at, end): a little-endian u16 and as many bytes. */
export function countFrames(at: usize, end: usize): u32 {
  let frames: u32 = 0;
  while (end - at >= FRAME_HEAD) {
    const next = at + FRAME_HEAD + load<u16>(at);
    if (next > end) break;
    at = next;
    frames++;
  }
  framesEnd = at;
  return frames;
}
