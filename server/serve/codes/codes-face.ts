/** `GET /v1/codes/{code}`, `/history`, `/package`: what the register says of a code. A tail in the path is neither read, echoed nor logged. */
import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { type Engine, EVENT_KINDS, type RecordView, type Register } from '../../../engine/index.js';
import type { Face } from '../faces.js';
import { Refusal } from '../refusals.js';
import { CodeRecord, codeRecord, demandSeen, maySeeRecord } from './record.js';

const strict = { additionalProperties: false } as const;
const HISTORY_MAX = 1000;
const HISTORY_DEFAULT = 100;
const CONTENTS_MAX = 10_000;
const CONTENTS_DEFAULT = 1000;
/** Packages around a code: the register takes no deeper ones. */
const DEPTH_MAX = 32;

const CodePath = Type.Object(
  {
    code: Type.String({
      minLength: 1,
      maxLength: 1024,
      description: 'as scanned, percent-encoded (FNC1 is %1D), or GTIN and serial, or an SSCC',
    }),
  },
  strict,
);
const HistoryQuery = Type.Object(
  {
    before: Type.Optional(Type.String({ pattern: '^\\d{1,15}$', description: 'only events before this number' })),
    limit: Type.Optional(Type.String({ pattern: '^\\d{1,4}$', description: `events, at most ${HISTORY_MAX}` })),
  },
  strict,
);
const ContentsQuery = Type.Object(
  {
    after: Type.Optional(
      Type.String({ pattern: '^\\d{1,10}$', description: 'contents to leave out from the beginning' }),
    ),
    limit: Type.Optional(Type.String({ pattern: '^\\d{1,5}$', description: `contents, at most ${CONTENTS_MAX}` })),
  },
  strict,
);

const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);
const Nullable = Type.Union([Type.String(), Type.Null()]);
const HistoryAnswer = Type.Object({
  code: Type.String(),
  events: Type.Array(
    Type.Object({
      sequence: Type.Integer(),
      id: Type.String(),
      kind: Type.Enum([...EVENT_KINDS]),
      checks: Type.String(),
      at: Type.String({ description: 'when it happened, as its document says' }),
      appliedAt: Type.String({ description: 'when the register applied it' }),
      actor: Nullable,
      party: Nullable,
      document: Nullable,
      reason: Nullable,
      code: Type.String({ description: 'whose record changed: the code itself, or a package around it' }),
      through: Nullable,
      changes: Type.Array(Type.Object({ field: Type.String(), before: Value, after: Value })),
    }),
  ),
  next: Type.Optional(Type.Integer({ description: '`before` of the next page' })),
});

const PackageAnswer = Type.Object({
  code: Type.String(),
  around: Type.Array(Type.String(), { description: 'packages that it is in, the nearest first' }),
  contents: Type.Object({
    count: Type.Integer({ description: 'direct contents' }),
    codes: Type.Array(Type.String()),
    next: Type.Optional(Type.Integer({ description: '`after` of the next page' })),
  }),
});

interface CodeRequest {
  Params: Static<typeof CodePath>;
}

export const codesFace: Face = (server, { engine }) => {
  const open = { scope: 'verify', tag: 'register' } as const;

  server.get<CodeRequest>(
    '/v1/codes/:code',
    {
      config: open,
      schema: { summary: 'What the register says of a code', params: CodePath, response: { 200: CodeRecord } },
    },
    (request) => {
      const { register, record } = found(engine, request);
      return codeRecord(register, record);
    },
  );

  server.get<CodeRequest & { Querystring: Static<typeof HistoryQuery> }>(
    '/v1/codes/:code/history',
    {
      config: open,
      schema: {
        summary: 'Events that changed a code or a package that it was in, newest first',
        params: CodePath,
        querystring: HistoryQuery,
        response: { 200: HistoryAnswer },
      },
    },
    (request) => {
      const { register, record } = found(engine, request);
      const { before = String(Number.MAX_SAFE_INTEGER), limit = String(HISTORY_DEFAULT) } = request.query;
      const most = within(limit, HISTORY_MAX);
      const code = register.textOf(record.ordinal);
      const answer: Static<typeof HistoryAnswer> = { code, events: [] };
      for (const entry of engine.history(code)) {
        if (entry.sequence >= Number(before)) continue;
        if (answer.events.length === most) {
          answer.next = answer.events.at(-1)!.sequence;
          break;
        }
        answer.events.push(entry);
      }
      return answer;
    },
  );

  server.get<CodeRequest & { Querystring: Static<typeof ContentsQuery> }>(
    '/v1/codes/:code/package',
    {
      config: open,
      schema: {
        summary: 'Packages around a code, and what is directly in it',
        params: CodePath,
        querystring: ContentsQuery,
        response: { 200: PackageAnswer },
      },
    },
    (request) => {
      const { register, record } = found(engine, request);
      const { after = '0', limit = String(CONTENTS_DEFAULT) } = request.query;
      const from = Number(after);
      const most = within(limit, CONTENTS_MAX);
      const around: string[] = [];
      for (let at = record.parent; at !== null && around.length < DEPTH_MAX; ) {
        const outer = register.record(at);
        // What is around another participant's package is that one's business.
        if (!maySeeRecord(request.client, outer)) break;
        around.push(register.textOf(at));
        at = outer.parent;
      }
      const ordinals = register.children(record.ordinal);
      const codes = Array.from(ordinals.subarray(from, from + most), (ordinal) => register.textOf(ordinal));
      const contents: Static<typeof PackageAnswer>['contents'] = { count: ordinals.length, codes };
      if (from + most < ordinals.length) contents.next = from + most;
      return { code: register.textOf(record.ordinal), around, contents };
    },
  );
};

/** @throws Refusal BAD_CODE, NOT_FOUND, OTHER_PARTICIPANT. */
function found(
  engine: Engine,
  { params, client }: FastifyRequest<CodeRequest>,
): { register: Register; record: RecordView } {
  const { register } = engine;
  const key = engine.keyOf(params.code);
  if (key === null) throw new Refusal('BAD_CODE', 'The path names no code; percent-encode it as it was scanned.');
  const record = engine.find(key);
  if (!register || !record) throw new Refusal('NOT_FOUND', 'The register does not have this code.');
  demandSeen(client, record);
  return { register, record };
}

function within(limit: string, most: number): number {
  const number = Number(limit);
  if (number < 1 || number > most) throw new Refusal('BAD_REQUEST', `querystring/limit must be 1 to ${most}`);
  return number;
}
