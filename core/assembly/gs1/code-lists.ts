// Values that are codes of a list: countries, currencies, types of package and of media.
import { COUNTRY_LETTERS, PACKAGE_TYPE, PACKAGE_TYPES } from '../generated/tables';

/** True when the bit of a number is set in a bitmap of the tables. */
export function hasBit(bitmap: usize, number: u32): bool {
  return ((load<u8>(bitmap + (number >> 3)) >> (number & 7)) & 1) !== 0;
}

/** True when two bytes are the letters of a country. */
export function isCountryLetters(at: usize): bool {
  const first = <u32>load<u8>(at) - 0x41;
  const second = <u32>load<u8>(at + 1) - 0x41;
  return first < 26 && second < 26 && hasBit(COUNTRY_LETTERS, first * 26 + second);
}

/** True when at most three bytes are a type of package. */
export function isPackageType(at: usize, length: u32): bool {
  if (length > 3) return false;
  let wanted: u32 = 0;
  for (let i: u32 = 0; i < 3; i++) wanted = (wanted << 8) | (i < length ? <u32>load<u8>(at + i) : 0);
  let from: u32 = 0;
  let to = PACKAGE_TYPES;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (load<u32>(PACKAGE_TYPE + ((<usize>middle) << 2)) < wanted) from = middle + 1;
    else to = middle;
  }
  return from < PACKAGE_TYPES && load<u32>(PACKAGE_TYPE + ((<usize>from) << 2)) === wanted;
}
