/** `POST /v1/verify`: codes as JSON, or a raw body of any length. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { isTamgaError } from '../../engine/errors.js';
import { OUTCOMES, type Outcome, SEVERITY } from '../../engine/reconcile/outcomes.js';
import { participantOf } from './access/access.js';
import { type RawForm, rawVerdicts } from './bulk/raw-verdicts.js';
import type { Face, Parts } from './faces.js';
import { Refusal } from './refusals.js';
import { RawQuery, VerifyRequest, VerifyResponse } from './schema.js';
import { contextOf, wireVerdict } from './verdicts.js';

const RAW_TYPE = 'text/plain';
const BYTES_TYPE = 'application/octet-stream';
/** Outcomes by number that are nothing against the code: OK, and warnings of what is allowed. */
const WELL: ReadonlySet<Outcome> = new Set(['OK', 'EXPIRES_SOON', 'GROUP_NOT_DECLARED']);
const IS_WELL = Uint8Array.from(OUTCOMES, (name) => (WELL.has(name) ? 1 : 0));

const OutcomeList = Type.Object({
  outcomes: Type.Array(Type.Object({ number: Type.Integer(), name: Type.String(), severity: Type.String() })),
});

export const verifyFace: Face = (server, parts) => {
  const { engine, settings, metrics } = parts;
  // The body is read by the route, as it comes.
  server.removeContentTypeParser(RAW_TYPE);
  server.addContentTypeParser(RAW_TYPE, (_request, _payload, done) => done(null, null));

  server.post<{ Body: VerifyRequest | null; Querystring: RawQuery }>(
    '/v1/verify',
    {
      config: { scope: 'verify', longBody: true },
      schema: {
        summary: 'A verdict for each code',
        description:
          'JSON: codes and their context. text/plain: codes, one a line, of any number, with the context in the query; the answer has a line ' +
          'OUTCOME for each line, or, with Accept: application/octet-stream, a byte: the number that GET /v1/outcomes tells. ' +
          'A code that stands a second time is a DUPLICATE, however far apart.',
        querystring: RawQuery,
        body: { content: { 'application/json': { schema: VerifyRequest }, [RAW_TYPE]: { schema: Type.Unknown() } } },
        response: {
          200: {
            content: {
              'application/json': { schema: VerifyResponse },
              [RAW_TYPE]: { schema: Type.String() },
              [BYTES_TYPE]: { schema: Type.String({ format: 'binary' }) },
            },
          },
        },
      },
    },
    (request, reply) => {
      const { body, client } = request;
      if (body === null) return answerRaw(parts, request, reply);
      if (body.codes.length > settings.codesMax) {
        throw new Refusal(
          'TOO_LARGE',
          `At most ${settings.codesMax} codes a request; send more as a raw body or a job.`,
        );
      }
      const context = contextOf(body.context, settings.country);
      const participant = participantOf(client, context.participant);
      const bound = client?.participant ?? null;
      const verdicts = engine
        .verify(body.codes, { ...context, participant })
        .map((verdict) => wireVerdict(verdict, bound));
      for (const { allow } of verdicts) metrics.verdicts.inc({ face: 'v1', allow });
      return { verdicts };
    },
  );

  server.get(
    '/v1/outcomes',
    {
      config: { scope: 'open' },
      schema: { summary: 'Outcomes and their numbers', response: { 200: OutcomeList } },
    },
    () => ({ outcomes: OUTCOMES.map((name, number) => ({ number, name, severity: SEVERITY[name] })) }),
  );
};

async function answerRaw(
  { engine, settings, metrics }: Parts,
  request: FastifyRequest<{ Querystring: RawQuery }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { bulkBytesMax } = settings;
  if (Number(request.headers['content-length'] ?? 0) > bulkBytesMax) {
    throw new Refusal('TOO_LARGE', `A body has at most ${bulkBytesMax} bytes; send more as a job.`);
  }
  const context = contextOf(request.query, settings.country);
  const participant = participantOf(request.client, context.participant);
  const form: RawForm = (request.headers.accept ?? '').includes(BYTES_TYPE) ? 'bytes' : 'lines';
  const verdicts = engine.verifyText({ ...context, participant });
  const answers = rawVerdicts(request.raw, verdicts, form, bulkBytesMax, (outcomes) => {
    let well = 0;
    for (const outcome of outcomes) well += IS_WELL[outcome]!;
    metrics.verdicts.inc({ face: 'raw', allow: 'yes' }, well);
    metrics.verdicts.inc({ face: 'raw', allow: 'no' }, outcomes.length - well);
  });
  // What is wrong with the beginning is told by a status; behind it a broken connection says that the answer isn't whole.
  const first = await firstOf(answers);
  return reply
    .type(form === 'bytes' ? BYTES_TYPE : `${RAW_TYPE}; charset=utf-8`)
    .send(Readable.from(first, { objectMode: false }));
}

/** The same answers, once the first of them is there. */
async function firstOf(answers: AsyncGenerator<Uint8Array>): Promise<AsyncGenerator<Uint8Array>> {
  try {
    const { value, done } = await answers.next();
    return (async function* () {
      if (done) return;
      yield value;
      yield* answers;
    })();
  } catch (error) {
    if (isTamgaError(error) && error.code === 'FILE_TOO_LARGE')
      throw new Refusal('TOO_LARGE', error.message, { cause: error });
    throw error;
  }
}
