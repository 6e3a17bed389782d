import { InvalidArgumentError, Option } from 'commander';
import { DateTime } from 'luxon';
import type { EngineOptions } from '../../engine/index.js';
import { EXPIRES_SOON_DAYS_MAX, GROUP_MAX } from '../../engine/jobs/limits.js';
import { TAIL_POLICIES, type TailPolicy } from '../../engine/keys/tail-outcome.js';

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

/** A list with commas: one with blanks would take the file behind it for a group. */
function groupNumbers(text: string): number[] {
  return text.split(',').map(integerIn(1, GROUP_MAX));
}

export const option = {
  country: () => new Option('--country <country>', 'whose codes these are').choices(['RU', 'UZ']),
  workers: () =>
    new Option('--workers <count>', 'threads; 0: none beside the main one (default: one a processor)').argParser(
      integerIn(0, WORKERS_MAX),
    ),
  at: () => new Option('--at <time>', 'moment of the check, ISO 8601 (default: now)').argParser(moment),
  expiresSoon: () =>
    new Option('--expires-soon <days>', 'what expires within so many days is told').argParser(
      integerIn(0, EXPIRES_SOON_DAYS_MAX),
    ),
  groups: () =>
    new Option(
      '--groups <numbers>',
      'product groups that the participant declared, as 8,13; codes of others are told',
    ).argParser(groupNumbers),
  owner: (what: string) => new Option('--owner <id>', what),
  keys: () => new Option('--keys <file>', 'key file: check crypto tails with its keys'),
  secrets: () => new Option('--secrets <file>', 'file of secrets (default: the one that the key file names)'),
  tails: () =>
    new Option(
      '--tails <policy>',
      'required: nothing but a valid tail will do; where-possible: what cannot be checked goes on (default)',
    ).choices(TAIL_POLICIES),
  registeredTails: () =>
    new Option('--registered-tails', 'compare tails that no key decides with those that the register has seen'),
  job: () =>
    new Option('--job <dir>', 'make it a job of this folder: interrupted, it goes on with “tamga jobs resume”'),
} as const;

/** Options of a command that checks tails. */
export interface TailChoice {
  keys?: string;
  secrets?: string;
  tails?: TailPolicy;
}

/** The same as options of an engine. */
export function tailOptions({
  keys,
  secrets,
  tails,
}: TailChoice): Pick<EngineOptions, 'keys' | 'secrets' | 'tailPolicy'> {
  return { keys, secrets, tailPolicy: tails };
}
