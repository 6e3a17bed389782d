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
  facts: Facts;
  /** The national API's own words, with fields that nobody knows; `null` when it wasn't asked or didn't answer. */
  readonly answer: AnswerCode | null;
  /** КИ as JSON: it stands in the answer and in the journal. */
  readonly name: string;
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
  const cis = quoted(checked.known.scan);
  return checked.answer === null ? `{"cis":${cis},${ownJson(checked)}}` : `{"cis":${cis},${joinedJson(checked)}}`;
}

/** What this register says, without braces and `cis`. Few and long pieces: every piece is an object of the engine that runs this. */
function ownJson({ known, facts, name }: CheckedCode): string {
  const { gtin, parent, series, productionDate } = known;
  const { expiresAt, groupIds, innerUnitCount, packageQuantity } = facts;
  let text = gtin === null ? (name === 'null' ? '' : `"printView":${name},`) : `"printView":${name},"gtin":"${gtin}",`;
  if (groupIds !== undefined) text += `"groupIds":[${groupIds.length === 1 ? groupIds[0] : groupIds.join()}],`;
  if (expiresAt) text += expiryText(expiresAt);
  if (productionDate !== undefined) text += `"productionDate":"${productionDate.toISOString()}",`;
  if (facts.eliminationState !== undefined) text += `"eliminationState":${facts.eliminationState},`;
  if (innerUnitCount !== undefined)
    text += `"innerUnitCount":${innerUnitCount},"soldUnitCount":${facts.soldUnitCount},`;
  if (packageQuantity !== undefined) text += `"packageQuantity":${packageQuantity},`;
  if (parent !== undefined) text += `"parent":${quoted(parent)},`;
  if (series !== undefined) text += `"productionSerialNumber":${quoted(series)},`;
  return text + wordsOf(known, facts).json;
}

/** The facts that are true, false or absent, and others of few values, as text: codes of a shop agree in nearly all of them. */
interface Words {
  json: string;
  letters: string;
}
const words = new Map<number, Words>();
const TRUTHS = [
  'valid',
  'verified',
  'found',
  'realizable',
  'utilised',
  'isBlocked',
  'isOwner',
  'isTracking',
  'sold',
] as const satisfies readonly (keyof Facts)[];
const PACKAGE_TYPES = [undefined, 'UNIT', 'GROUP', 'BOX'] as const;
const ERRORS_MAX = 16;

function wordsOf({ packageType }: KnownCode, facts: Facts): Words {
  const { errorCode = 0 } = facts;
  let index = PACKAGE_TYPES.indexOf(packageType) * ERRORS_MAX + errorCode;
  for (let i = 0; i < TRUTHS.length; i++) {
    const fact = facts[TRUTHS[i]!];
    index = index * 3 + (fact === undefined ? 0 : fact ? 1 : 2);
  }
  let found = words.get(index);
  if (!found) {
    const told = TRUTHS.filter((fact) => facts[fact] !== undefined).map((fact) => `"${fact}":${facts[fact]},`);
    const type = packageType === undefined ? '' : `,"packageType":"${packageType}"`;
    found = { json: `${told.join('')}"errorCode":${errorCode}${type}`, letters: lettersOf(facts) };
    words.set(index, found);
  }
  return found;
}

/**
 * A code as the journal has it, without its tail: КИ, `errorCode`, and a letter a fact, large for true and small for false: Found, Verified,
 * Utilised, Realizable, Blocked, Sold; then what the national API said, with every field of it.
 */
export function recordedJson({ known, facts, answer, name }: CheckedCode): string {
  const { errorCode = 0 } = facts;
  if (answer === null) return `[${name},${errorCode},"${wordsOf(known, facts).letters}"]`;
  const { cis: _, ...rest } = answer;
  return `[${name},${errorCode},"${lettersOf(facts)}",${JSON.stringify(rest)}]`;
}

function lettersOf(facts: Facts): string {
  return (
    letter('Ff', facts.found) +
    letter('Vv', facts.verified) +
    letter('Uu', facts.utilised) +
    letter('Rr', facts.realizable) +
    letter('Bb', facts.isBlocked) +
    letter('Ss', facts.sold)
  );
}

function letter(pair: string, fact: boolean | undefined): string {
  return fact === undefined ? '' : pair[fact ? 0 : 1]!;
}

/**
 * The national API's object, corrected where this register knows what stands against the code. Whose goods they are it tells the participant whose key
 * it was asked with; to others that is not passed on.
 */
function joinedJson({ known, facts, answer: given }: CheckedCode): string {
  const { cis: _, isOwner: __, ...answer } = given ?? {};
  const object: Record<string, unknown> = { printView: known.cis ?? undefined, ...answer };
  for (const fact of JOINED) if (facts[fact] !== undefined) object[fact] = facts[fact];
  if (facts.expiresAt) object.expireDate = facts.expiresAt;
  return JSON.stringify(object).slice(1, -1);
}

const JOINED = [
  'groupIds',
  'valid',
  'verified',
  'found',
  'realizable',
  'utilised',
  'isBlocked',
  'isOwner',
  'isTracking',
  'errorCode',
  'sold',
  'innerUnitCount',
  'soldUnitCount',
] as const satisfies readonly (keyof Facts)[];

/** Dates of the facts are shared by many codes. */
const expiryTexts = new WeakMap<Date, string>();

function expiryText(date: Date): string {
  let text = expiryTexts.get(date);
  if (text === undefined) {
    text = `"expireDate":"${date.toISOString()}",`;
    expiryTexts.set(date, text);
  }
  return text;
}
