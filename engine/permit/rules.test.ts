// Goal: a test for each row of the decision table, sale and return apart; what is not known is never taken for true.
import { describe, expect, it } from 'vitest';
import { decide } from './decide.js';
import type { Facts, ReceiptLine } from './facts.js';
import { DEFAULT_POLICIES, type PermitPolicy, policyAt } from './policy.js';

const AT = new Date('2026-03-16T09:00:00Z');
const GOOD: Facts = {
  errorCode: 0,
  found: true,
  valid: true,
  verified: true,
  utilised: true,
  isBlocked: false,
  sold: false,
  realizable: true,
  expiresAt: new Date('2027-03-01T00:00:00Z'),
  groupIds: [8],
};

function ask(facts: Facts, line: Partial<ReceiptLine> = {}, policy: Partial<PermitPolicy> = {}) {
  const { allow, row } = decide({ ...GOOD, ...facts }, { mode: 'sale', at: AT, ...line }, [
    { ...DEFAULT_POLICIES[0]!, ...policy },
  ]);
  return row === null ? allow : `${allow} ${row}`;
}
const RETURN = { mode: 'return' } as const;

describe('decision table of a till (§1.4)', () => {
  it('allows what nothing stands against', () => {
    expect(ask({})).toBe('yes');
    expect(ask({ sold: true, realizable: false }, RETURN)).toBe('yes');
  });

  it.each([
    [1, { errorCode: 6 }],
    [2, { found: false }],
    [3, { valid: false }],
    [4, { verified: false }],
    [5, { utilised: false }],
  ] as const)('row %i forbids sale and return', (row, facts) => {
    expect(ask(facts)).toBe(`no ${row}`);
    expect(ask({ ...facts, sold: true }, RETURN)).toBe(`no ${row}`);
  });

  it('row 6: what an authority stopped is not sold; taken back as the policy says', () => {
    expect(ask({ isBlocked: true })).toBe('no 6');
    expect(ask({ isBlocked: true, sold: true }, RETURN)).toBe('no 6');
    expect(ask({ isBlocked: true, sold: true }, RETURN, { returnBlocked: true })).toBe('yes');
  });

  it('row 7: remnants are forbidden unless the policy allows them', () => {
    expect(ask({ grayZone: true })).toBe('no 7');
    expect(ask({ grayZone: true, realizable: false }, {}, { grayZone: 'allow' })).toBe('yes');
    expect(ask({ grayZone: false })).toBe('yes');
  });

  it('row 7: of those that are not realizable tobacco alone is let pass, and what is realizable is looked at as ever', () => {
    const policy = { grayZone: 'allow-unrealizable' } as const;
    const tobacco = { grayZone: true, groupIds: [3], printedPrice: 9500, mrp: 9500, smp: 8000 };
    const expired = { expiresAt: new Date('2026-03-01T00:00:00Z') };
    expect(ask({ ...tobacco, ...expired, realizable: false }, { price: 1 }, policy)).toBe('yes');
    expect(ask({ grayZone: true, groupIds: [16], realizable: false }, {}, policy)).toBe('no 7');
    expect(ask({ grayZone: true, groupIds: undefined, realizable: false }, {}, policy)).toBe('no 10');
    expect(ask({ ...tobacco, realizable: true }, { price: 9500 }, policy)).toBe('yes');
    expect(ask({ ...tobacco, realizable: true }, { price: 9400 }, policy)).toBe('no 13');
    expect(ask({ ...tobacco, ...expired, realizable: true }, { price: 9500 }, policy)).toBe('no 12');
    expect(ask({ ...tobacco, realizable: undefined }, { price: 9500 }, policy)).toBe('unknown');
  });

  it('row 8: what is sold is not sold again, but taken back', () => {
    expect(ask({ sold: true, realizable: false })).toBe('no 8');
    expect(ask({ sold: true, realizable: false }, RETURN)).toBe('yes');
    expect(ask({ sold: true, eliminationState: 1, realizable: false }, { eliminationState: 1 })).toBe('yes');
    expect(ask({ sold: true, eliminationState: 1 }, { eliminationState: 2 })).toBe('no 8');
    expect(ask({ sold: true }, { eliminationState: 1 })).toBe('no 8');
  });

  it('row 9: no more parts than there are, and none back that were not sold', () => {
    const keg = { innerUnitCount: 30_000, soldUnitCount: 29_500, sold: true, realizable: false };
    expect(ask(keg, { quantity: 500 })).toBe('yes');
    expect(ask(keg, { quantity: 501 })).toBe('no 9');
    expect(ask(keg)).toBe('no 9');
    expect(ask(keg, { ...RETURN, quantity: 29_500 })).toBe('yes');
    expect(ask(keg, { ...RETURN, quantity: 29_501 })).toBe('no 9');
    expect(ask({ innerUnitCount: 10 }, { quantity: 1 })).toBe('unknown');
  });

  it('rows 8 and 9: what is sold is sold, unless it is known how many parts of it are', () => {
    const divisible = { innerUnitCount: 10, realizable: false };
    expect(ask({ ...divisible, sold: true }, { quantity: 1 })).toBe('no 8');
    expect(ask({ ...divisible, sold: true, soldUnitCount: 3 }, { quantity: 1 })).toBe('yes');
    expect(ask({ ...divisible, sold: true }, { ...RETURN, quantity: 1 })).toBe('unknown');
    expect(ask({ ...divisible, sold: false, soldUnitCount: 3 }, { quantity: 1 })).toBe('no 10');
    expect(ask({ innerUnitCount: 0, sold: true })).toBe('no 8');
  });

  it('row 10: what is not in circulation; a sold unit has its own reason', () => {
    expect(ask({ realizable: false })).toBe('no 10');
    expect(ask({ realizable: false }, RETURN)).toBe('no 10');
    expect(ask({ realizable: false, sold: true })).toBe('no 8');
  });

  it('row 11: another owner’s tracked goods, where the policy asks', () => {
    const foreign = { isTracking: true, isOwner: false };
    expect(ask(foreign)).toBe('yes');
    expect(ask(foreign, {}, { ownGoodsOnly: true })).toBe('no 11');
    expect(ask({ isTracking: false, isOwner: false }, {}, { ownGoodsOnly: true })).toBe('yes');
    expect(ask({ isTracking: true }, {}, { ownGoodsOnly: true })).toBe('unknown');
    expect(ask({ ...foreign, sold: true }, RETURN, { ownGoodsOnly: true })).toBe('yes');
  });

  it('row 12: to the minute, or to the end of the day where the till stands', () => {
    const expiresAt = new Date('2026-03-16T09:00:00Z');
    const later = new Date('2026-03-16T09:01:00Z');
    expect(ask({ expiresAt })).toBe('yes');
    expect(ask({ expiresAt }, { at: later })).toBe('no 12');
    const day = { expiry: 'end-of-day', zone: 'Asia/Vladivostok' } as const;
    expect(ask({ expiresAt }, { at: new Date('2026-03-16T13:59:00Z') }, day)).toBe('yes');
    expect(ask({ expiresAt }, { at: new Date('2026-03-16T14:00:00Z') }, day)).toBe('no 12');
    expect(ask({ expiresAt, sold: true }, { ...RETURN, at: later })).toBe('yes');
    expect(ask({ expiresAt: undefined })).toBe('unknown');
  });

  const pack = { groupIds: [3], printedPrice: 9500, mrp: 9500, smp: 8000 };
  it('row 13: a pack of tobacco costs what it says', () => {
    expect(ask(pack, { price: 9500 })).toBe('yes');
    expect(ask(pack, { price: 9400 })).toBe('no 13');
    expect(ask({ ...pack, printedPrice: 0 }, { price: 9400 })).toBe('yes');
    expect(ask({ ...pack, printedPrice: undefined }, { price: 9400 })).toBe('unknown');
    expect(ask({ ...pack, sold: true }, { ...RETURN, price: 1 })).toBe('yes');
  });

  it('row 14: not above the ceiling', () => {
    expect(ask({ ...pack, printedPrice: 0 }, { price: 9501 })).toBe('no 14');
  });

  it('row 15: not below the floor; of a block, of all its packs', () => {
    expect(ask({ ...pack, printedPrice: 0 }, { price: 7999 })).toBe('no 15');
    const block = { ...pack, printedPrice: 0, mrp: 0, group: true };
    expect(ask(block, { price: 80_000 })).toBe('yes');
    expect(ask(block, { price: 79_999 })).toBe('no 15');
    expect(ask({ ...block, packageQuantity: 5 }, { price: 40_000 })).toBe('yes');
  });

  it('row 15: the policy’s floor, of the groups that have one', () => {
    const commonFloor = { 3: 15_000, 16: 90_000 };
    const goods = { groupIds: [3, 16], printedPrice: 0, mrp: 0 };
    expect(ask(goods, { price: 15_000 }, { commonFloor })).toBe('yes');
    expect(ask(goods, { price: 14_999 }, { commonFloor })).toBe('no 15');
    expect(ask({ ...goods, smp: 100 }, { price: 14_999 }, { commonFloor })).toBe('yes');
  });

  it('row 16: the price of nicotine liquids has a floor, and no ceiling', () => {
    expect(ask({ groupIds: [16], mrp: 5000 }, { price: 4999 })).toBe('no 16');
    expect(ask({ groupIds: [16], mrp: 5000 }, { price: 9999 })).toBe('yes');
  });

  it('row 17: other tobacco has no price test', () => {
    expect(ask({ groupIds: [12], mrp: 100, smp: 100, printedPrice: 100 }, { price: 1 })).toBe('yes');
  });

  it('row 18: once a receipt', () => {
    expect(ask({}, { repeated: true })).toBe('no 18');
    expect(ask({ sold: true }, { ...RETURN, repeated: true })).toBe('no 18');
  });

  it('the first row gives the reason', () => {
    expect(ask({ found: false, sold: true, isBlocked: true })).toBe('no 2');
  });

  it('what is not known is unknown, and is named', () => {
    const { allow, open } = decide({ isBlocked: false, sold: false }, { mode: 'sale', at: AT }, DEFAULT_POLICIES);
    expect(allow).toBe('unknown');
    expect(open).toEqual([1, 2, 3, 4, 5, 10, 12]);
    expect(decide({ sold: true }, { mode: 'sale', at: AT }, DEFAULT_POLICIES)).toMatchObject({ allow: 'no', row: 8 });
  });

  it('a policy holds from its date on', () => {
    const later = { ...DEFAULT_POLICIES[0]!, from: new Date('2026-07-01'), grayZone: 'allow' } as const;
    const policies = [later, DEFAULT_POLICIES[0]!];
    expect(policyAt(policies, new Date('2026-06-30')).grayZone).toBe('forbid');
    expect(policyAt(policies, new Date('2026-07-01')).grayZone).toBe('allow');
  });
});
