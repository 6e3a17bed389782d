/**
 * Pages of other sites (CORS, Fetch Standard §3.2). Off by default: a request that a browser sends for a page of another site is refused, unless
 * the site's origin is among the allowed ones. A key in a header is no cookie, so nothing is allowed “with credentials”.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusals.js';

const METHODS = 'GET, POST, DELETE';
const HEADERS = 'authorization, content-type, x-api-key, x-client-id';
const EXPOSED = 'x-request-id, x-next-after, content-disposition, retry-after';
/** Seconds for which a browser may remember the answer. */
const REMEMBERED = '600';

/** True for a page of this server, for one of an allowed origin, and for what is no page. */
export function mayAsk(request: FastifyRequest, allowed: ReadonlySet<string>): boolean {
  const { origin } = request.headers;
  return origin === undefined || hostOf(origin) === request.host || allowed.has(origin);
}

/** Answers preflights, marks answers to allowed origins, and refuses the others with FOREIGN_ORIGIN. */
export function guardOrigins(server: FastifyInstance, corsOrigins: readonly string[]): void {
  const allowed = new Set(corsOrigins);
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined) {
      done();
      return;
    }
    if (!mayAsk(request, allowed)) {
      done(new Refusal('FOREIGN_ORIGIN', 'Pages of another site may not use this server; --cors-origins allows some.'));
      return;
    }
    if (allowed.has(origin)) {
      void reply
        .header('access-control-allow-origin', origin)
        .header('access-control-expose-headers', EXPOSED)
        .header('vary', 'Origin');
      if (isPreflight(request)) {
        answer(reply);
        return;
      }
    }
    done();
  });
}

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

function answer(reply: FastifyReply): void {
  void reply
    .code(204)
    .header('access-control-allow-methods', METHODS)
    .header('access-control-allow-headers', HEADERS)
    .header('access-control-max-age', REMEMBERED)
    .send();
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
