// Check characters that are not the digit to base 10: the pair of a GMN, and the two digits of an IBAN.
import { PRIME, SET_82_VALUE } from '../generated/tables';

/**
 * True when the last two of `length` characters of set 82 are the check pair of the others: GS1 General Specifications, 7.9.5
 * "Check character pair calculation". The pair is a number below 1,021 as two digits to base 32.
 */
export function hasCheckPair(at: usize, length: u32): bool {
  if (length < 2) return false;
  let sum: u32 = 0;
  for (let i: u32 = 0; i < length - 2; i++) {
    const prime = <u32>load<u16>(PRIME + ((<usize>(length - 3 - i)) << 1));
    sum += <u32>load<u8>(SET_82_VALUE + load<u8>(at + i)) * prime;
  }
  sum %= 1021;
  return load<u8>(at + length - 2) === pairCharacter(sum >> 5) && load<u8>(at + length - 1) === pairCharacter(sum & 31);
}

/** The digits to base 32 are 2 … 9 and the capitals without I and O. */
function pairCharacter(value: u32): u8 {
  if (value < 8) return <u8>(0x32 + value);
  if (value < 16) return <u8>(0x41 + value - 8); // A … H
  if (value < 21) return <u8>(0x4a + value - 16); // J … N
  return <u8>(0x50 + value - 21); // P … Z
}

/** Remainder by 97 of an IBAN's digits and letters (A is 10), the first four read last: 1 when its check digits are right. ISO 13616-1. */
export function ibanRemainder(at: usize, length: u32): u32 {
  let remainder: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const place = i + 4 < length ? i + 4 : i + 4 - length;
    const byte = <u32>load<u8>(at + place);
    const value = byte <= 0x39 ? byte - 0x30 : byte - 0x37;
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  return remainder;
}
