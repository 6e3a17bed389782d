/** `/v1/sessions`: what was scanned over streams, and what it comes to. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { isTamgaError } from '../../../engine/errors.js';
import { ALLOWS, type JobSpec, OUTCOMES, type Session, type StoredSession } from '../../../engine/index.js';
import { inputsOf } from '../../../engine/jobs/job.js';
import { type Client, participantOf } from '../access/access.js';
import { answerOf } from '../documentation.js';
import { JobView } from '../jobs/schema.js';
import { nameIn, readManifest, writeManifest } from '../jobs/upload.js';
import { Refusal } from '../refusals.js';
import { NAME_PATTERN } from './protocol.js';
import type { StreamParts } from './stream-parts.js';

const PAGE_DEFAULT = 1000;
const PAGE_MAX = 10_000;
/** Lines that are made before others get their turn: some milliseconds. */
const LINES_AT_ONCE = 200;
/** Sessions that are listed. */
const SESSIONS_LISTED_MAX = 10_000;
/** Devices that are listed. */
const DEVICES_LISTED_MAX = 1000;

const SessionId = Type.Object({ id: Type.String({ pattern: NAME_PATTERN }) });
const ScansQuery = Type.Object(
  {
    after: Type.Optional(
      Type.String({ pattern: '^\\d{1,10}\\.\\d{1,10}$', description: 'x-next-after of the page before' }),
    ),
    limit: Type.Optional(Type.String({ pattern: '^\\d{1,5}$', description: `lines, at most ${PAGE_MAX}` })),
  },
  { additionalProperties: false },
);
const ReconcileBody = Type.Object(
  {
    expected: Type.Optional(
      Type.String({
        maxLength: 64,
        description: 'job whose expected files it is compared with; default: the one it counts against',
      }),
    ),
    owner: Type.Optional(Type.String({ maxLength: 100 })),
  },
  { additionalProperties: false },
);
const Counts = Type.Object({
  scans: Type.Integer(),
  repeated: Type.Integer(),
  devices: Type.Integer(),
  outcomes: Type.Record(Type.String(), Type.Integer()),
  expected: Type.Optional(
    Type.Object({ total: Type.Integer(), found: Type.Integer(), missing: Type.Integer(), surplus: Type.Integer() }),
  ),
});
const SessionView = Type.Object({
  id: Type.String(),
  state: Type.Enum(['open', 'closed']),
  createdAt: Type.String(),
  closedAt: Type.Optional(Type.String()),
  operation: Type.String(),
  participant: Type.Optional(Type.String()),
  expected: Type.Optional(Type.String({ description: 'job that it counts against' })),
  counts: Type.Optional(Counts),
  devices: Type.Optional(
    Type.Array(Type.Object({ device: Type.String(), lastSeq: Type.Integer(), durable: Type.Integer() })),
  ),
});
type SessionView = Static<typeof SessionView>;

interface WithId {
  Params: { id: string };
}

export function sessionsFace(server: FastifyInstance, parts: StreamParts): void {
  const { sessions, jobs, board, now } = parts;

  server.get(
    '/v1/sessions',
    {
      config: { scope: 'verify' },
      schema: {
        summary: 'Scan sessions, at most 10,000, by name',
        response: { 200: Type.Object({ sessions: Type.Array(SessionView) }) },
      },
    },
    ({ client }) => {
      const views: SessionView[] = [];
      for (const stored of sessions.list()) {
        if (!maySee(client, stored)) continue;
        views.push(viewOf(stored));
        if (views.length === SESSIONS_LISTED_MAX) break;
      }
      return { sessions: views };
    },
  );

  server.get<WithId>(
    '/v1/sessions/:id',
    {
      config: { scope: 'verify' },
      schema: { summary: 'One session with its counts', params: SessionId, response: { 200: SessionView } },
    },
    async ({ client, params }) => {
      demand(client, params.id);
      const session = await sessions.find(params.id);
      try {
        return fullView(session);
      } finally {
        sessions.release(session);
      }
    },
  );

  server.get<WithId & { Querystring: Static<typeof ScansQuery> }>(
    '/v1/sessions/:id/scans',
    {
      config: { scope: 'verify' },
      schema: {
        summary: 'What was scanned, in order, a line of JSON each',
        description: 'The header x-next-after begins the next page; behind the last page there is none.',
        params: SessionId,
        querystring: ScansQuery,
        response: { 200: answerOf('application/x-ndjson', 'scans, a line of JSON each') },
      },
    },
    async ({ client, params, query }, reply) => {
      demand(client, params.id);
      const limit = Number(query.limit ?? PAGE_DEFAULT);
      if (limit < 1 || limit > PAGE_MAX) throw new Refusal('BAD_REQUEST', `A page has 1 to ${PAGE_MAX} scans.`);
      const session = await sessions.find(params.id);
      try {
        // A page begins at a scan of a block, so that the thousandth costs what the first does.
        const [from, first] = (query.after ?? '0.0').split('.').map(Number) as [number, number];
        const lines: string[] = [];
        for (const { block, scans } of sessions.scans(params.id, from)) {
          for (let i = block === from ? first : 0; i < scans.length; i++) {
            if (lines.length === limit) {
              void reply.header('x-next-after', `${block}.${i}`);
              return await reply.type('application/x-ndjson; charset=utf-8').send(lines.join(''));
            }
            const { device, seq, time, outcome, allow, repeated } = scans[i]!;
            const { key } = session.verdictOf(scans[i]!).code;
            const line = {
              device,
              seq,
              time,
              key,
              outcome: OUTCOMES[outcome],
              allow: ALLOWS[allow],
              ...(repeated && { repeated }),
            };
            lines.push(`${JSON.stringify(line)}\n`);
            if (lines.length % LINES_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
          }
        }
        return await reply.type('application/x-ndjson; charset=utf-8').send(lines.join(''));
      } finally {
        sessions.release(session);
      }
    },
  );

  server.post<WithId>(
    '/v1/sessions/:id/close',
    {
      config: { scope: 'write' },
      schema: { summary: 'End a session: it takes no more scans', params: SessionId, response: { 200: SessionView } },
    },
    async ({ client, params }) => {
      demand(client, params.id);
      await sessions.end(params.id, now().getTime());
      const session = await sessions.find(params.id);
      try {
        return fullView(session);
      } finally {
        sessions.release(session);
      }
    },
  );

  server.post<WithId & { Body: Static<typeof ReconcileBody> }>(
    '/v1/sessions/:id/reconcile',
    {
      config: { scope: 'write' },
      schema: {
        summary: 'End a session and compare what was scanned with what a job expects',
        params: SessionId,
        body: ReconcileBody,
        response: { 202: JobView },
      },
    },
    async ({ client, params, body }, reply) => {
      const stored = demand(client, params.id);
      const from = body.expected ?? stored.expected;
      if (from === null) throw new Refusal('BAD_REQUEST', 'The session expects nothing: name a job in “expected”.');
      const { spec } = await board.demand(from, client);
      const owner = participantOf(client, body.owner ?? stored.context.participant);
      await sessions.end(params.id, now().getTime());
      const folder = join(board.uploads, randomUUID());
      await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        const names: Record<string, string> = { 'scanned-1': `session ${params.id}` };
        await sessions.writeCodes(params.id, join(folder, 'scanned-1'));
        // Its own names for the files: the job that they came with may be forgotten.
        const expected: string[] = [];
        for (const [i, path] of expectedOf(spec).entries()) {
          names[`expected-${i + 1}`] = nameIn(await readManifest(path, board.uploads), path);
          expected.push(join(folder, `expected-${i + 1}`));
          await link(path, expected[i]!);
        }
        await writeManifest(folder, { participant: client?.participant ?? null, names });
        const scanned = [join(folder, 'scanned-1')];
        const job = await jobs.start({ kind: 'reconcile', expected, scanned, ...(owner !== undefined && { owner }) });
        return await reply
          .code(202)
          .header('location', `/v1/jobs/${job.id}`)
          .send(await board.view(job));
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    },
  );

  server.delete<WithId>(
    '/v1/sessions/:id',
    {
      config: { scope: 'write' },
      schema: {
        summary: 'Forget a session and its scans',
        params: SessionId,
        response: { 204: Type.Null({ description: 'forgotten' }) },
      },
    },
    async ({ client, params }, reply) => {
      demand(client, params.id);
      await sessions.remove(params.id, now().getTime());
      return reply.code(204).send();
    },
  );

  /** A session that the client may see. @throws Refusal NOT_FOUND, OTHER_PARTICIPANT. */
  function demand(client: Client | null, id: string): StoredSession {
    try {
      const stored = sessions.get(id);
      if (!maySee(client, stored)) throw new Refusal('OTHER_PARTICIPANT', 'The session is another participant’s.');
      return stored;
    } catch (error) {
      if (isTamgaError(error) && error.code === 'SESSION_NOT_FOUND')
        throw new Refusal('NOT_FOUND', 'There is no such session.');
      throw error;
    }
  }
}

/** Files that a job expects; those of a verification are what it checks. */
export function expectedOf(spec: JobSpec): readonly string[] {
  return spec.kind === 'reconcile' ? spec.expected : inputsOf(spec);
}

function maySee(client: Client | null, { owner }: StoredSession): boolean {
  const bound = client?.participant ?? null;
  return bound === null || owner === bound;
}

function viewOf({ id, created, closed, context, expected }: StoredSession): SessionView {
  return {
    id,
    state: closed === null ? 'open' : 'closed',
    createdAt: new Date(created).toISOString(),
    ...(closed !== null && { closedAt: new Date(closed).toISOString() }),
    operation: context.operation,
    ...(context.participant !== undefined && { participant: context.participant }),
    ...(expected !== null && { expected }),
  };
}

function fullView(session: Session): SessionView {
  const devices = [...session.devices]
    .filter(({ lastSeq }) => lastSeq > 0)
    .slice(0, DEVICES_LISTED_MAX)
    .map(({ name, lastSeq, durableSeq }) => ({ device: name, lastSeq, durable: durableSeq }));
  return { ...viewOf(session.stored), counts: session.counts as SessionView['counts'], devices };
}
