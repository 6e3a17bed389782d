import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_BYTES_MAX, EVENT_CODES_MAX, KEY_BYTES_MAX, PAGE_CODES } from './limits.js';
import {
  flagsOf,
  groupOf,
  HOT_WORDS,
  headOf,
  PAGE_WORDS,
  RECORD_BYTES,
  RECORD_WORDS,
  stateOf,
  WORD,
} from './record.js';
import { STATE_NUMBER, STATES, stateByName } from './states.js';

describe('a record', () => {
  it('keeps state, flags and group apart in one word', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), fc.nat(65_535), (state, flags, group) => {
        const head = Int32Array.of(headOf(state, flags, group))[0];
        expect([stateOf(head), flagsOf(head), groupOf(head)]).toEqual([state, flags, group]);
      }),
    );
  });

  it('gives every field a word of its own, the hot ones first', () => {
    const words = Object.values(WORD);
    expect(new Set(words).size).toBe(words.length);
    expect(words.every((word) => word >= 0 && word < RECORD_WORDS)).toBe(true);
    expect([WORD.head, WORD.owner, WORD.parent, WORD.expiry].every((word) => word < HOT_WORDS)).toBe(true);
    expect(PAGE_WORDS).toBe(RECORD_WORDS * PAGE_CODES);
  });

  it('and its key fit what LMDB and an event take', () => {
    expect(KEY_BYTES_MAX).toBeLessThanOrEqual(511);
    // Twelve attributes of 4 bytes a code and some bytes of key.
    expect(EVENT_CODES_MAX * 48).toBeLessThan(EVENT_BYTES_MAX);
    expect(RECORD_BYTES).toBe(RECORD_WORDS * 4);
  });
});

describe('states', () => {
  it('have fixed numbers: records and sets on disk hold them', () => {
    expect(STATES.map((state) => [state, STATE_NUMBER[state]])).toEqual([
      ['UNKNOWN', 0],
      ['EMITTED', 1],
      ['APPLIED', 2],
      ['INTRODUCED', 3],
      ['SHIPPED', 4],
      ['PAUSED', 5],
      ['PARTIALLY_SOLD', 6],
      ['RETIRED', 7],
      ['WITHDRAWN', 8],
      ['WRITTEN_OFF', 9],
      ['DISAGGREGATED', 10],
    ]);
  });

  it('are met under the words of every system, in any case and with blanks around', () => {
    expect(stateByName(' in_Circulation ')).toBe('INTRODUCED');
    expect(stateByName('introduced')).toBe('INTRODUCED');
    expect(stateByName('in_sale')).toBe('RETIRED');
    expect(stateByName('APPLIED_NOT_PAID')).toBe('APPLIED');
    for (const state of STATES) expect(stateByName(state)).toBe(state);
    for (const word of ['', 'sold?', 'constructor', '__proto__']) expect(stateByName(word)).toBeNull();
  });
});
