/**
 * The decision table of a till: one row, one pure rule. `true`: the row forbids; `false`: nothing in it stands against the line; `undefined`: a fact
 * that it needs is not known. Rows and numbers are those of cash-register services §1.4, and the first that forbids gives the reason.
 */
import { DateTime } from 'luxon';
import type { Facts, ReceiptLine } from './facts.js';
import { type PermitPolicy, TOBACCO } from './policy.js';

export const REASONS = [
  'CODE_ERROR',
  'NOT_FOUND',
  'NOT_VALID',
  'NOT_VERIFIED',
  'NOT_APPLIED',
  'BLOCKED',
  'GRAY_ZONE',
  'SOLD',
  'TOO_MANY_PARTS',
  'NOT_IN_CIRCULATION',
  'NOT_OWN',
  'EXPIRED',
  'PRICE_NOT_PRINTED',
  'PRICE_ABOVE_CEILING',
  'PRICE_BELOW_FLOOR',
  'PRICE_BELOW_MINIMUM',
  'REPEATED',
] as const;
export type Reason = (typeof REASONS)[number];

type Rule = (facts: Facts, line: ReceiptLine, policy: PermitPolicy) => boolean | undefined;

export interface Row {
  /** Number in §1.4. */
  readonly row: number;
  readonly reason: Reason;
  readonly forbids: Rule;
}

/** Row 17, other tobacco (12), is that no price rule names its group. */
export const TABLE: readonly Row[] = [
  { row: 1, reason: 'CODE_ERROR', forbids: ({ errorCode }) => (errorCode === undefined ? undefined : errorCode !== 0) },
  { row: 2, reason: 'NOT_FOUND', forbids: ({ found }) => not(found) },
  { row: 3, reason: 'NOT_VALID', forbids: ({ valid }) => not(valid) },
  { row: 4, reason: 'NOT_VERIFIED', forbids: ({ verified }) => not(verified) },
  { row: 5, reason: 'NOT_APPLIED', forbids: ({ utilised }) => not(utilised) },
  {
    row: 6,
    reason: 'BLOCKED',
    forbids: ({ isBlocked }, { mode }, { returnBlocked }) => (mode === 'return' && returnBlocked ? false : isBlocked),
  },
  { row: 7, reason: 'GRAY_ZONE', forbids: grayZone },
  { row: 8, reason: 'SOLD', forbids: sold },
  { row: 9, reason: 'TOO_MANY_PARTS', forbids: parts },
  { row: 10, reason: 'NOT_IN_CIRCULATION', forbids: notRealizable },
  {
    row: 11,
    reason: 'NOT_OWN',
    forbids: ({ isTracking, isOwner }, { mode }, { ownGoodsOnly }) =>
      mode === 'sale' && ownGoodsOnly ? and(isTracking, not(isOwner)) : false,
  },
  { row: 12, reason: 'EXPIRED', forbids: expired },
  { row: 13, reason: 'PRICE_NOT_PRINTED', forbids: notPrinted },
  {
    row: 14,
    reason: 'PRICE_ABOVE_CEILING',
    forbids: (facts, line, policy) =>
      priced(
        facts,
        line,
        policy,
        policy.ceilingGroups,
        facts.mrp ?? facts.printedPrice,
        (price, mrp) => mrp > 0 && price > mrp,
      ),
  },
  {
    row: 15,
    reason: 'PRICE_BELOW_FLOOR',
    forbids: (facts, line, policy) =>
      priced(
        facts,
        line,
        policy,
        policy.floorGroups,
        packFloor(facts, policy),
        (price, smp) => price < smp * packs(facts, policy),
      ),
  },
  {
    row: 16,
    reason: 'PRICE_BELOW_MINIMUM',
    forbids: (facts, line, policy) =>
      priced(facts, line, policy, policy.mrpFloorGroups, facts.mrp, (price, mrp) => price < mrp),
  },
  { row: 18, reason: 'REPEATED', forbids: (_facts, { repeated }) => repeated === true },
];

function not(fact: boolean | undefined): boolean | undefined {
  return fact === undefined ? undefined : !fact;
}

/** Of three-valued facts: false when one is false, whatever the other. */
function and(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}

/**
 * Remnants that the policy lets pass: rows 10, 12 and the prices don't ask about them. Where only those are let pass that are not realizable, the flag
 * matters for these alone, and for tobacco.
 */
function isRemnantAllowed({ grayZone, realizable, groupIds }: Facts, policy: PermitPolicy): boolean | undefined {
  if (grayZone !== true || policy.grayZone === 'forbid') return false;
  if (policy.grayZone === 'allow') return true;
  return and(not(realizable), groupIds?.includes(TOBACCO));
}

function grayZone(facts: Facts, _line: ReceiptLine, policy: PermitPolicy): boolean | undefined {
  // An answer without the field is an answer about goods that are no remnant: only remnants have it.
  if (facts.grayZone !== true || policy.grayZone === 'allow') return false;
  if (policy.grayZone === 'forbid') return true;
  return facts.realizable === false ? not(isRemnantAllowed(facts, policy)) : false;
}

/** Parts of the unit are counted: row 9 decides, and `sold` is not final. Without the count of what is sold row 8 decides. */
function isCounted({ innerUnitCount, soldUnitCount }: Facts): boolean {
  return innerUnitCount !== undefined && innerUnitCount > 0 && soldUnitCount !== undefined;
}

function sold(facts: Facts, { mode, eliminationState }: ReceiptLine): boolean | undefined {
  if (mode === 'return' || isCounted(facts)) return false;
  if (facts.sold !== true) return facts.sold;
  // Goods that left as sold at a distance, or for own use, may pass a till once more, by a receipt of that very kind.
  return eliminationState === undefined || facts.eliminationState !== eliminationState;
}

function parts({ innerUnitCount, soldUnitCount }: Facts, { mode, quantity }: ReceiptLine): boolean | undefined {
  if (innerUnitCount === undefined || innerUnitCount === 0) return false;
  if (soldUnitCount === undefined) return undefined;
  if (mode === 'return') return (quantity ?? innerUnitCount) > soldUnitCount;
  return soldUnitCount + (quantity ?? innerUnitCount) > innerUnitCount;
}

function notRealizable(facts: Facts, { mode }: ReceiptLine, policy: PermitPolicy): boolean | undefined {
  const { realizable, sold, soldUnitCount = 0 } = facts;
  if (realizable !== false) return not(realizable);
  if (isRemnantAllowed(facts, policy) === true) return false;
  // Rows 8 and 9 have the word on what was sold.
  if (sold === true) return false;
  return mode === 'sale' || soldUnitCount === 0;
}

function expired(facts: Facts, { mode, at }: ReceiptLine, policy: PermitPolicy): boolean | undefined {
  const { expiresAt, groupIds } = facts;
  if (mode === 'return' || isRemnantAllowed(facts, policy) === true) return false;
  if (expiresAt === null) return false;
  if (expiresAt === undefined) {
    return groupIds?.some((group) => policy.shelfLifeGroups.includes(group)) === false ? false : undefined;
  }
  const last =
    policy.expiry === 'moment'
      ? expiresAt.getTime()
      : DateTime.fromJSDate(expiresAt, { zone: policy.zone }).endOf('day').toMillis();
  return at.getTime() > last;
}

function notPrinted(facts: Facts, line: ReceiptLine, policy: PermitPolicy): boolean | undefined {
  // A price of 0 says that none was set.
  return priced(
    facts,
    line,
    policy,
    policy.printedPriceGroups,
    facts.printedPrice,
    (price, printed) => printed > 0 && price !== printed,
  );
}

/** A price rule of some groups: nothing to say of others, of returns, and of lines without a price. */
function priced(
  facts: Facts,
  { mode, price }: ReceiptLine,
  policy: PermitPolicy,
  groups: readonly number[],
  bound: number | undefined,
  forbids: (price: number, bound: number) => boolean,
): boolean | undefined {
  const { groupIds } = facts;
  if (mode === 'return' || price === undefined || isRemnantAllowed(facts, policy) === true) return false;
  if (groupIds === undefined) return undefined;
  if (!groupIds.some((group) => groups.includes(group))) return false;
  return bound === undefined ? undefined : forbids(price, bound);
}

/** Row 15: the lowest price of a pack, kopecks: what the answer says, else the highest of the policy's for the groups that have a floor. */
export function packFloor(
  { smp, groupIds = [] }: Facts,
  { floorGroups, commonFloor }: PermitPolicy,
): number | undefined {
  if (smp !== undefined) return smp;
  const floors = groupIds.filter((group) => floorGroups.includes(group)).map((group) => commonFloor[group]);
  const known = floors.filter((floor) => floor !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function packs({ group, packageQuantity }: Facts, { packsInBlock }: PermitPolicy): number {
  return group === true ? (packageQuantity ?? packsInBlock) : 1;
}
