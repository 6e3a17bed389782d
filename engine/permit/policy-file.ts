/**
 * Policies of tills from a JSON file: a list of objects with `from`, the date of effect (ISO 8601), and those fields of {@link PermitPolicy} that
 * differ from what held before. What the file leaves out is as in {@link DEFAULT_POLICIES}.
 */
import { readFileSync, statSync } from 'node:fs';
import { IANAZone } from 'luxon';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { TamgaError } from '../errors.js';
import { DEFAULT_POLICIES, type PermitPolicy } from './policy.js';
import { isActDate } from './receipt-tags.js';

const strict = { additionalProperties: false } as const;
const Groups = Type.Array(Type.Integer({ minimum: 1, maximum: 0xffff }), { maxItems: 1000 });
const Kopecks = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
const Act = Type.Object(
  {
    authority: Type.String({ minLength: 1, maxLength: 3 }),
    date: Type.String({ maxLength: 10 }),
    number: Type.String({ minLength: 1, maxLength: 32 }),
  },
  strict,
);
const byGroup = <T extends Type.TSchema>(schema: T) => Type.Record(Type.String({ pattern: '^[1-9]\\d{0,4}$' }), schema);

const Stated = Type.Object(
  {
    from: Type.String({ maxLength: 40 }),
    grayZone: Type.Optional(Type.Enum(['forbid', 'allow', 'allow-unrealizable'])),
    returnBlocked: Type.Optional(Type.Boolean()),
    ownGoodsOnly: Type.Optional(Type.Boolean()),
    expiry: Type.Optional(Type.Enum(['moment', 'end-of-day'])),
    zone: Type.Optional(Type.String({ maxLength: 60 })),
    shelfLifeGroups: Type.Optional(Groups),
    printedPriceGroups: Type.Optional(Groups),
    ceilingGroups: Type.Optional(Groups),
    floorGroups: Type.Optional(Groups),
    mrpFloorGroups: Type.Optional(Groups),
    commonFloor: Type.Optional(byGroup(Kopecks)),
    packsInBlock: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    impossible: Type.Optional(Type.Enum(['allow', 'forbid'])),
    act: Type.Optional(Act),
    actsOfGroups: Type.Optional(byGroup(Act)),
  },
  strict,
);
const File = Type.Array(Stated, { minItems: 1, maxItems: 1000 });
const file = Compile(File);
const BYTES_MAX = 1 << 20;

/** @throws TamgaError FILE_UNREADABLE naming the place and what is expected there. */
export function readPolicies(path: string): PermitPolicy[] {
  let value: unknown;
  try {
    if (statSync(path).size > BYTES_MAX) throw new Error(`larger than ${BYTES_MAX} bytes`);
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error), error);
  }
  return policiesOf(value, path);
}

/** Policies of the file's contents; `path` is for errors. */
export function policiesOf(value: unknown, path: string): PermitPolicy[] {
  if (!file.Check(value)) {
    const [first] = file.Errors(value);
    throw unreadable(path, `${first?.instancePath ?? ''} ${first?.message ?? 'no list of policies'}`.trim());
  }
  const stated = value
    .map((policy, i) => ({ ...policy, from: dateOf(policy, i, path) }))
    .sort((a, b) => a.from.getTime() - b.from.getTime());
  const policies: PermitPolicy[] = [...DEFAULT_POLICIES];
  for (const policy of stated) policies.push({ ...policies.at(-1)!, ...policy });
  return policies;
}

function dateOf({ from, zone, act, actsOfGroups = {} }: Static<typeof Stated>, i: number, path: string): Date {
  if (zone !== undefined && !IANAZone.isValidZone(zone))
    throw unreadable(path, `/${i}/zone: there is no time zone ${zone}`);
  for (const { date } of [...(act ? [act] : []), ...Object.values(actsOfGroups)]) {
    if (!isActDate(date)) throw unreadable(path, `/${i}: the date of an act is DD.MM.YYYY`);
  }
  const date = new Date(from);
  if (!Number.isNaN(date.getTime()) && /^\d{4}-\d{2}-\d{2}/.test(from)) return date;
  throw unreadable(path, `/${i}/from: expected a date as 2026-01-01 or a moment with its offset`);
}

function unreadable(path: string, detail: string, cause?: unknown): TamgaError {
  return new TamgaError('FILE_UNREADABLE', { path, detail }, { cause });
}
