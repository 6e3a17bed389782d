/** `GET /health/live`, `GET /health/ready`, `GET /metrics`. */
import Type from 'typebox';
import { answerOf } from './documentation.js';
import type { Face } from './faces.js';
import { Refusal } from './refusals.js';

const Live = Type.Object({ status: Type.Literal('live') });
const Ready = Type.Object({
  status: Type.Literal('ready'),
  register: Type.Union(
    [
      Type.Object({
        codes: Type.Integer(),
        lastEvent: Type.Integer({ description: 'number of the last event; 0 before the first' }),
        lastEventAt: Type.Union([Type.String(), Type.Null()]),
      }),
      Type.Null(),
    ],
    { description: 'null: the server has none' },
  ),
});

export const healthFace: Face = (server, { engine, metrics, draining }) => {
  server.get(
    '/health/live',
    { config: { scope: 'open' }, schema: { summary: 'The process runs', response: { 200: Live } } },
    () => ({
      status: 'live',
    }),
  );
  const ready = {
    summary: 'It answers from its register; 503 while it stops or can’t read it',
    response: { 200: Ready },
  };
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
  const exposition = {
    summary: 'Figures for Prometheus',
    response: { 200: answerOf('text/plain', 'its text format') },
  };
  server.get('/metrics', { config: { scope: 'admin' }, schema: exposition }, async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
};
