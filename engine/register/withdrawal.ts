/**
 * Why a code leaves circulation: one list for all systems, with each system's own words.
 * Sources: ГИС МТ withdrawal reasons, МДЛП 552 `withdrawal_type` and 391 `withdrawal_reason` (domain/documents), §8 of
 * domain/inventory-and-acceptance, and the rows of domain/systems named beside the reasons.
 */
import { STATE_NUMBER, type State } from './states.js';

export interface WithdrawalReason {
  /** Stands in records and events; never changes. */
  number: number;
  /** What the code becomes. */
  state: 'RETIRED' | 'WITHDRAWN' | 'WRITTEN_OFF';
  /** States that it may be withdrawn from. */
  from: readonly State[];
  /** Said by `sell` rather than by `withdraw`. */
  sale: boolean;
  /** What was withdrawn so may come back (МДЛП 391, LP_RETURN, a return receipt). */
  returnable: boolean;
  /** An authority's act: the actor need not own the code, and a blocked one is no exception. */
  authority: boolean;
  /** Words of ГИС МТ, numbers of МДЛП 552 and 391 (`552:11`), in any case. */
  words: readonly string[];
}

const CIRCULATING = ['UNKNOWN', 'INTRODUCED', 'PARTIALLY_SOLD', 'PAUSED'] as const;
/** What is lost or perishes may do so on its way. */
const ANYWHERE = [...CIRCULATING, 'APPLIED', 'SHIPPED'] as const;
const UNUSED = ['EMITTED', 'APPLIED'] as const;

type Given = Partial<Omit<WithdrawalReason, 'number' | 'words'>>;
const reason = (number: number, words: readonly string[], given: Given = {}): WithdrawalReason => ({
  number,
  words,
  state: 'WITHDRAWN',
  from: CIRCULATING,
  sale: false,
  returnable: false,
  authority: false,
  ...given,
});
const RETIRES = { state: 'RETIRED', returnable: true } as const;
const SELLS = { ...RETIRES, sale: true } as const;
const WRITES_OFF = { state: 'WRITTEN_OFF', from: ANYWHERE, returnable: true } as const;

export const WITHDRAWAL_REASONS = {
  /** S4-21, S4-46: a receipt. */
  RETAIL: reason(1, ['RETAIL', 'RETAIL_SALE', '391:9'], SELLS),
  REMOTE_SALE: reason(2, ['REMOTE_SALE', 'DISTANCE'], SELLS),
  /** МДЛП 521, 10521. */
  PRESCRIPTION: reason(3, ['391:4'], SELLS),
  /** МДЛП 531, 10531. */
  MEDICAL_USE: reason(4, ['391:5'], SELLS),
  /** МДЛП 512. */
  BY_DOCUMENTS: reason(5, ['391:12'], SELLS),
  /** S4-22, S4-48: для собственных нужд. */
  OWN_USE: reason(6, ['OWN_USE', 'NO_RETAIL_USE', 'ENTERPRISE_USE'], RETIRES),
  /** S2-24, S2-30: into production; what remains may come back. */
  PRODUCTION_USE: reason(7, ['PRODUCTION_USE', '552:17', '552:18'], RETIRES),
  /** S4-14: a wheel or a keg sold by weight or on tap; its pieces carry no code. */
  BULK_SALE: reason(8, ['WEIGHT_SALE', 'TAP_SALE'], { state: 'RETIRED' }),
  /** S2-26, S2-27. */
  EXPORT: reason(9, ['EEC_EXPORT', 'BEYOND_EEC_EXPORT', '552:24', '391:8', '391:10', '391:13'], { returnable: true }),
  REEXPORT: reason(10, ['391:2'], { returnable: true }),
  /** МДЛП 632: past its date. */
  EXPIRED: reason(11, ['EXPIRATION', '552:22'], { from: ANYWHERE, authority: true }),
  DAMAGE: reason(12, ['DAMAGE_LOSS', '552:15', '552:16'], { ...WRITES_OFF, returnable: false }),
  /** S2-29: found to be missing; S2-32: found again. */
  SHORTAGE: reason(13, ['SHORTAGE', '552:11'], WRITES_OFF),
  /** S0-69, S0-70: not held when an inventory was taken. */
  INVENTORY: reason(14, ['LOST_INVENTORY'], { ...WRITES_OFF, authority: true }),
  THEFT: reason(15, ['THEFT', '552:21'], WRITES_OFF),
  WRITE_OFF: reason(16, ['WRITE_OFF', '552:13', '391:1'], WRITES_OFF),
  /** S2-23; МДЛП 541, 542. */
  DESTRUCTION: reason(17, ['DESTRUCTION', 'UTILISATION'], { from: ANYWHERE }),
  /** S2-23. */
  CONFISCATION: reason(18, ['CONFISCATION'], { from: ANYWHERE, authority: true }),
  LIQUIDATION: reason(19, ['LIQUIDATION']),
  DONATION: reason(20, ['DONATION', '552:26']),
  SAMPLES: reason(21, ['552:12', '552:19', '552:20', '391:3'], { returnable: true }),
  STATE_CONTROL: reason(22, ['552:6', '552:7', '552:8', '552:10', '391:7'], { returnable: true, authority: true }),
  CLINICAL_TRIALS: reason(23, ['552:9', '391:11'], { returnable: true }),
  /** S2-28 and state enterprises. */
  STATE_USE: reason(24, ['STATE_ENTERPRISE']),
  SPOILED: reason(25, ['KM_SPOILED_OR_LOST'], { from: UNUSED }),
  CANCELLED: reason(26, ['KM_CANCELLATION', 'KM_CANCELLATION_BY_TERM'], { from: UNUSED, authority: true }),
  UNREGISTERED_PARTY: reason(27, ['391:6'], { returnable: true }),
  NO_DATA: reason(28, ['552:14', '552:23']),
} as const satisfies Record<string, WithdrawalReason>;

export type WithdrawalReasonName = keyof typeof WITHDRAWAL_REASONS;

const BY_NUMBER = new Map<number, WithdrawalReasonName>();
const BY_WORD = new Map<string, WithdrawalReasonName>();
for (const [name, { number, words }] of Object.entries(WITHDRAWAL_REASONS)) {
  BY_NUMBER.set(number, name as WithdrawalReasonName);
  for (const word of [name, ...words]) BY_WORD.set(word.toUpperCase(), name as WithdrawalReasonName);
}

/** Name of a reason's number; `null` for 0 and for numbers never given. */
export function withdrawalReasonOf(number: number): WithdrawalReasonName | null {
  return BY_NUMBER.get(number) ?? null;
}

/** The reason that a name of ours or a system's own word means, in any case; `null` when no system is known to say it. */
export function withdrawalReasonByName(word: string): WithdrawalReasonName | null {
  return BY_WORD.get(word.trim().toUpperCase()) ?? null;
}

/** True when a code in this state may be withdrawn for this reason. */
export function mayWithdraw(name: WithdrawalReasonName, state: number): boolean {
  return WITHDRAWAL_REASONS[name].from.some((from) => STATE_NUMBER[from] === state);
}
