// Goal: answers of any shape are read, of nothing more is made than they say, and what stands against a code is never lost when two answers are joined.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerCodes, factsOfAnswer, joinFacts } from './answer-facts.js';
import { decide } from './decide.js';
import type { Facts } from './facts.js';
import { DEFAULT_POLICIES } from './policy.js';

const AT = new Date('2026-03-16T09:00:00Z');
const online = { offline: false };

describe('answerCodes', () => {
  it('reads the three shapes', () => {
    const codes = [{ cis: 'a' }];
    expect(answerCodes({ code: 0, codes })).toEqual(codes);
    expect(answerCodes({ results: [{ code: 0, codes }] })).toEqual(codes);
    expect(answerCodes({ codesResponse: [{ codes }] })).toEqual(codes);
  });
  it('an empty list is no answer', () => {
    expect(answerCodes({ code: 0, codes: [] })).toBeNull();
    expect(answerCodes({ code: 410, codes: [{}] })).toBeNull();
    expect(answerCodes([])).toBeNull();
  });
});

describe('factsOfAnswer', () => {
  it('what an offline answer can’t know is not known, whatever it says', () => {
    const facts = factsOfAnswer({ found: true, verified: true, realizable: true, sold: false }, { offline: true });
    expect(facts).toMatchObject({ sold: false });
    expect([facts.found, facts.verified, facts.realizable, facts.expiresAt]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
  it('a date that is absent is none, one that can’t be read is not known', () => {
    expect(factsOfAnswer({}, online).expiresAt).toBeNull();
    expect(factsOfAnswer({ expireDate: 'soon' }, online).expiresAt).toBeUndefined();
  });
  it('a shelf life that depends on the storage is not known, and neither none', () => {
    for (const variableExpirations of [{ '4': '2026-04-01' }, [{ days: 3 }], '4 °C: 3 days']) {
      const facts = factsOfAnswer({ variableExpirations, expireDate: null }, online);
      expect(facts.expiresAt).toBeUndefined();
      const { open } = decide({ ...facts, groupIds: [8] }, { mode: 'sale', at: AT }, DEFAULT_POLICIES);
      expect(open).toContain(12);
    }
    for (const variableExpirations of [null, {}, [], '']) {
      expect(factsOfAnswer({ variableExpirations }, online).expiresAt).toBeNull();
    }
    const both = factsOfAnswer({ variableExpirations: [1], expireDate: '2026-03-01T00:00:00Z' }, online);
    expect(both.expiresAt?.toISOString()).toBe('2026-03-01T00:00:00.000Z');
  });
  it('a field of another type is absent, and never throws', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('found', 'sold', 'mrp', 'groupIds', 'ogvs', 'expireDate', 'packageType', 'errorCode'),
          fc.anything(),
        ),
        (code) => {
          const facts = factsOfAnswer(code, online);
          for (const value of [facts.found, facts.sold]) expect(['boolean', 'undefined']).toContain(typeof value);
          for (const value of [facts.mrp, facts.errorCode]) expect(value === undefined || value >= 0).toBe(true);
          decide(facts, { mode: 'sale', at: AT }, DEFAULT_POLICIES);
        },
      ),
    );
  });
});

describe('joinFacts', () => {
  const truth = fc.option(fc.boolean(), { nil: undefined });
  const facts: fc.Arbitrary<Facts> = fc.record({
    errorCode: fc.constantFrom(0, undefined),
    found: truth,
    valid: truth,
    verified: truth,
    utilised: truth,
    isBlocked: truth,
    sold: truth,
    realizable: truth,
    expiresAt: fc.constantFrom(null, new Date('2026-03-15T00:00:00Z'), new Date('2026-04-15T00:00:00Z')),
  });
  it('forbids what either forbids, and leaves open only what both leave open', () => {
    fc.assert(
      fc.property(facts, facts, (own, other) => {
        const line = { mode: 'sale', at: AT } as const;
        const of = (each: Facts) => decide(each, line, DEFAULT_POLICIES).allow;
        const joined = decide(joinFacts(own, other), line, DEFAULT_POLICIES);
        if (of(own) === 'no' && of(other) === 'no') expect(joined.allow).toBe('no');
        if (own.sold === true || other.isBlocked === true || own.found === false) expect(joined.allow).toBe('no');
        for (const { expiresAt } of [own, other]) if (expiresAt && expiresAt < AT) expect(joined.allow).toBe('no');
        if (of(own) === 'yes' || of(other) === 'yes') expect(joined.allow).not.toBe('unknown');
      }),
    );
  });
});
