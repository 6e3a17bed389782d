// Goal: what the server says of codes, their history, packages and sets is what the register says; a bound key sees its own only.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, refused } from '../ask.test.files.js';
import { startTestServer, type TestServer } from '../running.test.files.js';

const OWN = '300000001';
const KEY = '09520000006068UZDEMO0000001';
const SCANNED = '010952000000606821UZDEMO0000001';
const TAIL = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
const FULL = `${SCANNED}\x1d91EE06\x1d92${TAIL}`;
const OTHERS = '09520000006068UZDEMO0000004';
const PALLET = '295200000000000329';
const BOX = '195200000000000315';

let server: TestServer;
let bound: string;

beforeAll(async () => {
  server = await startTestServer();
  bound = (await server.keys.add({ scope: 'write', participant: OWN, at: new Date() })).key;
});
afterAll(() => server.close());

const path = (code: string, rest = ''): string => `/v1/codes/${encodeURIComponent(code)}${rest}`;

describe('GET /v1/codes/{code}', () => {
  it.each([
    ['as scanned', SCANNED],
    ['with its tail, which is not echoed', FULL],
    ['as GTIN and serial', KEY],
  ])('answers for a code %s', async (_, code) => {
    const { status, json, text } = await ask(server, 'GET', path(code));
    expect(status).toBe(200);
    expect(json).toMatchObject({ code: KEY, state: 'INTRODUCED', owner: OWN, expiry: '2028-01-31', package: false });
    expect(text).not.toContain('AAAA');
  });

  it('says which package a code is in', async () => {
    const { json } = await ask(server, 'GET', path('09520000006068UZDEMO0000021'));
    expect(json).toMatchObject({ inPackage: BOX });
  });

  it('refuses what is no code, and what the register does not have', async () => {
    expect(await refused(server, 'GET', path('HELLO-WORLD'))).toEqual([400, 'BAD_CODE']);
    expect(await refused(server, 'GET', path('010952000000606821UZDEMO0000099'))).toEqual([404, 'NOT_FOUND']);
    expect(await refused(server, 'GET', path('%'))).toEqual([400, 'BAD_CODE']);
    expect(await refused(server, 'GET', '/v1/codes/%')).toEqual([400, 'BAD_REQUEST']);
    expect(await refused(server, 'GET', path('A'.repeat(2000)))).toEqual([414, 'TOO_LARGE']);
  });

  it('shows a bound key its own codes only', async () => {
    expect((await ask(server, 'GET', path(KEY), { key: bound })).status).toBe(200);
    for (const rest of ['', '/history', '/package'])
      expect(await refused(server, 'GET', path(OTHERS, rest), { key: bound })).toEqual([403, 'OTHER_PARTICIPANT']);
  });
});

describe('/package and /history', () => {
  it('tell what is around a code and what is in it, page by page', async () => {
    expect((await ask(server, 'GET', path('09520000006068UZDEMO0000021', '/package'))).json).toEqual({
      code: '09520000006068UZDEMO0000021',
      around: [BOX, PALLET],
      contents: { count: 0, codes: [] },
    });
    const all = (await ask(server, 'GET', path(BOX, '/package'))).json.contents.codes;
    expect(all).toHaveLength(3);
    const paged: string[] = [];
    for (let after: number | undefined = 0; after !== undefined; ) {
      const { json } = await ask(server, 'GET', path(BOX, `/package?limit=2&after=${after}`));
      paged.push(...json.contents.codes);
      after = json.contents.next as number | undefined;
    }
    expect(paged).toEqual(all);
    expect(await refused(server, 'GET', path(BOX, '/package?limit=0'))).toEqual([400, 'BAD_REQUEST']);
  });

  it('tell what happened, newest first', async () => {
    const code = '09520000006068UZDEMO0000010';
    const event = {
      kind: 'sell',
      actor: OWN,
      reason: 'RETAIL',
      at: '2026-03-16T09:00:00+03:00',
      document: 'receipt 1',
    };
    expect(
      (await ask(server, 'POST', '/v1/events', { body: { ...event, codes: [code] } })).json.results[0].status,
    ).toBe('applied');
    const { json } = await ask(server, 'GET', path(code, '/history'));
    expect(json.events.map(({ kind }: { kind: string }) => kind)).toEqual(['sell', 'restate']);
    expect(json.events[0]).toMatchObject({
      document: 'receipt 1',
      reason: 'RETAIL',
      changes: expect.arrayContaining([{ field: 'state', before: 'INTRODUCED', after: 'RETIRED' }]),
    });
    const first = (await ask(server, 'GET', path(code, '/history?limit=1'))).json;
    expect(first.events).toEqual([json.events[0]]);
    expect((await ask(server, 'GET', path(code, `/history?before=${first.next}`))).json.events).toEqual([
      json.events[1],
    ]);
  });
});

describe('/v1/sets', () => {
  it('counts the register and its sets, also at a past moment', async () => {
    const all = (await ask(server, 'GET', '/v1/sets')).json;
    expect(all.codes).toBe(20);
    expect(Object.values(all.byState as Record<string, number>).reduce((sum, count) => sum + count, 0)).toBe(20);
    const owned = (await ask(server, 'GET', `/v1/sets/owner/${OWN}`)).json;
    expect(owned).toMatchObject({ kind: 'owner', name: OWN, codes: 17 });
    expect((await ask(server, 'GET', `/v1/sets/package/${BOX}`)).json.codes).toBe(3);
    expect((await ask(server, 'GET', '/v1/sets/gtin/09520000006068')).json.codes).toBe(18);
    expect((await ask(server, 'GET', '/v1/sets/state/INTRODUCED?at=2020-01-01T00:00:00Z')).json).toMatchObject({
      codes: 0,
      event: 0,
      appliedAt: null,
    });
    const introduced = (await ask(server, 'GET', '/v1/sets/state/introduced')).json;
    expect(introduced.byState).toEqual({ INTRODUCED: introduced.codes });
    expect((await ask(server, 'GET', `/v1/sets/owner/${encodeURIComponent('no/body')}`)).json.codes).toBe(0);
  });

  it('narrows by owner, state, group and moment at once, the set of the path too', async () => {
    const grouping = await startTestServer();
    try {
      const before = new Date().toISOString();
      await new Promise((resolve) => setTimeout(resolve, 2));
      await grouping.engine.submit({ kind: 'restate', at: '2026-03-01T00:00:00Z', group: 8, codes: [KEY, OTHERS] });
      const count = async (path: string): Promise<number> => (await ask(grouping, 'GET', path)).json.codes as number;
      for (const [path, codes] of [
        ['/group/8', 2],
        ['?group=8', 2],
        ['/group/9', 0],
        [`/owner/${OWN}`, 17],
        [`?owner=${OWN}`, 17],
        [`/owner/${OWN}?group=8`, 1],
        [`/group/8?owner=${OWN}`, 1],
        [`?owner=${OWN}&state=INTRODUCED&group=8`, 1],
        [`?owner=${OWN}&state=RETIRED&group=8`, 0],
        [`?group=8&at=${before}`, 0],
        [`?owner=${OWN}&at=${before}`, 17],
      ] as const)
        expect([path, await count(`/v1/sets${path}`)]).toEqual([path, codes]);
    } finally {
      await grouping.close();
    }
  });

  it('refuses what is no set', async () => {
    for (const group of ['0', '65536', 'milk', '-1'])
      expect(await refused(server, 'GET', `/v1/sets/group/${group}`)).toEqual([400, 'BAD_REQUEST']);
    expect(await refused(server, 'GET', '/v1/sets?group=x')).toEqual([400, 'BAD_REQUEST']);
    expect(await refused(server, 'GET', '/v1/sets?state=EATEN')).toEqual([400, 'BAD_REQUEST']);
    expect(await refused(server, 'GET', '/v1/sets/owner/1?owner=2')).toEqual([400, 'BAD_REQUEST']);
    expect(await refused(server, 'GET', '/v1/sets/colour/red')).toEqual([400, 'BAD_REQUEST']);
    expect(await refused(server, 'GET', '/v1/sets/state/EATEN')).toEqual([400, 'BAD_REQUEST']);
    expect(await refused(server, 'GET', '/v1/sets/package/box')).toEqual([400, 'BAD_CODE']);
    expect(await refused(server, 'GET', '/v1/sets?at=yesterday')).toEqual([400, 'BAD_REQUEST']);
  });

  it('counts for a bound key what is its own', async () => {
    expect((await ask(server, 'GET', '/v1/sets', { key: bound })).json.codes).toBe(17);
    expect((await ask(server, 'GET', '/v1/sets/owner/300000002', { key: bound })).json.codes).toBe(0);
  });
});
