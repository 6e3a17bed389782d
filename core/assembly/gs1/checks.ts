// Content checks of the GS1 Barcode Syntax Dictionary, each by the paragraph of the GS1 General Specifications that its AI has.
// The characters of the component have been checked: where a check needs digits, they are.
import {
  CLASS_CAPITALS_AND_DIGITS,
  CLASS_SET64,
  COUNTRY,
  CURRENCY,
  ERROR_BAD_CHECK_CHARACTERS,
  ERROR_BAD_CHECK_DIGIT,
  ERROR_BAD_COMPANY_PREFIX,
  ERROR_BAD_COUNTRY,
  ERROR_BAD_CURRENCY,
  ERROR_BAD_DATE,
  ERROR_BAD_IBAN_CHARACTER,
  ERROR_BAD_IBAN_CHECK_DIGITS,
  ERROR_BAD_IBAN_COUNTRY,
  ERROR_BAD_IBAN_LENGTH,
  ERROR_BAD_IMPORTER_INDEX,
  ERROR_BAD_LATITUDE,
  ERROR_BAD_LONGITUDE,
  ERROR_BAD_MEDIA_TYPE,
  ERROR_BAD_PACKAGE_TYPE,
  ERROR_BAD_PERCENT_ENCODING,
  ERROR_BAD_PIECE_OF_TOTAL,
  ERROR_BAD_SEQUENCE_POSITION,
  ERROR_BAD_SEX,
  ERROR_BAD_TIME,
  ERROR_BAD_WINDING,
  ERROR_LEADING_ZERO,
  ERROR_NO_NON_DIGIT,
  ERROR_NOT_HYPHEN,
  ERROR_NOT_YES_NO,
  ERROR_NOT_ZERO,
  ERROR_ZERO_VALUE,
  LINT_COUPONCODE,
  LINT_COUPONPOSOFFER,
  LINT_CSUM,
  LINT_CSUMALPHA,
  LINT_GCPPOS1,
  LINT_GCPPOS2,
  LINT_HASNONDIGIT,
  LINT_HH,
  LINT_HHMI,
  LINT_HYPHEN,
  LINT_IBAN,
  LINT_IMPORTERIDX,
  LINT_ISO3166,
  LINT_ISO3166ALPHA2,
  LINT_ISO4217,
  LINT_ISO5218,
  LINT_ISO3166999,
  LINT_LATITUDE,
  LINT_LONGITUDE,
  LINT_MEDIATYPE,
  LINT_MI,
  LINT_NONZERO,
  LINT_NOZEROPREFIX,
  LINT_PACKAGETYPE,
  LINT_PCENC,
  LINT_PIECEOFTOTAL,
  LINT_POSINSEQSLASH,
  LINT_SS,
  LINT_WINDING,
  LINT_YESNO,
  LINT_YYMMD0,
  LINT_YYMMDD,
  LINT_YYYYMMDD,
  LINT_ZERO,
  MEDIA_TYPE,
} from '../generated/tables';
import { fail } from '../line';
import { endOfClass, endOfDigits, findByte } from './characters';
import { hasCheckPair, ibanRemainder } from './check-characters';
import { hasCheckDigit, readDigits } from './check-digit';
import { hasBit, isCountryLetters, isPackageType } from './code-lists';
import { isCoupon, isPositiveOffer } from './coupon';
import { wrongInDate, wrongInLongDate, wrongInTime } from './dates';

const ZERO: u8 = 0x30;
const HYPHEN: u8 = 0x2d;
const SLASH: u8 = 0x2f;
const PERCENT: u8 = 0x25;

/** The shortest GS1 Company Prefix. */
const PREFIX_MIN: usize = 4;

const IBAN_MIN: usize = 11;
const IBAN_MAX: usize = 34;

/** Ten-millionths of a degree, from the South Pole and from the meridian 180° west. */
const LATITUDE_MAX: u64 = 1_800_000_000;
const LONGITUDE_MAX: u64 = 3_600_000_000;

/** True when the component [at, end) passes the check of this number; otherwise the error is noted. */
export function passes(check: u32, at: usize, end: usize): bool {
  const size = end - at;
  switch (check) {
    case LINT_CSUM:
      return hasCheckDigit(at, <u32>size) || fail(ERROR_BAD_CHECK_DIGIT, end - 1, 1);
    case LINT_YYMMD0:
      return isDate(at, wrongInDate(at, true));
    case LINT_YYMMDD:
      return isDate(at, wrongInDate(at, false));
    case LINT_YYYYMMDD:
      return isDate(at, wrongInLongDate(at));
    case LINT_HHMI: {
      const wrong = wrongInTime(at);
      return wrong < 0 || fail(ERROR_BAD_TIME, at + wrong, 2);
    }
    case LINT_HH:
      return readDigits(at, 2) < 24 || fail(ERROR_BAD_TIME, at, 2);
    case LINT_MI:
    case LINT_SS:
      return readDigits(at, 2) < 60 || fail(ERROR_BAD_TIME, at, 2);
    case LINT_GCPPOS1:
      return beginsWithPrefix(at, end);
    case LINT_GCPPOS2:
      return size < 2 ? fail(ERROR_BAD_COMPANY_PREFIX, at, size) : beginsWithPrefix(at + 1, end);
    case LINT_CSUMALPHA:
      if (hasCheckPair(at, <u32>size)) return true;
      return size < 2 ? fail(ERROR_BAD_CHECK_CHARACTERS, at, size) : fail(ERROR_BAD_CHECK_CHARACTERS, end - 2, 2);
    case LINT_HASNONDIGIT:
      return endOfDigits(at, end) < end || fail(ERROR_NO_NON_DIGIT, at, size);
    case LINT_ISO3166999:
      if (readDigits(at, 3) === 999) return true;
      return hasBit(COUNTRY, <u32>readDigits(at, 3)) || fail(ERROR_BAD_COUNTRY, at, size);
    case LINT_ISO3166:
      return hasBit(COUNTRY, <u32>readDigits(at, 3)) || fail(ERROR_BAD_COUNTRY, at, size);
    case LINT_ISO3166ALPHA2:
      return isCountryLetters(at) || fail(ERROR_BAD_COUNTRY, at, size);
    case LINT_ISO4217:
      return hasBit(CURRENCY, <u32>readDigits(at, 3)) || fail(ERROR_BAD_CURRENCY, at, size);
    case LINT_MEDIATYPE:
      return hasBit(MEDIA_TYPE, <u32>readDigits(at, 2)) || fail(ERROR_BAD_MEDIA_TYPE, at, size);
    case LINT_PACKAGETYPE:
      return isPackageType(at, <u32>size) || fail(ERROR_BAD_PACKAGE_TYPE, at, size);
    case LINT_IBAN:
      return isIban(at, end);
    case LINT_PCENC:
      return isPercentEncoded(at, end);
    case LINT_LATITUDE:
      return readDigits(at, 10) <= LATITUDE_MAX || fail(ERROR_BAD_LATITUDE, at, size);
    case LINT_LONGITUDE:
      return readDigits(at, 10) <= LONGITUDE_MAX || fail(ERROR_BAD_LONGITUDE, at, size);
    case LINT_COUPONCODE:
      return isCoupon(at, end);
    case LINT_COUPONPOSOFFER:
      return isPositiveOffer(at, end);
    case LINT_PIECEOFTOTAL:
      return isPieceOfTotal(at, end);
    case LINT_POSINSEQSLASH:
      return isPlaceInSequence(at, end);
    case LINT_NONZERO:
      return onlyByte(ZERO, at, end) < end || fail(ERROR_ZERO_VALUE, at, size);
    case LINT_NOZEROPREFIX:
      return load<u8>(at) !== ZERO || fail(ERROR_LEADING_ZERO, at, 1);
    case LINT_ZERO:
      return onlyByte(ZERO, at, end) === end || fail(ERROR_NOT_ZERO, at, size);
    case LINT_HYPHEN:
      return onlyByte(HYPHEN, at, end) === end || fail(ERROR_NOT_HYPHEN, at, size);
    case LINT_IMPORTERIDX:
      return endOfClass(at, end, CLASS_SET64) === end || fail(ERROR_BAD_IMPORTER_INDEX, at, 1);
    case LINT_ISO5218:
      return isOneOf(0b10_0000_0111, at) || fail(ERROR_BAD_SEX, at, 1); // 0, 1, 2, 9
    case LINT_WINDING:
      return isOneOf(0b10_0000_0011, at) || fail(ERROR_BAD_WINDING, at, 1); // 0, 1, 9
    case LINT_YESNO:
      return isOneOf(0b11, at) || fail(ERROR_NOT_YES_NO, at, 1);
    default:
      return unreachable();
  }
}

/** Notes a date whose month (2 or 4 bytes in) or day is wrong; −1 is none. */
function isDate(at: usize, wrong: i32): bool {
  return wrong < 0 || fail(ERROR_BAD_DATE, at + wrong, 2);
}

function isOneOf(digits: u32, at: usize): bool {
  return ((digits >> (<u32>load<u8>(at) - 0x30)) & 1) !== 0;
}

/** Address of the first byte of [at, end) that is another, or `end`. */
function onlyByte(byte: u8, at: usize, end: usize): usize {
  while (at < end && load<u8>(at) === byte) at++;
  return at;
}

function beginsWithPrefix(at: usize, end: usize): bool {
  if (end - at < PREFIX_MIN) return fail(ERROR_BAD_COMPANY_PREFIX, at, end - at);
  const stop = endOfDigits(at, at + PREFIX_MIN);
  return stop === at + PREFIX_MIN || fail(ERROR_BAD_COMPANY_PREFIX, stop, 1);
}

function isIban(at: usize, end: usize): bool {
  const size = end - at;
  if (size < 4) return fail(ERROR_BAD_IBAN_LENGTH, at, size);
  if (!isCountryLetters(at)) return fail(ERROR_BAD_IBAN_COUNTRY, at, 2);
  if (size < IBAN_MIN || size > IBAN_MAX) return fail(ERROR_BAD_IBAN_LENGTH, at, size);
  const stop = endOfClass(at, end, CLASS_CAPITALS_AND_DIGITS);
  if (stop < end) return fail(ERROR_BAD_IBAN_CHARACTER, stop, 1);
  return ibanRemainder(at, <u32>size) === 1 || fail(ERROR_BAD_IBAN_CHECK_DIGITS, at + 2, 2);
}

function isPercentEncoded(at: usize, end: usize): bool {
  while (true) {
    at = findByte(PERCENT, at, end);
    if (at === end) return true;
    if (end - at < 3) return fail(ERROR_BAD_PERCENT_ENCODING, at, end - at);
    if (!isHexadecimal(load<u8>(at, 1)) || !isHexadecimal(load<u8>(at, 2))) {
      return fail(ERROR_BAD_PERCENT_ENCODING, at, 3);
    }
    at += 3;
  }
}

function isHexadecimal(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 6;
}

/** Piece and total, of as many digits each; neither is zero, and the piece isn't past the total. */
function isPieceOfTotal(at: usize, end: usize): bool {
  const half = (end - at) >> 1;
  const total = at + half;
  if (onlyByte(ZERO, at, total) === total) return fail(ERROR_BAD_PIECE_OF_TOTAL, at, half);
  if (onlyByte(ZERO, total, end) === end) return fail(ERROR_BAD_PIECE_OF_TOTAL, total, half);
  return memory.compare(at, total, half) <= 0 || fail(ERROR_BAD_PIECE_OF_TOTAL, at, end - at);
}

/** Two numbers without leading zeros and a slash between them; the first isn't greater. */
function isPlaceInSequence(at: usize, end: usize): bool {
  const slash = endOfDigits(at, end);
  const second = slash + 1;
  if (slash === at || second >= end || load<u8>(slash) !== SLASH || endOfDigits(second, end) < end) {
    return fail(ERROR_BAD_SEQUENCE_POSITION, at, end - at);
  }
  if (load<u8>(at) === ZERO) return fail(ERROR_LEADING_ZERO, at, slash - at);
  if (load<u8>(second) === ZERO) return fail(ERROR_LEADING_ZERO, second, end - second);
  const digits = slash - at;
  const past = digits > end - second || (digits === end - second && memory.compare(at, second, digits) > 0);
  return !past || fail(ERROR_BAD_SEQUENCE_POSITION, at, end - at);
}
