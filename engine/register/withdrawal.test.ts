import { describe, expect, it } from 'vitest';
import { STATES } from './states.js';
import { mayWithdraw, WITHDRAWAL_REASONS, withdrawalReasonByName, withdrawalReasonOf } from './withdrawal.js';

describe('reasons of withdrawal', () => {
  it('have numbers from 1 on without a gap, which fit a byte', () => {
    const numbers = Object.values(WITHDRAWAL_REASONS).map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(numbers.length).toBeLessThanOrEqual(255);
    for (const [name, { number }] of Object.entries(WITHDRAWAL_REASONS)) expect(withdrawalReasonOf(number)).toBe(name);
    expect(withdrawalReasonOf(0)).toBeNull();
    expect(withdrawalReasonOf(255)).toBeNull();
  });

  it('are told by the words of other systems, each of one reason only', () => {
    const words = Object.entries(WITHDRAWAL_REASONS).flatMap(([name, { words: own }]) => [name, ...own]);
    const others = words.filter((word, i) => words.indexOf(word) !== i && !(word in WITHDRAWAL_REASONS));
    expect(others).toEqual([]);
    expect(withdrawalReasonByName(' beyond_eec_export ')).toBe('EXPORT');
    expect(withdrawalReasonByName('552:11')).toBe('SHORTAGE');
    expect(withdrawalReasonByName('391:7')).toBe('STATE_CONTROL');
    expect(withdrawalReasonByName('__proto__')).toBeNull();
    expect(withdrawalReasonByName('')).toBeNull();
  });

  it('know every number of MDLP 552 and 391 that the protocol has', () => {
    const mdlp552 = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26];
    expect(mdlp552.filter((number) => withdrawalReasonByName(`552:${number}`) === null)).toEqual([]);
    const mdlp391 = Array.from({ length: 13 }, (_, i) => i + 1);
    expect(mdlp391.filter((number) => withdrawalReasonByName(`391:${number}`) === null)).toEqual([]);
  });

  it('never withdraw what is out already', () => {
    for (const name of Object.keys(WITHDRAWAL_REASONS) as (keyof typeof WITHDRAWAL_REASONS)[]) {
      for (const state of ['RETIRED', 'WITHDRAWN', 'WRITTEN_OFF', 'DISAGGREGATED'] as const)
        expect(mayWithdraw(name, STATES.indexOf(state)), name).toBe(false);
    }
    expect(mayWithdraw('SPOILED', STATES.indexOf('EMITTED'))).toBe(true);
    expect(mayWithdraw('SHORTAGE', STATES.indexOf('SHIPPED'))).toBe(true);
    expect(mayWithdraw('DONATION', STATES.indexOf('SHIPPED'))).toBe(false);
  });
});
