/** The HTTP and WebSocket server. It decides nothing about codes: the engine does. */
import websocket from '@fastify/websocket';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Engine } from '../../engine/index.js';
import { SUBPROTOCOL } from './frames.js';
import { BODY_BYTES_MAX, VerifyRequest } from './schema.js';
import { Stream } from './stream.js';
import { contextOf, wireVerdict } from './verdicts.js';

/** Bytes of one frame of a client: a scan is a few hundred. */
const FRAME_BYTES_MAX = 64 * 1024;
/** Milliseconds within which a request must have arrived whole. */
const REQUEST_MS_MAX = 30_000;

export interface ServerOptions {
  /** Stays the caller's to close, after the server. */
  engine: Engine;
}

/**
 * A server that is ready to listen: `GET /health/live`, `GET /health/ready`, `POST /v1/verify`, WebSocket `/v1/stream`.
 * `close()` answers what has arrived, says goodbye to streams and ends.
 */
export async function buildServer({ engine }: ServerOptions): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    forceCloseConnections: 'idle',
    // A text where a list belongs is a mistake to be told, not to be repaired.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  server.setErrorHandler(sendError);
  server.setNotFoundHandler((request, reply) => {
    return reply.code(404).send(failure('NOT_FOUND', `There is no ${request.method} ${request.url.slice(0, 200)}.`));
  });
  await server.register(websocket, {
    options: {
      maxPayload: FRAME_BYTES_MAX,
      // Compressing costs three times what sending does.
      perMessageDeflate: false,
      handleProtocols: (offered: Set<string>) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    },
  });

  server.get('/health/live', () => ({ status: 'live' }));
  server.get('/health/ready', (_request, reply) => {
    try {
      return { status: 'ready', register: engine.register?.view() ?? null };
    } catch (error) {
      return reply.code(503).send(failure('NOT_READY', error instanceof Error ? error.message : String(error)));
    }
  });
  server.post<{ Body: VerifyRequest }>('/v1/verify', { schema: { body: VerifyRequest } }, ({ body }) => ({
    verdicts: engine.verify(body.codes, contextOf(body.context)).map(wireVerdict),
  }));
  server.get('/v1/stream', { websocket: true, preValidation: checkUpgrade }, (socket) => {
    new Stream(socket, engine);
  });
  return server;
}

/** A page of another site may not speak through a visitor's browser; a client that speaks only something else is told so. */
async function checkUpgrade(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { origin, host } = request.headers;
  if (origin !== undefined && hostOf(origin) !== host) {
    await reply.code(403).send(failure('FOREIGN_ORIGIN', 'Pages of another site may not use this stream.'));
    return;
  }
  const offered = request.headers['sec-websocket-protocol'];
  const names = typeof offered === 'string' ? offered.split(',').map((name) => name.trim()) : [];
  if (names.length > 0 && !names.includes(SUBPROTOCOL)) {
    await reply.code(400).send(failure('UNKNOWN_SUBPROTOCOL', `This stream speaks ${SUBPROTOCOL}.`));
  }
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function failure(code: string, message: string): { error: { code: string; message: string } } {
  return { error: { code, message } };
}

function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 500;
  if (status < 500) {
    const code = error.validation ? 'BAD_REQUEST' : (error.code ?? 'BAD_REQUEST');
    void reply.code(status).send(failure(code, error.message));
    return;
  }
  // What went wrong inside is for whoever runs the server, not for whoever asks.
  process.stderr.write(`${request.method} ${request.url}: ${error.stack ?? error.message}\n`);
  void reply.code(status).send(failure('INTERNAL', 'The server failed to answer; its log says why.'));
}
