/** A server with goods for the tests of tills, and what a till sends to it. */
import { randomUUID } from 'node:crypto';
import type { EventStatement } from '../../../engine/index.js';
import { startTestServer, type TestServer } from '../running.test.files.js';

export const GS = '\u001d';
export const OWNER = '7700000000';
/** Shoes; the tail is made up. */
export const shoe = (serial: number): string => `010460700000103521${`SHOE${serial}`.padEnd(13, 'x')}`;
/** Milk, with its tail of 4. */
export const milk = (serial: number): string => `010460700000109721${String(serial).padStart(6, 'm')}`;
/** A keg, sold in parts. */
export const keg = (serial: number): string => `010460700000117221${String(serial).padStart(7, 'k')}`;
export const full = (cis: string): string => `${cis}${GS}93AbCd`;
export const AT = new Date('2026-03-16T09:00:00Z');

export interface TillServer extends TestServer {
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  submit(...events: EventStatement[]): Promise<void>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: TillBody;
}

/** The fields of the answers of all protocols that tests look into; an answer has some of them. */
export interface TillBody {
  [field: string]: unknown;
  codes: Record<string, unknown>[];
  results: TillBody[];
  codesResponse: TillBody[];
  permits: Record<string, unknown>[];
  reqId: string;
}

/**
 * Milk 1 to 9: 1 in circulation, 2 sold, 3 blocked, 4 expired, 5 issued only, 6 shipped, 7 sold at a distance, 8 of another owner, 9 never stated;
 * shoe 1 in circulation; keg 1 in circulation in 30 000 parts.
 */
export async function startTillServer(flags: Record<string, unknown> = {}, now = () => AT): Promise<TillServer> {
  const server = await startTestServer(flags, [], now);
  const key = server.key.write;
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${server.address}${path}`, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as TillBody };
  };
  /** With the key of the tests, unless another one, or an empty one, is given. */
  const keyed = (headers: Record<string, string>): Record<string, string> => {
    const { 'x-api-key': own = 'authorization' in headers ? '' : key, ...rest } = headers;
    return own === '' ? rest : { ...rest, 'x-api-key': own };
  };
  const submit = async (...events: EventStatement[]): Promise<void> => {
    for (const result of await server.engine.submit(events)) {
      if (result.rejections.length > 0) throw new Error(JSON.stringify(result.rejections));
    }
  };
  const at = AT.toISOString();
  await submit(
    {
      kind: 'restate',
      at,
      state: 'INTRODUCED',
      owner: OWNER,
      group: 8,
      expiry: '2026-12-31',
      codes: [1, 2, 3, 7].map(milk),
    },
    { kind: 'restate', at, state: 'INTRODUCED', owner: OWNER, group: 8, expiry: '2026-03-15', codes: [milk(4)] },
    { kind: 'restate', at, state: 'EMITTED', group: 8, codes: [milk(5)] },
    { kind: 'restate', at, state: 'SHIPPED', owner: OWNER, group: 8, codes: [milk(6)] },
    { kind: 'restate', at, state: 'INTRODUCED', owner: '7711111111', group: 8, expiry: '2026-12-31', codes: [milk(8)] },
    { kind: 'restate', at, state: 'UNKNOWN', codes: [milk(9)] },
    { kind: 'restate', at, state: 'INTRODUCED', owner: OWNER, group: 2, codes: [shoe(1)] },
    {
      kind: 'restate',
      at,
      state: 'INTRODUCED',
      owner: OWNER,
      group: 15,
      expiry: '2026-12-31',
      codes: [{ code: keg(1), inner: 30_000 }],
    },
    { kind: 'sell', at, checks: 'state', codes: [milk(2)] },
    { kind: 'sell', at, checks: 'state', reason: 'REMOTE_SALE', codes: [milk(7)] },
    { kind: 'block', at, checks: 'state', codes: [milk(3)] },
  );
  return {
    ...server,
    submit,
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { ...keyed(headers), 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (path, headers = {}) => ask(path, { headers: keyed(headers) }),
  };
}

export const receiptId = (): string => randomUUID();
