/** `GET /health/live`, `GET /health/ready`, `GET /metrics`. */
import type { Face } from './faces.js';
import { Refusal } from './refusals.js';

export const healthFace: Face = (server, { engine, metrics, draining }) => {
  server.get('/health/live', { config: { scope: 'open' } }, () => ({ status: 'live' }));
  server.get('/health/ready', { config: { scope: 'open' } }, () => {
    if (draining.aborted) throw new Refusal('NOT_READY', 'The server is stopping.');
    try {
      const view = engine.register?.view() ?? null;
      return {
        status: 'ready',
        register: view && { codes: view.codes, lastEvent: view.lastEvent, lastEventAt: view.lastEventAt },
      };
    } catch (error) {
      throw new Refusal('NOT_READY', 'The register can’t be read; the log says why.', { cause: error });
    }
  });
  server.get('/metrics', { config: { scope: 'admin' } }, async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
};
