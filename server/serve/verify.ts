/** `POST /v1/verify`. */
import { participantOf } from './access/access.js';
import type { Face } from './faces.js';
import { Refusal } from './refusals.js';
import { VerifyRequest } from './schema.js';
import { contextOf, wireVerdict } from './verdicts.js';

export const verifyFace: Face = (server, { engine, settings, metrics }) => {
  server.post<{ Body: VerifyRequest }>(
    '/v1/verify',
    { config: { scope: 'verify' }, schema: { body: VerifyRequest } },
    ({ body, client }) => {
      if (body.codes.length > settings.codesMax)
        throw new Refusal(
          'TOO_LARGE',
          `At most ${settings.codesMax} codes a request; send more as a raw body or a job.`,
        );
      const context = contextOf(body.context);
      const participant = participantOf(client, context.participant);
      const verdicts = engine.verify(body.codes, { ...context, participant }).map(wireVerdict);
      for (const { allow } of verdicts) metrics.verdicts.inc({ face: 'v1', allow });
      return { verdicts };
    },
  );
};
