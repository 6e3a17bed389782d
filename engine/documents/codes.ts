import { CONTROL, type CodeList } from './code-list.js';
import { type Issues, shown } from './issues.js';
import { DOCUMENT_LIMITS } from './limits.js';
import type { Repeats } from './repeats.js';

/** MDLP's `sign_sgtin_type`: GTIN and serial of 13, no application identifiers. */
const SGTIN = /^\d{14}[A-Za-z0-9]{13}$/;

/** What one document's codes are checked against while they are collected. */
export interface CodeChecks {
  readonly issues: Issues;
  readonly repeats: Repeats;
}

/**
 * Adds a code to a list; false when it is refused, with a finding: empty, or a control character in it would break the list's lines.
 * A code that repeats an earlier one of the document, or is too long, is kept and reported.
 */
export function collect(checks: CodeChecks, list: CodeList, code: string, line: number): boolean {
  if (code === '' || code.length > DOCUMENT_LIMITS.codeLength || !list.tryAppend(code, line)) {
    if (!isListable(checks.issues, code, line)) return false;
    list.append(code, line);
  }
  checks.repeats.add(list, list.count - 1);
  return true;
}

/** False, with a finding, for what cannot be a line of a list of codes; a finding alone for what is too long. */
export function isListable(issues: Issues, code: string, line: number): boolean {
  if (code === '') {
    issues.add('CODE_EMPTY', 'an empty place where a code was expected', line);
    return false;
  }
  if (CONTROL.test(code)) {
    issues.add('CODE_CONTROL_CHARACTER', `${shown(code)}: left out`, line);
    return false;
  }
  if (code.length > DOCUMENT_LIMITS.codeLength) {
    issues.add(
      'CODE_TOO_LONG',
      `${code.length} characters, at most ${DOCUMENT_LIMITS.codeLength}: ${shown(code)}`,
      line,
    );
  }
  return true;
}

/** Reports an SGTIN that is not 14 digits and 13 letters or digits. */
export function checkSgtin(issues: Issues, code: string, line: number): void {
  if (!SGTIN.test(code))
    issues.add('CODE_FORM', `sgtin ${shown(code)}: expected 14 digits and 13 Latin letters or digits`, line);
}

/** Reports an SSCC that is not 18 digits (20 with its `00`), or whose check digit is wrong. */
export function checkSscc(issues: Issues, code: string, line: number): void {
  const digits = /^(?:00)?(\d{18})$/.exec(code)?.[1];
  if (digits === undefined) issues.add('CODE_FORM', `sscc ${shown(code)}: expected 18 digits`, line);
  else if (!hasCheckDigit(digits)) issues.add('CODE_CHECK_DIGIT', `sscc ${code}: wrong check digit`, line);
}

/** Reports a GTIN whose check digit is wrong. */
export function checkGtin(issues: Issues, gtin: string, line: number): void {
  if (!hasCheckDigit(gtin)) issues.add('CODE_CHECK_DIGIT', `gtin ${gtin}: wrong check digit`, line);
}

/** GTIN of a code as documents write it: `01` + GTIN + …, an SGTIN, or a tobacco pack; undefined for any other form. */
export function gtinOf(code: string): string | undefined {
  if (code.startsWith('01') && code.length > 18) return code.slice(2, 16);
  return code.length === 27 || code.length === 21 || code.length === 29 ? code.slice(0, 14) : undefined;
}

/** True when a code names another GTIN than this one; a code that names none is of any. */
export function isOfOtherGtin(code: string, gtin: string): boolean {
  // The usual form first, without taking it apart: this is asked for every code of a document.
  if (code.startsWith('01') && code.startsWith(gtin, 2)) return false;
  const own = gtinOf(code);
  return own !== undefined && own !== gtin;
}

/** GS1 check digit: weights 3 and 1 from the right, the sum a multiple of 10. `digits` are decimal digits only. */
export function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, weight = 1; i >= 0; i--, weight = 4 - weight)
    sum += (digits.charCodeAt(i) - 0x30) * weight;
  return sum % 10 === 0;
}
