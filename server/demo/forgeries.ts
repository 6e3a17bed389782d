/** What may be wrong with the tail of a forged code, and what must be found of it. */
import type { TailResult } from '../../core/host/index.js';
import { type TailPolicy, tailOutcome } from '../../engine/keys/index.js';
import type { Outcome } from '../../engine/reconcile/outcomes.js';
import type { CodeForm } from './goods.js';
import { mix32 } from './random.js';

export const FORGERIES = [
  'foreignTail', // the genuine tail of another unit
  'flipped', // one character of the genuine tail is another
  'otherKey', // made with a key that is not the issuer's
  'revokedKey', // made with a key that was stolen, and revoked
  'unknownKey', // names a key that nobody has heard of
] as const;
export type Forgery = (typeof FORGERIES)[number];

/** Codes of AI 93 name no key. */
const WITHOUT_KEY_ID = 3;

const RESULT: Record<Forgery, TailResult> = {
  foreignTail: 'INVALID',
  flipped: 'INVALID',
  otherKey: 'INVALID',
  revokedKey: 'KEY_REVOKED',
  unknownKey: 'UNKNOWN_KEY',
};
const POLICY: TailPolicy = 'where-possible';

/** How the code of a unit is forged. */
export function forgeryOf(unit: number, { tail }: CodeForm): Forgery {
  return FORGERIES[mix32(unit) % (tail === '92' ? FORGERIES.length : WITHOUT_KEY_ID)]!;
}

export function resultOf(forgery: Forgery): TailResult {
  return RESULT[forgery];
}

export function outcomeOf(forgery: Forgery): Outcome {
  return tailOutcome(RESULT[forgery], POLICY)!;
}

/** One pack of tobacco in four is forged. */
export function isForgedTobacco(number: number): boolean {
  return number % 4 === 3;
}
