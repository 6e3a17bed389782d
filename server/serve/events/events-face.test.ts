// Goal: events reach the register once, whatever is sent twice; each has its result; a bound key acts for its participant and its codes only.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, refused } from '../ask.test.files.js';
import { startTestServer, type TestServer } from '../running.test.files.js';

const OWN = '300000001';
const code = (number: number): string => `09520000006068UZDEMO${String(number).padStart(7, '0')}`;
const ID = '0198c0de-0000-4000-8000-00000000000';

let server: TestServer;
let bound: string;

beforeAll(async () => {
  server = await startTestServer();
  bound = (await server.keys.add({ scope: 'write', participant: OWN, at: new Date() })).key;
});
afterAll(() => server.close());

const sale = (codes: unknown[], more: object = {}) => ({
  kind: 'sell',
  actor: OWN,
  reason: 'RETAIL',
  at: '2026-03-16T09:00:00+03:00',
  codes,
  ...more,
});
const submit = (body: unknown, key?: string, query = '') => ask(server, 'POST', `/v1/events${query}`, { body, key });
const stateOf = (key: string): string | undefined => server.engine.find(key)?.state;

describe('POST /v1/events', () => {
  it('applies an event once, and is answered when it is in the register', async () => {
    const event = sale([code(1)], { id: `${ID}1` });
    const [first] = (await submit(event)).json.results;
    expect(first).toMatchObject({ status: 'applied', id: `${ID}1`, known: 1, created: 0 });
    expect(stateOf(code(1))).toBe('RETIRED');
    expect((await submit(event)).json.results).toEqual([{ status: 'known', id: `${ID}1`, sequence: first.sequence }]);
    const { json } = await ask(server, 'POST', '/v1/verify', {
      body: { codes: [`01${code(1).slice(0, 14)}21${code(1).slice(14)}`], context: { operation: 'sale' } },
    });
    expect(json.verdicts[0]).toMatchObject({ outcome: 'STATE_FORBIDS', state: 'RETIRED' });
  });

  it('gives each event of a list its result, in order', async () => {
    const { json } = await submit([
      sale([code(2)], { id: `${ID}2` }),
      sale([code(2)]),
      sale([]),
      { kind: 'eat' },
      'nonsense',
      null,
      sale(['HELLO-WORLD\x1d92SECRETTAIL']),
      { kind: 'return', actor: OWN, codes: [code(2)], at: '2026-03-16T10:00:00+03:00' },
    ]);
    expect(json.results.map(({ status }: { status: string }) => status)).toEqual([
      'applied',
      'rejected',
      'failed',
      'failed',
      'failed',
      'failed',
      'failed',
      'applied',
    ]);
    expect(json.results[1]).toMatchObject({ rejected: 1, rejections: [{ code: code(2), reason: 'STATE_FORBIDS' }] });
    expect(json.results[6].error).toMatchObject({ code: 'BAD_EVENT' });
    expect(JSON.stringify(json)).not.toContain('SECRETTAIL');
    expect(stateOf(code(2))).toBe('INTRODUCED');
  });

  it('applies what is possible when it is asked to', async () => {
    const event = sale([code(14), code(7)], { id: `${ID}3` });
    expect((await submit(event)).json.results[0]).toMatchObject({ status: 'rejected', rejected: 1 });
    expect(stateOf(code(14))).toBe('INTRODUCED');
    expect((await submit(event, undefined, '?where=possible')).json.results[0]).toMatchObject({
      status: 'applied',
      rejected: 1,
      rejections: [{ code: code(7), reason: 'STATE_FORBIDS' }],
    });
    expect(stateOf(code(14))).toBe('RETIRED');
  });

  it('refuses one event that is none, a wrong question, and too many events', async () => {
    expect(await refused(server, 'POST', '/v1/events', { body: { kind: 'eat' } })).toEqual([400, 'BAD_EVENT']);
    expect(await refused(server, 'POST', '/v1/events', { body: sale(['nonsense']) })).toEqual([400, 'BAD_EVENT']);
    expect(await refused(server, 'POST', '/v1/events?where=ever', { body: [] })).toEqual([400, 'BAD_REQUEST']);
    expect(await refused(server, 'POST', '/v1/events', { body: new Array(1001).fill({}) })).toEqual([413, 'TOO_LARGE']);
    expect(await refused(server, 'POST', '/v1/events', { key: server.key.verify, body: [] })).toEqual([
      403,
      'SCOPE_MISSING',
    ]);
  });

  it('many at once, some twice: each is applied once', async () => {
    const events = Array.from({ length: 40 }, (_, i) => ({
      kind: 'introduce',
      id: `0198c0de-0000-4000-9000-${String(i).padStart(12, '0')}`,
      actor: OWN,
      at: '2026-03-16T09:00:00+03:00',
      codes: [`09520000006068MANY${String(i).padStart(6, '0')}`],
    }));
    const before = (await ask(server, 'GET', '/v1/sets')).json;
    const answers = await Promise.all([...events, ...events].map((event) => submit(event)));
    const statuses = answers.map(({ json }) => json.results[0].status as string);
    expect(statuses.filter((status) => status === 'applied')).toHaveLength(40);
    expect(statuses.filter((status) => status === 'known')).toHaveLength(40);
    const after = (await ask(server, 'GET', '/v1/sets')).json;
    expect([after.codes - before.codes, after.event - before.event]).toEqual([40, 40]);
  });
});

describe('a bound key', () => {
  it('is the actor, and acts on its own codes', async () => {
    const { actor: _, ...event } = sale([code(10)]);
    expect((await submit(event, bound)).json.results[0].status).toBe('applied');
    const [entry] = (await ask(server, 'GET', `/v1/codes/${code(10)}/history`)).json.events;
    expect(entry).toMatchObject({ actor: OWN, checks: 'owner' });
    const [other] = (await submit({ ...event, codes: [code(4)] }, bound)).json.results;
    // Details would name the owner.
    expect(other).toEqual({ status: 'rejected', rejected: 1, rejections: [{ code: code(4), reason: 'OTHER_OWNER' }] });
  });

  it.each([
    ['another actor', sale([code(4)], { actor: '300000002' })],
    ['no look at ownership', sale([code(4)], { checks: 'state' })],
    ['a statement', { kind: 'restate', owner: OWN, codes: [code(4)] }],
    ['an authority’s block', { kind: 'block', codes: [code(4)] }],
    ['an authority’s withdrawal of others’ codes', { kind: 'withdraw', reason: 'CONFISCATION', codes: [code(4)] }],
    ['the same by its number', { kind: 'withdraw', reason: 18, codes: [code(4)] }],
    ['the same by the key in hexadecimal', { kind: 'withdraw', reason: 'CONFISCATION', codes: [{ key: '00' }] }],
  ])('is refused %s', async (_, event) => {
    const before = server.engine.register?.view().lastEvent;
    expect(await refused(server, 'POST', '/v1/events', { key: bound, body: event })).toEqual([
      403,
      'OTHER_PARTICIPANT',
    ]);
    expect(await refused(server, 'POST', '/v1/events', { key: bound, body: [event] })).toEqual([
      403,
      'OTHER_PARTICIPANT',
    ]);
    expect(server.engine.register?.view().lastEvent).toBe(before);
  });
});
