/** The words in which a decision is told to a cashier; they are in messages/permits.json, a test keeps the two equal. */
import { type Language, type MessageKey, message } from '../messages/index.js';
import type { Decision } from './decide.js';
import type { Channel, Facts } from './facts.js';
import { REASONS } from './rules.js';

/** Errors of one code, §1.3; other numbers are told as numbers. */
const ERROR_NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const;

export const PERMIT_TEXTS = [
  ...REASONS,
  'ALLOWED',
  'NOT_KNOWN',
  'EMERGENCY',
  'IMPOSSIBLE',
  ...ERROR_NUMBERS.map((number) => `ERROR_${number}` as const),
] as const;
export type PermitText = (typeof PERMIT_TEXTS)[number];

/** Why, in a sentence, with what stands against the line. */
export function reasonText(language: Language, { allow, reason }: Decision, facts: Facts, channel: Channel): string {
  if (reason !== null) return message(language, `permit.${reason}`, { detail: detailOf(language, reason, facts) });
  if (channel === 'emergency') return message(language, 'permit.EMERGENCY');
  if (channel === 'impossible') return message(language, 'permit.IMPOSSIBLE');
  return message(language, allow === 'yes' ? 'permit.ALLOWED' : 'permit.NOT_KNOWN');
}

function detailOf(language: Language, reason: string, facts: Facts): string | undefined {
  switch (reason) {
    case 'CODE_ERROR': {
      const number = facts.errorCode ?? 0;
      const key = `permit.ERROR_${number}`;
      return (ERROR_NUMBERS as readonly number[]).includes(number) ? message(language, key as MessageKey) : `${number}`;
    }
    case 'BLOCKED':
      return facts.ogvs?.join(', ');
    case 'TOO_MANY_PARTS':
      return `${facts.soldUnitCount}/${facts.innerUnitCount}`;
    case 'EXPIRED':
      return facts.expiresAt?.toISOString().slice(0, 16);
    case 'PRICE_NOT_PRINTED':
      return money(facts.printedPrice);
    case 'PRICE_ABOVE_CEILING':
      return money(facts.mrp ?? facts.printedPrice);
    case 'PRICE_BELOW_MINIMUM':
      return money(facts.mrp);
    case 'PRICE_BELOW_FLOOR':
      return money(facts.smp);
    default:
      return undefined;
  }
}

/** Kopecks as roubles. */
function money(kopecks: number | undefined): string | undefined {
  return kopecks === undefined ? undefined : (kopecks / 100).toFixed(2);
}
