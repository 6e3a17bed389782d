import type { Verdict, VerifyContext } from '../../engine/index.js';
import { EXPIRES_SOON_DAYS_MAX } from '../../engine/jobs/limits.js';
import { dateOf } from '../../engine/wall-clock.js';
import { Refusal } from './refusals.js';
import type { Context, RawQuery, WireVerdict } from './schema.js';

/**
 * The engine's context of a request's, as JSON or as a query; `byDefault`: whose codes they are when it doesn't say.
 * @throws Refusal BAD_REQUEST for more days than are asked about.
 */
export function contextOf(context: Context | RawQuery = {}, byDefault?: Context['country']): VerifyContext {
  const { operation = 'count', participant, at, country = byDefault } = context;
  const expiresSoonDays = context.expiresSoonDays === undefined ? undefined : Number(context.expiresSoonDays);
  if (expiresSoonDays !== undefined && expiresSoonDays > EXPIRES_SOON_DAYS_MAX) {
    throw new Refusal('BAD_REQUEST', `expiresSoonDays: at most ${EXPIRES_SOON_DAYS_MAX} days.`);
  }
  const groups = typeof context.groups === 'string' ? context.groups.split(',').map(Number) : context.groups;
  return { operation, participant, country, at: at === undefined ? undefined : new Date(at), expiresSoonDays, groups };
}

/** A verdict as it goes over the wire, without what is not known, and without what is not `participant`'s business when the asking key is bound to one. */
export function wireVerdict(verdict: Verdict, participant: string | null = null): WireVerdict {
  const { reason, allow, code } = verdict;
  const wire: WireVerdict = { outcome: reason, allow, key: code.key };
  if (code.error) wire.error = code.error;
  const { state, owner, expiry } = verdict;
  if (state === null || (participant !== null && owner !== null && owner !== participant)) return wire;
  wire.state = state;
  if (owner !== null) wire.owner = owner;
  if (expiry !== null) wire.expiry = dateOf(expiry);
  return wire;
}
