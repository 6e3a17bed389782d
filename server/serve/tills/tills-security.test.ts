// Goal: through tills' routes nobody gets in without a key that may, or at another participant's sales; nothing that is kept or logged has a tail.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, start } from '../../cli/run-cli.test.files.js';
import { AT, milk, OWNER, startTillServer, type TillServer } from './tills.test.files.js';

const TAIL = 'SECRETTAILSECRETTAIL';
const CODE = `${milk(1)}\x1d93${TAIL}`;
const BASE64 = Buffer.from(CODE).toString('base64');
const QUERY = encodeURIComponent(CODE);

/** Every route with a request that has a tail wherever a code can stand. */
const ROUTES: readonly (readonly [path: string, body?: unknown])[] = [
  ['/api/v4/true-api/codes/check', { codes: [CODE, TAIL] }],
  ['/api/v3/true-api/codes/check', { codes: [CODE] }],
  ['/api/v4/true-api/cdn/info'],
  ['/api/v4/true-api/cdn/health/check'],
  ['/api/v1/status'],
  ['/api/v2/status'],
  [`/api/v1/cis/check?cis=${QUERY}`],
  [`/api/v1/cis/outCheck?cis=${QUERY}`],
  ['/api/v1/cis/outCheck', { cis_list: [CODE] }],
  ['/api/v2/cis/outCheck', { cis_list: [{ cis: CODE }] }],
  ['/api/v2/cis/sell', { cis_list: [CODE] }],
  ['/api/v2/cis/return', { cis_list: [CODE] }],
  [`/api/v2/cis/sold?skip=${TAIL}`],
  ['/api/v2/codes/check', { codes: [BASE64, TAIL] }],
  ['/api/v3/codes/check', { codes: [{ cis: BASE64 }] }],
  ['/public/api/cod/public/codes', { codes: [CODE] }],
  ['/public/api/cod/private/codes', { codes: [CODE] }],
  ['/v1/permits', { mode: 'sale', lines: [{ code: CODE }] }],
  ['/api/v4/true-api/codes/check', `{"codes":["${TAIL}`],
  ['/api/v4/true-api/codes/check', { codes: [{ cis: CODE }] }],
];

describe('keys', () => {
  let server: TillServer;
  beforeAll(async () => {
    server = await startTillServer();
  });
  afterAll(() => server.close());
  const ask = (path: string, body: unknown, key: string) => {
    const headers = { 'x-api-key': key };
    return body === undefined ? server.get(path, headers) : server.post(path, body, headers);
  };

  const routes = ROUTES.slice(0, -2).map(([path, body]) => ({ path, body }));
  it.each(routes)('$path wants one', async ({ path, body }) => {
    expect((await ask(path, body, '')).status).toBe(401);
    expect((await ask(path, body, '00000000-0000-4000-8000-000000000001')).status).toBe(401);
  });

  it('of another participant see neither its sales, nor whose goods they are, nor its module', async () => {
    const keys: string[] = [];
    for (const participant of [OWNER, '7711111111']) {
      const { key } = await server.keys.add({ scope: 'write', participant, at: AT });
      await ask('/api/v2/init', { token: key }, key);
      keys.push(key);
    }
    const [own, other] = keys;
    await ask('/api/v2/cis/sell', { cis_list: [milk(1)] }, own!);
    // The till of the one has no name but its key's, which the other may know.
    const entry = server.keys.list().find(({ participant }) => participant === OWNER);
    for (const id of [entry?.id ?? '', `${OWNER} ${entry?.id}`]) {
      const { status, body } = await server.get('/api/v2/cis/sold', { 'x-api-key': other!, 'x-clientid': id });
      expect([[200, 400].includes(status), body.cis_list ?? []]).toEqual([true, []]);
    }
    expect((await ask('/api/v2/cis/sold', undefined, own!)).body.cis_list).toEqual([milk(1)]);
    for (const body of [
      (await ask('/public/api/cod/private/codes', { codes: [milk(1)] }, other!)).body,
      (await ask('/api/v4/true-api/codes/check', { codes: [milk(1)] }, other!)).body,
      (await ask('/v1/permits', { mode: 'return', lines: [{ code: milk(1) }] }, other!)).body,
      (await ask('/api/v2/cis/return', { cis_list: [milk(1)] }, other!)).body,
      (await ask('/api/v2/status', undefined, other!)).body,
    ]) {
      expect(JSON.stringify(body)).not.toContain(OWNER);
    }
  });
});

describe('logs and journal', () => {
  it('have no tails, codes or keys', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tamga-till-logs-'));
    const child = start(['serve', '--port', '0', '--data', join(folder, 'data'), '--json', '--log-level', 'debug']);
    const result = collect(child);
    const line = await new Promise<string>((resolve) => child.stdout?.once('data', (data) => resolve(String(data))));
    const { address, firstKey } = JSON.parse(line) as { address: string; firstKey: string };
    const headers = { 'x-api-key': firstKey, 'content-type': 'application/json' };
    const ask = async (path: string, body?: unknown) => {
      const method = body === undefined ? 'GET' : 'POST';
      const sent = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(address + path, { method, headers, ...(body !== undefined && { body: sent }) });
      await response.arrayBuffer();
      return response.status;
    };
    await ask('/api/v2/init', { token: firstKey });
    for (const [path, body] of ROUTES) expect([200, 400]).toContain(await ask(path, body));
    child.kill('SIGTERM');
    const { err } = await result;
    expect(err).toContain('/api/v1/cis/outCheck');
    const checks = join(folder, 'data', 'tills', 'checks');
    const journal = readdirSync(checks)
      .map((name) => readFileSync(join(checks, name), 'utf8'))
      .join('');
    expect(journal.trim().split('\n').length).toBeGreaterThan(10);
    expect(journal).toContain(milk(1));
    for (const secret of ['SECRETTAIL', BASE64, firstKey]) expect(err + journal).not.toContain(secret);
    expect(err).not.toContain(milk(1));
    rmSync(folder, { recursive: true, force: true });
  });
});
