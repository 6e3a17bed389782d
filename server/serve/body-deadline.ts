/**
 * A body must have arrived within half a minute of its head: who sends a byte now and then can't hold a connection. Routes that take long
 * bodies (`config.longBody`) look after their own; a socket on which nothing at all comes is closed by the server's idle limit.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body as a stream, for as long as it comes. */
    longBody?: boolean;
  }
}

const BODY_MS_MAX = 30_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** Ends the connection when the body doesn't come. */
    bodyTimer: NodeJS.Timeout | null;
  }
}

export function limitBodyTime(server: FastifyInstance, milliseconds = BODY_MS_MAX): void {
  server.decorateRequest('bodyTimer', null);
  server.addHook('onRequest', (request, _reply, done) => {
    const { headers, routeOptions } = request;
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    if (hasBody && routeOptions.config.longBody !== true) {
      request.bodyTimer = setTimeout(() => request.raw.destroy(), milliseconds);
    }
    done();
  });
  server.addHook('preValidation', (request, _reply, done) => {
    disarm(request);
    done();
  });
  // Of a request that was refused before its body was read, or whose client went away: its connection may live on.
  server.addHook('onResponse', (request, _reply, done) => {
    disarm(request);
    done();
  });
}

function disarm(request: FastifyRequest): void {
  if (request.bodyTimer === null) return;
  clearTimeout(request.bodyTimer);
  request.bodyTimer = null;
}
