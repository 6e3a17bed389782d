// One value of an AI against its components: lengths, character sets, content checks.
import {
  CLASS_SET39,
  CLASS_SET64,
  COMPONENT,
  ERROR_AI_TOO_LONG,
  ERROR_AI_TOO_SHORT,
  ERROR_BAD_CHARSET,
  ERROR_BAD_PADDING,
  ERROR_NOT_NUMERIC,
  SPEC_PREDEFINED,
  TYPE_N,
  TYPE_X,
  TYPE_Y,
} from '../generated/tables';
import { fail } from '../line';
import { endOfClass, endOfDigits, endOfSet82 } from './characters';
import { passes } from './checks';

/** Bytes of a row of COMPONENT, and where its checks stand. */
export const COMPONENT_BYTES: usize = 8;
const CHECKS: usize = 4;
const CHECKS_END: usize = 7;

const PADDING: u8 = 0x3d;

/** First row of COMPONENT of a row of SPEC. */
export function componentsOf(spec: usize): usize {
  return COMPONENT + <usize>load<u8>(spec, 4) * COMPONENT_BYTES;
}

/** The row behind the last one. */
export function componentsEnd(spec: usize): usize {
  return componentsOf(spec) + <usize>load<u8>(spec, 5) * COMPONENT_BYTES;
}

/**
 * Reads the value of an AI whose row of SPEC is at `spec` from [at, limit), where `limit` is the next separator or the end.
 * Returns the address behind the value, or 0 after noting the first error.
 */
export function readValue(spec: usize, at: usize, limit: usize): usize {
  const last = componentsEnd(spec);
  for (let component = componentsOf(spec); component < last; component += COMPONENT_BYTES) {
    if (at === limit && load<u8>(component, 3) !== 0) break;
    const end = endOfComponent(component, at, limit);
    if (end === 0 || !checkComponent(component, at, end)) return 0;
    at = end;
  }
  if (at < limit && (load<u8>(spec) & SPEC_PREDEFINED) === 0) {
    fail(ERROR_AI_TOO_LONG, at, limit - at);
    return 0;
  }
  return at;
}

/** End of a component that begins at `at`; 0 after noting that it is too short. */
export function endOfComponent(component: usize, at: usize, limit: usize): usize {
  const most = <usize>load<u8>(component, 2);
  const end = limit - at < most ? limit : at + most;
  if (end - at >= <usize>load<u8>(component, 1)) return end;
  fail(ERROR_AI_TOO_SHORT, limit, 0);
  return 0;
}

/** True when the characters and the content of a component are right; otherwise the first error is noted. */
export function checkComponent(component: usize, at: usize, end: usize): bool {
  if (!checkCharacters(load<u8>(component), at, end)) return false;
  for (let i = CHECKS; i < CHECKS_END; i++) {
    const check = <u32>load<u8>(component + i);
    if (check === 0) break;
    if (!passes(check, at, end)) return false;
  }
  return true;
}

function checkCharacters(type: u32, at: usize, end: usize): bool {
  let stop: usize;
  if (type === TYPE_N) {
    stop = endOfDigits(at, end);
    return stop === end || fail(ERROR_NOT_NUMERIC, stop, 1);
  }
  if (type === TYPE_X) {
    stop = endOfSet82(at, end);
  } else if (type === TYPE_Y) {
    stop = endOfClass(at, end, CLASS_SET39);
  } else {
    const text = endOfText64(at, end);
    if (text === 0) return false;
    stop = endOfClass(at, text, CLASS_SET64);
    if (stop === text) return true;
  }
  return stop === end || fail(ERROR_BAD_CHARSET, stop, 1);
}

/**
 * Where the padding of a base64url value begins: RFC 4648, section 5, with the rule of the GS1 syntax tests that a padded value
 * has a length that divides by three. 0 after noting that it is wrong.
 */
function endOfText64(at: usize, end: usize): usize {
  let stop = end;
  while (stop > at && load<u8>(stop - 1) === PADDING) stop--;
  const padding = end - stop;
  if (padding === 0 || (padding <= 2 && (end - at) % 3 === 0)) return stop;
  fail(ERROR_BAD_PADDING, stop, padding);
  return 0;
}
