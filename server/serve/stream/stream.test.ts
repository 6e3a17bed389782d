// Goal: a client gets verdicts at once and acknowledgements that are true; a session goes on where its connection broke; whoever misbehaves is
// told by a code and disturbs nobody. Method: real sockets against a real server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../client.test.files.js';
import { startTestServer, type TestServer } from '../running.test.files.js';
import { CLOSE, UNSENT_HIGH } from './protocol.js';

const KNOWN = '010952000000606821UZDEMO0000001';
const KEY = '09520000006068UZDEMO0000001';
const stray = (number: number): string => `010952000000606821STRAY${String(number).padStart(8, '0')}`;

let server: TestServer;
let sessions = 0;

beforeAll(async () => {
  server = await startTestServer({ heartbeatSeconds: '1', stallSeconds: '1', connectionsMax: '50' });
});
afterAll(() => server.close());

const newSession = (): string => `s-${sessions++}`;

function connect(headers: Record<string, string> = {}, protocols = ['tamga.v1']): Client {
  return new Client(server.address, protocols, { authorization: `Bearer ${server.key.verify}`, ...headers });
}

/** A client that has been welcomed. */
async function join(
  hello: object = {},
  headers: Record<string, string> = {},
): Promise<[Client, Record<string, unknown>]> {
  const client = connect(headers);
  await client.opened;
  client.send({ type: 'hello', ...hello });
  return [client, await client.next()];
}

/** Verdicts and the last acknowledgement, until all up to `seq` are acknowledged. */
async function until(client: Client, seq: number): Promise<{ verdicts: Record<string, unknown>[]; frames: number }> {
  const verdicts: Record<string, unknown>[] = [];
  let frames = 0;
  for (;;) {
    const frame = await client.next();
    if (frame.type === 'verdict') verdicts.push(frame);
    else if (frame.type === 'verdicts') verdicts.push(...(frame.items as Record<string, unknown>[]));
    else if (frame.type === 'ack' && frame.seq === seq) return { verdicts, frames };
    else expect(frame.type).toBe('ack');
    frames++;
  }
}

const seqs = (verdicts: Record<string, unknown>[]): unknown[] => verdicts.map(({ seq }) => seq);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function api(
  path: string,
  init: { method?: string; body?: object; key?: string } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.address}${path}`, {
    method: init.method ?? (init.body ? 'POST' : 'GET'),
    headers: {
      authorization: `Bearer ${init.key ?? server.key.write}`,
      ...(init.body && { 'content-type': 'application/json' }),
    },
    body: init.body && JSON.stringify(init.body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

describe('a stream', () => {
  it('without a session gives verdicts, and many to a frame when they come fast', async () => {
    const [client, welcome] = await join({ context: { operation: 'sale', at: '2026-03-16T09:00:00Z' } });
    expect(client.socket.protocol).toBe('tamga.v1');
    expect(welcome).toMatchObject({ type: 'welcome', protocol: 'tamga.v1', lastSeq: 0, register: { codes: 20 } });
    client.send({ type: 'scan', seq: 7, code: KNOWN });
    expect(await client.next()).toEqual({
      type: 'verdict',
      seq: 7,
      outcome: 'OK',
      allow: 'yes',
      key: KEY,
      state: 'INTRODUCED',
      owner: '300000001',
      expiry: '2028-01-31',
    });
    const count = 3000;
    for (let seq = 1; seq <= count; seq++) client.send({ type: 'scan', seq, code: KNOWN });
    const seen: number[] = [];
    let frames = 0;
    while (seen.length < count) {
      const frame = await client.next();
      frames++;
      const items = (frame.type === 'verdicts' ? frame.items : [frame]) as { seq: number }[];
      expect(items.length).toBeLessThanOrEqual(64);
      seen.push(...items.map(({ seq }) => seq));
    }
    expect(seen).toEqual(range(1, count));
    expect(frames).toBeLessThan(count / 2);
    client.socket.close();
  });

  it('with a session acknowledges what is kept, and goes on where it broke', async () => {
    const session = newSession();
    const [first, welcome] = await join({ session, device: 'till-1', context: { operation: 'count' } });
    expect(welcome).toMatchObject({ session, device: 'till-1', lastSeq: 0, durable: 0 });
    first.send({
      type: 'scans',
      items: range(1, 150).map((seq) => ({ seq, code: stray(seq), time: 1_700_000_000_000 + seq })),
    });
    const { verdicts } = await until(first, 150);
    expect(seqs(verdicts)).toEqual(range(1, 150));
    first.socket.terminate();
    const [second, again] = await join({ session, device: 'till-1', after: 20 });
    expect(again).toMatchObject({ lastSeq: 150, durable: 150 });
    const replayed = await until(second, 150);
    expect(seqs(replayed.verdicts)).toEqual(range(21, 150));
    expect(replayed.verdicts[0]).toMatchObject({
      outcome: 'NOT_FOUND',
      allow: 'no',
      replay: true,
      key: stray(21).slice(2, 16) + stray(21).slice(18),
    });
    // What it has already is neither answered nor counted again.
    for (const seq of [150, 151, 152]) second.send({ type: 'scan', seq, code: stray(seq === 152 ? 1 : seq) });
    const more = await until(second, 152);
    expect(more.verdicts).toMatchObject([{ seq: 151 }, { seq: 152, repeated: true }]);
    expect((await api(`/v1/sessions/${session}`)).body).toMatchObject({
      state: 'open',
      counts: { scans: 152, repeated: 1, devices: 1, outcomes: { NOT_FOUND: 152 } },
      devices: [{ device: 'till-1', lastSeq: 152, durable: 152 }],
    });
    second.socket.close();
  });

  it('tells a gap once, and takes the scan that fits', async () => {
    const [client] = await join({ session: newSession(), device: 'a' });
    for (const seq of [1, 3, 4, 5]) client.send({ type: 'scan', seq, code: stray(seq) });
    expect(await client.next()).toMatchObject({ type: 'verdict', seq: 1 });
    expect(await client.next()).toMatchObject({ type: 'error', code: 'SEQ_GAP', seq: 3, expected: 2 });
    client.send({ type: 'scan', seq: 2, code: stray(2) });
    expect((await until(client, 2)).verdicts).toMatchObject([{ seq: 2 }]);
    client.socket.close();
  });

  it('gives a device to its newest connection', async () => {
    const session = newSession();
    const [old] = await join({ session, device: 'a' });
    old.send({ type: 'scan', seq: 1, code: KNOWN });
    await until(old, 1);
    const [, welcome] = await join({ session, device: 'a', after: 1 });
    expect(welcome).toMatchObject({ lastSeq: 1 });
    expect(await old.closed).toBe(CLOSE.replaced);
  });

  it('ends with a session, which becomes what a job scanned', async () => {
    const form = new FormData();
    form.append(
      'expected',
      new Blob([[KNOWN, '010952000000606821UZDEMO0000002', stray(9)].join('\n')]),
      'expected.txt',
    );
    form.append('scanned', new Blob([KNOWN]), 'scanned.txt');
    const made = await fetch(`${server.address}/v1/jobs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key.write}` },
      body: form,
    });
    const { id: expected } = (await made.json()) as { id: string };
    const session = newSession();
    const [scanner] = await join({ session, device: 'gun', expected });
    const [screen] = await join();
    screen.send({ type: 'follow', topic: 'session', session });
    expect(await screen.next()).toMatchObject({
      type: 'session',
      state: 'open',
      counts: { expected: { total: 3, missing: 3 } },
    });
    for (const [i, code] of [KNOWN, stray(9), stray(10), KNOWN].entries())
      scanner.send({ type: 'scan', seq: i + 1, code });
    await until(scanner, 4);
    const live = await screen.next();
    expect(live).toMatchObject({
      type: 'live',
      session,
      counts: { scans: 4, repeated: 1, expected: { total: 3, found: 2, missing: 1, surplus: 1 } },
    });
    expect(live.items).toMatchObject([
      { device: 'gun', seq: 1, outcome: 'OK', allow: 'yes', key: KEY },
      { seq: 2 },
      { seq: 3 },
      { seq: 4, repeated: true },
    ]);
    const { status, body } = await api(`/v1/sessions/${session}/reconcile`, { body: {} });
    expect(status).toBe(202);
    expect(await scanner.closed).toBe(CLOSE.conflict);
    expect(await screen.next()).toMatchObject({ type: 'session', state: 'closed', counts: { scans: 4 } });
    screen.send({ type: 'follow', topic: 'job', job: body.id });
    let job: Record<string, unknown> = {};
    while (job.state !== 'done') job = (await screen.next()).job as Record<string, unknown>;
    expect(job).toMatchObject({
      id: body.id,
      lines: 4,
      totals: { expected: 3 },
      inputs: [{ name: 'expected.txt' }, { name: `session ${session}` }],
    });
    const [late] = await join();
    late.send({ type: 'hello', session, device: 'gun', after: 4 });
    expect(await late.closed).toBe(CLOSE.conflict);
    const lines: string[] = [];
    for (let after: string | null = '0.0'; after !== null; ) {
      const page: Response = await fetch(`${server.address}/v1/sessions/${session}/scans?limit=3&after=${after}`, {
        headers: { authorization: `Bearer ${server.key.verify}` },
      });
      lines.push(...(await page.text()).trim().split('\n'));
      after = page.headers.get('x-next-after');
    }
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([1, 2, 3, 4].map((seq) => ({ device: 'gun', seq })));
    screen.socket.close();
  });

  it('follows one device among several, and counts what it can’t tell one by one', async () => {
    const session = newSession();
    const [a] = await join({ session, device: 'a' });
    const [b] = await join({ session, device: 'b' });
    const [screen] = await join();
    screen.send({ type: 'follow', topic: 'device', session, device: 'a' });
    await screen.next();
    for (const seq of range(1, 200)) {
      a.send({ type: 'scan', seq, code: stray(seq) });
      b.send({ type: 'scan', seq, code: stray(1000 + seq) });
    }
    await Promise.all([until(a, 200), until(b, 200)]);
    let told = 0;
    while (told < 200) {
      const live = await screen.next();
      const items = live.items as { device: string }[];
      expect(items.every(({ device }) => device === 'a') && items.length <= 64).toBe(true);
      told += items.length + ((live.skipped as number | undefined) ?? 0);
    }
    expect(told).toBe(200);
    screen.send({ type: 'unfollow', topic: 'device', session, device: 'a' });
    a.send({ type: 'scan', seq: 201, code: KNOWN });
    await until(a, 201);
    screen.send({ type: 'ping' });
    expect(await screen.next()).toEqual({ type: 'pong' });
    for (const client of [a, b, screen]) client.socket.close();
  });
});

describe('a key', () => {
  it.each([
    ['as a subprotocol', () => ({ protocols: ['tamga.v1', `tamga.key.${server.key.verify}`], hello: {} })],
    ['in the hello', () => ({ protocols: ['tamga.v1'], hello: { key: server.key.verify } })],
  ])('comes %s', async (_, given) => {
    const { protocols, hello } = given();
    const client = new Client(server.address, protocols);
    await client.opened;
    expect(client.socket.protocol).toBe('tamga.v1');
    client.send({ type: 'hello', ...hello });
    expect(await client.next()).toMatchObject({ type: 'welcome' });
    client.socket.close();
  });

  it('that is missing, unknown or revoked is refused', async () => {
    const anonymous = new Client(server.address, ['tamga.v1']);
    await anonymous.opened;
    anonymous.send({ type: 'hello' });
    expect(await anonymous.closed).toBe(CLOSE.noKey);
    await expect(connect({ authorization: 'Bearer 00000000-0000-4000-8000-000000000000' }).opened).rejects.toThrow(
      '401',
    );
    const { key, entry } = await server.keys.add({ scope: 'verify', at: new Date() });
    const [client] = await join({}, { authorization: `Bearer ${key}` });
    await server.keys.revoke(entry.id, new Date());
    expect(await client.closed).toBe(CLOSE.noKey);
  });

  it('of a participant sees no other’s sessions', async () => {
    const session = newSession();
    const [mine] = await join({ session, device: 'a', context: { participant: '300000001' } });
    const { key } = await server.keys.add({ scope: 'write', participant: '999', at: new Date() });
    const other = connect({ authorization: `Bearer ${key}` });
    await other.opened;
    other.send({ type: 'hello', session, device: 'b' });
    expect(await other.closed).toBe(CLOSE.forbidden);
    const [asked] = await join({}, { authorization: `Bearer ${key}` });
    asked.send({ type: 'follow', topic: 'session', session });
    expect(await asked.next()).toMatchObject({ type: 'error', code: 'OTHER_PARTICIPANT' });
    asked.send({ type: 'scan', seq: 1, code: KNOWN });
    const verdict = await asked.next();
    expect(verdict).toMatchObject({ outcome: 'OTHER_OWNER' });
    expect(verdict.owner).toBeUndefined();
    expect(await api(`/v1/sessions/${session}`, { key })).toMatchObject({
      status: 403,
      body: { error: { code: 'OTHER_PARTICIPANT' } },
    });
    expect((await api('/v1/sessions', { key })).body).toEqual({ sessions: [] });
    asked.send({ type: 'hello', context: { participant: '300000001' } });
    expect(await asked.closed).toBe(CLOSE.forbidden);
    mine.socket.close();
  });
});

describe('a client that misbehaves', () => {
  it('is told what is wrong with a frame, and goes on', async () => {
    const [client] = await join();
    client.socket.send('{');
    expect(await client.next()).toMatchObject({ type: 'error', code: 'BAD_JSON' });
    client.socket.send(Uint8Array.of(1, 2, 3));
    expect(await client.next()).toMatchObject({ code: 'BAD_JSON' });
    client.send({ type: 'scan', seq: 3, code: 5 });
    expect(await client.next()).toMatchObject({ code: 'BAD_FRAME', seq: 3 });
    client.send({ type: 'follow', topic: 'job', job: 'none' });
    expect(await client.next()).toMatchObject({ code: 'NOT_FOUND' });
    client.send({ type: 'scan', seq: 4, code: '\u0000\ud800 nonsense' });
    expect(await client.next()).toMatchObject({ type: 'verdict', seq: 4, allow: 'no' });
    for (let i = 0; i < 200; i++) client.socket.send('[]');
    expect(await client.closed).toBe(CLOSE.badFrames);
  });

  it.each([
    ['speaks before its hello', { type: 'scan', seq: 1, code: 'x' }, CLOSE.badFrames],
    ['names a session and no device', { type: 'hello', session: 'x' }, CLOSE.badFrames],
    ['counts against no job', { type: 'hello', session: 'none', device: 'a', expected: 'none' }, CLOSE.notFound],
    ['knows more than the server', { type: 'hello', session: 'ahead', device: 'a', kept: 5 }, CLOSE.conflict],
  ])('%s', async (_, frame, code) => {
    const client = connect();
    await client.opened;
    client.send(frame);
    expect(await client.closed).toBe(code);
  });

  it('sends a frame that is too large', async () => {
    const [client] = await join();
    client.socket.on('error', () => undefined);
    client.socket.send('A'.repeat(10 << 20));
    expect(await client.closed).toBe(1009);
  });

  it.each([
    ['another subprotocol', ['tamga.v9'], {}, '400'],
    ['a page of another site', ['tamga.v1'], { origin: 'https://elsewhere.example' }, '403'],
  ])('is refused: %s', async (_, protocols, headers, status) => {
    await expect(connect(headers as Record<string, string>, protocols as string[]).opened).rejects.toThrow(status);
  });

  it('reads late and loses nothing', async () => {
    const [client] = await join({ session: newSession(), device: 'a' });
    client.socket.pause();
    const count = 20_000;
    for (let seq = 1; seq <= count; seq++) client.send({ type: 'scan', seq, code: 'N'.repeat(150) });
    await new Promise((resolve) => setTimeout(resolve, 300));
    client.socket.resume();
    expect(seqs((await until(client, count)).verdicts)).toEqual(range(1, count));
    client.socket.close();
  });

  it('does not read at all: it is closed, others are served, and it resumes', async () => {
    const session = newSession();
    const [slow] = await join({ session, device: 'slow' });
    slow.socket.pause();
    // More answers than the buffers of both sockets and the server take.
    const count = Math.ceil((UNSENT_HIGH * 10) / 150);
    let sent = 0;
    const send = setInterval(() => {
      for (let i = 0; i < 2000 && sent < count; i++) slow.send({ type: 'scan', seq: ++sent, code: stray(sent) });
    }, 1);
    const [other] = await join();
    for (let seq = 1; seq <= 15; seq++) {
      other.send({ type: 'scan', seq, code: KNOWN });
      expect(await other.next()).toMatchObject({ seq });
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    clearInterval(send);
    slow.socket.resume();
    const told: Record<string, unknown>[] = [];
    const reading = (async () => {
      for (;;) {
        const frame = await slow.next();
        if (frame.type === 'verdicts') told.push(...(frame.items as Record<string, unknown>[]));
        else if (frame.type === 'verdict') told.push(frame);
      }
    })();
    expect([CLOSE.slowReader, 1006]).toContain(await Promise.race([slow.closed, reading]));
    const after = told.length;
    expect(seqs(told)).toEqual(range(1, after));
    const [again, welcome] = await join({ session, device: 'slow', after });
    const { lastSeq } = welcome as { lastSeq: number };
    expect(lastSeq).toBeGreaterThanOrEqual(after);
    if (lastSeq > 0) expect(seqs((await until(again, lastSeq)).verdicts)).toEqual(range(after + 1, lastSeq));
    again.send({ type: 'scan', seq: lastSeq + 1, code: KNOWN });
    await until(again, lastSeq + 1);
    other.socket.close();
    again.socket.close();
  });

  it('is half open: it answers no ping and is cut', async () => {
    const [client] = await join();
    client.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    client.socket.resume();
    expect(await client.closed).toBe(1006);
  });

  it('is one too many', async () => {
    const clients = await Promise.all(
      Array.from({ length: 60 }, () =>
        connect().opened.then(
          () => null,
          (error: Error) => error.message,
        ),
      ),
    );
    expect(clients.filter((message) => message?.includes('503')).length).toBeGreaterThan(0);
  });
});
