// What can come of the check of a tail. The numbers are those of core/assembly/tails/layout.ts; a test compares them.

/**
 * Results of a tail by their number in the tail column. Only `VALID` says genuine.
 *
 * - `ABSENT`: the code has no tail, or the line is no code.
 * - `UNKNOWN_KEY`: the ring has keys for codes of this format, but none with this id.
 * - `KEY_NOT_VALID_AT_DATE`: every key for it begins later or has ended before.
 * - `KEY_REVOKED`: its key was revoked at or before the moment of the check.
 * - `MALFORMED_TAIL`: not of the length and encoding that the key's scheme makes.
 * - `INVALID`: the key did not make this tail for this code.
 * - `UNVERIFIABLE`: no scheme: nothing in the ring is for such codes, a key lacks its secret, or the code lacks a part of the message.
 * - `VALID`: a key that holds at the moment of the check made this tail for this code.
 */
export const TAIL_RESULTS = [
  'ABSENT',
  'UNKNOWN_KEY',
  'KEY_NOT_VALID_AT_DATE',
  'KEY_REVOKED',
  'MALFORMED_TAIL',
  'INVALID',
  'UNVERIFIABLE',
  'VALID',
] as const;

export type TailResult = (typeof TAIL_RESULTS)[number];

/** Number of a result in the tail column. */
export const TAIL_RESULT_NUMBER = Object.fromEntries(TAIL_RESULTS.map((name, number) => [name, number])) as Readonly<
  Record<TailResult, number>
>;
