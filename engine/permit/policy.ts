/**
 * What the sources leave to whoever runs a till (cash-register services §1.4, open questions 2, 7, 8). Tables change with dates: a policy holds from
 * its date on, and the latest that has begun is the one in force.
 */
export interface PermitPolicy {
  /** First moment at which it holds. */
  readonly from: Date;
  /**
   * Row 7, remnants under transitional rules: forbid; allow, without asking rows 10, 12 and the prices; or allow so tobacco that is not realizable, and
   * look at what is realizable as if it were no remnant.
   */
  readonly grayZone: 'forbid' | 'allow' | 'allow-unrealizable';
  /** Row 6 in a return: may goods stopped by an authority be taken back. */
  readonly returnBlocked: boolean;
  /** Row 11: goods that are tracked must be the seller's own. */
  readonly ownGoodsOnly: boolean;
  /** Row 12: goods are good to the named moment, or to the end of its day in the till's time zone. */
  readonly expiry: 'moment' | 'end-of-day';
  /** IANA zone of the till, for the end of a day. */
  readonly zone: string;
  /** Row 12: groups whose goods have a shelf life; goods of other groups need none to be known. */
  readonly shelfLifeGroups: readonly number[];
  /** Row 13: the price must be the one that the code names. */
  readonly printedPriceGroups: readonly number[];
  /** Row 14: `mrp` is a ceiling. */
  readonly ceilingGroups: readonly number[];
  /** Row 15: `smp` is a floor. */
  readonly floorGroups: readonly number[];
  /** Row 16: `mrp` is a floor. */
  readonly mrpFloorGroups: readonly number[];
  /** Row 15: common lowest price of a pack by group, of {@link floorGroups}, kopecks, for answers that don't tell it; the law sets one for a year. */
  readonly commonFloor: Readonly<Record<string, number>>;
  /** Row 15: packs of a block whose answer doesn't tell. */
  readonly packsInBlock: number;
  /** Transport level, 5xx with code 5000: the national API could not check; sold all the same, or not. */
  readonly impossible: 'allow' | 'forbid';
  /** Tag 1260 of a receipt: the act that asks for the check. */
  readonly act: PermitAct;
  /** Acts of groups that have their own. */
  readonly actsOfGroups: Readonly<Record<string, PermitAct>>;
}

/** Sub-tags of 1260 that name an act (cash-register services §4.3). */
export interface PermitAct {
  /** Tag 1262: number of the authority, at most 3 characters. */
  readonly authority: string;
  /** Tag 1263: DD.MM.YYYY. */
  readonly date: string;
  /** Tag 1264: at most 32 characters. */
  readonly number: string;
}

/** Number of a product group. */
export const TOBACCO = 3;
const NICOTINE_LIQUIDS = 16;
/** Groups of §1.5 that are eaten, drunk, taken or put on the skin. */
const PERISHABLE = [4, 7, 8, 13, 15, 16, 17, 19, 20, 21, 22, 23, 25, 26, 32, 33, 35, 37, 38, 45, 52];

/** The safe choice wherever the sources differ: what is in doubt is not sold. Other tobacco (group 12) has no price test, row 17. */
export const DEFAULT_POLICIES: readonly PermitPolicy[] = [
  {
    from: new Date(0),
    grayZone: 'forbid',
    returnBlocked: false,
    ownGoodsOnly: false,
    expiry: 'moment',
    zone: 'Europe/Moscow',
    shelfLifeGroups: PERISHABLE,
    printedPriceGroups: [TOBACCO],
    ceilingGroups: [TOBACCO],
    floorGroups: [TOBACCO],
    mrpFloorGroups: [NICOTINE_LIQUIDS],
    commonFloor: {},
    packsInBlock: 10,
    impossible: 'allow',
    act: { authority: '030', date: '21.11.2023', number: '1944' },
    actsOfGroups: {},
  },
];

/** The policy in force at a moment: of those that have begun, the last to begin. @throws RangeError when none has. */
export function policyAt(policies: readonly PermitPolicy[], at: Date): PermitPolicy {
  let found: PermitPolicy | undefined;
  for (const policy of policies) {
    if (policy.from <= at && (found === undefined || policy.from >= found.from)) found = policy;
  }
  if (!found) throw new RangeError(`no policy is in force at ${at.toISOString()}`);
  return found;
}
