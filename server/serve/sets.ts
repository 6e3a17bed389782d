/** `GET /v1/sets`: how many codes the register has, by state, owner, product group, product, series, document and package; now or at a past moment. */
import Type, { type Static } from 'typebox';
import { type AsOf, type CodeFilter, type Register, STATES, type State } from '../../engine/index.js';
import { GROUP_MAX } from '../../engine/jobs/limits.js';
import { STATE_NUMBER, stateByName } from '../../engine/register/states.js';
import { RoaringBitmap32 } from '../../engine/roaring.js';
import type { Face } from './faces.js';
import { Refusal } from './refusals.js';

const strict = { additionalProperties: false } as const;
const SET_KINDS = ['state', 'owner', 'group', 'gtin', 'series', 'document', 'package'] as const;

const SetPath = Type.Object(
  { kind: Type.Enum([...SET_KINDS]), name: Type.String({ minLength: 1, maxLength: 480 }) },
  strict,
);
const AtQuery = Type.Object(
  {
    at: Type.Optional(
      Type.String({ format: 'date-time', description: 'what the register held then, by its own time; default: now' }),
    ),
  },
  strict,
);

const Moment = {
  event: Type.Integer({ description: 'last event that is in the count' }),
  appliedAt: Type.Union([Type.String(), Type.Null()], { description: 'when it was applied' }),
};
const ByState = Type.Record(Type.String(), Type.Integer());
const SetAnswer = Type.Object({
  kind: Type.Enum([...SET_KINDS]),
  name: Type.String(),
  codes: Type.Integer(),
  byState: ByState,
  ...Moment,
});
const AllAnswer = Type.Object({ codes: Type.Integer(), byState: ByState, ...Moment });

export const setsFace: Face = (server, { engine }) => {
  const config = { scope: 'verify', tag: 'register' } as const;

  server.get<{ Querystring: Static<typeof AtQuery> }>(
    '/v1/sets',
    {
      config,
      schema: { summary: 'Codes of the register by state', querystring: AtQuery, response: { 200: AllAnswer } },
    },
    ({ query, client }) => counted(demandRegister(engine.register), query.at, {}, client?.participant ?? null),
  );

  server.get<{ Params: Static<typeof SetPath>; Querystring: Static<typeof AtQuery> }>(
    '/v1/sets/:kind/:name',
    {
      config,
      schema: {
        summary: 'Codes of a set of the register',
        params: SetPath,
        querystring: AtQuery,
        response: { 200: SetAnswer },
      },
    },
    ({ params: { kind, name }, query, client }) => {
      const filter = filterOf(engine.keyOf(name), kind, name);
      return {
        kind,
        name,
        ...counted(demandRegister(engine.register), query.at, filter, client?.participant ?? null),
      };
    },
  );
};

function demandRegister(register: Register | null): Register {
  if (!register) throw new Refusal('NOT_FOUND', 'The server has no register.');
  return register;
}

/** @throws Refusal BAD_REQUEST for a state that there is not, BAD_CODE for a package that is no code. */
function filterOf(key: string | null, kind: (typeof SET_KINDS)[number], name: string): CodeFilter {
  switch (kind) {
    case 'state': {
      const state = stateByName(name);
      if (state === null)
        throw new Refusal('BAD_REQUEST', `params/name: there is no such state; ${STATES.join(', ')}.`);
      return { state };
    }
    case 'group': {
      const group = Number(name);
      if (!/^[1-9]\d{0,4}$/.test(name) || group > GROUP_MAX)
        throw new Refusal('BAD_REQUEST', `params/name: a product group has a number from 1 to ${GROUP_MAX}.`);
      return { group };
    }
    case 'gtin':
      if (!/^\d{8}$|^\d{12,14}$/.test(name)) throw new Refusal('BAD_REQUEST', 'params/name: a GTIN has 14 digits.');
      return { gtin: name.padStart(14, '0') };
    case 'package':
      if (key === null) throw new Refusal('BAD_CODE', 'params/name: a package is named by its code.');
      return { package: key };
    default:
      return { [kind]: name };
  }
}

/** A key that is bound to a participant counts that one's codes only. */
function counted(
  register: Register,
  at: string | undefined,
  filter: CodeFilter,
  participant: string | null,
): Static<typeof AllAnswer> {
  const then = register.asOf(at === undefined ? { sequence: Number.MAX_SAFE_INTEGER } : new Date(at));
  const sets = [then.select(filter)];
  if (participant !== null) sets.push(then.select({ owner: participant }));
  const codes = sets.reduce((all, set) => RoaringBitmap32.and(all, set));
  return {
    codes: codes.size,
    byState: byState(then, codes),
    event: then.sequence,
    appliedAt: then.sequence === 0 ? null : new Date(then.appliedAt).toISOString(),
  };
}

function byState(then: AsOf, codes: RoaringBitmap32): Partial<Record<State, number>> {
  const counts: Partial<Record<State, number>> = {};
  for (const state of STATES) {
    const count = then.set('state', STATE_NUMBER[state]).andCardinality(codes);
    if (count > 0) counts[state] = count;
  }
  return counts;
}
