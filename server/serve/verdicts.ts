import type { Verdict, VerifyContext } from '../../engine/index.js';
import { dateOf } from '../../engine/wall-clock.js';
import type { Context, WireVerdict } from './schema.js';

/** The engine's context of a request's. */
export function contextOf(context: Context = {}): VerifyContext {
  const { operation = 'count', participant, at, country } = context;
  return { operation, participant, country, at: at === undefined ? undefined : new Date(at) };
}

/** A verdict as it goes over the wire, without what is not known. */
export function wireVerdict({ reason, allow, code, record }: Verdict): WireVerdict {
  const wire: WireVerdict = { outcome: reason, allow, key: code.key };
  if (code.error) wire.error = code.error;
  if (record) {
    wire.state = record.state;
    if (record.owner !== null) wire.owner = record.owner;
    if (record.expiry !== null) wire.expiry = dateOf(record.expiry);
  }
  return wire;
}
