/**
 * Asl Belgisi's check of codes, drop-in (cash-register services §5). The public form is an array of what is known; the private one, an object
 * with `results`, is for the owner of every code that was asked for: anybody else silently gets the public one.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static, type TSchema } from 'typebox';
import type { Engine, KnownCode } from '../../../engine/index.js';
import { PAGE_CODES } from '../../../engine/register/limits.js';
import { STATES, type State } from '../../../engine/register/states.js';
import type { Settings } from '../settings.js';
import { PrivateOrPublicCodes, PublicCodes, XTRACE_REFUSED } from './answers.js';
import type { CheckedCode } from './check-answer.js';
import type { TillDesk } from './till-desk.js';
import { askerOf, checkCodes } from './true-api.js';

const Request = Type.Object({
  codes: Type.Array(Type.String(), { minItems: 1 }),
  addCodeHistory: Type.Optional(Type.Boolean()),
});
type Request = Static<typeof Request>;

/** Our states in the words of its clients; `extendedStatus` says what these don't. */
const STATUS: Readonly<Record<State, readonly [status: string, extended: string | null]>> = {
  UNKNOWN: ['UNKNOWN', null],
  EMITTED: ['EMITTED', null],
  APPLIED: ['APPLIED', null],
  INTRODUCED: ['INTRODUCED', null],
  SHIPPED: ['INTRODUCED', 'SHIPPED'],
  PAUSED: ['INTRODUCED', 'PAUSED'],
  PARTIALLY_SOLD: ['INTRODUCED', 'PARTIALLY_SOLD'],
  RETIRED: ['RETIRED', null],
  WITHDRAWN: ['WITHDRAWN', null],
  WRITTEN_OFF: ['WRITTEN_OFF', null],
  DISAGGREGATED: ['DISAGGREGATED', null],
};
/** Direct contents that are listed of a package; a pallet has some thousands inside its boxes, but tens of boxes. */
const CHILDREN_MAX = 100 * PAGE_CODES;

export function aslBelgisiRoutes(server: FastifyInstance, desk: TillDesk, engine: Engine, settings: Settings): void {
  server.setErrorHandler(sendError);
  const options = (summary: string, answer: TSchema) => ({
    config: { scope: 'verify', tag: 'tills' } as const,
    schema: { summary, body: Request, response: { 200: answer, ...XTRACE_REFUSED } },
  });

  const check = async (request: FastifyRequest<{ Body: Request }>, face: string) => {
    const { codes } = request.body;
    checkCodes(codes, settings);
    const asker = { ...askerOf(face, request), country: 'UZ' as const };
    const checked = await desk.check(codes, asker);
    await desk.record(checked, asker);
    return checked.codes.filter(({ known }) => known.state >= 0);
  };

  server.post<{ Body: Request }>(
    '/public/api/cod/public/codes',
    options('Check codes, as Asl Belgisi does', PublicCodes),
    async (request) => (await check(request, 'cod/public')).map(publicCode),
  );

  server.post<{ Body: Request }>(
    '/public/api/cod/private/codes',
    options('Check own codes, as Asl Belgisi does', PrivateOrPublicCodes),
    async (request) => {
      const codes = await check(request, 'cod/private');
      const isOwner = codes.length > 0 && codes.every(({ facts }) => facts.isOwner === true);
      return isOwner ? { results: codes.map((code) => privateCode(code, engine)) } : codes.map(publicCode);
    },
  );
}

function publicCode({ known, facts }: CheckedCode): Record<string, unknown> {
  const [status, extendedStatus] = statusOf(known);
  return {
    code: known.scan,
    status,
    extendedStatus: facts.isBlocked === true ? 'BLOCKED' : extendedStatus,
    gtin: known.gtin ?? undefined,
    productionDate: known.productionDate?.toISOString(),
    expirationDate: facts.expiresAt?.toISOString(),
    productSeries: known.series,
    packageType: packageType(known),
    ...(facts.packageQuantity !== undefined && { aggregateProductGroups: [{ unitsNumber: facts.packageQuantity }] }),
  };
}

function privateCode({ known, facts }: CheckedCode, { register }: Engine): Record<string, unknown> {
  const [status] = statusOf(known);
  const children = [...(register?.children(known.ordinal) ?? [])].slice(0, CHILDREN_MAX);
  return {
    codeData: { code: known.scan, status },
    packageData: {
      packageType: packageType(known),
      parentCode: known.parent,
      actuallyPacked: children.length > 0 ? children.length : undefined,
      children: children.map((ordinal) => register?.textOf(ordinal)),
    },
    // The key's participant owns every code of this answer; the name behind the number the register doesn't keep.
    turnoverData: { ownerInfo: { ownerTin: known.owner } },
    productData: { expirationDate: facts.expiresAt?.toISOString() },
  };
}

function statusOf({ state }: KnownCode): readonly [string, string | null] {
  return STATUS[STATES[state] ?? 'UNKNOWN'];
}

function packageType({ packageType: type }: KnownCode): string | undefined {
  return type === 'BOX' ? 'BOX_LV_1' : type;
}

/** Errors as xTrace words them: `code`, and for keys `context._cause`. */
function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode: status = 500 } = error;
  if (status === 401 || status === 403) {
    void reply.code(status).send({ code: 'access-denied', context: { _cause: 'inactive-token' } });
    return;
  }
  if (status < 500) {
    const code = status === 429 ? 'too-many-requests' : 'invalid-input-parameter';
    void reply.code(status).send({ code, message: error.message });
    return;
  }
  request.log.error({ err: error }, 'a till’s request failed');
  void reply.code(status).send({ code: 'internal-error' });
}
