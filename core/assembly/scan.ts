// Line ends, sixteen bytes at a time.

const NEWLINE: u8 = 0x0a;

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
