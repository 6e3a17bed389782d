/**
 * Facts from an answer of the national API, of a local module or of a ТС ПИоТ (cash-register services §1.2, §2, §3): one tolerant decoder.
 * Every field is optional, a field of the wrong type is absent, and fields that nobody knows are left to whoever keeps the raw answer.
 */
import type { Facts } from './facts.js';

export type AnswerCode = Readonly<Record<string, unknown>>;

/** The code objects of an answer of any of the three shapes; `null` for what is no answer: other shapes, or `code` that is not 0. */
export function answerCodes(answer: unknown): AnswerCode[] | null {
  if (!isObject(answer)) return null;
  const inside = answer.results ?? answer.codesResponse;
  if (Array.isArray(inside)) return inside.length === 1 ? answerCodes(inside[0]) : null;
  const { code = 0, codes } = answer;
  // Of no codes nothing is said: an empty list is not an answer.
  if (code !== 0 || !Array.isArray(codes) || codes.length === 0 || !codes.every(isObject)) return null;
  return codes;
}

/**
 * Facts of one code object. `offline`: it comes from a local module, or says `isCheckedOffline`, so that what such a one can't know (§1.4, last
 * paragraph) is absent even where a client filled it in.
 */
export function factsOfAnswer(code: AnswerCode, { offline }: { offline: boolean }): Facts {
  const facts: Facts = {
    isBlocked: truth(code.isBlocked),
    sold: truth(code.sold),
    eliminationState: count(code.eliminationState),
    groupIds: groups(code.groupIds),
    mrp: count(code.mrp),
    smp: count(code.smp),
    packageQuantity: count(code.packageQuantity) || undefined,
    innerUnitCount: count(code.innerUnitCount),
    soldUnitCount: count(code.soldUnitCount),
    grayZone: truth(code.grayZone),
    group: typeof code.packageType === 'string' ? code.packageType.toUpperCase() === 'GROUP' : undefined,
  };
  const { ogvs } = code;
  if (Array.isArray(ogvs)) facts.ogvs = ogvs.filter((name) => typeof name === 'string');
  if (offline) return facts;
  // 0 is said by leaving it out as well: an answer without an error has none.
  facts.errorCode = count(code.errorCode) ?? 0;
  facts.found = truth(code.found);
  facts.valid = truth(code.valid);
  facts.verified = truth(code.verified);
  facts.utilised = truth(code.utilised);
  facts.realizable = truth(code.realizable);
  facts.isTracking = truth(code.isTracking);
  facts.isOwner = truth(code.isOwner);
  facts.expiresAt = expiry(code);
  return facts;
}

/**
 * A complete answer without a date is about goods without one; a date that can't be read is not known, nor is one that depends on how the goods are
 * stored.
 */
function expiry({ expireDate, variableExpirations }: AnswerCode): Date | null | undefined {
  if (expireDate === undefined || expireDate === null) return isSaid(variableExpirations) ? undefined : null;
  if (typeof expireDate !== 'string' && typeof expireDate !== 'number') return undefined;
  const date = new Date(expireDate);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Facts of a code that several were asked about: where both speak, what stands against the code counts; the second fills what is absent. */
export function joinFacts(own: Facts, other: Facts): Facts {
  return {
    ...other,
    ...withoutAbsent(own),
    errorCode: own.errorCode || (other.errorCode ?? own.errorCode),
    found: either(own.found, other.found, false),
    valid: either(own.valid, other.valid, false),
    verified: either(own.verified, other.verified, false),
    utilised: either(own.utilised, other.utilised, false),
    realizable: either(own.realizable, other.realizable, false),
    isBlocked: either(own.isBlocked, other.isBlocked, true),
    sold: either(own.sold, other.sold, true),
    soldUnitCount: larger(own.soldUnitCount, other.soldUnitCount),
    // Whose goods these are the platform knows of its own accounting.
    isTracking: other.isTracking ?? own.isTracking,
    isOwner: other.isOwner ?? own.isOwner,
    groupIds: other.groupIds ?? own.groupIds,
    expiresAt: earlier(own.expiresAt, other.expiresAt),
  };
}

function withoutAbsent(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** The one that decides, when either says it. */
function either(a: boolean | undefined, b: boolean | undefined, decides: boolean): boolean | undefined {
  return a === decides || b === decides ? decides : (a ?? b);
}

/** Of two dates the first one to pass; `null`, that there is none, is what nobody has a date against. */
function earlier(a: Date | null | undefined, b: Date | null | undefined): Date | null | undefined {
  if (a && b) return a < b ? a : b;
  return a || b || (a === undefined ? b : a);
}

function larger(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object, list or text that has something in it. */
function isSaid(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== '';
}

function truth(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function groups(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers = value.filter((id) => typeof id === 'number' && Number.isSafeInteger(id));
  return numbers.length === 0 ? undefined : numbers;
}
