/** The WebSocket `/v1/stream`. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Face } from './faces.js';
import { SUBPROTOCOL } from './frames.js';
import { Refusal } from './refusals.js';
import { Stream } from './stream.js';

export const streamFace: Face = (server, { engine }) => {
  server.get('/v1/stream', { websocket: true, config: { scope: 'verify' }, preValidation: checkUpgrade }, (socket) => {
    new Stream(socket, engine);
  });
};

/** A page of another site may not speak through a visitor's browser; a client that speaks only something else is told so. */
async function checkUpgrade(request: FastifyRequest, _reply: FastifyReply): Promise<void> {
  const { origin, host } = request.headers;
  if (origin !== undefined && hostOf(origin) !== host) {
    throw new Refusal('FOREIGN_ORIGIN', 'Pages of another site may not use this stream.');
  }
  const offered = request.headers['sec-websocket-protocol'];
  const names = typeof offered === 'string' ? offered.split(',').map((name) => name.trim()) : [];
  if (names.length > 0 && !names.includes(SUBPROTOCOL)) {
    throw new Refusal('BAD_REQUEST', `This stream speaks ${SUBPROTOCOL}.`);
  }
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
