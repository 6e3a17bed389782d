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

export function limitBodyTime(server: FastifyInstance): void {
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  server.addHook('onRequest', (request, _reply, done) => {
    const { headers, routeOptions } = request;
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) {
      if (routeOptions.config.longBody !== true) {
        timers.set(
          request,
          setTimeout(() => request.raw.destroy(), BODY_MS_MAX),
        );
      }
    }
    done();
  });
  server.addHook('preValidation', (request, _reply, done) => {
    clearTimeout(timers.get(request));
    done();
  });
  server.addHook('onRequestAbort', (request, done) => {
    clearTimeout(timers.get(request));
    done();
  });
  server.addHook('onResponse', (request, _reply, done) => {
    clearTimeout(timers.get(request));
    done();
  });
}
