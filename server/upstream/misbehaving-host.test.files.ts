/** A host of the national API over a real socket that does what it is told to: a peer, with its own ideas of health. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What it does with a check. */
export type Behaviour =
  | 'answer'
  | 'emergency'
  | 'unauthorized'
  | 'refuse'
  | 'busy'
  | 'broken'
  | 'transborder'
  | 'garbage'
  | 'noCodes'
  | 'hang'
  | 'hangUp'
  | 'half'
  | 'code410';

export interface Host {
  origin: string;
  /** Checks that arrived. */
  checks: number;
  /** Requests for the list and for health. */
  infos: number;
  /** One for each check, the last one for all that follow. */
  behaviours: Behaviour[];
  avgTimeMs: number;
  /** Told by its list; its own when empty. */
  hosts: string[];
  /** What it says of a code. */
  facts: Record<string, unknown>;
  seen: { key: string | undefined; body: Record<string, unknown> }[];
  close(): Promise<void>;
}

export async function startHost(
  behaviours: Behaviour[] = ['answer'],
  tls?: { key: string; cert: string },
): Promise<Host> {
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(host, request, response, Buffer.concat(chunks).toString('utf8')));
  };
  const server: Server = tls ? createTlsServer(tls, handler) : createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host: Host = {
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    checks: 0,
    infos: 0,
    behaviours,
    avgTimeMs: 10,
    hosts: [],
    facts: {
      valid: true,
      found: true,
      verified: true,
      utilised: true,
      realizable: true,
      isBlocked: false,
      sold: false,
    },
    seen: [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return host;
}

function answer(host: Host, request: IncomingMessage, response: ServerResponse, text: string): void {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const path = request.url ?? '';
  if (path.endsWith('/cdn/info')) {
    host.infos++;
    const hosts = host.hosts.length > 0 ? host.hosts : [host.origin];
    send(200, { code: 0, description: 'ok', hosts: hosts.map((origin) => ({ host: origin })) });
    return;
  }
  if (path.endsWith('/cdn/health/check')) {
    host.infos++;
    send(200, { code: 0, description: 'ok', avgTimeMs: host.avgTimeMs });
    return;
  }
  host.checks++;
  const key = request.headers['x-api-key'];
  const body = JSON.parse(text) as { codes: string[] };
  host.seen.push({ key: typeof key === 'string' ? key : undefined, body });
  const behaviour = host.behaviours.length > 1 ? host.behaviours.shift() : host.behaviours[0];
  const codes = body.codes.map((cis) => ({ cis, ...host.facts, errorCode: 0, somethingNew: 7 }));
  const full = {
    code: 0,
    description: 'ok',
    codes,
    reqId: 'a0000000-0000-4000-8000-000000000001',
    reqTimestamp: 1774000000000,
  };
  switch (behaviour) {
    case 'hang':
      break;
    case 'hangUp':
      request.socket.destroy();
      break;
    case 'half':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      response.write('{"code":0,');
      setTimeout(() => request.socket.destroy(), 5);
      break;
    case 'noCodes':
      send(200, { ...full, codes: [] });
      break;
    case 'answer':
    case undefined:
      send(200, full);
      break;
    default:
      send(...SAID[behaviour]);
  }
}

const SAID: Readonly<Record<Exclude<Behaviour, 'hang' | 'hangUp' | 'half' | 'noCodes' | 'answer'>, [number, unknown]>> =
  {
    emergency: [203, { code: 203 }],
    unauthorized: [401, { code: 401, description: 'no' }],
    refuse: [400, { code: 400, description: 'your mistake' }],
    busy: [429, { code: 429 }],
    broken: [502, '<html>'],
    transborder: [503, { code: 5000, description: 'transborder' }],
    garbage: [200, '{"code":0,"codes":[{"cis"'],
    code410: [200, { code: 410, description: 'not a marking code' }],
  };
