/** What a key that is bound to a participant may say: what that participant does with its own codes, and no more. */
import type { Engine, EventStatement } from '../../../engine/index.js';
import { WITHDRAWAL_REASONS, withdrawalReasonByName } from '../../../engine/register/withdrawal.js';
import type { Client } from '../access/access.js';
import { Refusal } from '../refusals.js';

/** Statements of documents, and acts of authorities: the register asks nobody's ownership for them. */
const UNOWNED: ReadonlySet<unknown> = new Set(['restate', 'block', 'unblock']);

/**
 * The event as its client may submit it; a bound key is the actor. What is no event passes, for the engine to say what is wrong with it.
 * @throws Refusal OTHER_PARTICIPANT.
 */
export function boundEvent(engine: Engine, client: Client | null, event: unknown): EventStatement {
  const bound = client?.participant ?? null;
  if (bound === null || typeof event !== 'object' || event === null) return event as EventStatement;
  const { actor, checks, kind, reason, codes } = event as Partial<Record<keyof EventStatement, unknown>>;
  if (actor !== undefined && actor !== bound) throw other('act for another one');
  if (checks !== undefined && checks !== 'owner') throw other('leave ownership unchecked');
  if (UNOWNED.has(kind)) throw other(`submit “${String(kind)}”`);
  if (kind === 'withdraw' && isAuthoritys(reason) && !ownsAll(engine, codes, bound)) {
    throw other('withdraw another one’s codes as an authority');
  }
  return { ...(event as EventStatement), actor: bound, checks: 'owner' };
}

function isAuthoritys(reason: unknown): boolean {
  // A number is a reason, too; which one is not worth telling apart here.
  if (typeof reason !== 'string') return true;
  const name = withdrawalReasonByName(reason);
  return name === null || WITHDRAWAL_REASONS[name].authority;
}

function ownsAll(engine: Engine, codes: unknown, participant: string): boolean {
  if (!Array.isArray(codes)) return false;
  return codes.every((named: unknown) => {
    const code = typeof named === 'object' && named !== null && 'code' in named ? named.code : named;
    const record = typeof code === 'string' ? engine.find(code) : null;
    // A code that the register doesn't have is refused by it.
    return record === null ? typeof code === 'string' : record.owner === null || record.owner === participant;
  });
}

const other = (what: string): Refusal =>
  new Refusal('OTHER_PARTICIPANT', `The API key is bound to a participant and can’t ${what}.`);
