// One value of an AI against its components: lengths, character sets, content checks.
import {
  CLASS_DIGITS,
  CLASS_SET39,
  CLASS_SET64,
  COMPONENT,
  ERROR_AI_TOO_LONG,
  ERROR_AI_TOO_SHORT,
  ERROR_BAD_CHARSET,
  ERROR_BAD_CHECK_DIGIT,
  ERROR_BAD_DATE,
  ERROR_BAD_TIME,
  ERROR_NOT_NUMERIC,
  LINT_CSUM,
  LINT_HHMI,
  LINT_YYMMD0,
  LINT_YYMMDD,
  TYPE_N,
  TYPE_X,
  TYPE_Y,
} from '../generated/tables';
import { fail } from '../line';
import { endOfClass, endOfSet82 } from './characters';
import { hasCheckDigit } from './check-digit';
import { wrongInDate, wrongInTime } from './dates';

/**
 * Reads the value of an AI whose row of SPEC is at `spec` from [at, limit), where `limit` is the next separator or the end.
 * Returns the address behind the value, or 0 after noting the first error.
 */
export function readValue(spec: usize, at: usize, limit: usize): usize {
  let component = COMPONENT + ((<usize>load<u8>(spec, 4)) << 3);
  const last = component + ((<usize>load<u8>(spec, 5)) << 3);
  for (; component < last; component += 8) {
    if (at === limit && load<u8>(component, 3) !== 0) break;
    const least = <usize>load<u8>(component, 1);
    const most = <usize>load<u8>(component, 2);
    const end = limit - at < most ? limit : at + most;
    if (end - at < least) {
      fail(ERROR_AI_TOO_SHORT, limit);
      return 0;
    }
    if (!checkCharacters(load<u8>(component), at, end)) return 0;
    for (let i: usize = 4; i < 7; i++) {
      const lint = <u32>load<u8>(component + i);
      if (lint !== 0 && !checkContent(lint, at, end)) return 0;
    }
    at = end;
  }
  const predefined = (load<u8>(spec) & 1) !== 0;
  if (!predefined && at < limit) {
    fail(ERROR_AI_TOO_LONG, at);
    return 0;
  }
  return at;
}

function checkCharacters(type: u32, at: usize, end: usize): bool {
  let stop: usize;
  if (type === TYPE_N) {
    stop = endOfClass(at, end, CLASS_DIGITS);
    return stop === end || fail(ERROR_NOT_NUMERIC, stop);
  }
  if (type === TYPE_X) stop = endOfSet82(at, end);
  else stop = endOfClass(at, end, type === TYPE_Y ? CLASS_SET39 : CLASS_SET64);
  return stop === end || fail(ERROR_BAD_CHARSET, stop);
}

/** The content checks that identity, dates and sums depend on; the others of the dictionary accept. */
function checkContent(lint: u32, at: usize, end: usize): bool {
  if (lint === LINT_CSUM) {
    return hasCheckDigit(at, <u32>(end - at)) || fail(ERROR_BAD_CHECK_DIGIT, end - 1);
  }
  if (lint === LINT_YYMMD0 || lint === LINT_YYMMDD) {
    const wrong = wrongInDate(at, lint === LINT_YYMMD0);
    return wrong < 0 || fail(ERROR_BAD_DATE, at + wrong);
  }
  if (lint === LINT_HHMI) {
    const wrong = wrongInTime(at);
    return wrong < 0 || fail(ERROR_BAD_TIME, at + wrong);
  }
  return true;
}
