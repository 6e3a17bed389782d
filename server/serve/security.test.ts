// Goal: each way to ask for what one may not, or to make the server work for nothing, is refused with its documented code, and others are served on.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fastify from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_FILE } from './access/api-keys.js';
import { ask, formOf, refused } from './ask.test.files.js';
import { limitBodyTime } from './body-deadline.js';
import { Client } from './client.test.files.js';
import { startServer } from './run.js';
import { startTestServer, type TestServer } from './running.test.files.js';
import { readSettings } from './settings.js';
import { CLOSE } from './stream/protocol.js';

const CODE = '010952000000606821UZDEMO0000001';
const LAUGHS = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "${'&a;'.repeat(100)}">]><documents>&b;</documents>`;
const FRIEND = 'https://friend.example';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ corsOrigins: FRIEND, bulkBytesMax: '3000000', failedKeysPerMinute: '0' });
});
afterAll(() => server.close());
afterEach(async () => {
  expect((await ask(server, 'GET', '/health/live', { key: null })).status).toBe(200);
});

/** What comes back for bytes that no client library would send. */
function raw(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.address).port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.setTimeout(5000, () => socket.destroy());
  });
}

const routes: readonly (readonly [method: string, path: string, scope: string])[] = [
  ['POST', '/v1/verify', 'verify'],
  ['GET', '/v1/codes/x', 'verify'],
  ['GET', '/v1/codes/x/history', 'verify'],
  ['GET', '/v1/codes/x/package', 'verify'],
  ['GET', '/v1/sets', 'verify'],
  ['GET', '/v1/sets/owner/x', 'verify'],
  ['GET', '/v1/jobs', 'verify'],
  ['GET', '/v1/jobs/x', 'verify'],
  ['GET', '/v1/jobs/x/findings', 'verify'],
  ['GET', '/v1/jobs/x/report.html', 'verify'],
  ['GET', '/v1/jobs/x/report.csv', 'verify'],
  ['GET', '/v1/jobs/x/report.xlsx', 'verify'],
  ['GET', '/v1/jobs/x/report.json', 'verify'],
  ['GET', '/v1/sessions', 'verify'],
  ['GET', '/v1/sessions/x', 'verify'],
  ['GET', '/v1/sessions/x/scans', 'verify'],
  ['POST', '/v1/permits', 'verify'],
  ['POST', '/v1/events', 'write'],
  ['POST', '/v1/jobs', 'write'],
  ['POST', '/v1/jobs/x/cancel', 'write'],
  ['DELETE', '/v1/jobs/x', 'write'],
  ['POST', '/v1/sessions/x/close', 'write'],
  ['POST', '/v1/sessions/x/reconcile', 'write'],
  ['DELETE', '/v1/sessions/x', 'write'],
  ['GET', '/metrics', 'admin'],
];
/** The others tell nothing that anybody may not know. */
const OPEN = ['GET /health/live', 'GET /health/ready', 'GET /v1/outcomes'];
/** Their tests are with the tills' protocols. */
const isTills = (route: string): boolean => / \/(api|public)\//.test(route);

describe('keys', () => {
  it.each(routes)('%s %s wants one of scope %s', async (method, path, scope) => {
    expect(await refused(server, method, path, { key: null })).toEqual([401, 'NO_KEY']);
    expect(await refused(server, method, path, { key: 'nonsense' })).toEqual([401, 'NO_KEY']);
    for (const low of ['verify', 'write'] as const) {
      if (low === scope) break;
      expect(await refused(server, method, path, { key: server.key[low] })).toEqual([403, 'SCOPE_MISSING']);
    }
    const { status } = await ask(server, method, path, { key: server.key[scope as 'verify'] });
    expect([401, 403]).not.toContain(status);
  });

  it('are wanted by every route that there is', async () => {
    const { json } = await ask(server, 'GET', '/docs/json', { key: null });
    const described = Object.entries<object>(json.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const asked = routes.map(([method, path]) => `${method} ${path}`);
    const matches = (route: string): boolean => {
      const pattern = new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`);
      return asked.some((one) => pattern.test(one));
    };
    expect(described.filter((route) => !isTills(route) && !matches(route)).sort()).toEqual(OPEN);
    for (const route of OPEN) {
      const [method, path] = route.split(' ') as [string, string];
      expect((await ask(server, method, path, { key: null })).status).toBe(200);
    }
  });

  it.each([
    ['a prototype', '__proto__'],
    ['a constructor', 'constructor'],
    ['a long text', 'x'.repeat(8000)],
    ['no ASCII', '\u00e9'],
    ['two words', 'Bearer Bearer'],
  ])('%s is none', async (_, key) => {
    const headers = { 'x-api-key': key };
    expect(await refused(server, 'GET', '/v1/sets', { key: null, headers })).toEqual([401, 'NO_KEY']);
  });

  it('lie hashed in a file that others can not read', () => {
    const path = join(server.folder, ACCESS_FILE);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('a key that is bound to a participant', () => {
  const others = '010952000000606821UZDEMO0000004';

  it('learns nothing of others’ codes but that it may not have them', async () => {
    const { key } = await server.keys.add({ scope: 'write', participant: '300000001', at: new Date() });
    const { json } = await ask(server, 'POST', '/v1/verify', { key, body: { codes: [CODE, others] } });
    expect(json.verdicts).toEqual([
      expect.objectContaining({ outcome: 'OK', owner: '300000001' }),
      { outcome: 'OTHER_OWNER', allow: 'no', key: '09520000006068UZDEMO0000004' },
    ]);
    const raw = { key, body: `${CODE}\n${others}\n`, headers: { 'content-type': 'text/plain' } };
    expect((await ask(server, 'POST', '/v1/verify', raw)).text).toBe('OK\nOTHER_OWNER\n');
    expect(await refused(server, 'POST', '/v1/verify?participant=300000002', raw)).toEqual([403, 'OTHER_PARTICIPANT']);
    const body = { codes: [others], context: { participant: '300000002' } };
    expect(await refused(server, 'POST', '/v1/verify', { key, body })).toEqual([403, 'OTHER_PARTICIPANT']);
  });

  describe('is refused what is another’s', () => {
    const SESSION = 'of-300000001';
    let key: string;
    let job: string;
    beforeAll(async () => {
      ({ key } = await server.keys.add({ scope: 'admin', participant: '300000002', at: new Date() }));
      const theirs = await server.keys.add({ scope: 'write', participant: '300000001', at: new Date() });
      const body = formOf([
        ['expected', 'e.txt', `${CODE}\n`],
        ['scanned', 's.txt', `${CODE}\n`],
      ]);
      ({
        json: { id: job },
      } = await ask(server, 'POST', '/v1/jobs', { key: theirs.key, body }));
      const client = new Client(server.address, ['tamga.v1'], { 'x-api-key': theirs.key });
      await client.opened;
      client.send({ type: 'hello', session: SESSION, device: 'a', expected: job });
      expect(await client.next()).toMatchObject({ type: 'welcome' });
      client.socket.close();
      await client.closed;
    });

    it.each([
      ['GET', '/v1/jobs/JOB'],
      ['GET', '/v1/jobs/JOB/findings'],
      ['GET', '/v1/jobs/JOB/report.html'],
      ['GET', '/v1/jobs/JOB/report.csv'],
      ['GET', '/v1/jobs/JOB/report.xlsx'],
      ['GET', '/v1/jobs/JOB/report.json'],
      ['POST', '/v1/jobs/JOB/cancel'],
      ['DELETE', '/v1/jobs/JOB'],
      ['GET', `/v1/sessions/${SESSION}`],
      ['GET', `/v1/sessions/${SESSION}/scans`],
      ['POST', `/v1/sessions/${SESSION}/close`],
      ['POST', `/v1/sessions/${SESSION}/reconcile`, {}],
      ['DELETE', `/v1/sessions/${SESSION}`],
      ['GET', `/v1/codes/${CODE}`],
      ['GET', `/v1/codes/${CODE}/history`],
      ['GET', `/v1/codes/${CODE}/package`],
      ['POST', '/v1/events', { kind: 'sell', codes: [CODE], actor: '300000001' }],
    ])('%s %s', async (method, path, body?: object) => {
      const answer = await refused(server, method, path.replace('JOB', job), { key, body });
      expect(answer).toEqual([403, 'OTHER_PARTICIPANT']);
    });

    it('a job for another, and a session that counts against another’s job', async () => {
      const body = formOf([['scanned', 's.txt', CODE]], { kind: 'verify', owner: '300000001' });
      expect(await refused(server, 'POST', '/v1/jobs', { key, body })).toEqual([403, 'OTHER_PARTICIPANT']);
      const client = new Client(server.address, ['tamga.v1'], { 'x-api-key': key });
      await client.opened;
      client.send({ type: 'hello', session: 'mine', device: 'a', expected: job });
      expect(await client.closed).toBe(CLOSE.forbidden);
    });

    it('lists, counts and permits have nothing of it', async () => {
      const get = async (path: string) => (await ask(server, 'GET', path, { key })).json;
      expect(await get('/v1/jobs')).toEqual({ jobs: [] });
      expect(await get('/v1/sessions')).toEqual({ sessions: [] });
      const { json } = await ask(server, 'GET', '/v1/sets/owner/300000001', { key });
      expect(json.codes).toBe(0);
      const body = { mode: 'sale', lines: [{ code: CODE }] };
      const permits = await ask(server, 'POST', '/v1/permits', { key, body });
      expect(permits.status).toBe(200);
      expect(permits.text).not.toContain('300000001');
    });
  });
});

describe('pages of other sites', () => {
  it('are refused, unless they are allowed', async () => {
    const from = (origin: string, method = 'GET', more: Record<string, string> = {}) =>
      ask(server, method, '/v1/sets', { headers: { origin, ...more } });
    const stranger = await from('https://stranger.example');
    expect([stranger.status, stranger.json.error.code]).toEqual([403, 'FOREIGN_ORIGIN']);
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
    expect((await from('null')).status).toBe(403);
    expect((await from(`${FRIEND}.evil.example`)).status).toBe(403);
    const friend = await from(FRIEND);
    expect([friend.status, friend.headers.get('access-control-allow-origin')]).toEqual([200, FRIEND]);
    expect(friend.headers.get('access-control-allow-credentials')).toBeNull();
    const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
    const preflight = await from(FRIEND, 'OPTIONS', asked);
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      expect.stringContaining('authorization'),
    ]);
    expect((await from('https://stranger.example', 'OPTIONS', asked)).status).toBe(403);
    expect((await from(server.address)).status).toBe(200);
  });

  it('may not frame, run or load anything', async () => {
    const { headers } = await ask(server, 'GET', '/docs/', { key: null });
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('JSON', () => {
  const verify = (body: string) =>
    refused(server, 'POST', '/v1/verify', { body, headers: { 'content-type': 'application/json' } });

  it.each([
    ['a million brackets', '['.repeat(1_000_000)],
    ['a hundred thousand closed ones', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['a prototype', '{"codes":[],"__proto__":{"scope":"admin"}}'],
    ['a constructor', '{"codes":[],"constructor":{"prototype":{"x":1}}}'],
    ['a prototype further in', '{"codes":[],"context":{"__proto__":{"x":1}}}'],
    ['nothing', ''],
    ['null', 'null'],
    ['a number beyond all', '{"codes":[1e999]}'],
    ['half of a code unit', '{"codes":["\\ud800"],"context":{"operation":"\\ud800"}}'],
  ])('%s is refused', async (_, body) => {
    const [status, code] = await verify(body);
    expect([status, code]).toEqual([400, expect.stringMatching(/^BAD_(JSON|REQUEST)$/)]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('deep events are refused', async () => {
    const deep = `{"kind":"sell","codes":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    const json = { 'content-type': 'application/json' };
    expect(await refused(server, 'POST', '/v1/events', { body: deep, headers: json })).toEqual([400, 'BAD_EVENT']);
    const body = '{"kind":"sell","codes":["x"],"__proto__":{"checks":"stated"}}';
    expect(await refused(server, 'POST', '/v1/events', { body, headers: json })).toEqual([400, 'BAD_JSON']);
  });
});

describe('heads', () => {
  it.each([
    [
      'one too long',
      `GET /health/live HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`,
      '431',
      'TOO_LARGE',
    ],
    [
      'too many',
      `GET /health/live HTTP/1.1\r\nhost: x\r\n${'aaaaaaaa: bbbbbbbb\r\n'.repeat(1500)}\r\n`,
      '431',
      'TOO_LARGE',
    ],
    ['none', '\x00\x01\x02\r\n\r\n', '400', 'BAD_REQUEST'],
    [
      'two lengths',
      'POST /v1/verify HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      '400',
      'BAD_REQUEST',
    ],
    [
      'a length and chunks',
      'POST /v1/verify HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
      'BAD_REQUEST',
    ],
  ])('%s', async (_, bytes, status, code) => {
    const answer = await raw(bytes);
    expect(answer).toContain(`HTTP/1.1 ${status}`);
    expect(answer).toContain(`"code":"${code}"`);
  });

  it('a path that climbs finds nothing', async () => {
    for (const path of [
      '/../../etc/passwd',
      '/docs/static/../../../package.json',
      '/docs/static/%2e%2e/%2e%2e/package.json',
      '/v1/jobs/..%2f..%2faccess.json',
    ]) {
      const answer = await raw(
        `GET ${path} HTTP/1.1\r\nhost: x\r\nx-api-key: ${server.key.admin}\r\nconnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 40[0-4]/);
      expect(answer).not.toContain('sha256');
    }
  });
});

describe('uploads', () => {
  const expected = ['expected', 'e.txt', `${CODE}\n`] as const;

  it.each([
    ['that climbs', '../../../evil.txt'],
    ['of an absolute path', '/etc/cron.d/evil'],
    ['that climbs on Windows', '..\\..\\evil.txt'],
    ['of a drive', 'C:\\evil.txt'],
    ['with many dots', '....//evil.txt'],
    ['with a control character', 'a\u0001evil.txt'],
    ['of a prototype', '__proto__'],
    ['of a device', 'CON'],
    ['that is endless', `${'n'.repeat(5000)}.txt`],
  ])('a name %s becomes no path', async (_, name) => {
    const before = readdirSync(server.folder).sort();
    const { status, json } = await ask(server, 'POST', '/v1/jobs', {
      body: formOf([expected, ['scanned', name, `${CODE}\n`]]),
    });
    expect(status).toBe(202);
    expect(json.inputs[1].name.length).toBeLessThanOrEqual(200);
    expect(json.inputs[1].name).not.toMatch(/[/\\\u0001]/);
    const entries = readdirSync(join(server.folder, 'uploads'), { recursive: true }).map(String);
    expect(entries.every((entry) => /^[0-9a-f-]{36}(\/(expected-1|scanned-1|upload\.json))?$/.test(entry))).toBe(true);
    expect([...before, 'uploads'].sort()).toEqual(expect.arrayContaining(readdirSync(server.folder).sort()));
    expect(existsSync('/etc/cron.d/evil')).toBe(false);
  });

  it.each([
    ['of zeros', () => gzipSync(Buffer.alloc(64 << 20)), 'FILE_NOT_TEXT'],
    // Members of a .gz stand one after the other.
    [
      'of lines',
      () => Buffer.concat(new Array(66).fill(gzipSync(Buffer.alloc(4 << 20, `${CODE}\n`)))),
      'FILE_TOO_LARGE',
    ],
    ['of entities', () => Buffer.from(LAUGHS), 'XML_FORBIDDEN'],
    ['of depth', () => gzipSync(`<?xml version="1.0"?>${'<documents>'.repeat(1_000_000)}`), 'DOCUMENT_INVALID'],
  ])('a bomb %s ends as a job that failed', { timeout: 60_000 }, async (_, bomb, code) => {
    const body = formOf([['scanned', 'bomb', bomb()]], { kind: 'verify' });
    const { json } = await ask(server, 'POST', '/v1/jobs', { body });
    let { json: job } = await ask(server, 'GET', `/v1/jobs/${json.id}`);
    while (job.state === 'queued' || job.state === 'running') {
      await new Promise((resolve) => setTimeout(resolve, 50));
      ({ json: job } = await ask(server, 'GET', `/v1/jobs/${json.id}`));
    }
    expect(job).toMatchObject({ state: 'failed', error: { code } });
  });
});

describe('an upload that breaks off', () => {
  it('leaves nothing on disk', async () => {
    const files = () =>
      existsSync(join(server.folder, 'uploads')) ? readdirSync(join(server.folder, 'uploads')).length : 0;
    const before = files();
    const head = [
      'POST /v1/jobs HTTP/1.1',
      'host: x',
      `x-api-key: ${server.key.write}`,
      'content-type: multipart/form-data; boundary=b',
      'content-length: 1000000',
    ];
    const part = '--b\r\ncontent-disposition: form-data; name="scanned"; filename="a.txt"\r\n\r\n';
    const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
    socket.write(`${head.join('\r\n')}\r\n\r\n${part}${`${CODE}\n`.repeat(1000)}`);
    const until = async (count: number) => {
      for (let i = 0; i < 200 && files() !== count; i++) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(files()).toBe(count);
    };
    await until(before + 1);
    socket.destroy();
    await until(before);
  });
});

describe('bodies', () => {
  it('that do not come end their connection, and no other', async () => {
    const bare = fastify();
    limitBodyTime(bare, 300);
    bare.post('/', () => ({ well: true }));
    const address = await bare.listen({ port: 0, host: '127.0.0.1' });
    try {
      const post = () =>
        fetch(address, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
      expect((await post()).status).toBe(200);
      const socket = connect(Number(new URL(address).port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{');
      await new Promise((resolve) => socket.on('close', resolve));
      // The first one's connection was kept alive longer than that.
      expect((await post()).status).toBe(200);
    } finally {
      await bare.close();
    }
  });

  it('over the limit are refused, known beforehand or not', async () => {
    const headers = { 'content-type': 'text/plain' };
    const large = `${CODE}\n`.repeat(200_000);
    expect(await refused(server, 'POST', '/v1/verify', { body: large, headers })).toEqual([413, 'TOO_LARGE']);
    const answer = new Promise<string>((resolve) => {
      const options = { method: 'POST', headers: { ...headers, authorization: `Bearer ${server.key.verify}` } };
      const sent = request(`${server.address}/v1/verify`, options, (response) => {
        response.on('data', () => undefined);
        response.on('end', () => resolve(response.complete ? 'whole' : 'broken'));
        response.on('error', () => resolve('broken'));
      });
      sent.on('error', () => resolve('broken'));
      const chunk = `${CODE}\n`.repeat(1000);
      const send = (): void => void (sent.destroyed || sent.write(chunk, () => setImmediate(send)));
      send();
    });
    // It begins to be answered, and breaks off: an answer that isn't whole must not look like one.
    expect(await answer).toBe('broken');
  });

  it('packed ones are not unpacked', async () => {
    const body = gzipSync(Buffer.alloc(100 << 20));
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect(await refused(server, 'POST', '/v1/verify', { body, headers })).toEqual([400, 'BAD_JSON']);
  });
});

describe('a limit of requests', () => {
  it('is a key’s own', async () => {
    const limited = await startTestServer({ requestsPerMinute: '5' });
    try {
      for (let i = 0; i < 5; i++) expect((await ask(limited, 'GET', '/v1/sets')).status).toBe(200);
      const answer = await ask(limited, 'GET', '/v1/sets');
      expect([answer.status, answer.json.error.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await ask(limited, 'GET', '/v1/sets', { key: limited.key.verify })).status).toBe(200);
    } finally {
      await limited.close();
    }
  });

  it('is an address’s own where the key is none, and good keys of the same address are served on', async () => {
    const limited = await startTestServer({ failedKeysPerMinute: '5' });
    try {
      const nonsense = { key: '00000000-0000-4000-8000-000000000000' };
      for (const asked of [nonsense, nonsense, { key: null }]) {
        expect(await refused(limited, 'GET', '/v1/sets', asked)).toEqual([401, 'NO_KEY']);
      }
      // A handshake and a hello count like any other request.
      await expect(new Client(limited.address, ['tamga.v1'], { 'x-api-key': 'none' }).opened).rejects.toThrow('401');
      const client = new Client(limited.address);
      await client.opened;
      client.send({ type: 'hello', key: nonsense.key });
      expect(await client.closed).toBe(CLOSE.noKey);
      const answer = await ask(limited, 'GET', '/v1/sets', nonsense);
      expect([answer.status, answer.json.error.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      await expect(new Client(limited.address, ['tamga.v1'], { 'x-api-key': 'none' }).opened).rejects.toThrow('429');
      expect((await ask(limited, 'GET', '/v1/sets')).status).toBe(200);
    } finally {
      await limited.close();
    }
  });

  it.each([
    ['told by a proxy that is trusted', 'loopback', 401],
    ['not believed from anybody else', '', 429],
  ])('goes by the address, %s', async (_, trustProxy, status) => {
    const limited = await startTestServer({ failedKeysPerMinute: '1', ...(trustProxy && { trustProxy }) });
    try {
      const from = (address: string) =>
        ask(limited, 'GET', '/v1/sets', { key: null, headers: { 'x-forwarded-for': address } });
      expect((await from('192.0.2.1')).status).toBe(401);
      expect((await from('192.0.2.1')).status).toBe(429);
      expect((await from('192.0.2.2')).status).toBe(status);
    } finally {
      await limited.close();
    }
  });
});

describe('a trusted proxy', () => {
  it('says what address and protocol pages and tills know the server by', async () => {
    const behind = await startTestServer({ trustProxy: '127.0.0.0/8, ::1' });
    try {
      const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'tamga.example' };
      const page = { ...forwarded, origin: 'https://tamga.example' };
      expect((await ask(behind, 'GET', '/v1/sets', { headers: page })).status).toBe(200);
      expect((await ask(behind, 'GET', '/v1/sets', { headers: { origin: 'https://tamga.example' } })).status).toBe(403);
      const { json } = await ask(behind, 'GET', '/api/v4/true-api/cdn/info', { headers: forwarded });
      expect(json.hosts).toEqual([{ host: 'https://tamga.example' }]);
    } finally {
      await behind.close();
    }
  });

  it('must be an address', async () => {
    const settings = readSettings({ data: join(server.folder, 'proxied'), port: '0', trustProxy: 'everybody' }, {});
    await expect(startServer(settings)).rejects.toThrow('--trust-proxy');
  });
});
