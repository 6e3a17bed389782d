/** The HTTP and WebSocket server. It decides nothing about codes: the engine does. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify';
import { TamgaError } from '../../engine/errors.js';
import { versionOfPackage } from '../version.js';
import { authenticate } from './access/access.js';
import { limitBodyTime } from './body-deadline.js';
import { codesFace } from './codes/codes-face.js';
import { consoleFace } from './console.js';
import { registerDocumentation } from './documentation.js';
import { eventsFace } from './events/events-face.js';
import type { Face, Parts } from './faces.js';
import { healthFace } from './health.js';
import { jobsFace } from './jobs/jobs-face.js';
import { guardOrigins } from './origins.js';
import { answerBrokenRequest, loggedPath, refusal, sendError } from './send-error.js';
import { setsFace } from './sets.js';
import type { Settings } from './settings.js';
import { chooseProtocol, FRAME_BYTES_MAX } from './stream/protocol.js';
import { streamFace } from './stream/stream-face.js';
import { addStrictHeaders } from './strict-headers.js';
import { tillsFace } from './tills/tills-face.js';
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

const FACES: readonly Face[] = [
  healthFace,
  verifyFace,
  codesFace,
  eventsFace,
  setsFace,
  jobsFace,
  streamFace,
  tillsFace,
  consoleFace,
];

/** A server that is ready to listen. `close()` answers what has arrived, says goodbye to streams and ends; the engine stays the caller's to close. */
export async function buildServer(parts: Parts): Promise<FastifyInstance> {
  const { settings, keys, failedKeys, metrics } = parts;
  const { logLevel } = settings;
  const options: FastifyServerOptions = {
    trustProxy: settings.trustProxy.length > 0 && [...settings.trustProxy],
    bodyLimit: settings.bodyBytesMax,
    requestTimeout: REQUEST_MS_MAX,
    connectionTimeout: IDLE_MS_MAX,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    // Before routing: a path that can't be decoded.
    frameworkErrors: sendError,
    clientErrorHandler: answerBrokenRequest,
    // A text where a list belongs is a mistake to be told, not to be repaired.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    logger: logLevel !== 'silent' && { level: logLevel, stream: process.stderr, serializers: { req: logged } },
  };
  const server = listener({ ...options, ...transport(settings) });
  server.decorateRequest('client', null);
  server.setErrorHandler(sendError);
  server.setNotFoundHandler({}, (request, reply) => {
    const message = `There is no ${request.method} ${loggedPath(request)}.`;
    void reply.code(404).send(refusal(request, 'NOT_FOUND', message));
  });
  await addStrictHeaders(server, { contentSecurityPolicy: { directives: POLICY } });
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
  // Callbacks, not promises: these run for every request.
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  guardOrigins(server, settings.corsOrigins);
  server.addHook('onRequest', (request, reply, done) => {
    try {
      request.client = authenticate(keys, request);
      done();
    } catch (error) {
      done(failedKeys.refusalOf(error, request, reply) as Error);
    }
  });
  limitBodyTime(server);
  server.addHook('onResponse', (request, reply, done) => {
    const { url = 'none' } = request.routeOptions;
    const labels = { route: url, method: request.method, status: String(reply.statusCode) };
    metrics.requests.observe(labels, reply.elapsedTime / 1000);
    done();
  });
  await registerDocumentation(server, versionOfPackage());
  for (const face of FACES) await server.register(async (scoped) => face(scoped, parts));
  return server;
}

/** @throws TamgaError USAGE for a certificate, key or address of a proxy that is none. */
function listener(options: FastifyServerOptions): FastifyInstance {
  try {
    return fastify(options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (message.startsWith('invalid IP address') || message.startsWith('invalid range')) {
      throw new TamgaError('USAGE', { detail: `--trust-proxy: ${message}` }, { cause: error });
    }
    if (!code?.startsWith('ERR_OSSL')) throw error;
    throw new TamgaError('USAGE', { detail: `--tls-cert, --tls-key: ${message}` }, { cause: error });
  }
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

function logged(request: FastifyRequest): Record<string, unknown> {
  return { id: request.id, method: request.method, path: loggedPath(request), client: request.client?.keyId };
}
