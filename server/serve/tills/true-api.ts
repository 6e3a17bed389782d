/** The national API's own routes, drop-in: a till that asked it asks this server and notices nothing but the speed (cash-register services §1). */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { participantOf } from '../access/access.js';
import { CODE_LENGTH_MAX } from '../schema.js';
import type { Settings } from '../settings.js';
import { CheckAnswer, Emergency, HealthAnswer, HostsAnswer, REFUSED } from './answers.js';
import { answerJson, codeJson } from './check-answer.js';
import type { Asker, Check, TillDesk } from './till-desk.js';

/** Additional fields that clients send are ignored: other versions of them know more. */
const CheckRequest = Type.Object({
  // Lengths are looked at by the route: a schema would count the characters of every code one by one.
  codes: Type.Array(Type.String(), { minItems: 1 }),
  fiscalDriveNumber: Type.Optional(Type.String({ pattern: '^\\d{16}$' })),
  inn: Type.Optional(Type.String({ maxLength: 12 })),
});
type CheckRequest = Static<typeof CheckRequest>;

export const JSON_TYPE = 'application/json; charset=utf-8';
/** Declared by the platform: sale is allowed without a check, and 1260 isn't written. */
export const EMERGENCY_STATUS = 203;
const HOST = /^[\w.-]{1,253}(:\d{1,5})?$|^\[[0-9a-fA-F:]{2,45}\](:\d{1,5})?$/;

/** A request that is the till's own mistake. */
export class TillMistake extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** @throws TillMistake for too many codes, none, or one that is no code of any kind by its length. */
export function checkCodes(codes: readonly string[], { checkCodesMax }: Settings): void {
  if (codes.length > checkCodesMax) throw new TillMistake(413, `at most ${checkCodesMax} codes a request`);
  if (codes.length === 0) throw new TillMistake(400, 'codes: at least one code is needed');
  for (let i = 0; i < codes.length; i++) {
    if (codes[i]!.length > CODE_LENGTH_MAX) throw new TillMistake(400, `codes/${i}: longer than any code`);
  }
}

export function askerOf(face: string, { client }: FastifyRequest): Asker {
  return {
    face,
    keyId: client?.keyId ?? null,
    participant: participantOf(client, undefined),
    country: 'RU',
  };
}

export function trueApiRoutes(server: FastifyInstance, desk: TillDesk, settings: Settings): void {
  server.setErrorHandler(sendError);
  const config = { scope: 'verify', tag: 'tills' } as const;
  const options = {
    config,
    schema: {
      summary: 'Check codes at a till, as the national API does',
      body: CheckRequest,
      response: { 200: CheckAnswer, 203: Emergency, ...REFUSED },
    },
  };

  const handler = (request: FastifyRequest<{ Body: CheckRequest }>, reply: FastifyReply) => {
    const { codes, fiscalDriveNumber } = request.body;
    checkCodes(codes, settings);
    const asker = askerOf('codes/check', request);
    if (settings.emergency) return sendCheck(reply, desk, asker, desk.checkInEmergency(codes, asker));
    asker.fiscalDriveNumber = fiscalDriveNumber;
    const check = desk.check(codes, asker);
    if (!(check instanceof Promise)) return sendCheck(reply, desk, asker, check);
    return check.then((done) => sendCheck(reply, desk, asker, done));
  };
  server.post('/api/v4/true-api/codes/check', options, handler);
  server.post('/api/v3/true-api/codes/check', options, handler);

  const info = { summary: 'Hosts to ask: this server', response: { 200: HostsAnswer, ...REFUSED } };
  server.get('/api/v4/true-api/cdn/info', { config, schema: info }, ({ protocol, host }) => {
    if (!HOST.test(host)) throw new TillMistake(400, 'the Host header names no host');
    return { code: 0, description: 'ok', hosts: [{ host: `${protocol}://${host}` }] };
  });

  const health = { summary: 'How fast this host answers', response: { 200: HealthAnswer, ...REFUSED } };
  server.get('/api/v4/true-api/cdn/health/check', { config, schema: health }, () => ({
    code: 0,
    description: 'ok',
    avgTimeMs: Math.max(1, Math.round(desk.averageMs)),
  }));
}

const EMERGENCY = '{"code":203,"description":"emergency: sale is allowed without a check"}';

function sendCheck(reply: FastifyReply, desk: TillDesk, asker: Asker, check: Check): Answer | Promise<Answer> {
  const { codes, proof, channel } = check;
  if (channel === 'emergency') {
    void desk.record(check, asker);
    void reply.code(EMERGENCY_STATUS).header('content-type', JSON_TYPE);
    return EMERGENCY;
  }
  let text = '';
  for (let i = 0; i < codes.length; i++) text += i === 0 ? codeJson(codes[i]!) : `,${codeJson(codes[i]!)}`;
  const room = desk.record(check, asker);
  if (channel !== 'register' || check.offline) void reply.header('x-tamga-check', toldChannel(check));
  void reply.header('content-type', JSON_TYPE);
  const body = answerJson(text, proof);
  return room ? room.then(() => bytesOf(body)) : bytesOf(body);
}

type Answer = string | Buffer;

/** Text as bytes: of ASCII alone they are copied; Node would look at every character of a text that it is handed. */
function bytesOf(text: string): Buffer {
  return Buffer.from(text, Buffer.byteLength(text) === text.length ? 'latin1' : 'utf8');
}

/** Where the answer comes from, and how old it is, for whoever looks into a dispute. */
export function toldChannel({ channel, offline, ageMs }: Check): string {
  if (ageMs !== undefined) return `${channel}; age=${Math.round(ageMs / 1000)}`;
  return offline && channel === 'register' ? 'register; offline' : channel;
}

/** Errors as the platform words them: `code` and `description`. */
export function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const status = statusOf(error);
  if (status >= 500) request.log.error({ err: error }, 'a till’s request failed');
  const description = status >= 500 ? 'the server failed to answer' : error.message;
  void reply.code(status).send({ code: status, description });
}

/** Scopes and keys are all 401 to a till: it tells the operator, and goes offline. */
export function statusOf({ statusCode = 500, code }: FastifyError): number {
  return code === 'SCOPE_MISSING' || code === 'OTHER_PARTICIPANT' ? 401 : statusCode;
}
