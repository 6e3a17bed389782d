/** The HTTP and WebSocket server. It decides nothing about codes: the engine does. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import { isTamgaError, TamgaError } from '../../engine/errors.js';
import { versionOfPackage } from '../version.js';
import { authenticate } from './access/access.js';
import { limitBodyTime } from './body-deadline.js';
import { codesFace } from './codes/codes-face.js';
import { consoleFace } from './console.js';
import { registerDocumentation } from './documentation.js';
import { refusalOf } from './engine-errors.js';
import { eventsFace } from './events/events-face.js';
import type { Face, Parts } from './faces.js';
import { healthFace } from './health.js';
import { jobsFace } from './jobs/jobs-face.js';
import { guardOrigins } from './origins.js';
import { REFUSALS, type RefusalBody, type RefusalCode } from './refusals.js';
import { setsFace } from './sets.js';
import type { Settings } from './settings.js';
import { chooseProtocol, FRAME_BYTES_MAX } from './stream/protocol.js';
import { streamFace } from './stream/stream-face.js';
import { verifyFace } from './verify.js';

/** Milliseconds within which a head must have arrived. */
const HEAD_MS_MAX = 15_000;
/** Milliseconds within which the longest upload must have arrived; other bodies: see body-deadline. */
const REQUEST_MS_MAX = 4 * 3_600_000;
/** Milliseconds after which a connection is closed on which nothing comes or goes. */
const IDLE_MS_MAX = 60_000;
const HEADER_BYTES_MAX = 16 * 1024;
/** Characters of a code in a path, decoded. */
const PARAMETER_LENGTH_MAX = 1024;

const FACES: readonly Face[] = [healthFace, verifyFace, codesFace, eventsFace, setsFace, jobsFace, streamFace, consoleFace];

/** A server that is ready to listen. `close()` answers what has arrived, says goodbye to streams and ends; the engine stays the caller's to close. */
export async function buildServer(parts: Parts): Promise<FastifyInstance> {
  const { settings, keys, metrics } = parts;
  const { logLevel } = settings;
  const options: FastifyServerOptions = {
    bodyLimit: settings.bodyBytesMax,
    requestTimeout: REQUEST_MS_MAX,
    connectionTimeout: IDLE_MS_MAX,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    // A text where a list belongs is a mistake to be told, not to be repaired.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    logger: logLevel !== 'silent' && { level: logLevel, stream: process.stderr, serializers: { req: logged } },
  };
  const server = fastify({ ...options, ...transport(settings) });
  server.decorateRequest('client', null);
  server.setErrorHandler(sendError);
  server.setNotFoundHandler({}, (request, reply) => {
    void reply.code(404).send(refusal(request, 'NOT_FOUND', `There is no ${request.method} ${pathOf(request.url)}.`));
  });
  await server.register(helmet, { contentSecurityPolicy: { directives: POLICY } });
  if (settings.requestsPerMinute > 0) {
    await server.register(rateLimit, {
      max: settings.requestsPerMinute,
      timeWindow: '1 minute',
      // Behind the look at the key, before the body.
      hook: 'onRequest',
      keyGenerator: (request) => request.client?.keyId ?? request.ip,
    });
  }
  await server.register(websocket, {
    options: {
      maxPayload: FRAME_BYTES_MAX,
      // Compressing costs three times what sending does.
      perMessageDeflate: false,
      handleProtocols: chooseProtocol,
    },
    // The stream's face says goodbye to its clients itself.
    preClose: (done) => done(),
  });
  server.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
  });
  guardOrigins(server, settings.corsOrigins);
  server.addHook('onRequest', async (request) => {
    request.client = authenticate(keys, request);
  });
  limitBodyTime(server);
  server.addHook('onResponse', async (request, reply) => {
    const labels = {
      route: request.routeOptions.url ?? 'none',
      method: request.method,
      status: String(reply.statusCode),
    };
    metrics.requests.observe(labels, reply.elapsedTime / 1000);
  });
  await registerDocumentation(server, versionOfPackage());
  for (const face of FACES) await server.register(async (scoped) => face(scoped, parts));
  return server;
}

/** HTTP, or HTTPS with the files that the settings name. Typed loosely, since Fastify's types know either the one or the other. */
function transport({ tlsCert, tlsKey }: Settings): object {
  const limits = { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEAD_MS_MAX };
  if (tlsCert === undefined || tlsKey === undefined) return { http: limits };
  return { https: { ...limits, cert: pem(tlsCert), key: pem(tlsKey) } };
}

function pem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new TamgaError('FILE_UNREADABLE', { path, detail: (error as Error).message }, { cause: error });
  }
}

/** Pages may use only what this server sends. */
const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  upgradeInsecureRequests: null,
};

/** A path without its query and, behind `/v1/codes/`, without the code: tails and keys don't go into logs. */
function pathOf(url: string): string {
  const path = url.split('?', 1)[0]!;
  return path.replace(/^(\/v1\/codes\/).*/, '$1…').slice(0, 200);
}

function logged(request: FastifyRequest): Record<string, unknown> {
  return { id: request.id, method: request.method, path: pathOf(request.url), client: request.client?.keyId };
}

/** The body of a refusal. */
export function refusal(request: FastifyRequest, code: string, message: string): RefusalBody {
  return { error: { code, message, requestId: request.id } };
}

const STATUS_CODES: Readonly<Record<number, RefusalCode>> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  405: 'WRONG_METHOD',
  413: 'TOO_LARGE',
  415: 'WRONG_TYPE',
  429: 'TOO_MANY_REQUESTS',
  503: 'NOT_READY',
};

function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const refused = isTamgaError(error) ? refusalOf(error) : null;
  if (refused) {
    if (refused.code === 'BUSY') void reply.header('retry-after', '1');
    void reply.code(REFUSALS[refused.code]).send(refusal(request, refused.code, refused.message));
    return;
  }
  const status = error.statusCode ?? 500;
  if (status < 500 || error.code in REFUSALS) {
    const code = error.code in REFUSALS ? error.code : codeOf(error, status);
    void reply.code(status).send(refusal(request, code, error.message));
    return;
  }
  // What went wrong inside is for whoever runs the server, not for whoever asks.
  request.log.error({ err: error, path: pathOf(request.url) }, 'the request failed');
  void reply
    .code(500)
    .send(refusal(request, 'INTERNAL', 'The server failed to answer; its log says why under this request’s id.'));
}

function codeOf(error: FastifyError, status: number): RefusalCode {
  if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError) return 'BAD_JSON';
  return STATUS_CODES[status] ?? 'BAD_REQUEST';
}
