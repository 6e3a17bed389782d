/** Shapes on the wire of `/v1`. */
import Type, { type Static } from 'typebox';
import { EXPIRES_SOON_DAYS_MAX, GROUP_MAX, GROUPS_MAX } from '../../engine/jobs/limits.js';
import { OUTCOMES } from '../../engine/reconcile/outcomes.js';
import { OPERATIONS } from '../../engine/verdict/rules.js';

/** UTF-16 units of a code in a frame; the longest code has 150 characters, and what is longer is answered as no code up to here. */
export const CODE_LENGTH_MAX = 4096;

const strict = { additionalProperties: false } as const;

/** 1 to 65535, {@link GROUP_MAX}. */
const GROUP_NUMBER = '([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';

/** What a check is about; all of it may be left out. */
const asked = {
  operation: Type.Optional(Type.Enum([...OPERATIONS])),
  /** Tax number or place of activity that the codes must belong to. */
  participant: Type.Optional(Type.String({ maxLength: 100 })),
  /** Moment of the check, ISO 8601 with an offset; default: now. */
  at: Type.Optional(Type.String({ format: 'date-time' })),
  country: Type.Optional(Type.Enum(['RU', 'UZ'])),
};

export const Context = Type.Object(
  {
    ...asked,
    expiresSoonDays: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: EXPIRES_SOON_DAYS_MAX,
        description: 'what expires within so many days of the check is EXPIRES_SOON, and allowed',
      }),
    ),
    groups: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: GROUP_MAX }), {
        maxItems: GROUPS_MAX,
        description:
          'numbers of the product groups that were declared: a code of another is GROUP_NOT_DECLARED, and allowed',
      }),
    ),
  },
  strict,
);
export type Context = Static<typeof Context>;

export const VerifyRequest = Type.Object(
  {
    codes: Type.Array(Type.String({ maxLength: CODE_LENGTH_MAX }), {
      description: 'as many as codesMax allows, 1000 unless it says otherwise; more are TOO_LARGE',
    }),
    context: Type.Optional(Context),
  },
  strict,
);
export type VerifyRequest = Static<typeof VerifyRequest>;

/** The answer for one code. */
export const WireVerdict = Type.Object({
  outcome: Type.Enum([...OUTCOMES]),
  allow: Type.Enum(['yes', 'no', 'unknown']),
  key: Type.Union([Type.String(), Type.Null()], {
    description: 'GTIN and serial, SSCC, or the text of another code; null for what is no code',
  }),
  error: Type.Optional(Type.Object({ code: Type.String(), position: Type.Integer(), message: Type.String() })),
  state: Type.Optional(Type.String()),
  owner: Type.Optional(Type.String()),
  expiry: Type.Optional(Type.String({ description: 'ISO date' })),
});
export type WireVerdict = Static<typeof WireVerdict>;

export const VerifyResponse = Type.Object({ verdicts: Type.Array(WireVerdict) });

/** Context of a raw body, in the query. */
/** The same in a query. */
export const RawQuery = Type.Object(
  {
    ...asked,
    expiresSoonDays: Type.Optional(
      Type.String({ pattern: '^\\d{1,4}$', description: `at most ${EXPIRES_SOON_DAYS_MAX}` }),
    ),
    groups: Type.Optional(
      Type.String({
        pattern: `^${GROUP_NUMBER}(,${GROUP_NUMBER})*$`,
        maxLength: 6000,
        description: 'numbers of the product groups that were declared, separated by commas',
      }),
    ),
  },
  strict,
);
export type RawQuery = Static<typeof RawQuery>;
