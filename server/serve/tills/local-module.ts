/** The local module's routes, v1 and v2, drop-in (cash-register services §2): HTTP Basic whose password is an API key, КИ without tails. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { type Engine, type PermitPolicy, policyAt } from '../../../engine/index.js';
import { packFloor } from '../../../engine/permit/rules.js';
import { admit, participantOf } from '../access/access.js';
import type { ApiKeys } from '../access/api-keys.js';
import type { Settings } from '../settings.js';
import {
  BlackListAnswer,
  DeedAnswer,
  MODULE_REFUSED,
  OutCheckAnswer,
  OutCheckAnswer2,
  SoldAnswer,
  StatusAnswer,
} from './answers.js';
import { answerJson, type CheckedCode, quoted } from './check-answer.js';
import { type Module, type ModuleState, type ModuleStatus, NOT_INITIALISED, OUT_OF_SYNC } from './module-state.js';
import { applyDeed, type Deed, documentOf, type SoldCode } from './register-sales.js';
import { pageOfSold } from './sold-codes.js';
import type { TillDesk } from './till-desk.js';
import { askerOf, checkCodes, JSON_TYPE, statusOf, TillMistake } from './true-api.js';

export interface ModuleParts {
  engine: Engine;
  settings: Settings;
  keys: ApiKeys;
  now: () => Date;
  version: string;
}

const TOKEN_MAX = 100;
const OneCode = Type.Object({ cis: Type.String({ minLength: 1 }) });
const CodeList = Type.Object({ cis_list: Type.Array(Type.String(), { minItems: 1 }) });
/** `pg` is read and left alone: the register's group is the better one. `sold`, `inner`: ours, for a pack sold in parts. */
const Item = Type.Union([
  Type.String(),
  Type.Object({
    cis: Type.String(),
    pg: Type.Optional(Type.Unknown()),
    sold: Type.Optional(Type.Integer({ minimum: 1, maximum: 0xffff })),
    inner: Type.Optional(Type.Integer({ minimum: 1, maximum: 0xffff })),
  }),
]);
const ItemList = Type.Object({ cis_list: Type.Array(Item, { minItems: 1 }) });
const DeedBody = Type.Object({
  cis_list: Type.Array(Item, { minItems: 1 }),
  /** Ours: UUID of the receipt. */
  id: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$' })),
});
const InitBody = Type.Object({ token: Type.String({ minLength: 1, maxLength: TOKEN_MAX }) });
const SoldQuery = Type.Object({
  skip: Type.Optional(Type.String({ pattern: '^\\d{1,9}$' })),
  limit: Type.Optional(Type.String({ pattern: '^\\d{1,4}$' })),
});
type Item = Type.Static<typeof Item>;
type Version = 1 | 2;

const SOLD_MAX = 1000;
const CLIENT_ID = /^[\w.-]{1,64}$/;
const verify = { scope: 'verify', tag: 'tills' } as const;
const write = { scope: 'write', tag: 'tills' } as const;

const outCheck = (answer: TSchema) => ({
  summary: 'What the local module knows of codes without their tails',
  response: { 200: answer, ...MODULE_REFUSED },
});
const DEEDS: Readonly<Record<Deed, string>> = { sell: 'Tell what was sold', return: 'Tell what was taken back' };

export function localModuleRoutes(
  server: FastifyInstance,
  desk: TillDesk,
  state: ModuleState,
  parts: ModuleParts,
): void {
  const { engine, settings, keys, now, version } = parts;
  server.setErrorHandler(sendError);

  const status = (module: Module): ModuleStatus => {
    const found = state.status(module, now().getTime(), desk.upstream?.lastContact ?? null);
    // The port answers even when the data behind it can't be had; a status that says `ready` has looked.
    return found === 'ready' && !isReadable(engine) ? 'sync_error' : found;
  };
  /** The asker's module, ready to answer. */
  const demandReady = ({ client }: FastifyRequest): Module => {
    const module = state.of(participantOf(client, undefined));
    const found = status(module);
    if (found === 'ready') return module;
    throw new ModuleRefusal(found === 'sync_error' ? OUT_OF_SYNC : NOT_INITIALISED, `the module is in state ${found}`);
  };

  const check = async (request: FastifyRequest, reply: FastifyReply, codes: readonly string[], of: Version) => {
    const { inst } = demandReady(request);
    checkCodes(codes, settings);
    const asker = askerOf('outCheck', request);
    const checked = desk.checkHere(codes, asker);
    await desk.record(checked, asker);
    const policy = policyAt(desk.policies, now());
    const text = answerJson(
      checked.codes.map((code) => outCheckJson(code, policy)).join(),
      checked.proof,
      `,"inst":"${inst}","version":"${version}"`,
    );
    return reply.header('content-type', JSON_TYPE).send(of === 1 ? text : `{"results":[${text}]}`);
  };

  for (const of of [1, 2] as const) {
    const answer = { 200: StatusAnswer, ...MODULE_REFUSED };
    const asked = { summary: 'State of the local module', response: answer };
    server.get(`/api/v${of}/status`, { config: verify, schema: asked }, ({ client }) =>
      statusBody(state.of(participantOf(client, undefined)), of),
    );
    server.post<{ Body: { token: string } }>(
      `/api/v${of}/init`,
      {
        config: verify,
        schema: { summary: 'Begin the local module of the token’s participant', body: InitBody, response: answer },
      },
      async ({ body, client }) => {
        // A key that is bound begins its own participant's module alone.
        const { participant } = admit(keys, body.token, 'verify');
        const module = state.of(participantOf(client, participant ?? undefined));
        await state.init(module, now());
        void desk.upstream?.refreshIfDue();
        return statusBody(module, of);
      },
    );
  }

  server.get<{ Querystring: { cis: string } }>(
    '/api/v1/cis/outCheck',
    { config: verify, schema: { ...outCheck(OutCheckAnswer), querystring: OneCode } },
    (request, reply) => check(request, reply, [request.query.cis], 1),
  );
  server.post<{ Body: { cis_list: string[] } }>(
    '/api/v1/cis/outCheck',
    { config: verify, schema: { ...outCheck(OutCheckAnswer), body: CodeList } },
    (request, reply) => check(request, reply, request.body.cis_list, 1),
  );
  server.post<{ Body: { cis_list: Item[] } }>(
    '/api/v2/cis/outCheck',
    { config: verify, schema: { ...outCheck(OutCheckAnswer2), body: ItemList } },
    (request, reply) => check(request, reply, request.body.cis_list.map(cisOf), 2),
  );
  server.get<{ Querystring: { cis: string } }>(
    '/api/v1/cis/check',
    {
      config: verify,
      schema: {
        summary: 'Is a code in the black lists',
        querystring: OneCode,
        response: { 200: BlackListAnswer, ...MODULE_REFUSED },
      },
    },
    async (request, reply) => {
      demandReady(request);
      const codes = [request.query.cis];
      checkCodes(codes, settings);
      const asker = askerOf('cis/check', request);
      const checked = desk.checkHere(codes, asker);
      await desk.record(checked, asker);
      return reply
        .header('content-type', JSON_TYPE)
        .send(answerJson(checked.codes.map(blackListJson).join(), checked.proof));
    },
  );

  for (const deed of ['sell', 'return'] as const) {
    server.post<{ Body: { cis_list: Item[]; id?: string } }>(
      `/api/v2/cis/${deed}`,
      {
        config: write,
        schema: { summary: DEEDS[deed], body: DeedBody, response: { 200: DeedAnswer, ...MODULE_REFUSED } },
      },
      (request, reply) => tell(request, reply, deed),
    );
  }

  const tell = async (
    request: FastifyRequest<{ Body: { cis_list: Item[]; id?: string } }>,
    reply: FastifyReply,
    deed: Deed,
  ) => {
    demandReady(request);
    const { cis_list: list, id } = request.body;
    checkCodes(list.map(cisOf), settings);
    const codes = list.map((item): SoldCode => (typeof item === 'string' ? { cis: item } : soldCode(item)));
    if (id === undefined && codes.some(({ sold }) => sold !== undefined)) {
      throw new TillMistake(
        400,
        'id: parts of a pack need the UUID of their receipt, so that they are not counted twice',
      );
    }
    const at = now();
    const { zone } = policyAt(desk.policies, at);
    const participant = participantOf(request.client, undefined);
    const known = engine.facts(
      codes.map(({ cis }) => cis),
      { at, country: 'RU', participant, zone, complete: true },
    );
    const clientId = clientIdOf(request);
    const results = await applyDeed(engine, { deed, codes, id, clientId, participant, at }, known);
    for (const { cis } of known) if (cis !== null) desk.forget(cis);
    const refused = results.filter(({ rejection }) => rejection !== null).length;
    const head = refused === 0 ? '"code":0,"description":"ok"' : `"code":1,"description":"codes refused: ${refused}"`;
    const told = results.map(({ cis, rejection, detail }) =>
      JSON.stringify({ cis, ok: rejection === null, rejection: rejection ?? undefined, detail: detail || undefined }),
    );
    return reply.header('content-type', JSON_TYPE).send(`{"results":[{${head},"codes":[${told.join()}]}]}`);
  };

  server.get<{ Querystring: { skip?: string; limit?: string } }>(
    '/api/v2/cis/sold',
    {
      config: verify,
      schema: {
        summary: 'What this till sold',
        querystring: SoldQuery,
        response: { 200: SoldAnswer, ...MODULE_REFUSED },
      },
    },
    (request) => {
      demandReady(request);
      const limit = Number(request.query.limit ?? SOLD_MAX);
      if (limit < 1 || limit > SOLD_MAX) throw new TillMistake(400, `limit: expected 1 to ${SOLD_MAX}`);
      const { total, codes } = pageOfSold(
        engine,
        documentOf(clientIdOf(request), participantOf(request.client, undefined)),
        Number(request.query.skip ?? 0),
        limit,
      );
      return { total_count: total, cis_list: codes };
    },
  );

  function statusBody(module: Module, of: Version): Record<string, unknown> {
    const found = status(module);
    const { codes = 0 } = engine.register?.view() ?? {};
    const at = now();
    const contact = desk.upstream?.lastContact ?? at.getTime();
    const counted = (count: number | 'unknown') => ({
      localDocCount: count,
      serverDocCount: desk.upstream ? 'unknown' : count,
      timeLag: 0,
    });
    return {
      version,
      status: found,
      operationMode: found === 'ready' ? 'active' : 'service',
      inst: module.inst,
      inn: module.inn,
      name: 'tamga',
      serviceUrl: settings.upstreamUrls[0] ?? '',
      dbVersion: '3',
      lastUpdate: contact,
      lastSync: contact,
      requiresDownload: false,
      [of === 1 ? 'dbState' : 'replicationStatus']: {
        cis: counted(codes),
        // The register blocks codes one by one; of GTINs and series it keeps no list.
        blocked_gtin: counted(0),
        blocked_series: counted(0),
        blocked_cis: counted('unknown'),
        min_price: counted(Object.keys(policyAt(desk.policies, at).commonFloor).length),
      },
    };
  }
}

/** Why the module doesn't answer checks, as it says itself: HTTP 400 with `errorCode`. */
class ModuleRefusal extends TillMistake {
  constructor(
    readonly errorCode: number,
    message: string,
  ) {
    super(400, message);
  }
}

function isReadable(engine: Engine): boolean {
  try {
    engine.register?.refresh();
    return engine.register !== null && engine.register.view().codes >= 0;
  } catch {
    return false;
  }
}

function cisOf(item: Item): string {
  return typeof item === 'string' ? item : item.cis;
}

function soldCode({ cis, sold, inner }: Exclude<Item, string>): SoldCode {
  return { cis, ...(sold !== undefined && { sold }), ...(inner !== undefined && { inner }) };
}

function clientIdOf({ headers, client }: FastifyRequest): string {
  const named = headers['x-clientid'];
  if (named === undefined) return client?.keyId ?? '';
  if (typeof named === 'string' && CLIENT_ID.test(named)) return named;
  throw new TillMistake(400, 'X-ClientId: expected the number of a fiscal drive, at most 64 letters and digits');
}

/** What a local module knows of a code; `smp` only where a price rule of its group asks for it. */
function outCheckJson({ known, facts }: CheckedCode, policy: PermitPolicy): string {
  let text = `{"cis":${quoted(known.scan)}`;
  if (known.gtin !== null) text += `,"gtin":"${known.gtin}"`;
  if (facts.isBlocked !== undefined) text += `,"isBlocked":${facts.isBlocked}`;
  if (facts.sold !== undefined) text += `,"sold":${facts.sold}`;
  const smp = packFloor(facts, policy);
  if (smp !== undefined) text += `,"smp":${smp}`;
  if (facts.mrp !== undefined) text += `,"mrp":${facts.mrp}`;
  return `${text}}`;
}

function blackListJson({ known, facts }: CheckedCode): string {
  const blocked = facts.isBlocked === undefined ? '' : `,"isBlocked":${facts.isBlocked}`;
  return `{"cis":${quoted(known.scan)}${blocked}}`;
}

function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const status = statusOf(error);
  if (status >= 500) request.log.error({ err: error }, 'a till’s request failed');
  const errorCode = error instanceof ModuleRefusal ? error.errorCode : status;
  void reply
    .code(status)
    .send({ errorCode, description: status >= 500 ? 'the server failed to answer' : error.message });
}
