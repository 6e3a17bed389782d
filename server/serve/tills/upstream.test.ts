// Goal: what the register can't answer is asked of the national API and joined; without it everything works, and says how old it is or that it is not known.
import { afterEach, describe, expect, it } from 'vitest';
import { type Behaviour, type Host, startHost } from '../../upstream/misbehaving-host.test.files.js';
import { AT, full, milk, OWNER, startTillServer, type TillServer } from './tills.test.files.js';

const HOUR = 3600_000;
const open: { close(): Promise<void> }[] = [];
let clock = 0;
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function start(behaviours: Behaviour[], flags = {}): Promise<{ host: Host; server: TillServer }> {
  clock = Date.UTC(2026, 2, 16, 9);
  const host = await startHost(behaviours);
  const server = await startTillServer(
    { upstreamUrls: host.origin, upstreamKey: 'national', upstreamBudgetMs: '400', ...flags },
    () => new Date(clock),
  );
  open.push(host, server);
  return { host, server };
}
const check = (server: TillServer, ...codes: string[]) => server.post('/api/v4/true-api/codes/check', { codes });

describe('a check with an upstream', () => {
  it('is asked with the upstream’s key, and answered with its id and all its fields', async () => {
    const { host, server } = await start(['answer']);
    const { body, headers } = await check(server, full(milk(70)));
    expect(body).toMatchObject({
      reqId: 'a0000000-0000-4000-8000-000000000001',
      reqTimestamp: 1774000000000,
      codes: [{ cis: full(milk(70)), found: true, verified: true, somethingNew: 7 }],
    });
    expect(headers.get('x-tamga-check')).toBe('upstream');
    expect(host.seen[0]).toMatchObject({ key: 'national', body: { codes: [full(milk(70))] } });
  });

  it('what the register knows against a code counts', async () => {
    const { server } = await start(['answer']);
    expect((await check(server, full(milk(2)))).body.codes[0]).toMatchObject({ sold: true, verified: true });
    expect((await check(server, full(milk(3)))).body.codes[0]).toMatchObject({ isBlocked: true });
  });

  it('the earlier of two dates counts', async () => {
    const { host, server } = await start(['answer']);
    host.facts.expireDate = '2026-03-01T00:00:00.000Z';
    expect((await check(server, full(milk(1)))).body.codes[0]).toMatchObject({
      expireDate: '2026-03-01T00:00:00.000Z',
    });
    const { body } = await server.post('/v1/permits', { mode: 'sale', lines: [{ code: full(milk(1)) }] });
    expect(body.permits[0]).toMatchObject({ allow: 'no', row: 12 });
    host.facts.expireDate = '2027-03-01T00:00:00.000Z';
    expect((await check(server, full(milk(4)))).body.codes[0]).toMatchObject({
      expireDate: '2026-03-15T20:59:00.000Z',
    });
  });

  it('whose goods they are it tells the participant of its key alone', async () => {
    const { host, server } = await start(['answer'], { upstreamParticipant: OWNER });
    host.facts.isOwner = true;
    host.facts.isTracking = true;
    const isOwner = async (participant?: string) => {
      const { key } = await server.keys.add({ scope: 'verify', at: AT, ...(participant && { participant }) });
      const path = '/api/v4/true-api/codes/check';
      const { body } = await server.post(path, { codes: [full(milk(70))] }, { 'x-api-key': key });
      return body.codes[0]!.isOwner;
    };
    expect([await isOwner(OWNER), await isOwner('7711111111'), await isOwner()]).toEqual([true, undefined, undefined]);
  });

  it('what is no code is not asked about', async () => {
    const { host, server } = await start(['answer']);
    await check(server, 'nonsense');
    expect(host.checks).toBe(0);
  });

  it('is given again from the cache for some seconds, with its age', async () => {
    const { host, server } = await start(['answer']);
    await check(server, full(milk(70)));
    clock += 10_000;
    const again = await check(server, full(milk(70)));
    expect(again.headers.get('x-tamga-check')).toBe('cache; age=10');
    expect(again.body.reqId).toBe('a0000000-0000-4000-8000-000000000001');
    await check(server, `${full(milk(70)).slice(0, -1)}e`);
    expect(host.checks, 'another tail is another question').toBe(2);
    clock += 60_000;
    await check(server, full(milk(70)));
    expect(host.checks).toBe(3);
  });

  it('offline: an old answer, or what the register knows, and no more', async () => {
    const { host, server } = await start(['answer']);
    await check(server, full(milk(70)));
    host.behaviours = ['broken'];
    clock += HOUR;
    expect((await check(server, full(milk(70)))).headers.get('x-tamga-check')).toBe('cache; age=3600');
    const unknown = await check(server, full(milk(71)));
    expect(unknown.headers.get('x-tamga-check')).toBe('register; offline');
    expect(unknown.body.codes[0]).not.toHaveProperty('found');
    const known = await check(server, full(milk(1)));
    expect(known.body.codes[0]).toMatchObject({ found: true, realizable: true });
    clock += 72 * HOUR;
    expect((await check(server, full(milk(70)))).headers.get('x-tamga-check')).toBe('register; offline');
  });

  it('an emergency goes on to the till', async () => {
    const { server } = await start(['emergency']);
    expect((await check(server, full(milk(70)))).status).toBe(203);
    const { body } = await server.post('/v1/permits', { mode: 'sale', lines: [{ code: full(milk(70)) }] });
    expect(body).toMatchObject({ check: 'emergency', permits: [{ allow: 'yes' }] });
    expect(JSON.stringify(body.permits)).not.toContain('"1260"');
  });

  it('a check that is not possible is allowed, without a proof in the receipt', async () => {
    const { server } = await start(['transborder']);
    const { body } = await server.post('/v1/permits', { mode: 'sale', lines: [{ code: full(milk(70)) }] });
    expect(body).toMatchObject({ check: 'impossible', permits: [{ allow: 'yes' }] });
    expect(JSON.stringify(body.permits)).not.toContain('"1260"');
  });

  it('tells a ТС ПИоТ that it was offline', async () => {
    const { host, server } = await start(['answer']);
    const ask = async (code: string) =>
      (
        await server.post('/api/v2/codes/check', {
          codes: [Buffer.from(code).toString('base64')],
          client_info: { token: server.key.verify },
        })
      ).body.codesResponse[0]!.isCheckedOffline;
    expect(await ask(full(milk(70)))).toBe(false);
    host.behaviours = ['hangUp'];
    expect(await ask(full(milk(71)))).toBe(true);
  });
});

describe('the local module with an upstream', () => {
  it('is in step for 72 hours after its last word, and by itself again when it speaks', async () => {
    const { host, server } = await start(['answer']);
    await server.post('/api/v2/init', { token: server.key.verify });
    await expect.poll(async () => (await server.get('/api/v2/status')).body.status).toBe('ready');
    clock += 71 * HOUR;
    expect((await server.get('/api/v2/status')).body.status).toBe('ready');
    clock += 2 * HOUR;
    expect((await server.get('/api/v2/status')).body.status).toBe('sync_error');
    expect(await server.get(`/api/v1/cis/outCheck?cis=${milk(1)}`)).toMatchObject({
      status: 400,
      body: { errorCode: 4050 },
    });
    host.behaviours = ['answer'];
    await check(server, full(milk(72)));
    expect((await server.get('/api/v2/status')).body.status).toBe('ready');
  });

  it('asks nobody, says what it was told before, and proves it by its own name', async () => {
    const { host, server } = await start(['answer']);
    await server.post('/api/v2/init', { token: server.key.verify });
    await expect.poll(async () => (await server.get('/api/v2/status')).body.status).toBe('ready');
    host.facts.isBlocked = true;
    host.facts.smp = 100;
    await check(server, full(milk(70)));
    host.behaviours = ['hang'];
    const { inst } = (await server.get('/api/v2/status')).body;
    const list = { cis_list: [milk(1), milk(70), milk(71)] };
    const { body } = await server.post('/api/v1/cis/outCheck', list);
    expect(host.checks).toBe(1);
    expect(body).toMatchObject({ inst, reqTimestamp: clock, reqId: expect.not.stringMatching(/^a0000000/) });
    expect(body.codes).toEqual([
      { cis: milk(1), gtin: '04607000001097', isBlocked: false, sold: false },
      { cis: milk(70), gtin: '04607000001097', isBlocked: true, sold: false, smp: 100 },
      { cis: milk(71), gtin: '04607000001097' },
    ]);
    await server.get(`/api/v1/cis/check?cis=${milk(71)}`);
    expect(host.checks).toBe(1);
  });

  it('is initialising until it hears of the platform', async () => {
    const { server } = await start(['answer'], { upstreamUrls: 'http://127.0.0.1:9' });
    await server.post('/api/v2/init', { token: server.key.verify });
    expect((await server.get('/api/v2/status')).body.status).toBe('initialization');
    expect((await server.get(`/api/v1/cis/outCheck?cis=${milk(1)}`)).body.errorCode).toBe(4045);
  });
});
