import type { Verdict, VerifyContext } from '../../engine/index.js';
import { dateOf } from '../../engine/wall-clock.js';
import type { Context, WireVerdict } from './schema.js';

/** The engine's context of a request's; `byDefault`: whose codes they are when it doesn't say. */
export function contextOf(context: Context = {}, byDefault?: Context['country']): VerifyContext {
  const { operation = 'count', participant, at, country = byDefault } = context;
  return { operation, participant, country, at: at === undefined ? undefined : new Date(at) };
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
