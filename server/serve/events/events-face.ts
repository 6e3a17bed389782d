/** `POST /v1/events`: what happens to codes. An event's id makes it idempotent: whoever is not sure that it arrived sends it again. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  type ApplyResult,
  type Engine,
  EVENT_KINDS,
  isTamgaError,
  type SubmitOptions,
  type TamgaError,
} from '../../../engine/index.js';
import { EventStatement } from '../../../engine/schemas.js';
import type { Client } from '../access/access.js';
import { publicMessage, refusalOf } from '../engine-errors.js';
import type { Face } from '../faces.js';
import { REFUSALS, Refusal } from '../refusals.js';
import { boundEvent } from './bound-events.js';

/** Codes of a refused event that are listed; the rest are counted. */
const REJECTIONS_SHOWN = 1000;

const EventsQuery = Type.Object(
  {
    where: Type.Optional(
      Type.Enum(['all', 'possible'], {
        description:
          'possible: apply an event to the codes that it applies to, and list the others; default: all or none',
      }),
    ),
  },
  { additionalProperties: false },
);

const queryCheck = Compile(EventsQuery);

const EventResult = Type.Object({
  status: Type.Enum(['applied', 'known', 'rejected', 'failed'], {
    description:
      'known: an event of this id was applied before; rejected: codes stand in the way, nothing changed; failed: it is no event, or it could not be written',
  }),
  id: Type.Optional(Type.String()),
  sequence: Type.Optional(Type.Integer({ description: 'number of the event in the register' })),
  created: Type.Optional(Type.Integer({ description: 'codes that the register had not met' })),
  known: Type.Optional(Type.Integer({ description: 'codes that it had' })),
  conflicts: Type.Optional(Type.Integer({ description: 'codes that a statement left as they were' })),
  rejected: Type.Optional(Type.Integer({ description: 'codes that stand in the way' })),
  rejections: Type.Optional(
    Type.Array(Type.Object({ code: Type.String(), reason: Type.String(), detail: Type.Optional(Type.String()) }), {
      description: `the first ${REJECTIONS_SHOWN} of them`,
    }),
  ),
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
});
export type EventResult = Static<typeof EventResult>;

const EventsBody = Type.Union([EventStatement, Type.Array(EventStatement)]);
const EventsAnswer = Type.Object({ results: Type.Array(EventResult) });

export const eventsFace: Face = (server, { engine, settings, metrics }) => {
  server.post<{ Body: unknown; Querystring: { where?: SubmitOptions['where'] } }>(
    '/v1/events',
    {
      config: { scope: 'write', tag: 'register' },
      // The engine checks an event against this same schema, and says more about what is wrong with one of several.
      validatorCompiler:
        ({ httpPart }) =>
        (value) =>
          httpPart === 'body' || queryCheck.Check(value)
            ? { value }
            : { error: new Refusal('BAD_REQUEST', 'querystring/where must be all or possible') },
      schema: {
        summary: 'Submit an event, or several in their order',
        description:
          'Answered when the events are on disk. Each has a result; one that is rejected changes nothing and does not stop the others.',
        querystring: EventsQuery,
        body: EventsBody,
        response: { 200: EventsAnswer },
      },
    },
    async ({ body, client, query }) => {
      const events: unknown[] = Array.isArray(body) ? body : [body];
      if (events.length > settings.eventsMax) {
        throw new Refusal('TOO_LARGE', `At most ${settings.eventsMax} events a request.`);
      }
      const allowed = events.map((event) => boundEvent(engine, client, event));
      const options: SubmitOptions = { where: query.where ?? 'all' };
      const results: EventResult[] = [];
      if (options.where === 'possible') {
        // One after the other: an event is submitted again without the codes that stand in its way.
        for (const event of allowed) results.push(await submitted(engine, client, event, options));
      } else {
        results.push(...(await Promise.all(allowed.map((event) => submitted(engine, client, event, options)))));
      }
      results.forEach(({ status }, i) => {
        metrics.events.inc({ kind: kindOf(allowed[i]), result: status });
      });
      const [first] = results;
      // What is wrong with the one event that was sent is wrong with the request.
      if (!Array.isArray(body) && first?.error) throw failure(first.error);
      return { results };
    },
  );
};

async function submitted(
  engine: Engine,
  client: Client | null,
  event: EventStatement,
  options: SubmitOptions,
): Promise<EventResult> {
  const id = idOf(event);
  try {
    return { id, ...resultOf(await engine.submit(event, options), client) };
  } catch (error) {
    const refused = isTamgaError(error) ? refusalOf(error) : null;
    if (!refused) throw error;
    return { id, status: 'failed', error: { code: refused.code, message: publicMessage(error as TamgaError) } };
  }
}

function resultOf(
  { applied, sequence, created, known, conflicts, rejections }: ApplyResult,
  client: Client | null,
): EventResult {
  const status = applied ? 'applied' : sequence > 0 ? 'known' : 'rejected';
  const result: EventResult = { status };
  if (sequence > 0) result.sequence = sequence;
  if (applied) Object.assign(result, { created, known, conflicts });
  if (rejections.length > 0) {
    result.rejected = rejections.length;
    result.rejections = rejections.slice(0, REJECTIONS_SHOWN).map(({ code, reason, detail }) => {
      // Details name owners.
      return client?.participant === null || client === null ? { code, reason, detail } : { code, reason };
    });
  }
  return result;
}

function idOf(event: EventStatement): string | undefined {
  const id: unknown = typeof event === 'object' && event !== null ? event.id : undefined;
  return typeof id === 'string' ? id.slice(0, 40) : undefined;
}

/** Of what is no kind a word that metrics can count. */
function kindOf(event: EventStatement | undefined): string {
  const kind: unknown = typeof event === 'object' && event !== null ? event.kind : undefined;
  return EVENT_KINDS.find((known) => known === kind) ?? 'none';
}

function failure({ code, message }: { code: string; message: string }): Refusal {
  return new Refusal(Object.hasOwn(REFUSALS, code) ? (code as keyof typeof REFUSALS) : 'BAD_EVENT', message);
}
