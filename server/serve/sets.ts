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
/** What narrows a count, each as the name of a set in a path. */
const Name = Type.Optional(Type.String({ minLength: 1, maxLength: 480 }));
const FIELDS = ['state', 'owner', 'group', 'gtin', 'series', 'document'] as const;
const SetQuery = Type.Object(
  {
    state: Name,
    owner: Name,
    group: Name,
    gtin: Name,
    series: Name,
    document: Name,
    at: Type.Optional(
      Type.String({ format: 'date-time', description: 'what the register held then, by its own time; default: now' }),
    ),
  },
  strict,
);
type SetQuery = Static<typeof SetQuery>;

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

  server.get<{ Querystring: SetQuery }>(
    '/v1/sets',
    {
      config,
      schema: { summary: 'Codes of the register by state', querystring: SetQuery, response: { 200: AllAnswer } },
    },
    ({ query, client }) =>
      counted(demandRegister(engine.register), query.at, filterOfQuery(query), client?.participant ?? null),
  );

  server.get<{ Params: Static<typeof SetPath>; Querystring: SetQuery }>(
    '/v1/sets/:kind/:name',
    {
      config,
      schema: {
        summary: 'Codes of a set of the register',
        params: SetPath,
        querystring: SetQuery,
        response: { 200: SetAnswer },
      },
    },
    ({ params: { kind, name }, query, client }) => {
      if (kind !== 'package' && query[kind] !== undefined)
        throw new Refusal('BAD_REQUEST', `querystring/${kind}: the path names it already.`);
      const filter = { ...filterOfQuery(query), ...filterOf(engine.keyOf(name), kind, name, 'params/name') };
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

/** All that a query names; of an empty one: every code. @throws Refusal as {@link filterOf}. */
function filterOfQuery(query: SetQuery): CodeFilter {
  const filter: CodeFilter = {};
  for (const field of FIELDS) {
    const name = query[field];
    if (name !== undefined) Object.assign(filter, filterOf(null, field, name, `querystring/${field}`));
  }
  return filter;
}

/**
 * `place`: where the name stands in the request.
 * @throws Refusal BAD_REQUEST for a state that there is not, a group or GTIN that is no number of one; BAD_CODE for a package that is no code.
 */
function filterOf(key: string | null, kind: (typeof SET_KINDS)[number], name: string, place: string): CodeFilter {
  switch (kind) {
    case 'state': {
      const state = stateByName(name);
      if (state === null) throw new Refusal('BAD_REQUEST', `${place}: there is no such state; ${STATES.join(', ')}.`);
      return { state };
    }
    case 'group': {
      const group = /^\d{1,5}$/.test(name) ? Number(name) : 0;
      if (group < 1 || group > GROUP_MAX)
        throw new Refusal('BAD_REQUEST', `${place}: a product group is a number from 1 to ${GROUP_MAX}.`);
      return { group };
    }
    case 'gtin':
      if (!/^\d{8}$|^\d{12,14}$/.test(name)) throw new Refusal('BAD_REQUEST', `${place}: a GTIN has 14 digits.`);
      return { gtin: name.padStart(14, '0') };
    case 'package':
      if (key === null) throw new Refusal('BAD_CODE', `${place}: a package is named by its code.`);
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
