/** Shapes on the wire of `/v1`. */
import Type, { type Static } from 'typebox';
import { OUTCOMES } from '../../engine/reconcile/outcomes.js';
import { OPERATIONS } from '../../engine/verdict/rules.js';

/** UTF-16 units of a code in a frame; the longest code has 150 characters, and what is longer is answered as no code up to here. */
export const CODE_LENGTH_MAX = 4096;

const strict = { additionalProperties: false } as const;

/** What a check is about; all of it may be left out. */
export const Context = Type.Object(
  {
    operation: Type.Optional(Type.Enum([...OPERATIONS])),
    /** Tax number or place of activity that the codes must belong to. */
    participant: Type.Optional(Type.String({ maxLength: 100 })),
    /** Moment of the check, ISO 8601 with an offset; default: now. */
    at: Type.Optional(Type.String({ format: 'date-time' })),
    country: Type.Optional(Type.Enum(['RU', 'UZ'])),
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
export const RawQuery = Context;
