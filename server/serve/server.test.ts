// Goal: the server answers over real sockets, refuses what is malformed with a word, and survives bad clients.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, start } from '../cli/run-cli.test.files.js';
import { ask } from './ask.test.files.js';
import { Client } from './client.test.files.js';
import { startTestServer, type TestServer } from './running.test.files.js';

const KNOWN = '010952000000606821UZDEMO0000001';
const KEY = '09520000006068UZDEMO0000001';

let server: TestServer;
let address: string;
let authorization: string;

beforeAll(async () => {
  server = await startTestServer();
  address = server.address;
  authorization = `Bearer ${server.key.verify}`;
});
afterAll(() => server.close());

/** A stream with the key of the tests. */
function connectStream(to = address, protocols = ['tamga.v1'], headers: Record<string, string> = {}): Client {
  return new Client(to, protocols, { authorization, ...headers });
}

async function post(
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${address}/v1/verify`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Product group of the known code. */
const GROUP = 8;

describe('health', () => {
  it('says that it lives, and what register it sees', async () => {
    expect(await (await fetch(`${address}/health/live`)).json()).toEqual({ status: 'live' });
    const ready = await (await fetch(`${address}/health/ready`)).json();
    expect(ready).toMatchObject({ status: 'ready', register: { codes: 20, lastEvent: 1 } });
  });
});

describe('POST /v1/verify', () => {
  it('gives a verdict for each code, in order', async () => {
    const { status, body } = await post({ codes: [KNOWN, KNOWN, '010952000000606821UZDEMO0000099', 'nonsense', ''] });
    expect(status).toBe(200);
    expect(body.verdicts).toEqual([
      { outcome: 'OK', allow: 'yes', key: KEY, state: 'INTRODUCED', owner: '300000001', expiry: '2028-01-31' },
      { outcome: 'DUPLICATE', allow: 'no', key: KEY, state: 'INTRODUCED', owner: '300000001', expiry: '2028-01-31' },
      { outcome: 'NOT_FOUND', allow: 'no', key: '09520000006068UZDEMO0000099' },
      {
        outcome: 'UNKNOWN_CODE_TYPE',
        allow: 'no',
        key: null,
        error: expect.objectContaining({ code: 'UNKNOWN_CODE_TYPE' }),
      },
      { outcome: 'BLANK_LINE_SKIPPED', allow: 'no', key: null, error: expect.objectContaining({ code: 'EMPTY' }) },
    ]);
  });

  it('asks what the context says', async () => {
    const outcome = async (context: object) =>
      ((await post({ codes: [KNOWN], context })).body.verdicts as { outcome: string }[])[0]!.outcome;
    expect(await outcome({ participant: '999' })).toBe('OTHER_OWNER');
    expect(await outcome({ operation: 'sale', at: '2030-01-01T00:00:00Z' })).toBe('EXPIRED');
    expect(await outcome({ operation: 'return' })).toBe('STATE_FORBIDS');
  });

  it('warns of what expires soon and of groups that were not declared, and allows it', async () => {
    await server.engine.submit({ kind: 'restate', at: '2026-02-01T00:00:00Z', group: GROUP, codes: [KNOWN] });
    const at = '2028-01-01T00:00:00Z';
    const verdict = async (context: object) => {
      const { body } = await post({ codes: [KNOWN], context: { operation: 'sale', at, ...context } });
      const [{ outcome, allow }] = body.verdicts as [{ outcome: string; allow: string }];
      return `${outcome} ${allow}`;
    };
    expect(await verdict({})).toBe('OK yes');
    expect(await verdict({ expiresSoonDays: 30 })).toBe('OK yes');
    expect(await verdict({ expiresSoonDays: 32 })).toBe('EXPIRES_SOON yes');
    expect(await verdict({ groups: [GROUP, 13] })).toBe('OK yes');
    expect(await verdict({ groups: [13] })).toBe('GROUP_NOT_DECLARED yes');
    const raw = async (query: string) =>
      (
        await fetch(`${address}/v1/verify?operation=sale&at=${at}&${query}`, {
          method: 'POST',
          headers: { authorization, 'content-type': 'text/plain' },
          body: KNOWN,
        })
      ).text();
    expect(await raw('expiresSoonDays=32')).toMatch(/^EXPIRES_SOON/);
    expect(await raw(`groups=13,${GROUP}`)).toMatch(/^OK/);
    expect(await raw('groups=13')).toMatch(/^GROUP_NOT_DECLARED/);
    for (const groups of ['0', '70000', '13,', '13;8', 'x'])
      expect(await raw(`groups=${groups}`)).toContain('BAD_REQUEST');
    expect((await post({ codes: [], context: { groups: [65_536] } })).status).toBe(400);
    expect((await post({ codes: [], context: { expiresSoonDays: -1 } })).status).toBe(400);
  });

  it.each([
    ['no codes', {}],
    ['codes that are no list', { codes: KNOWN }],
    ['a code that is no text', { codes: [1] }],
    ['an endless code', { codes: ['A'.repeat(5000)] }],
    ['an unknown operation', { codes: [], context: { operation: 'eat' } }],
    ['a time that is none', { codes: [], context: { at: 'soon' } }],
    ['an unknown field', { codes: [], contxt: {} }],
    ['no JSON', '{'],
  ])('refuses %s', async (_name, body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      error: { code: expect.any(String), message: expect.any(String), requestId: expect.any(String) },
    });
  });

  it('refuses more codes than it is set to take, and takes as many', async () => {
    const few = await post({ codes: new Array(1001).fill(KNOWN) });
    expect([few.status, few.body]).toMatchObject([413, { error: { code: 'TOO_LARGE' } }]);
    const many = await startTestServer({ codesMax: '5000' });
    try {
      const asked = async (count: number) => {
        const { status, json } = await ask(many, 'POST', '/v1/verify', {
          body: { codes: new Array(count).fill(KNOWN) },
        });
        return [status, json.error?.code ?? json.verdicts.length];
      };
      expect(await asked(5000)).toEqual([200, 5000]);
      expect(await asked(5001)).toEqual([413, 'TOO_LARGE']);
    } finally {
      await many.close();
    }
  });

  it('refuses a body that is too large, and another type', async () => {
    expect((await post(`"${'A'.repeat(1 << 20)}"`)).status).toBe(413);
    expect((await post('codes', { 'content-type': 'text/csv' })).status).toBe(415);
    expect((await fetch(`${address}/v2/verify`)).status).toBe(404);
  });
});

describe('a connection', () => {
  it('survives a client that speaks no HTTP', async () => {
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    const answer = await new Promise<string>((resolve) => {
      socket.on('data', (data) => resolve(data.toString()));
      socket.write('\x00\x01\x02 not HTTP\r\n\r\n');
    });
    expect(answer).toContain('400');
    socket.destroy();
    expect((await fetch(`${address}/health/live`)).status).toBe(200);
  });
});

describe('access', () => {
  it('asks for a key, and says what is wrong with one', async () => {
    const refused = async (headers: Record<string, string>) => {
      const response = await fetch(`${address}/v1/verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"codes":[]}',
      });
      const { error } = (await response.json()) as { error?: { code: string } };
      return [response.status, error?.code];
    };
    expect(await refused({})).toEqual([401, 'NO_KEY']);
    expect(await refused({ authorization: 'Bearer 00000000-0000-4000-8000-000000000000' })).toEqual([401, 'NO_KEY']);
    expect(await refused({ 'x-api-key': server.key.verify })).toEqual([200, undefined]);
    const basic = Buffer.from(`admin:${server.key.verify}`).toString('base64');
    expect(await refused({ authorization: `Basic ${basic}` })).toEqual([200, undefined]);
    const { key, entry } = await server.keys.add({ scope: 'verify', at: new Date() });
    await server.keys.revoke(entry.id, new Date());
    expect(await refused({ 'x-api-key': key })).toEqual([401, 'KEY_REVOKED']);
    const metrics = (key: string) => fetch(`${address}/metrics`, { headers: { authorization: `Bearer ${key}` } });
    expect((await metrics(server.key.write)).status).toBe(403);
    expect(await (await metrics(server.key.admin)).text()).toContain('tamga_http_request_seconds_bucket');
  });

  it('binds a key to its participant', async () => {
    const { key } = await server.keys.add({ scope: 'verify', participant: '999', at: new Date() });
    const asked = async (context: object) => {
      const { status, body } = await post({ codes: [KNOWN], context }, { authorization: `Bearer ${key}` });
      return [status, (body.verdicts as { outcome: string }[] | undefined)?.[0]?.outcome];
    };
    expect(await asked({})).toEqual([200, 'OTHER_OWNER']);
    expect(await asked({ participant: '300000001' })).toEqual([403, undefined]);
  });
});

describe('tamga serve', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('prints its address, serves, and ends well on %s', async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'tamga-serve-'));
    const child = start(['serve', '--port', '0', '--log-level', 'silent', '--data', join(folder, 'data'), '--json']);
    const result = collect(child);
    const line = await new Promise<string>((resolve) =>
      child.stdout?.once('data', (data: Buffer) => resolve(data.toString())),
    );
    const { address: url, firstKey } = JSON.parse(line) as { address: string; firstKey: string };
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({
      status: 'ready',
      register: { codes: 0 },
    });
    const client = connectStream(url, ['tamga.v1'], { authorization: `Bearer ${firstKey}` });
    await client.opened;
    client.send({ type: 'hello' });
    expect(await client.next()).toMatchObject({ type: 'welcome' });
    client.send({ type: 'scan', seq: 1, code: KNOWN });
    expect(await client.next()).toMatchObject({ outcome: 'NOT_FOUND', allow: 'no' });
    child.kill(signal);
    await client.closed;
    expect(await result).toMatchObject({ code: 0, err: '' });
    rmSync(folder, { recursive: true, force: true });
  });

  it('says when its port is taken', async () => {
    const { port } = new URL(address);
    const { code, err } = await collect(start(['serve', '--port', port, '--data', join(server.folder, 'other')]));
    expect(err).toContain('EADDRINUSE');
    expect(code).toBe(2);
  });
});
