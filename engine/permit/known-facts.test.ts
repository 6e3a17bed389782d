// Goal: facts are what code, tail and register say and never more: every state of the register, every kind of code, after every event.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TailResult } from '../../core/host/index.js';
import { ringOf, tailedCode } from '../bulk/tailed-codes.test.data.js';
import { type Engine, openEngine } from '../engine.js';
import { STATES, type State } from '../register/states.js';
import type { FactsContext } from './known-facts.js';

const AT = new Date('2026-03-16T09:00:00Z');
const CONTEXT: FactsContext = { at: AT, country: 'RU', zone: 'Europe/Moscow', complete: true };
const folder = mkdtempSync(join(tmpdir(), 'tamga-facts-'));
const cisOf = (serial: string): string => `010460700000109721${serial.padEnd(6, 'x')}`;
let engine: Engine;
let bare: Engine;

beforeAll(async () => {
  engine = await openEngine({ register: join(folder, 'register'), create: true });
  bare = await openEngine();
  for (const [i, state] of STATES.entries()) {
    await engine.submit({ kind: 'restate', state, owner: '7700000000', codes: [cisOf(`st${i}`)] });
  }
});
afterAll(async () => {
  await engine.close();
  await bare.close();
  rmSync(folder, { recursive: true, force: true });
});

const factsOf = (code: string, context: Partial<FactsContext> = {}) =>
  engine.facts([code], { ...CONTEXT, ...context })[0]!;

describe('facts of the register', () => {
  const said: Record<State, [utilised?: boolean, realizable?: boolean, sold?: boolean]> = {
    UNKNOWN: [undefined, undefined, undefined],
    EMITTED: [false, false, false],
    APPLIED: [true, false, false],
    INTRODUCED: [true, true, false],
    SHIPPED: [true, false, false],
    PAUSED: [true, false, false],
    PARTIALLY_SOLD: [true, true, false],
    RETIRED: [true, false, true],
    WITHDRAWN: [true, false, true],
    WRITTEN_OFF: [true, false, true],
    DISAGGREGATED: [true, false, false],
  };
  it.each(STATES.map((state, i) => [state, i] as const))('%s', (state, i) => {
    const { facts } = factsOf(cisOf(`st${i}`));
    const [utilised, realizable, sold] = said[state];
    expect(facts).toMatchObject({ found: true, valid: true, errorCode: 0, isBlocked: false });
    expect([facts.utilised, facts.realizable, facts.sold]).toEqual([utilised, realizable, sold]);
    expect(facts.verified).toBeUndefined();
  });

  it('follow every event, also of codes that were asked about before', async () => {
    const codes = Array.from({ length: 200 }, (_, i) => cisOf(`ev${i}`));
    await engine.submit({ kind: 'restate', state: 'INTRODUCED', codes });
    const sold = () => engine.facts(codes, CONTEXT).filter(({ facts }) => facts.sold).length;
    expect(sold()).toBe(0);
    for (let i = 0; i < 20; i++) {
      await engine.submit({ kind: 'sell', checks: 'state', codes: [codes[i * 7]!] });
      expect(sold()).toBe(i + 1);
    }
  });

  it('a code that is not there: false in a complete register, else not known', () => {
    expect(factsOf(cisOf('zz')).facts).toMatchObject({ found: false, errorCode: 10 });
    expect(factsOf(cisOf('zz'), { complete: false }).facts.found).toBeUndefined();
    expect(bare.facts([cisOf('zz')], CONTEXT)[0]!.facts.found).toBeUndefined();
  });

  it('an owner is compared when somebody asks', () => {
    expect(factsOf(cisOf('st3')).facts.isOwner).toBeUndefined();
    expect(factsOf(cisOf('st3'), { participant: '7700000000' }).facts.isOwner).toBe(true);
    expect(factsOf(cisOf('st3'), { participant: 'nobody' }).facts.isOwner).toBe(false);
  });
});

describe('facts of a tail', () => {
  const said: Record<TailResult, [verified?: boolean, errorCode?: number]> = {
    ABSENT: [undefined, 0],
    UNVERIFIABLE: [undefined, 0],
    // The national API may have a key that isn't here.
    UNKNOWN_KEY: [undefined, 0],
    VALID: [true, 0],
    INVALID: [false, 6],
    MALFORMED_TAIL: [false, 5],
    KEY_REVOKED: [false, 7],
    KEY_NOT_VALID_AT_DATE: [false, 7],
  };
  it('every result says its own', () => {
    const ring = ringOf();
    const codes = Array.from({ length: 400 }, (_, n) => tailedCode(n));
    const known = engine.facts(
      codes.map(({ code }) => code),
      { ...CONTEXT, ring, complete: false },
    );
    ring.unload();
    const met = new Set<string>();
    known.forEach(({ facts }, i) => {
      const { tail } = codes[i]!;
      met.add(tail);
      expect([facts.verified, facts.errorCode], tail).toEqual(said[tail]);
    });
    expect(met.size).toBe(Object.keys(said).length);
  });
});

describe('facts of the code itself', () => {
  it('price, group, block, date', () => {
    const pack = factsOf('04607000001011aen94feADQUj9qN');
    expect(pack).toMatchObject({ cis: '04607000001011aen94fe', gtin: '04607000001011' });
    expect(pack.facts).toMatchObject({ groupIds: [3], printedPrice: expect.any(Number) });
    expect(factsOf('04607000001011aen94feADQUj9qN', { country: 'UZ' }).facts.printedPrice).toBeUndefined();
    const block = factsOf('010460700000102821bM6jgts\u001d8005205000\u001d935MGe');
    expect(block.facts).toMatchObject({ printedPrice: 205_000, group: true, groupIds: [3] });
    const dated = factsOf('0104607000001110215CTrCw\u001d70032612312359\u001d93yTpY');
    expect(dated.facts.expiresAt?.toISOString()).toBe('2026-12-31T20:59:00.000Z');
  });

  it('КИ is cut out of any form', () => {
    const cis = '0104607000001097215TP8ca';
    for (const scan of [cis, `${cis}\u001d93tkhw`, `  ${cis}\u001d93tkhw `]) expect(factsOf(scan).cis, scan).toBe(cis);
    expect(factsOf('00046070000000001011').cis).toBe('046070000000001011');
    expect(factsOf('no code')).toMatchObject({ cis: null, key: null, gtin: null });
  });

  it('any text is answered, as the core parses it', () => {
    const like = fc.stringMatching(/^01\d{14}21[!-z]{1,20}(\u001d93[A-Za-z0-9]{4})?$/);
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), like), { minLength: 1, maxLength: 8 }), (codes) => {
        const known = bare.facts(codes, CONTEXT);
        expect(known).toHaveLength(codes.length);
        known.forEach((code, i) => {
          const { code: parsed } = bare.verify(codes[i]!, { operation: 'sale', country: 'RU' });
          expect([code.key, code.gtin]).toEqual([parsed.key, parsed.kind === null ? null : parsed.gtin]);
          if (parsed.error) expect(code.facts).toMatchObject({ valid: false, errorCode: expect.any(Number) });
          if (code.facts.valid === false) expect(code.facts.errorCode).not.toBe(0);
        });
      }),
      { numRuns: 1500 },
    );
  });
});
