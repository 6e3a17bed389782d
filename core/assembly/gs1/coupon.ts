// Coupon codes of North America, digits with fields of their own lengths: GS1 US "North American Coupon Application Guideline
// Using GS1 DataBar Expanded Symbols" for AI (8110), and the positive offer file coupons of AI (8112).
import {
  ERROR_COUPON_BAD_CODE,
  ERROR_COUPON_BAD_DATE,
  ERROR_COUPON_BAD_LENGTH,
  ERROR_COUPON_TOO_LONG,
  ERROR_COUPON_TOO_SHORT,
  ERROR_NOT_NUMERIC,
} from '../generated/tables';
import { fail } from '../line';
import { endOfDigits } from './characters';
import { wrongInDate } from './dates';

/** Prefixes and serial numbers have at least six digits; the digit before them counts from there. */
const FROM_SIX: u32 = 6;
const OFFER_CODE: usize = 6;
const FAMILY_CODE: usize = 3;
const DATE: usize = 6;

// Sets of digits, by bit.
const UP_TO_1: u32 = 0b11;
const UP_TO_2: u32 = 0b111;
const UP_TO_3: u32 = 0b1111;
const UP_TO_6: u32 = 0b111_1111;
const FROM_1_TO_5: u32 = 0b11_1110;
const FROM_1_TO_7: u32 = 0b1111_1110;
const ANY: u32 = 0b11_1111_1111;
const REQUIREMENT_CODES: u32 = 0b10_0001_1111; // 0 to 4, 9
const SAVE_VALUE_CODES: u32 = 0b110_0111; // 0, 1, 2, 5, 6

/** In place of the length of a prefix: there is none. */
const NO_PREFIX: u8 = 0x39;

/** The value, and where it is read. */
let start: usize = 0;
let end: usize = 0;
let at: usize = 0;

/** True when [from, to) is a coupon of AI (8110); otherwise the error is noted. */
export function isCoupon(from: usize, to: usize): bool {
  if (!begin(from, to)) return false;
  if (!counted(UP_TO_6, FROM_SIX) || !take(OFFER_CODE)) return false; // company prefix of the funder
  if (!counted(FROM_1_TO_5, 0)) return false; // save value
  if (!purchase()) return false;
  if (next(0x31) && !(code(UP_TO_3) && purchase() && furtherPrefix())) return false; // how purchases combine; the second
  if (next(0x32) && !(purchase() && furtherPrefix())) return false; // the third
  if (!dates()) return false;
  if (next(0x35) && !counted(ANY, FROM_SIX)) return false; // serial number
  if (next(0x36) && !counted(FROM_1_TO_7, FROM_SIX)) return false; // prefix or GLN of the retailer
  // what the save value is, what it applies to, whether it is a store coupon (any digit), whether it multiplies
  if (next(0x39) && !(code(SAVE_VALUE_CODES) && code(UP_TO_2) && code(ANY) && code(UP_TO_1))) return false;
  return finished();
}

/** The same for AI (8112). */
export function isPositiveOffer(from: usize, to: usize): bool {
  if (!begin(from, to)) return false;
  if (!code(UP_TO_1)) return false; // format
  if (!counted(UP_TO_6, FROM_SIX) || !take(OFFER_CODE)) return false; // funder
  return counted(ANY, FROM_SIX) && finished(); // serial number
}

function begin(from: usize, to: usize): bool {
  start = from;
  end = to;
  at = from;
  const stop = endOfDigits(from, to);
  return stop === to || fail(ERROR_NOT_NUMERIC, stop, 1);
}

/** Amount that must be bought, its code, and the family of products. */
function purchase(): bool {
  return counted(FROM_1_TO_5, 0) && code(REQUIREMENT_CODES) && take(FAMILY_CODE);
}

function furtherPrefix(): bool {
  if (at < end && load<u8>(at) === NO_PREFIX) {
    at++;
    return true;
  }
  return counted(UP_TO_6, FROM_SIX);
}

/** Expiry and start, either or both. */
function dates(): bool {
  let expiry: usize = 0;
  if (next(0x33)) {
    expiry = at;
    if (!date()) return false;
  }
  if (!next(0x34)) return true;
  const first = at;
  if (!date()) return false;
  if (expiry === 0 || memory.compare(first, expiry, DATE) <= 0) return true;
  return fail(ERROR_COUPON_BAD_DATE, expiry - 1, 2 * DATE + 2); // both, with the digits that announce them
}

function date(): bool {
  const first = at;
  if (!take(DATE)) return false;
  return wrongInDate(first, false) < 0 || fail(ERROR_COUPON_BAD_DATE, first, DATE);
}

/** True when the digit that announces an optional part comes next; it is passed. */
function next(digit: u8): bool {
  if (at === end || load<u8>(at) !== digit) return false;
  at++;
  return true;
}

/** One digit of a set. */
function code(allowed: u32): bool {
  if (at === end) return tooShort();
  if (!hasDigit(allowed)) return fail(ERROR_COUPON_BAD_CODE, at, 1);
  at++;
  return true;
}

/** A digit of a set, and as many digits as it says beyond `least`. */
function counted(allowed: u32, least: u32): bool {
  if (at === end) return tooShort();
  if (!hasDigit(allowed)) return fail(ERROR_COUPON_BAD_LENGTH, at, 1);
  const count = <usize>(load<u8>(at) - 0x30) + least;
  at++;
  return take(count);
}

function hasDigit(allowed: u32): bool {
  return ((allowed >> (<u32>load<u8>(at) - 0x30)) & 1) !== 0;
}

function take(count: usize): bool {
  if (end - at < count) return tooShort();
  at += count;
  return true;
}

/** What is there of the field that was cut; the whole coupon when nothing is. */
function tooShort(): bool {
  return at === end ? fail(ERROR_COUPON_TOO_SHORT, start, end - start) : fail(ERROR_COUPON_TOO_SHORT, at, end - at);
}

function finished(): bool {
  return at === end || fail(ERROR_COUPON_TOO_LONG, at, end - at);
}
