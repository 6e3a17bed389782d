import { InvalidArgumentError, Option } from 'commander';
import { DateTime } from 'luxon';

/** Threads that a machine of today can feed from one disk; more is a slip of the key. */
const WORKERS_MAX = 256;

/** A parser of whole numbers in a range, for an option. */
export function integerIn(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** An ISO 8601 date or date-time; one without an offset is in this computer's zone. */
export function moment(text: string): Date {
  const parsed = DateTime.fromISO(text);
  if (!parsed.isValid) throw new InvalidArgumentError('Expected an ISO 8601 time such as 2026-03-16T09:00:00+03:00.');
  return parsed.toJSDate();
}

export const option = {
  country: () => new Option('--country <country>', 'whose codes these are').choices(['RU', 'UZ']),
  workers: () =>
    new Option('--workers <count>', 'threads; 0: none beside the main one (default: one a processor)').argParser(
      integerIn(0, WORKERS_MAX),
    ),
  at: () => new Option('--at <time>', 'moment of the check, ISO 8601 (default: now)').argParser(moment),
  owner: (what: string) => new Option('--owner <id>', what),
  keys: () => new Option('--keys <file>', 'key ring for the check of tails (this version verifies none)'),
} as const;
