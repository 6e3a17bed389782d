/** `POST /v1/permits`: may the lines of a receipt be sold or taken back, why, and which tags the receipt takes. The decision table, for tills that have none. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { decide, type Engine, type Facts, type PermitPolicy, policyAt } from '../../../engine/index.js';
import { isLanguage, LANGUAGES } from '../../../engine/messages/index.js';
import type { ReceiptLine } from '../../../engine/permit/facts.js';
import { reasonText } from '../../../engine/permit/reason-text.js';
import { Refusal } from '../refusals.js';
import type { Settings } from '../settings.js';
import { PermitsAnswer } from './answers.js';
import type { CheckedCode } from './check-answer.js';
import type { Module, ModuleState } from './module-state.js';
import type { Asker, Check, TillDesk } from './till-desk.js';
import { askerOf, checkCodes, TillMistake } from './true-api.js';

const strict = { additionalProperties: false } as const;
const Line = Type.Object(
  {
    code: Type.String({ minLength: 1 }),
    /** Kopecks for one piece. */
    price: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })),
    /** Parts of a pack, pieces, ml or g. */
    quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
    eliminationState: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2)])),
  },
  strict,
);
const PermitRequest = Type.Object(
  {
    mode: Type.Enum(['sale', 'return']),
    /** Moment of the receipt, ISO 8601 with an offset; default: now. */
    at: Type.Optional(Type.String({ format: 'date-time' })),
    language: Type.Optional(Type.Enum([...LANGUAGES])),
    fiscalDriveNumber: Type.Optional(Type.String({ pattern: '^\\d{16}$' })),
    lines: Type.Array(Line, { minItems: 1 }),
  },
  strict,
);
type PermitRequest = Static<typeof PermitRequest>;

export interface PermitParts {
  engine: Engine;
  settings: Settings;
  state: ModuleState;
  version: string;
  now: () => Date;
}

export function permitRoutes(server: FastifyInstance, desk: TillDesk, parts: PermitParts): void {
  const { settings, now } = parts;
  server.post<{ Body: PermitRequest }>(
    '/v1/permits',
    {
      config: { scope: 'verify', tag: 'tills' },
      schema: {
        summary: 'May the lines of a receipt be sold or taken back, why, and which tags it takes',
        body: PermitRequest,
        response: { 200: PermitsAnswer },
      },
    },
    async (request) => {
      const { mode, at: stated, lines, language = 'ru', fiscalDriveNumber } = request.body;
      const codes = lines.map(({ code }) => code);
      try {
        checkCodes(codes, settings);
      } catch (error) {
        if (!(error instanceof TillMistake)) throw error;
        throw new Refusal(error.statusCode === 413 ? 'TOO_LARGE' : 'BAD_REQUEST', error.message);
      }
      const at = stated === undefined ? now() : new Date(stated);
      const asker: Asker = { ...askerOf('permits', request), fiscalDriveNumber };
      const check = settings.emergency ? desk.checkInEmergency(codes, asker) : await desk.check(codes, asker);
      await desk.record(check, asker);
      const policy = policyAt(desk.policies, at);
      const seen = new Set<string>();
      const permits = check.codes.map((checked, i) => {
        const { code: _, ...line } = lines[i]!;
        const { cis } = checked.known;
        const repeated = cis !== null && seen.has(cis);
        if (cis !== null) seen.add(cis);
        return permit(
          checked,
          { ...line, mode, at, repeated },
          check,
          policy,
          desk,
          parts,
          parts.state.of(asker.participant),
          isLanguage(language) ? language : 'ru',
        );
      });
      return { check: check.channel, ...check.proof, ageMs: check.ageMs, permits };
    },
  );
}

function permit(
  { known, facts }: CheckedCode,
  line: ReceiptLine,
  { channel, proof, offline }: Check,
  policy: PermitPolicy,
  desk: TillDesk,
  { engine, version }: PermitParts,
  { inst }: Module,
  language: 'ru' | 'uz' | 'en',
): Record<string, unknown> {
  const decision = decide(facts, line, desk.policies);
  const allow = allowed(decision.allow, channel, policy, decision.row);
  const own = channel === 'register' || offline ? { ...proof, inst, version } : proof;
  const { groupIds, innerUnitCount: inner } = facts;
  return {
    code: known.scan,
    cis: known.cis,
    allow,
    row: decision.row,
    reason: decision.reason,
    text: reasonText(language, decision, facts, channel),
    open: decision.open,
    facts: told(facts),
    tags: engine.receiptTags(known.scan, line, policy, {
      channel,
      proof: own,
      ...(groupIds && { groupIds }),
      ...(inner !== undefined && { inner }),
    }),
  };
}

/**
 * In an emergency everything is sold but what the till itself can refuse, row 18; where a check was not possible, what nothing is known against,
 * as the policy says.
 */
function allowed(
  allow: 'yes' | 'no' | 'unknown',
  channel: Check['channel'],
  { impossible }: PermitPolicy,
  row: number | null,
): 'yes' | 'no' | 'unknown' {
  if (channel === 'emergency') return row === 18 ? 'no' : 'yes';
  if (channel === 'impossible' && allow === 'unknown') return impossible === 'allow' ? 'yes' : 'no';
  return allow;
}

function told(facts: Facts): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== null));
}
