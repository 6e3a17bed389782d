/**
 * Answers of `codes/check` as text, written by hand: half the time of a request of a hundred codes would go into making objects of them and
 * text of those. Field names and order are those of cash-register services §1.2; a fact that is not known is left out.
 */
import type { KnownCode } from '../../../engine/index.js';
import type { AnswerCode } from '../../../engine/permit/answer-facts.js';
import type { Facts } from '../../../engine/permit/facts.js';

/** A code that was checked. */
export interface CheckedCode {
  readonly known: KnownCode;
  /** What the register and the national API know together. */
  readonly facts: Facts;
  /** The national API's own words, with fields that nobody knows; `null` when it wasn't asked or didn't answer. */
  readonly answer: AnswerCode | null;
}

/** A whole answer. */
export interface Answered {
  reqId: string;
  /** Milliseconds since 1970. */
  reqTimestamp: number;
}

/** Characters that JSON writes otherwise, or that need a second look; GS, which every full code has, apart. */
const SPECIAL = /["\\\u0000-\u001c\u001e\u001f\ud800-\udfff]/;
const GS = '\u001d';

export function quoted(text: string): string {
  if (SPECIAL.test(text)) return JSON.stringify(text);
  return text.includes(GS) ? `"${text.replaceAll(GS, '\\u001d')}"` : `"${text}"`;
}

/** The body of an answer about codes whose objects are written already; `more` goes behind, with a comma before it. */
export function answerJson(codes: string, { reqId, reqTimestamp }: Answered, more = ''): string {
  return `{"code":0,"description":"ok","codes":[${codes}],"reqId":"${reqId}","reqTimestamp":${reqTimestamp}${more}}`;
}

/** A code's object. */
export function codeJson(checked: CheckedCode): string {
  return `{"cis":${quoted(checked.known.scan)},${restJson(checked)}}`;
}

/** A code's object without braces and `cis`. */
function restJson({ known, facts, answer }: CheckedCode): string {
  if (answer !== null) return joinedJson(known, facts, answer);
  const { cis, gtin, packageType, parent, series, productionDate } = known;
  let text = `"valid":${facts.valid === true}`;
  if (cis !== null) text += `,"printView":${quoted(cis)}`;
  if (gtin !== null) text += `,"gtin":"${gtin}"`;
  if (facts.groupIds !== undefined) text += `,"groupIds":[${facts.groupIds.join()}]`;
  if (facts.verified !== undefined) text += `,"verified":${facts.verified}`;
  if (facts.found !== undefined) text += `,"found":${facts.found}`;
  if (facts.realizable !== undefined) text += `,"realizable":${facts.realizable}`;
  if (facts.utilised !== undefined) text += `,"utilised":${facts.utilised}`;
  if (facts.isBlocked !== undefined) text += `,"isBlocked":${facts.isBlocked}`;
  if (facts.expiresAt) text += `,"expireDate":"${isoOf(facts.expiresAt)}"`;
  if (productionDate !== undefined) text += `,"productionDate":"${isoOf(productionDate)}"`;
  if (facts.isOwner !== undefined) text += `,"isOwner":${facts.isOwner}`;
  if (facts.isTracking !== undefined) text += `,"isTracking":${facts.isTracking}`;
  text += `,"errorCode":${facts.errorCode ?? 0}`;
  if (facts.sold !== undefined) text += `,"sold":${facts.sold}`;
  if (facts.eliminationState !== undefined) text += `,"eliminationState":${facts.eliminationState}`;
  if (facts.innerUnitCount !== undefined) {
    text += `,"innerUnitCount":${facts.innerUnitCount},"soldUnitCount":${facts.soldUnitCount}`;
  }
  if (packageType !== undefined) text += `,"packageType":"${packageType}"`;
  if (facts.packageQuantity !== undefined) text += `,"packageQuantity":${facts.packageQuantity}`;
  if (parent !== undefined) text += `,"parent":${quoted(parent)}`;
  if (series !== undefined) text += `,"productionSerialNumber":${quoted(series)}`;
  return text;
}

/**
 * A code as the journal has it, without its tail: КИ, `errorCode`, and a letter a fact, large for true and small for false: Found, Verified,
 * Utilised, Realizable, Blocked, Sold; then what the national API said, with every field of it.
 */
export function recordedJson({ known, facts, answer }: CheckedCode): string {
  const letters =
    letter('Ff', facts.found) +
    letter('Vv', facts.verified) +
    letter('Uu', facts.utilised) +
    letter('Rr', facts.realizable) +
    letter('Bb', facts.isBlocked) +
    letter('Ss', facts.sold);
  const name = known.cis === null ? 'null' : quoted(known.cis);
  if (answer === null) return `[${name},${facts.errorCode ?? 0},"${letters}"]`;
  const { cis: _, ...rest } = answer;
  return `[${name},${facts.errorCode ?? 0},"${letters}",${JSON.stringify(rest)}]`;
}

function letter(pair: string, fact: boolean | undefined): string {
  return fact === undefined ? '' : pair[fact ? 0 : 1]!;
}

/** The national API's object, corrected where this register knows what stands against the code. */
function joinedJson(known: KnownCode, facts: Facts, { cis: _, ...answer }: AnswerCode): string {
  const object: Record<string, unknown> = { printView: known.cis ?? undefined, ...answer };
  for (const fact of JOINED) if (facts[fact] !== undefined) object[fact] = facts[fact];
  return JSON.stringify(object).slice(1, -1);
}

const JOINED = [
  'errorCode',
  'found',
  'valid',
  'verified',
  'utilised',
  'realizable',
  'isBlocked',
  'sold',
  'soldUnitCount',
  'innerUnitCount',
] as const satisfies readonly (keyof Facts)[];

/** Dates of the facts are shared by many codes. */
const isoTexts = new WeakMap<Date, string>();

function isoOf(date: Date): string {
  let text = isoTexts.get(date);
  if (text === undefined) {
    text = date.toISOString();
    isoTexts.set(date, text);
  }
  return text;
}
