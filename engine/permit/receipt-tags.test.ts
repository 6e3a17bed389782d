// Goal: the tags of §4, with its worked example; policies of a file are read by date, or refused with the place.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../engine.js';
import { isTamgaError } from '../errors.js';
import { DEFAULT_POLICIES, policyAt } from './policy.js';
import { policiesOf } from './policy-file.js';

const AT = new Date('2026-03-16T09:00:00Z');
const proof = { reqId: '6f0d0c7e-0000-4000-8000-0000000000aa', reqTimestamp: 1774000000000 };
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const tags = (scan: string, line: object = {}, check: object = {}, policy = DEFAULT_POLICIES[0]!) =>
  engine.receiptTags(scan, { mode: 'sale', at: AT, ...line }, policy, { channel: 'upstream', proof, ...check });

describe('receiptTags', () => {
  it('§4.1: the worked example of tag 1162', () => {
    const { ffd105 } = tags('0104600123020013215sBEPsaKtSYrZ');
    expect(ffd105[1162]).toBe('444D042F0CB2D2ED357342455073614B745359725A');
  });

  it('§4.2: 1163 has one product code, 2000 the whole scan, 2003 the planned status', () => {
    const scan = '0104607000001097215TP8ca\u001d93tkhw';
    expect(tags(scan).ffd12).toMatchObject({
      1163: { 1305: '0104607000001097215TP8ca' },
      2000: scan,
      2003: 1,
      2110: 1,
      2102: 0,
    });
    expect(tags(scan, { mode: 'return' }).ffd12).toMatchObject({ 2003: 3 });
    expect(tags(scan, { quantity: 3 }, { inner: 10 }).ffd12).toMatchObject({
      1291: { 1292: '3/10', 1293: 3, 1294: 10 },
      2003: 2,
    });
    expect(tags(scan, { mode: 'return', quantity: 3 }, { inner: 10 }).ffd12).toMatchObject({ 2003: 4 });
    expect(tags(scan, { quantity: 10 }, { inner: 10 }).ffd12).not.toHaveProperty('1291');
    expect(tags('04607000001011aen94feADQUj9qN').ffd12[1163]).toEqual({ 1306: '010460700000101121aen94fe' });
  });

  it('§4.3: 1260 names the act and the request; none in an emergency', () => {
    const act = { 1262: '030', 1263: '21.11.2023', 1264: '1944' };
    expect(tags('x').ffd12[1260]).toEqual({ ...act, 1265: `UUID=${proof.reqId}&Time=1774000000000` });
    const offline = tags('x', {}, { channel: 'register', proof: { ...proof, inst: 'i', version: 'v' } });
    expect(offline.ffd12[1260]).toMatchObject({ 1265: `UUID=${proof.reqId}&Time=1774000000000&Inst=i&Ver=v` });
    for (const channel of ['emergency', 'impossible'])
      expect(tags('x', {}, { channel }).ffd12).not.toHaveProperty('1260');
  });
});

describe('policies of a file', () => {
  const medicine = { authority: '020', date: '01.01.2024', number: '477' };
  it('hold from their dates, each on top of the one before', () => {
    const policies = policiesOf(
      [
        { from: '2026-07-01', commonFloor: { 3: 15_500 } },
        { from: '2026-01-01', ownGoodsOnly: true, actsOfGroups: { 7: medicine } },
      ],
      'p.json',
    );
    expect(policyAt(policies, AT)).toMatchObject({ ownGoodsOnly: true, commonFloor: {}, grayZone: 'forbid' });
    const later = policyAt(policies, new Date('2026-07-02'));
    expect(later).toMatchObject({ ownGoodsOnly: true, commonFloor: { 3: 15_500 } });
    expect(tags('x', {}, { groupIds: [7] }, later).ffd12[1260]).toMatchObject({ 1262: '020', 1264: '477' });
  });

  it.each([
    ['no list', {}, 'array'],
    ['an unknown field', [{ from: '2026-01-01', grey: true }], '/0'],
    ['a date that is none', [{ from: 'May' }], '/0/from'],
    ['a zone that is none', [{ from: '2026-01-01', zone: 'Mars/Base' }], '/0/zone'],
    ['an act without its day', [{ from: '2026-01-01', act: { ...medicine, date: '2024-01-01' } }], '/0'],
  ])('%s is refused with its place', (_, value, place) => {
    let error: unknown;
    try {
      policiesOf(value, 'p.json');
    } catch (thrown) {
      error = thrown;
    }
    expect(isTamgaError(error) && error.code).toBe('FILE_UNREADABLE');
    expect(isTamgaError(error) && error.data.detail).toContain(place);
  });
});
