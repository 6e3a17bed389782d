// Goal: whatever is submitted in whatever order, records, sets, history and every past moment are what docs/events.md says.
// Method: random events on a small register against a naive model, with duplicates by id and reopening in between.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Core, loadCore } from '../../core/host/index.js';
import { wallClockMinutes } from '../wall-clock.js';
import { AsOf } from './as-of.js';
import { EVENT_KINDS } from './event.js';
import { eventFromJson } from './event-json.js';
import type { CodeStatement, EventStatement } from './event-schema.js';
import { submitEvent } from './event-submit.js';
import { TESTED_REASONS } from './naive-attempt.test.data.js';
import { type Moment, NaiveEvents } from './naive-events.test.data.js';
import { contents, type NaiveRecord } from './naive-world.test.data.js';
import { FLAG, flagsOf, type RecordView } from './record.js';
import { Register } from './register.js';
import { sscc, unit } from './register.test.data.js';
import { STATE_NUMBER, STATES } from './states.js';

/** The default is the same runs each time; for a night of others: TAMGA_MODEL_RUNS=5000. */
const RUNS = process.env.TAMGA_MODEL_RUNS;
const EXTENT = RUNS === undefined ? { numRuns: 25, seed: 1108 } : { numRuns: Number(RUNS) };

const UNITS = [1, 2, 3, 4, 5, 6].map((i) => unit(i, 1 + (i % 2)));
const PACKAGES = [...[1, 2, 3, 4].map(sscc), unit(9, 3)];
const CODES = [...UNITS, ...PACKAGES];
const OWNERS = ['A', 'B', 'C'];
const SERIES = ['S1', 'S2'];
const DOCUMENTS = ['D1', 'D2'];
/** By UTC the last of them is before the expiry, by its own clock behind it. */
const TIMES = ['2026-03-16T09:00:00+03:00', '2026-05-31T20:00:00+03:00', '2026-06-01T01:00:00+05:00'];
const EXPIRIES = ['2026-05-31T23:00', '2027-01-01T00:00'];

const some = <T>(arbitrary: fc.Arbitrary<T>, nil: number = 2): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: nil });
const from = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const GROUPS = [5, 9];
const STATED: fc.Arbitrary<Partial<CodeStatement>> = fc.record({
  state: some(from(['INTRODUCED', 'INTRODUCED', 'APPLIED', 'EMITTED', 'PAUSED', 'RETIRED'])),
  blocked: some(fc.boolean(), 1),
  customs: some(fc.boolean(), 1),
  group: some(from(GROUPS), 2),
  owner: some(from(OWNERS)),
  series: some(from(SERIES)),
  expiry: some(from(EXPIRIES)),
  inner: some(fc.constant(4), 1),
  package: some(fc.option(from(PACKAGES)), 1),
});
const PACKED: fc.Arbitrary<Partial<CodeStatement>> = fc.record({ package: some(from(PACKAGES), 20) });
const PARTS: fc.Arbitrary<Partial<CodeStatement>> = fc.record({
  sold: some(fc.integer({ min: 0, max: 4 })),
  inner: some(from([4, 4, 4, 3, 0]), 1),
});
const FACTS: fc.Arbitrary<Partial<CodeStatement>> = fc.record({
  series: some(from(SERIES)),
  expiry: some(from(EXPIRIES), 1),
  price: some(fc.integer({ min: 1, max: 9 })),
});
const NOTHING = fc.constant<Partial<CodeStatement>>({});
const SAYS: Partial<Record<string, fc.Arbitrary<Partial<CodeStatement>>>> = {
  restate: STATED,
  aggregate: PACKED,
  sell: PARTS,
  return: PARTS.map(({ sold }) => ({ sold })),
  introduce: FACTS,
  correct: FACTS,
};
const KINDS = [
  ...EVENT_KINDS,
  'aggregate',
  'aggregate',
  'ship',
  'sell',
  'accept',
  'return',
  'block',
  'unblock',
] as const;

const EVENT: fc.Arbitrary<EventStatement> = from(KINDS).chain((kind) =>
  fc
    .record({
      kind: fc.constant(kind),
      checks: kind === 'restate' ? fc.constant('stated' as const) : from(checksOf(kind)),
      at: from(TIMES),
      actor: from(['A', 'A', 'A', 'B', '']),
      party: from(['B', 'B', 'A', '']),
      document: from([...DOCUMENTS, '']),
      reason: ['sell', 'return', 'withdraw'].includes(kind) ? some(from(TESTED_REASONS), 4) : fc.constant(undefined),
      codes: fc.array(
        fc.tuple(from(CODES), SAYS[kind] ?? NOTHING).map(([code, says]) => ({ code, ...says })),
        { minLength: 1, maxLength: 5 },
      ),
    })
    .map((event) => JSON.parse(JSON.stringify(event)) as EventStatement),
);

function checksOf(kind: string): readonly ('stated' | 'state' | 'owner')[] {
  return kind === 'ship' || kind === 'aggregate' ? ['stated', 'state', 'owner', 'owner'] : ['state', 'owner'];
}

type Step =
  | { do: 'submit'; event: EventStatement; where: 'all' | 'possible' }
  | { do: 'repeat'; which: number }
  | { do: 'reopen' };
const STEPS: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({
        do: fc.constant('submit' as const),
        event: EVENT,
        where: from(['all', 'possible', 'possible'] as const),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), which: fc.nat(1000) }) },
    { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
  ),
  { minLength: 1, maxLength: 40, size: 'max' },
);

/** Goods in circulation, some in a box on a pallet, so that most of what follows applies to something. */
const GOODS: EventStatement = {
  id: 'f'.repeat(32),
  kind: 'restate',
  checks: 'stated',
  at: TIMES[0],
  owner: 'A',
  state: 'INTRODUCED',
  group: GROUPS[0],
  codes: [
    ...UNITS.slice(0, 2),
    ...UNITS.slice(2, 4).map((code) => ({ code, package: PACKAGES[0] })),
    { code: PACKAGES[0] as string, package: PACKAGES[1] },
    PACKAGES[1] as string,
    { code: UNITS[4] as string, state: 'RETIRED' },
    { code: UNITS[5] as string, state: 'PARTIALLY_SOLD', inner: 4, sold: 1 },
  ],
};

let core: Core;
let folder: string;
const opened = new Set<Register>();
beforeAll(async () => {
  core = await loadCore();
  folder = mkdtempSync(join(tmpdir(), 'tamga-events-'));
});
afterAll(async () => {
  for (const register of opened) await register.close();
  rmSync(folder, { recursive: true, force: true });
});

function openRegister(path: string, create = false): Register {
  const register = Register.open(path, { create });
  opened.add(register);
  return register;
}

async function closeRegister(register: Register): Promise<void> {
  opened.delete(register);
  await register.close();
}

/** A view in the model's words. */
function plain(view: RecordView, textOf: (ordinal: number) => string): NaiveRecord {
  return {
    package: view.package,
    opened: view.opened,
    blocked: view.blocked,
    customs: view.customs,
    group: view.group ?? 0,
    state: view.state,
    owner: view.owner ?? '',
    receiver: view.receiver ?? '',
    parent: view.parent === null ? '' : textOf(view.parent),
    expiry: view.expiry === null ? '' : new Date(view.expiry * 60_000).toISOString().slice(0, 16),
    series: view.series ?? '',
    price: view.price ?? 0,
    inner: view.parts?.inner ?? 0,
    sold: view.parts?.sold ?? 0,
    document: view.document ?? '',
    reason: view.reason ?? '',
    lastEvent: view.lastEvent,
  };
}

type Sets = Pick<Register, 'set' | 'find' | 'children' | 'ordinalOf'> | ReturnType<Register['asOf']>;

/** Compares what a register, or a past moment of one, tells with a moment of the model. */
function compare(
  register: Register,
  then: Register | ReturnType<Register['asOf']>,
  { world, documents }: Moment,
): void {
  const textOf = (ordinal: number): string => register.textOf(ordinal);
  for (const code of CODES) {
    const record = then.find(code);
    const wanted = world.get(code);
    expect(record === null ? undefined : plain(record, textOf), code).toEqual(wanted);
    if (!record?.package) continue;
    expect([...then.children(record.ordinal)].map(textOf).sort(), code).toEqual(contents(world, code).sort());
  }
  const texts = (set: ReturnType<Sets['set']>): string[] => [...set].map(textOf).sort();
  const having = (field: 'state' | 'owner' | 'series' | 'group', value: string | number): string[] =>
    [...world]
      .filter(([, record]) => record[field] === value)
      .map(([code]) => code)
      .sort();
  for (const state of STATES)
    expect(texts(then.set('state', STATE_NUMBER[state])), state).toEqual(having('state', state));
  const { names } = register;
  for (const owner of OWNERS)
    expect(texts(then.set('owner', names.demand('owner', owner))), owner).toEqual(having('owner', owner));
  for (const series of SERIES)
    expect(texts(then.set('series', names.demand('series', series))), series).toEqual(having('series', series));
  for (const document of DOCUMENTS)
    expect(texts(then.set('document', names.demand('document', document))), document).toEqual(
      [...(documents.get(document) ?? [])].sort(),
    );
  if (then instanceof AsOf) {
    for (const group of [0, ...GROUPS]) {
      expect(texts(then.select({ group })), `group ${group}`).toEqual(having('group', group));
      const ofA = having('group', group).filter((code) => world.get(code)?.owner === 'A');
      expect(texts(then.select({ group, owner: 'A' })), `group ${group} of A`).toEqual(ofA);
    }
    const packages = then.where(then.select({}), (head) => (flagsOf(head) & FLAG.package) !== 0);
    expect(texts(packages)).toEqual([...world.keys()].filter((code) => world.get(code)?.package).sort());
  }
  for (const gtin of new Set(UNITS.map((code) => code.slice(0, 14))))
    expect(texts(then.set('gtin', names.demand('gtin', gtin))), gtin).toEqual(
      [...world.keys()].filter((code) => code.startsWith(gtin)).sort(),
    );
}

/** What kinds were applied and refused, over all runs. */
const applied = new Map<string, number>();
const refused = new Map<string, number>();
const count = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);

async function run(steps: readonly Step[]): Promise<void> {
  const path = mkdtempSync(join(folder, 'run-'));
  let register = openRegister(path, true);
  const naive = new NaiveEvents();
  const sent: EventStatement[] = [];
  const submit = async (event: EventStatement, where: 'all' | 'possible'): Promise<void> => {
    const wanted = naive.apply(event, where);
    const told = await submitEvent(register, eventFromJson(event, core, { now: new Date(0) }), {
      where,
      appliedAt: 1000 * naive.moments.length,
    });
    expect({
      applied: told.applied,
      refused: told.rejections.map(({ code, reason }) => ({ code, reason })).sort(byCode),
    }).toEqual({ ...wanted, refused: [...wanted.refused].sort(byCode) });
    if (wanted.applied) count(applied, event.kind);
    for (const { reason } of wanted.refused) count(refused, reason);
  };
  try {
    for (const step of [{ do: 'submit', event: GOODS, where: 'all' } as const, ...steps]) {
      if (step.do === 'submit') {
        const event = { ...step.event, id: step.event.id ?? String(sent.length).padStart(32, '0') };
        sent.push(event);
        await submit(event, step.where);
      } else if (step.do === 'repeat') {
        await submit(sent[step.which % sent.length] as EventStatement, 'possible');
      } else {
        await closeRegister(register);
        register = openRegister(path);
      }
    }
    expect(register.view().lastEvent).toBe(naive.moments.length - 1);
    compare(register, register, naive.now);
    naive.moments.forEach((moment, sequence) => {
      const then = register.asOf({ sequence });
      expect(then.sequence).toBe(sequence);
      compare(register, then, moment);
    });
    for (const code of CODES) checkHistory(register, naive, code);
  } finally {
    await closeRegister(register);
    rmSync(path, { recursive: true, force: true });
  }
}

function checkHistory(register: Register, naive: NaiveEvents, code: string): void {
  const told = [...register.history(code)];
  expect(
    told.map(({ sequence, code: changed, through }) => ({ sequence, code: changed, through })),
    code,
  ).toEqual(naive.history(code));
  for (const entry of told) {
    const record = (of: number): NaiveRecord | undefined => naive.moments[of]?.world.get(entry.code);
    for (const { field, before, after } of entry.changes) {
      if (!['state', 'owner', 'inPackage', 'expiry', 'sold', 'opened', 'blocked'].includes(field)) continue;
      const value = (of: NaiveRecord | undefined): unknown => {
        if (field === 'inPackage') return of?.parent || null;
        if (field === 'expiry') return of?.expiry ? wallClockMinutes(of.expiry) : null;
        const plainValue = of?.[field as 'state'];
        return plainValue === '' ? null : plainValue;
      };
      expect(after, `${entry.code} ${field}`).toEqual(value(record(entry.sequence)));
      const former = record(entry.sequence - 1);
      if (former) expect(before, `${entry.code} ${field}`).toEqual(value(former));
      expect(before).not.toEqual(after);
    }
    // Nothing that changed is left out.
    const differs = record(entry.sequence)?.state !== (record(entry.sequence - 1)?.state ?? 'UNKNOWN');
    expect(entry.changes.some(({ field }) => field === 'state')).toBe(differs);
  }
}

const byCode = (a: { code: string; reason: string }, b: { code: string; reason: string }): number =>
  a.code < b.code ? -1 : a.code > b.code ? 1 : a.reason < b.reason ? -1 : 1;

describe('any events in any order', () => {
  it('leave the register, its sets, history and past moments as documented', { timeout: 3_600_000 }, async () => {
    await fc.assert(fc.asyncProperty(STEPS, run), EXTENT);
    // The generator reaches everything: each kind applied, and every reason that a small register can have.
    expect([...EVENT_KINDS].filter((kind) => !applied.has(kind))).toEqual([]);
    expect(refused.size).toBeGreaterThan(20);
  });
});
