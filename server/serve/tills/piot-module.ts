/** The certified module on a till, ТС ПИоТ, v2 and v3, drop-in (cash-register services §3): codes in Base64, the key as `client_info.token`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { admit } from '../access/access.js';
import type { ApiKeys } from '../access/api-keys.js';
import type { Settings } from '../settings.js';
import { Emergency, PiotAnswer, REFUSED } from './answers.js';
import { answerJson, codeJson } from './check-answer.js';
import type { ModuleState } from './module-state.js';
import type { Asker, TillDesk } from './till-desk.js';
import { checkCodes, EMERGENCY_STATUS, JSON_TYPE, sendError, TillMistake } from './true-api.js';

const ClientInfo = Type.Optional(
  Type.Object({
    name: Type.Optional(Type.String({ maxLength: 200 })),
    version: Type.Optional(Type.String({ maxLength: 100 })),
    id: Type.Optional(Type.String({ maxLength: 100 })),
    token: Type.Optional(Type.String({ maxLength: 100 })),
  }),
);
const SecondVersion = Type.Object({ codes: Type.Array(Type.String(), { minItems: 1 }), client_info: ClientInfo });
const ThirdVersion = Type.Object({
  codes: Type.Array(Type.Object({ cis: Type.String(), pg: Type.Optional(Type.Unknown()) }), { minItems: 1 }),
  client_info: ClientInfo,
});
type Body = Static<typeof SecondVersion> | Static<typeof ThirdVersion>;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export interface PiotParts {
  settings: Settings;
  keys: ApiKeys;
  state: ModuleState;
  version: string;
}

export function piotRoutes(
  server: FastifyInstance,
  desk: TillDesk,
  { settings, keys, state, version }: PiotParts,
): void {
  server.setErrorHandler(sendError);

  const handler = async (request: FastifyRequest<{ Body: Body }>, reply: FastifyReply) => {
    const { codes: encoded, client_info: info } = request.body;
    const { keyId, participant } = admit(keys, info?.token ?? keyOfHeader(request), 'verify');
    // Base64 takes a third more than what is in it.
    const texts = encoded.map((code) => (typeof code === 'string' ? code : code.cis));
    checkCodes(texts, settings);
    const codes = texts.map(decode);
    const asker: Asker = { face: 'piot', keyId, participant: participant ?? undefined, country: 'RU' };
    const check = settings.emergency ? desk.checkInEmergency(codes, asker) : await desk.check(codes, asker);
    await desk.record(check, asker);
    if (check.channel === 'emergency') {
      return reply.code(EMERGENCY_STATUS).send({ code: EMERGENCY_STATUS, description: 'emergency' });
    }
    const { inst } = state.of(asker.participant);
    const more = `,"isCheckedOffline":${check.offline || check.channel === 'impossible'},"inst":"${inst}","version":"${version}"`;
    const body = answerJson(check.codes.map(codeJson).join(), check.proof, more);
    return reply.header('content-type', JSON_TYPE).send(`{"codesResponse":[${body}]}`);
  };
  // The key stands in the body, which is read before anybody is let in: the route asks for it itself.
  const config = { scope: 'open', tag: 'tills' } as const;
  const schema = {
    summary: 'Check codes at a till, as a ТС ПИоТ does',
    description: 'The key, of scope verify, is client_info.token or X-API-KEY. Codes are in Base64.',
    response: { 200: PiotAnswer, 203: Emergency, ...REFUSED },
  };
  server.post('/api/v2/codes/check', { config, schema: { ...schema, body: SecondVersion } }, handler);
  server.post('/api/v3/codes/check', { config, schema: { ...schema, body: ThirdVersion } }, handler);
}

function keyOfHeader({ headers }: FastifyRequest): string | undefined {
  const key = headers['x-api-key'];
  return typeof key === 'string' ? key : undefined;
}

function decode(text: string, i: number): string {
  if (text === '' || !BASE64.test(text)) throw new TillMistake(400, `codes/${i}: expected a code in Base64`);
  return Buffer.from(text, 'base64').toString('utf8');
}
