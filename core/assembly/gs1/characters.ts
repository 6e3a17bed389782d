// Which bytes a value may hold. CSET 82, the set of most values, and digits are checked in vectors; the others by table.
import { CHARACTER_CLASS } from '../generated/tables';

/** FNC1 between elements, as scanners send it. */
export const SEPARATOR: u8 = 0x1d;

/**
 * Bit n: the byte n of the sixteen at `at` is not in CSET 82.
 * A byte is in the set when the entries of its two halves share a bit: 1 for 0x2_, 2 for 0x3_, 4 for 0x4_ and 0x6_,
 * 8 for 0x5_, 16 for 0x7_.
 */
export function outsideSet82(at: usize): u32 {
  const bytes = v128.load(at);
  const low = i8x16(26, 31, 31, 30, 30, 31, 31, 31, 31, 31, 31, 7, 7, 7, 7, 15);
  const high = i8x16(0, 0, 1, 2, 4, 8, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0);
  const halves = v128.and(
    i8x16.swizzle(low, v128.and(bytes, i8x16.splat(15))),
    i8x16.swizzle(high, i8x16.shr_u(bytes, 4)),
  );
  return i8x16.bitmask(i8x16.eq(halves, i8x16.splat(0)));
}

/** Address of the first byte in [at, end) that CSET 82 doesn't have, or `end`. */
export function endOfSet82(at: usize, end: usize): usize {
  while (at < end) {
    const outside = outsideSet82(at);
    if (outside !== 0) {
      const stop = at + ctz(outside);
      return stop < end ? stop : end;
    }
    at += 16;
  }
  return end;
}

/** Address of the first byte in [at, end) that is no digit, or `end`. */
export function endOfDigits(at: usize, end: usize): usize {
  while (at < end) {
    const digits = i8x16.sub(v128.load(at), i8x16.splat(0x30));
    const outside = i8x16.bitmask(i8x16.gt_u(digits, i8x16.splat(9)));
    if (outside !== 0) {
      const stop = at + ctz(outside);
      return stop < end ? stop : end;
    }
    at += 16;
  }
  return end;
}

/** Address of the first byte in [at, end) that is in none of the classes, or `end`. */
export function endOfClass(at: usize, end: usize, classes: u32): usize {
  while (at < end && (load<u8>(CHARACTER_CLASS + load<u8>(at)) & classes) !== 0) at++;
  return at;
}

/** Address of the first byte of this value in [at, end), or `end`. */
export function findByte(byte: u8, at: usize, end: usize): usize {
  const wanted = i8x16.splat(byte);
  while (at < end) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (found !== 0) {
      const stop = at + ctz(found);
      return stop < end ? stop : end;
    }
    at += 16;
  }
  return end;
}

/** Address of the first separator in [at, end), or `end`. */
export function findSeparator(at: usize, end: usize): usize {
  return findByte(SEPARATOR, at, end);
}

/** Address of the first byte in [at, end) that no code holds (neither printable ASCII nor a separator), or `end`. */
export function findBadCharacter(at: usize, end: usize): usize {
  while (at < end) {
    const byte = load<u8>(at);
    if ((byte < 0x20 || byte > 0x7e) && byte !== SEPARATOR) break;
    at++;
  }
  return at;
}
