/** The WebSocket `/v1/stream`, and the sessions behind it. */
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { versionOfPackage } from '../../version.js';
import { admit, type Client, keyOf } from '../access/access.js';
import type { Face, Parts } from '../faces.js';
import { Refusal } from '../refusals.js';
import { asyncApi } from './asyncapi.js';
import { Connection } from './connection.js';
import { BINARY_PROTOCOL, JSON_PROTOCOL, KEY_PROTOCOL } from './protocol.js';
import { expectedOf, sessionsFace } from './sessions-face.js';
import { streamParts } from './stream-parts.js';

/** Connections that get their turn between two looks for signs of life. */
const BEATS_AT_ONCE = 500;

export const streamFace: Face = async (server, parts) => {
  const { engine, settings, metrics, jobs, draining } = parts;
  const sessions = engine.openSessions(join(settings.data, 'sessions'), {
    expectedOf: async (job) => engine.expectedCodes(expectedOf(jobs.get(job).spec)),
  });
  const shared = streamParts(parts, sessions, server.log);
  const connections = new Set<Connection>();

  server.get(
    '/v1/stream',
    {
      websocket: true,
      // The key may come with the hello.
      config: { scope: 'open' },
      preValidation: async (request, reply) => checkUpgrade(request, reply, parts, connections.size),
    },
    (socket, request) => {
      const connection = new Connection(socket, shared, handshakeKey(request), request);
      connections.add(connection);
      metrics.streams.set(connections.size);
      socket.on('close', () => {
        connections.delete(connection);
        metrics.streams.set(connections.size);
      });
    },
  );
  sessionsFace(server, shared);
  const document = asyncApi(versionOfPackage());
  server.get('/docs/asyncapi.json', { config: { scope: 'open' }, schema: { hide: true } }, () => document);

  const heartbeat = setInterval(() => void beat(connections), settings.heartbeatSeconds * 1000);
  const drain = async (): Promise<void> => {
    clearInterval(heartbeat);
    const deadline = setTimeout(() => {
      for (const connection of connections) connection.terminate();
    }, settings.drainSeconds * 1000);
    await Promise.all([...connections].map((connection) => connection.drain()));
    while (connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    clearTimeout(deadline);
  };
  let drained: Promise<void> | null = null;
  draining.addEventListener('abort', () => {
    drained ??= drain();
  });
  server.addHook('preClose', async () => {
    drained ??= drain();
    await drained;
  });
  server.addHook('onClose', async () => {
    if (await isDoneWithin(sessions.close(), (settings.drainSeconds + 1) * 1000)) return;
    server.log.error(
      'the disk does not take the scans that wait: they were not acknowledged, and their devices have them',
    );
  });
};

/** True when the work is done in time; it goes on if it is not. */
async function isDoneWithin(work: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks all for a sign of life, some at a time. */
async function beat(connections: ReadonlySet<Connection>): Promise<void> {
  let asked = 0;
  for (const connection of [...connections]) {
    connection.beat();
    if (++asked % BEATS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Refuses what speaks another protocol, has a key that is not good, or comes when there is no room. Origins are looked at before. */
async function checkUpgrade(request: FastifyRequest, reply: FastifyReply, parts: Parts, open: number): Promise<void> {
  const { keys, failedKeys, settings, draining } = parts;
  if (draining.aborted) throw new Refusal('NOT_READY', 'The server is stopping.');
  if (open >= settings.connectionsMax)
    throw new Refusal('BUSY', `At most ${settings.connectionsMax} streams are open at once.`);
  const names = offeredProtocols(request).filter((name) => !name.startsWith(KEY_PROTOCOL));
  if (names.length > 0 && !names.includes(JSON_PROTOCOL) && !names.includes(BINARY_PROTOCOL)) {
    throw new Refusal('BAD_REQUEST', `This stream speaks ${JSON_PROTOCOL} and ${BINARY_PROTOCOL}.`);
  }
  const key = handshakeKey(request);
  try {
    request.client = key === undefined ? null : (admit(keys, key, 'verify') satisfies Client);
  } catch (error) {
    throw failedKeys.refusalOf(error, request, reply);
  }
}

function handshakeKey(request: FastifyRequest): string | undefined {
  return (
    keyOf(request) ??
    offeredProtocols(request)
      .find((name) => name.startsWith(KEY_PROTOCOL))
      ?.slice(KEY_PROTOCOL.length)
  );
}

function offeredProtocols({ headers }: FastifyRequest): string[] {
  const offered = headers['sec-websocket-protocol'];
  return typeof offered === 'string' ? offered.split(',').map((name) => name.trim()) : [];
}
