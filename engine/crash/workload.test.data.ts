// Events of callers who know nothing of each other: each a function of its number, so that a harness tells from an id what was said.
import { createHash } from 'node:crypto';
import type { EventStatement } from '../register/event-schema.js';

const GTINS = ['09520000001018', '09520000002022', '09520000006068'];
const unit = (i: number): string => `${GTINS[i % GTINS.length]}S${String(i).padStart(12, '0')}`;
const UNITS = Array.from({ length: 36 }, (_, i) => unit(i));
const PACKAGES = [
  '146000000000000005',
  '146000000000000012',
  '146000000000000029',
  '146000000000000036',
  '146000000000000043',
  '146000000000000050',
];
const OWNERS = ['A', 'A', 'A', 'B', 'C'];
const TIMES = ['2026-03-16T09:00:00+03:00', '2026-06-01T01:00:00+05:00'];
const EXPIRIES = ['2026-05-31T23:00', '2027-01-01T00:00'];
const KINDS = [
  'restate',
  'restate',
  'aggregate',
  'introduce',
  'ship',
  'accept',
  'sell',
  'sell',
  'return',
  'withdraw',
  'block',
  'unblock',
  'disaggregate',
  'extract',
  'changeOwner',
  'correct',
] as const;
const REASONS: Partial<Record<string, readonly string[]>> = {
  sell: ['RETAIL'],
  return: ['RETAIL', 'OWN_USE', 'SHORTAGE'],
  withdraw: ['OWN_USE', 'SHORTAGE', 'DESTRUCTION'],
};
const ID = /^c0de([0-9a-f]{8})([0-9a-f]{8})([0-9a-f]{12})$/;

export interface EventNumber {
  seed: number;
  caller: number;
  step: number;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

export const idOf = ({ seed, caller, step }: EventNumber): string =>
  `c0de${hex(seed, 8)}${hex(caller, 8)}${hex(step, 12)}`;

/** Which event an id stands for. */
export function numberOf(id: string): EventNumber {
  const parts = ID.exec(id);
  if (!parts) throw new Error(`${id} is the id of no event of the workload`);
  const [seed, caller, step] = parts.slice(1).map((part) => Number.parseInt(part, 16)) as [number, number, number];
  return { seed, caller, step };
}

/** The event of a number, always the same. Step 0 of a caller states goods; what follows is anything. */
export function statementOf(number: EventNumber): EventStatement {
  const { seed, caller, step } = number;
  const next = chances(`${seed}:${caller}:${step}`);
  const one = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
  const id = idOf(number);
  if (step === 0) return goods(id, caller, one);
  const kind = one(KINDS);
  const codes = new Set(Array.from({ length: 1 + Math.floor(next() * 4) }, () => one([...UNITS, ...PACKAGES])));
  // New codes come in now and then, so that keys, names and chunks grow in between.
  if (kind === 'restate' && next() < 0.2)
    for (let i = 0; i < 6; i++) codes.add(unit(caller * 10_000 + step * 6 + i + 100));
  const said = {
    id,
    kind,
    checks: kind === 'restate' ? 'stated' : one(['state', 'owner'] as const),
    at: one(TIMES),
    actor: one(OWNERS),
    party: one(OWNERS),
    document: `D${Math.floor(next() * 5)}`,
    reason: REASONS[kind] && one(REASONS[kind]),
    codes: [...codes].map((code) => {
      if (kind === 'restate')
        return { code, state: one(['INTRODUCED', 'INTRODUCED', 'APPLIED', 'PAUSED'] as const), owner: one(OWNERS) };
      if (kind === 'aggregate') return { code, package: one(PACKAGES) };
      if (kind === 'correct') return { code, expiry: one(EXPIRIES), series: `S${Math.floor(next() * 3)}` };
      return { code };
    }),
  };
  return JSON.parse(JSON.stringify(said)) as EventStatement;
}

function goods(id: string, caller: number, one: <T>(values: readonly T[]) => T): EventStatement {
  return {
    id,
    kind: 'restate',
    checks: 'stated',
    at: TIMES[0],
    owner: one(OWNERS),
    state: 'INTRODUCED',
    codes: UNITS.map((code, i) =>
      i % 3 === caller % 3 ? { code, package: PACKAGES[i % PACKAGES.length] } : { code, expiry: EXPIRIES[i % 2] },
    ),
  };
}

/** Codes that verdicts are asked for: `01` GTIN `21` serial as a label holds them, and texts of keys. */
export const ASKED = [...UNITS, unit(999_999)].map((text) => ({
  text,
  label: `01${text.slice(0, 14)}21${text.slice(14)}\x1d91EE06\x1d92${'A'.repeat(43)}=`,
}));

/** Numbers in [0, 1) that follow from a text. */
function chances(text: string): () => number {
  const bytes = createHash('sha512').update(text).digest();
  let at = 0;
  return () => bytes.readUInt16LE((at++ * 2) % bytes.length) / 65_536;
}
