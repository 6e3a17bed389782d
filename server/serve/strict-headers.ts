/**
 * Strict headers of every answer. They are the same each time, so that @fastify/helmet is asked for them once, at the start: to have it build its
 * policies anew for every request would take longer than a check of a till does.
 */
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import fastify, { type FastifyInstance } from 'fastify';

/** Puts helmet's headers for these options on whatever is answered; routes and errors alike. */
export async function addStrictHeaders(server: FastifyInstance, options: FastifyHelmetOptions): Promise<void> {
  const headers = await headersOf(options);
  // A callback, not a promise: it runs for every request.
  server.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}

/** What helmet adds to an answer: the headers that one with it has more than one without. */
async function headersOf(options: FastifyHelmetOptions): Promise<Record<string, string>> {
  const probe = fastify();
  try {
    await probe.register(helmet, options);
    probe.get('/with', () => '');
    probe.get('/without', { helmet: false }, () => '');
    const { headers: without } = await probe.inject('/without');
    const { headers } = await probe.inject('/with');
    return Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => !(name in without))
        .map(([name, value]) => [name, String(value)]),
    );
  } finally {
    await probe.close();
  }
}
