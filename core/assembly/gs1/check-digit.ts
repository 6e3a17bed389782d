// Check digits to base 10: GS1 General Specifications, 7.9.1 "Standard check digit calculations".

/** {@link readGtin}: a byte is no digit. */
export const GTIN_NOT_NUMERIC: i64 = -1;
/** {@link readGtin}: the last digit doesn't follow from the others. */
export const GTIN_BAD_CHECK_DIGIT: i64 = -2;

/**
 * The 14 digits at `at` as a number, or one of the two codes above. In words, not vectors: their constants are cheaper.
 *
 *    byte of head   0  1  2  3  4  5  6  7
 *    digit          1  2  3  4  5  6  7  8
 *    byte of tail                    0  1  2  3  4  5  6  7
 *    digit                           7  8  9 10 11 12 13 14
 *    weight         3  1  3  1  3  1  3  1  3  1  3  1  3  1
 */
export function readGtin(at: usize): i64 {
  const head = load<u64>(at) ^ 0x3030_3030_3030_3030;
  const tail = load<u64>(at, 6) ^ 0x3030_3030_3030_3030;
  // a byte above 9 gets its highest bit by adding 0x76, or has it
  const above = (head + 0x7676_7676_7676_7676) | (tail + 0x7676_7676_7676_7676) | head | tail;
  if ((above & 0x8080_8080_8080_8080) !== 0) return GTIN_NOT_NUMERIC;
  const last = tail & 0xffff_ffff_ffff_0000; // digits 9 to 14
  const both = head + last; // weights repeat, so that bytes at one place have the same
  const weighed = (both & 0x00ff_00ff_00ff_00ff) * 3 + ((both >> 8) & 0x00ff_00ff_00ff_00ff);
  const sum = <u32>((weighed * 0x0001_0001_0001_0001) >> 48);
  if (sum % 10 !== 0) return GTIN_BAD_CHECK_DIGIT;
  return eightDigits(head) * 1_000_000 + eightDigits(last);
}

/** Value of the eight digits that the bytes of a word are, the lowest first: neighbours are joined three times. */
function eightDigits(word: u64): i64 {
  const pairs = ((word * ((10 << 8) | 1)) >> 8) & 0x00ff_00ff_00ff_00ff;
  const fours = ((pairs * ((100 << 16) | 1)) >> 16) & 0x0000_ffff_0000_ffff;
  return <i64>((fours * (((<u64>10_000) << 32) | 1)) >> 32);
}

/**
 * True when the last of `length` (1 to 32) digits is the check digit of the others. The bytes must be digits. Reads the 32 bytes
 * that end with the last digit.
 */
export function hasCheckDigit(at: usize, length: u32): bool {
  const last = at + length - 16;
  let sum = weighedSum(v128.load(last), length);
  if (length > 16) sum += weighedSum(v128.load(last - 16), length - 16);
  return sum % 10 === 0;
}

/** Sum of the last `count` lanes, weighed 3 1 3 1 … 3 1 over all sixteen. */
function weighedSum(bytes: v128, count: u32): i32 {
  const lanes = i8x16(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
  const mask = i8x16.le_u(lanes, i8x16.splat(<i8>min<u32>(count, 16)));
  const digits = v128.and(i8x16.sub(bytes, i8x16.splat(0x30)), mask);
  const even = v128.and(digits, i16x8.splat(0xff));
  const odd = i16x8.shr_u(digits, 8);
  const sums = i32x4.dot_i16x8_s(i16x8.add(i16x8.mul(even, i16x8.splat(3)), odd), i16x8.splat(1));
  return (
    i32x4.extract_lane(sums, 0) +
    i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3)
  );
}

/** Value of `length` (at most 19) digits. The bytes must be digits. */
export function readDigits(at: usize, length: u32): u64 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < length; i++) value = value * 10 + (load<u8>(at + i) - 0x30);
  return value;
}
