/** `GET /health/live`, `GET /health/ready`, `GET /metrics`. */
import type { Face } from './faces.js';
import { Refusal } from './refusals.js';

export const healthFace: Face = (server, { engine, metrics, draining }) => {
  server.get('/health/live', { config: { scope: 'open' }, schema: { summary: 'The process runs' } }, () => ({
    status: 'live',
  }));
  const ready = { summary: 'It answers from its register; 503 while it stops or can’t read it' };
  server.get('/health/ready', { config: { scope: 'open' }, schema: ready }, () => {
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
  const exposition = { summary: 'Figures for Prometheus', produces: ['text/plain'] };
  server.get('/metrics', { config: { scope: 'admin' }, schema: exposition }, async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
};
