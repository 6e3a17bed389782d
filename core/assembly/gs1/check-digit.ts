// Check digits to base 10: GS1 General Specifications, 7.9.1 "Standard check digit calculations".

/** {@link readGtin}: a byte is no digit. */
export const GTIN_NOT_NUMERIC: i64 = -1;
/** {@link readGtin}: the last digit doesn't follow from the others. */
export const GTIN_BAD_CHECK_DIGIT: i64 = -2;

/**
 * The 14 digits at `at` as a number, or one of the two codes above. Reads the two bytes before `at`.
 *
 *    lane     0  1  2  3  4  …  14 15
 *    byte     ·  ·  d1 d2 d3 …  d13 d14
 *    weight   -  -  3  1  3  …  3  1
 */
export function readGtin(at: usize): i64 {
  const mask = i8x16(0, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  const digits = v128.and(i8x16.sub(v128.load(at - 2), i8x16.splat(0x30)), mask);
  if (v128.any_true(i8x16.gt_u(digits, i8x16.splat(9)))) return GTIN_NOT_NUMERIC;
  const even = v128.and(digits, i16x8.splat(0xff));
  const odd = i16x8.shr_u(digits, 8);
  const weighed = i16x8.add(i16x8.mul(even, i16x8.splat(3)), odd);
  const sums = i32x4.dot_i16x8_s(weighed, i16x8.splat(1));
  const sum =
    i32x4.extract_lane(sums, 0) +
    i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3);
  if (sum % 10 !== 0) return GTIN_BAD_CHECK_DIGIT;
  const pairs = i16x8.add(i16x8.mul(even, i16x8.splat(10)), odd);
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const high = <i64>i32x4.extract_lane(fours, 0) * 10_000 + <i64>i32x4.extract_lane(fours, 1);
  const low = <i64>i32x4.extract_lane(fours, 2) * 10_000 + <i64>i32x4.extract_lane(fours, 3);
  return high * 100_000_000 + low;
}

/** True when the last of `length` digits is the check digit of the others. The bytes must be digits. */
export function hasCheckDigit(at: usize, length: u32): bool {
  let sum: u32 = 0;
  let weight: u32 = 1;
  for (let i = length; i > 0; i--) {
    sum += (load<u8>(at + i - 1) - 0x30) * weight;
    weight = 4 - weight;
  }
  return sum % 10 === 0;
}

/** Value of `length` (at most 19) digits. The bytes must be digits. */
export function readDigits(at: usize, length: u32): u64 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < length; i++) value = value * 10 + (load<u8>(at + i) - 0x30);
  return value;
}
