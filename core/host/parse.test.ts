import { describe, expect, it } from 'vitest';
import { loadCore } from './index.js';

const core = await loadCore();
const GS = '\u001d';
const UNIT = '01095200000030362151ab<1'; // GTIN 09520000003036, serial of six
const ais = (text: string) => core.parse(text).ais;

describe('identity', () => {
  it('is the same key for every form of a code', () => {
    const key = '095200000010187DEMOBX1A0001';
    expect(core.parse('095200000010187DEMOBX1A0001').key).toBe(key);
    expect(core.parse('0109520000001018217DEMOBX1A0001').key).toBe(key);
    expect(core.parse(`0109520000001018217DEMOBX1A0001${GS}91EE06${GS}92${'A'.repeat(43)}=`).key).toBe(key);
    const pack = '04607000001011aen94feADQUj9qN';
    expect(core.parse(pack).key).toBe(pack.slice(0, 21));
    expect(core.parse(pack.slice(0, 21)).key).toBe(pack.slice(0, 21));
    expect(core.parse(pack.slice(0, 25), { country: 'RU' }).key).toBe(pack.slice(0, 21));
  });

  it('takes AIs in any order, and names no structure then', () => {
    expect(core.parse(`0109520000003036172612311051A${GS}215ab<12`)).toMatchObject({
      ok: true,
      kind: 'unit',
      format: 'gs1',
      key: '095200000030365ab<12',
      expiry: '2026-12-31T23:59',
    });
  });

  it('carries foreign AIs through without calling the template wrong', () => {
    const code = core.parse(`${UNIT}${GS}93AbCd${GS}10LOT-1`);
    expect(code).toMatchObject({ ok: true, format: 'gs1', kind: 'unit', tail: { keyId: null, value: 'AbCd' } });
    expect(code.templateMismatch).toBeUndefined();
    expect(code.ais.at(-1)).toEqual(['10', 'LOT-1']);
  });

  it.each([
    ['a serial of five', '010952000000303621abcde'],
    ['a tail of three', `${UNIT}${GS}93AbC`],
    ['a tail of 43', `0109520000001018217DEMOBX1A0001${GS}91EE06${GS}92${'A'.repeat(43)}`],
    ['a tail that two structures would share', `${UNIT}${GS}91EE06`],
  ])('%s is a template mismatch', (_, text) => {
    expect(core.parse(text)).toMatchObject({ ok: true, format: 'gs1', kind: 'unit', templateMismatch: true });
  });

  it('finds a tail by its place only', () => {
    expect(core.parse(`010952000000303621939193${GS}93AbCd`)).toMatchObject({
      serial: '939193',
      tail: { value: 'AbCd' },
    });
  });

  it('a GTIN without a serial is well formed, but nothing to look up', () => {
    expect(core.parse('0109520000003036')).toMatchObject({ ok: true, kind: null, gtin: '09520000003036', key: null });
    expect(core.parse('400ABC')).toMatchObject({ ok: true, kind: null, format: 'gs1', gtin: null, key: null });
  });

  it('packages are an SSCC with and without AI, also when more AIs follow', () => {
    expect(core.parse('00195200000000000216')).toMatchObject({
      format: 'sscc',
      kind: 'package',
      sscc: '195200000000000216',
    });
    expect(core.parse('195200000000000117')).toMatchObject({ format: 'sscc', kind: 'package', ais: [] });
    expect(core.parse(`0019520000000000021602095200000030363712`)).toMatchObject({
      format: 'gs1',
      kind: 'package',
      gtin: null,
    });
  });

  it('a package element string that is also an SGTIN is ambiguous, and both readings show', () => {
    const code = core.parse('009867976820801842367041201');
    expect(code).toMatchObject({ kind: 'package', sscc: '986797682080184236' });
    expect(code.ais).toEqual([
      ['00', '986797682080184236'],
      ['7041', '201'],
    ]);
    const both = core.parse('001952000000000002167041201');
    expect(both.ambiguous).toBeUndefined(); // the first fourteen digits check in the one, not in the other
  });
});

describe('separators', () => {
  it('one may follow any value, also the last', () => {
    expect(ais(`0109520000003036${GS}215ab<12${GS}`)).toEqual([
      ['01', '09520000003036'],
      ['21', '5ab<12'],
    ]);
  });

  it('a missing one is not guessed: the value runs on', () => {
    expect(core.parse(`${UNIT}93AbCd`)).toMatchObject({ serial: '51ab<193AbCd', templateMismatch: true });
  });
});

describe('quantities', () => {
  const milk = (tail: string, options = {}) => core.parse(`${UNIT}${GS}${tail}`, options);

  it.each([
    ['17261231', '2026-12-31T23:59'],
    ['17260200', '2026-02-28T23:59'],
    ['17280200', '2028-02-29T23:59'],
    ['17280229', '2028-02-29T23:59'],
    ['17000101', '2000-01-01T23:59'],
    ['17991231', '2099-12-31T23:59'],
    ['70032612312359', '2026-12-31T23:59'],
    ['70032602010000', '2026-02-01T00:00'],
    [`17270101${GS}70032612310815`, '2026-12-31T08:15'],
    [`70032612310815${GS}17270101`, '2026-12-31T08:15'],
  ])('expiry of %s is %s', (tail, expiry) => {
    expect(milk(tail).expiry).toBe(expiry);
  });

  it.each([
    ['2026-03-16', '17761231', '2076-12-31T23:59'],
    ['2026-03-16', '17771231', '1977-12-31T23:59'],
    ['2026-03-16', '17251231', '2025-12-31T23:59'],
    ['2060-03-16', '17091231', '2109-12-31T23:59'],
    ['2060-03-16', '17111231', '2011-12-31T23:59'],
    ['2060-03-16', '17101231', '2110-12-31T23:59'],
  ])('in %s the year of %s is near: %s', (at, tail, expiry) => {
    expect(milk(tail, { at: new Date(at) }).expiry).toBe(expiry);
  });

  it.each([
    ['3100000001', 1000],
    ['3101000012', 1200],
    ['3103000650', 650],
    ['3104000655', 65],
    ['3105999999', 9999],
    ['3100999999', 999_999_000],
  ])('weight of %s is %i g', (tail, weight) => {
    expect(milk(tail).weight).toBe(weight);
  });

  it('reads volume, production and the Russian price', () => {
    expect(milk('3353030000').volume).toBe(30_000);
    expect(milk('11260316').production).toBe('2026-03-16');
    expect(milk('8005205000').price).toBeUndefined();
    expect(milk('8005205000', { country: 'UZ' }).price).toBeUndefined();
    expect(milk('8005205000', { country: 'RU' }).price).toBe(205_000);
  });

  it.each([
    ['AAAA', 0],
    ['ABm8', 9500],
    ['ADQU', 20_500],
    ['AgCo', 205_000],
    ['????', 40_959_999],
  ])('the four characters %s of a pack are %i kopecks', (characters, kopecks) => {
    expect(core.parse(`04607000001011aen94fe${characters}j9qN`, { country: 'RU' }).price).toBe(kopecks);
    expect(core.parse(`04607000001011aen94fe${characters}`, { country: 'RU' }).price).toBe(kopecks);
  });

  it('a pack of no known country is ambiguous and has no price', () => {
    const pack = '04607000001011aen94feADQUj9qN';
    expect(core.parse(pack)).toMatchObject({ ambiguous: true, tail: { value: 'ADQUj9qN' } });
    expect(core.parse(pack).price).toBeUndefined();
    expect(core.parse(pack, { country: 'UZ' })).toMatchObject({ tail: { value: 'ADQUj9qN' } });
    expect(core.parse(pack, { country: 'UZ' }).ambiguous).toBeUndefined();
    // brackets are no digits of a price, so only the Uzbek reading is left
    expect(core.parse('04607000001011aen94fe(A)Uj9qN')).toMatchObject({ ok: true, tail: { value: '(A)Uj9qN' } });
    expect(core.parse('04607000001011aen94fe(A)Uj9qN').ambiguous).toBeUndefined();
    expect(core.parse('04607000001011aen94fe(A)Uj9qN', { country: 'RU' }).error).toMatchObject({
      code: 'BAD_CHARSET',
      position: 21,
    });
  });
});
