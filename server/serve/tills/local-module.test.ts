// Goal: the local module's routes answer in their documented shapes and states; what a till tells it changes the register once, however often it is told.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AT, full, keg, milk, OWNER, receiptId, startTillServer, type TillServer } from './tills.test.files.js';

let server: TillServer;
beforeEach(async () => {
  server = await startTillServer();
});
afterEach(() => server.close());

const init = (to = server) => to.post('/api/v2/init', { token: to.key.verify });
const basic = (key: string) => ({
  'x-api-key': '',
  authorization: `Basic ${Buffer.from(`admin:${key}`).toString('base64')}`,
});
const stateOf = (cis: string) => server.engine.register?.find(cis.slice(2, 16) + cis.slice(18));

async function sold(headers: Record<string, string> = {}, query = ''): Promise<TillServerList> {
  return (await server.get(`/api/v2/cis/sold${query}`, headers)).body as unknown as TillServerList;
}
interface TillServerList {
  total_count: number;
  cis_list: string[];
}

describe('state of the module', () => {
  it('refuses checks with 4045 until it is bound, and keeps its name', async () => {
    const before = await server.get('/api/v2/status');
    expect(before.body).toMatchObject({ status: 'not_configured', operationMode: 'service' });
    const refused = await server.get(`/api/v1/cis/outCheck?cis=${milk(1)}`);
    expect(refused).toMatchObject({ status: 400, body: { errorCode: 4045 } });
    expect((await init()).body).toMatchObject({ status: 'ready', operationMode: 'active', inst: before.body.inst });
    expect((await server.get('/api/v1/status')).body).toMatchObject({
      status: 'ready',
      dbState: { cis: { localDocCount: 11 } },
    });
    expect((await server.get('/api/v2/status')).body).toHaveProperty('replicationStatus');
  });

  it('is bound by a key that is known alone, and to that key’s participant', async () => {
    expect((await server.post('/api/v2/init', { token: receiptId() })).status).toBe(401);
    expect((await server.post('/api/v2/init', {})).status).toBe(400);
    const { key } = await server.keys.add({ scope: 'verify', participant: OWNER, at: AT });
    expect((await server.post('/api/v1/init', { token: key })).body).toMatchObject({ inn: OWNER, status: 'ready' });
  });

  it('is one a participant, with a name of its own', async () => {
    const keys = [];
    for (const participant of [OWNER, '7711111111']) {
      keys.push((await server.keys.add({ scope: 'verify', participant, at: AT })).key);
    }
    const [own, other] = keys.map((key) => ({ 'x-api-key': key }));
    await server.post('/api/v2/init', { token: keys[0] }, own);
    const statusOf = async (headers = {}) => (await server.get('/api/v2/status', headers)).body;
    const [mine, theirs, nobodys] = [await statusOf(own), await statusOf(other), await statusOf()];
    expect(mine).toMatchObject({ inn: OWNER, status: 'ready' });
    expect(theirs).toMatchObject({ inn: '7711111111', status: 'not_configured' });
    expect(nobodys).toMatchObject({ inn: '', status: 'not_configured' });
    expect(new Set([mine.inst, theirs.inst, nobodys.inst]).size).toBe(3);
    // Another one's module can't be begun, and beginning one changes no other.
    expect((await server.post('/api/v2/init', { token: keys[0] }, other)).status).toBe(401);
    await server.post('/api/v2/init', { token: keys[1] }, other);
    expect(await statusOf(own)).toEqual(mine);
    const check = await server.get(`/api/v1/cis/outCheck?cis=${milk(1)}`, other);
    expect(check.body.inst).toBe(theirs.inst);
  });

  it('counts what it has, list by list', async () => {
    const { body } = await server.get('/api/v2/status');
    const none = { localDocCount: 0, serverDocCount: 0, timeLag: 0 };
    expect(body.replicationStatus).toEqual({
      cis: { localDocCount: 11, serverDocCount: 11, timeLag: 0 },
      blocked_gtin: none,
      blocked_series: none,
      blocked_cis: { localDocCount: 'unknown', serverDocCount: 'unknown', timeLag: 0 },
      min_price: none,
    });
  });

  it('takes HTTP Basic', async () => {
    expect((await server.get('/api/v2/status', basic(server.key.verify))).status).toBe(200);
    expect((await server.get('/api/v2/status', basic('admin'))).status).toBe(401);
  });
});

describe('outCheck', () => {
  beforeEach(() => init());

  it('v1 is an object, v2 wraps it in results; КИ without a tail', async () => {
    const expected = {
      code: 0,
      description: 'ok',
      codes: [{ cis: milk(1), gtin: '04607000001097', isBlocked: false, sold: false }],
      reqId: expect.any(String),
      reqTimestamp: AT.getTime(),
      inst: (await server.get('/api/v2/status')).body.inst,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    };
    expect((await server.get(`/api/v1/cis/outCheck?cis=${milk(1)}`)).body).toEqual(expected);
    expect((await server.post('/api/v1/cis/outCheck', { cis_list: [milk(1)] })).body).toEqual(expected);
    const second = await server.post('/api/v2/cis/outCheck', { cis_list: [{ cis: milk(1), pg: 8 }] });
    expect(second.body).toEqual({ results: [expected] });
  });

  it('says of unknown codes nothing, and of no code more than a local module can know', async () => {
    const { body } = await server.post('/api/v1/cis/outCheck', { cis_list: [milk(77), milk(3), milk(2)] });
    expect(body.codes).toEqual([
      { cis: milk(77), gtin: '04607000001097' },
      { cis: milk(3), gtin: '04607000001097', isBlocked: true, sold: false },
      { cis: milk(2), gtin: '04607000001097', isBlocked: false, sold: true },
    ]);
  });

  it('names the lowest price of the policy, for groups that have one', async () => {
    const path = join(server.folder, 'policies.json');
    writeFileSync(path, JSON.stringify([{ from: '2026-01-01', commonFloor: { 3: 15_500, 8: 1 } }]));
    const priced = await startTillServer({ permitPolicies: path });
    try {
      await init(priced);
      const { body } = await priced.post('/api/v1/cis/outCheck', { cis_list: [milk(1), '04607000001011aen94fe'] });
      expect(body.codes.map(({ smp }) => smp)).toEqual([undefined, 15_500]);
      const { body: status } = await priced.get('/api/v2/status');
      expect(status).toMatchObject({ replicationStatus: { min_price: { localDocCount: 2 } } });
    } finally {
      await priced.close();
    }
  });

  it('the old check knows black lists only', async () => {
    const { body } = await server.get(`/api/v1/cis/check?cis=${milk(3)}`);
    expect(body.codes).toEqual([{ cis: milk(3), isBlocked: true }]);
  });
});

describe('sell and return', () => {
  beforeEach(() => init());
  const tell = async (deed: string, list: unknown[], more: object = {}, headers = {}) => {
    const { status, body } = await server.post(`/api/v2/cis/${deed}`, { cis_list: list, ...more }, headers);
    return { status, ...body.results?.[0] };
  };

  it('are events of the register, and the same told twice is one', async () => {
    for (let time = 0; time < 2; time++) {
      expect(await tell('sell', [milk(1)])).toMatchObject({
        status: 200,
        code: 0,
        codes: [{ cis: milk(1), ok: true }],
      });
    }
    expect(stateOf(milk(1))).toMatchObject({ state: 'RETIRED', reason: 'RETAIL' });
    expect(await sold()).toEqual({ total_count: 1, cis_list: [milk(1)] });
    for (let time = 0; time < 2; time++) expect(await tell('return', [milk(1)])).toMatchObject({ code: 0 });
    expect(stateOf(milk(1))).toMatchObject({ state: 'INTRODUCED' });
    expect(await sold()).toEqual({ total_count: 0, cis_list: [] });
    const kinds = [...server.engine.history(milk(1))].map(({ kind }) => kind);
    expect(kinds).toEqual(['return', 'sell', 'restate']);
  });

  it('what can’t be is told, and doesn’t hinder the rest', async () => {
    const answer = await tell('sell', [milk(3), milk(4), milk(6), milk(1), 'nonsense', milk(1)]);
    expect(answer).toMatchObject({ code: 1 });
    expect(answer.codes?.map(({ rejection }) => rejection)).toEqual([
      'BLOCKED',
      'EXPIRED',
      'STATE_FORBIDS',
      undefined,
      'INVALID',
      'REPEATED',
    ]);
    expect(stateOf(milk(1))).toMatchObject({ state: 'RETIRED' });
  });

  it('a code that the register never met is known as sold from now on', async () => {
    expect(await tell('return', [milk(50)])).toMatchObject({ code: 1, codes: [{ rejection: 'NOT_KNOWN' }] });
    expect(await tell('sell', [milk(50)])).toMatchObject({ code: 0 });
    const { body } = await server.post('/api/v4/true-api/codes/check', { codes: [full(milk(50))] });
    expect(body.codes[0]).toMatchObject({ found: true, sold: true });
    expect(await tell('return', [milk(50)])).toMatchObject({ code: 0 });
  });

  it('parts need the id of their receipt, and are counted once', async () => {
    const part = [{ cis: keg(1), sold: 500 }];
    expect((await tell('sell', part)).status).toBe(400);
    const id = receiptId();
    for (let time = 0; time < 3; time++) expect(await tell('sell', part, { id })).toMatchObject({ code: 0 });
    expect(stateOf(keg(1))?.parts).toEqual({ inner: 30_000, sold: 500 });
    await tell('sell', part, { id: receiptId() });
    expect(await tell('return', [{ cis: keg(1), sold: 1001 }], { id: receiptId() })).toMatchObject({
      codes: [{ rejection: 'PARTS_EXCEED_WHOLE' }],
    });
    await tell('return', [{ cis: keg(1), sold: 200 }], { id: receiptId() });
    expect(stateOf(keg(1))?.parts).toEqual({ inner: 30_000, sold: 800 });
  });

  it('each till has its own list, in pages', async () => {
    const first = { 'x-clientid': '9999078900000001' };
    await tell('sell', [milk(1)], {}, first);
    await tell('sell', [milk(60), milk(61), milk(62)], {}, { 'x-clientid': '9999078900000002' });
    expect(await sold(first)).toEqual({ total_count: 1, cis_list: [milk(1)] });
    const second = { 'x-clientid': '9999078900000002' };
    expect(await sold(second, '?skip=1&limit=1')).toEqual({ total_count: 3, cis_list: [milk(61)] });
    expect((await server.get('/api/v2/cis/sold?limit=1001')).status).toBe(400);
    expect((await server.get('/api/v2/cis/sold', { 'x-clientid': '../..' })).status).toBe(400);
  });

  it('need a key that may write', async () => {
    const { status } = await tell('sell', [milk(1)], {}, { 'x-api-key': server.key.verify });
    expect(status).toBe(401);
    expect(stateOf(milk(1))).toMatchObject({ state: 'INTRODUCED' });
  });
});

describe('a key that is bound to a participant', () => {
  const OTHER = '7711111111';
  let bound: Record<string, string>;
  beforeEach(async () => {
    const { key } = await server.keys.add({ scope: 'write', participant: OWNER, at: AT });
    bound = { 'x-api-key': key };
    await server.post('/api/v2/init', { token: key }, bound);
  });
  const tell = async (deed: string, list: unknown[], headers = bound) =>
    (await server.post(`/api/v2/cis/${deed}`, { cis_list: list }, headers)).body.results[0]!;

  it('sells and takes back its own goods, and those that nobody is stated to own', async () => {
    await server.submit({ kind: 'restate', at: AT.toISOString(), state: 'INTRODUCED', codes: [milk(20)] });
    for (const deed of ['sell', 'return'] as const) {
      expect(await tell(deed, [milk(1), milk(20)])).toMatchObject({ code: 0 });
      const [last] = [...server.engine.history(milk(1))];
      expect(last).toMatchObject({ kind: deed, actor: OWNER, checks: 'owner' });
    }
  });

  it('neither sells others’ goods nor takes them back, nor hears in what state they are', async () => {
    await server.submit(
      { kind: 'restate', at: AT.toISOString(), state: 'INTRODUCED', owner: OTHER, codes: [milk(21), milk(22)] },
      { kind: 'sell', at: AT.toISOString(), checks: 'state', codes: [milk(22)] },
    );
    const before = server.engine.register?.view().lastEvent;
    for (const deed of ['sell', 'return']) {
      const { codes } = await tell(deed, [milk(8), milk(21), milk(22)]);
      expect(codes).toEqual([8, 21, 22].map((n) => ({ cis: milk(n), ok: false, rejection: 'OTHER_OWNER' })));
    }
    expect(server.engine.register?.view().lastEvent).toBe(before);
  });

  it('states nothing of codes that the register never met', async () => {
    expect(await tell('sell', [milk(50)])).toMatchObject({ code: 1, codes: [{ rejection: 'NOT_KNOWN' }] });
    expect(stateOf(milk(50))).toBeNull();
  });

  it('lists what its own participant’s till sold, whatever the till is called', async () => {
    const till = { 'x-clientid': '9999078900000001' };
    const { key } = await server.keys.add({ scope: 'write', participant: OTHER, at: AT });
    const other = { ...till, 'x-api-key': key };
    await server.post('/api/v2/init', { token: key }, other);
    await init();
    await tell('sell', [milk(1)], { ...bound, ...till });
    await tell('sell', [milk(8)], other);
    await tell('sell', [milk(60)], till);
    expect((await sold({ ...bound, ...till })).cis_list).toEqual([milk(1)]);
    expect((await sold(other)).cis_list).toEqual([milk(8)]);
    expect((await sold(till)).cis_list).toEqual([milk(60)]);
  });
});

describe('ТС ПИоТ', () => {
  let piot: TillServer;
  beforeAll(async () => {
    piot = await startTillServer();
  });
  afterAll(() => piot.close());
  const encoded = (code: string) => Buffer.from(code).toString('base64');
  const ask = (version: number, codes: unknown, token: string) =>
    piot.post(`/api/v${version}/codes/check`, { codes, client_info: { name: 'till', token } }, { 'x-api-key': '' });

  it('v2 and v3 answer with what codes/check says', async () => {
    const second = await ask(2, [encoded(full(milk(1)))], piot.key.verify);
    const third = await ask(3, [{ cis: encoded(full(milk(1))), pg: 8 }], piot.key.verify);
    for (const { body } of [second, third]) {
      expect(body.codesResponse).toEqual([
        expect.objectContaining({
          code: 0,
          isCheckedOffline: false,
          inst: expect.any(String),
          codes: [expect.objectContaining({ cis: full(milk(1)), found: true, realizable: true })],
        }),
      ]);
    }
  });

  it('refuses what is no Base64, and unknown tokens', async () => {
    expect((await ask(2, ['*'], piot.key.verify)).status).toBe(400);
    expect((await ask(2, [encoded('x')], receiptId())).status).toBe(401);
  });
});

describe('Asl Belgisi', () => {
  let uz: TillServer;
  const code = '0104780000001936210fb2FzLLJBKqf';
  beforeAll(async () => {
    uz = await startTillServer();
    await uz.submit(
      { kind: 'restate', state: 'INTRODUCED', owner: '300000001', expiry: '2027-03-02', series: 'S1', codes: [code] },
      { kind: 'aggregate', checks: 'stated', package: '046070000000001011', codes: [code] },
    );
  });
  afterAll(() => uz.close());
  const ask = (which: string, codes: unknown, headers = {}) =>
    uz.post(`/public/api/cod/${which}/codes`, { codes }, headers);

  it('the public form is an array of what is known', async () => {
    const { body } = await ask('public', [code, '0104780000001936210fb2FzLLJBKqX']);
    expect(body).toEqual([
      {
        code,
        status: 'INTRODUCED',
        extendedStatus: null,
        gtin: '04780000001936',
        expirationDate: expect.stringMatching(/^2027-03-02T/),
        productSeries: 'S1',
        packageType: 'UNIT',
      },
    ]);
    expect((await ask('public', ['0104780000001936210fb2FzLLJBKqX'])).body).toEqual([]);
  });

  it('the private form is the owner’s; others get the public one', async () => {
    const { key } = await uz.keys.add({ scope: 'verify', participant: '300000001', at: AT });
    const own = await ask('private', [code], { 'x-api-key': '', authorization: `Bearer ${key}` });
    expect(own.body).toEqual({
      results: [
        {
          codeData: { code, status: 'INTRODUCED' },
          packageData: { packageType: 'UNIT', parentCode: '046070000000001011', children: [] },
          turnoverData: { ownerInfo: { ownerTin: '300000001' } },
          productData: { expirationDate: expect.any(String) },
        },
      ],
    });
    expect((await ask('private', [code])).body).toEqual([expect.objectContaining({ code })]);
  });

  it('words its errors as xTrace does', async () => {
    expect(await ask('public', [code], { 'x-api-key': '' })).toMatchObject({
      status: 401,
      body: { code: 'access-denied', context: { _cause: 'inactive-token' } },
    });
    expect(await ask('public', 'x')).toMatchObject({ status: 400, body: { code: 'invalid-input-parameter' } });
  });
});

describe('POST /v1/permits', () => {
  const ask = async (body: object) => (await server.post('/v1/permits', { language: 'en', ...body })).body;

  it('says whether, why and which tags', async () => {
    const { key } = await server.keys.add({ scope: 'verify', at: AT });
    expect(key).toHaveLength(36);
    const body = await ask({ mode: 'sale', lines: [1, 2, 1].map((n) => ({ code: full(milk(n)) })) });
    expect(body).toMatchObject({ check: 'register', reqId: expect.any(String) });
    expect(body.permits).toMatchObject([
      { allow: 'unknown', row: null, open: [4], text: 'Not everything could be asked.' },
      { allow: 'no', row: 8, reason: 'SOLD' },
      { allow: 'no', row: 18, reason: 'REPEATED', text: 'This unit is in the receipt already.' },
    ]);
    expect(body.permits[0]!.tags).toMatchObject({
      ffd105: { 1162: expect.stringMatching(/^444D04/) },
      ffd12: {
        1163: { 1305: milk(1) },
        2000: full(milk(1)),
        2003: 1,
        2110: 1,
        1260: {
          1262: '030',
          1263: '21.11.2023',
          1264: '1944',
          1265: expect.stringContaining(`UUID=${body.reqId}&Time=`),
        },
      },
    });
  });

  it('parts have their share', async () => {
    const body = await ask({ mode: 'sale', lines: [{ code: full(keg(1)), quantity: 500 }] });
    expect(body.permits[0]!.tags).toMatchObject({
      ffd12: { 1291: { 1292: '500/30000', 1293: 500, 1294: 30_000 }, 2003: 2, 2110: 2 },
    });
    expect(await ask({ mode: 'sale', lines: [{ code: full(keg(1)), quantity: 30_001 }] })).toMatchObject({
      permits: [{ allow: 'no', row: 9 }],
    });
  });

  it('a return is not a sale', async () => {
    const body = await ask({ mode: 'return', lines: [2, 6].map((n) => ({ code: full(milk(n)) })) });
    expect(body.permits).toMatchObject([
      { allow: 'unknown', open: [4] },
      { allow: 'no', row: 10 },
    ]);
  });
});
