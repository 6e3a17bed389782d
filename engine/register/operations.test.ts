// Goal: the rows of domain/systems.md that are about operations hold through the public interface. Method: an engine, JSON events, a test a row.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type CodeStatement, type Engine, type EventStatement, openEngine, type RejectionReason } from '../index.js';
import { scratchFolder, sscc, unit } from './register.test.data.js';

const folder = scratchFolder();
let made = 0;
let submitted = 0;
let engine: Engine;
const engines: Engine[] = [];
afterAll(async () => {
  for (const each of engines) await each.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  engine = await openEngine({ register: join(folder, `${made++}`), create: true, workers: 0 });
  engines.push(engine);
});

const [A, B, C] = ['maker', 'wholesaler', 'pharmacy'];
const [ONE, TWO, THREE, FOUR] = [1, 2, 3, 4].map((i) => unit(i)) as [string, string, string, string];
const [BOX, OTHER_BOX, PALLET] = [1, 2, 3].map(sscc) as [string, string, string];
const AT = '2026-03-16T09:00:00+03:00';

type Said = Omit<EventStatement, 'kind' | 'codes'>;
type Codes = readonly (string | CodeStatement)[];

/** Does it, and gives the reasons of refused codes; none when it was done. */
async function attempt(kind: EventStatement['kind'], codes: Codes, said: Said = {}): Promise<RejectionReason[]> {
  // The same words at the same time are the same event, unless they have ids of their own.
  const id = String(submitted++).padStart(32, '0');
  const result = await engine.submit({ id, kind, at: AT, actor: A, ...said, codes: [...codes] } as EventStatement);
  expect(result.applied).toBe(result.rejections.length === 0);
  return result.rejections.map(({ reason }) => reason);
}

async function done(kind: EventStatement['kind'], codes: Codes, said: Said = {}): Promise<void> {
  expect(await attempt(kind, codes, said)).toEqual([]);
}

const record = (code: string) => {
  const found = engine.register?.find(code);
  if (!found) throw new Error(`${code} is not in the register`);
  return found;
};
const state = (code: string): string => record(code).state;
const owner = (code: string): string | null => record(code).owner;

/** Units 1 to 4 of the maker; 1 and 2 in a box, that on a pallet. */
async function goods(): Promise<void> {
  await done('introduce', [ONE, TWO, THREE, FOUR]);
  await done('aggregate', [ONE, TWO], { package: BOX });
  await done('aggregate', [BOX], { package: PALLET });
}

describe('rows of domain/systems', () => {
  it('S0-7: sold and written off codes are out of circulation, and stay out', async () => {
    await goods();
    await done('sell', [THREE]);
    await done('withdraw', [FOUR], { reason: 'WRITE_OFF' });
    expect([state(THREE), state(FOUR)]).toEqual(['RETIRED', 'WRITTEN_OFF']);
    for (const kind of ['sell', 'ship', 'introduce'] as const)
      expect(await attempt(kind, [THREE, FOUR])).toEqual(['STATE_FORBIDS', 'STATE_FORBIDS']);
  });

  it('S0-8: an aggregate goes with everything nested in it, to any depth', async () => {
    await goods();
    await done('ship', [PALLET], { party: B });
    expect([PALLET, BOX, ONE, TWO].map(state)).toEqual(Array(4).fill('SHIPPED'));
    await done('accept', [PALLET], { actor: B });
    expect([PALLET, BOX, ONE, TWO].map(owner)).toEqual(Array(4).fill(B));
    expect(owner(THREE)).toBe(A);
  });

  it('S0-11 and S0-71: the owner of what is found with another is corrected', async () => {
    await goods();
    await done('changeOwner', [ONE, THREE], { actor: 'tax committee', party: C, document: 'MX/1' });
    expect([ONE, THREE, TWO].map(owner)).toEqual([C, C, A]);
    expect(await attempt('changeOwner', [TWO], { actor: 'tax committee' })).toEqual(['PARTY_MISSING']);
  });

  it('S0-39: a unit sold or shipped by itself opens its package and those around it', async () => {
    await goods();
    await done('sell', [ONE]);
    expect(record(ONE).parent).toBeNull();
    expect([record(BOX).opened, record(PALLET).opened]).toEqual([true, true]);
    expect([...(engine.register?.children(record(BOX).ordinal) ?? [])]).toEqual([record(TWO).ordinal]);
    expect(record(BOX).state).toBe('INTRODUCED');
  });

  it('S0-42 and X-6: the same event again changes nothing', async () => {
    await goods();
    const sale = { id: '0123456789abcdef0123456789abcdef', reason: 'RETAIL' };
    const event: EventStatement = { kind: 'sell', at: AT, actor: A, ...sale, codes: [THREE] };
    const first = await engine.submit(event);
    const digest = engine.register?.digest();
    expect(await engine.submit(event)).toEqual({ ...first, applied: false, created: 0, known: 0 });
    expect(engine.register?.digest()).toBe(digest);
  });

  it('S0-56 and X-5: parts of a pack are sold until it is sold out, and never more', async () => {
    await goods();
    await done('sell', [{ code: THREE, sold: 1, inner: 3 }]);
    expect(record(THREE)).toMatchObject({ state: 'PARTIALLY_SOLD', parts: { sold: 1, inner: 3 } });
    expect(await attempt('sell', [{ code: THREE, sold: 3 }])).toEqual(['PARTS_EXCEED_WHOLE']);
    expect(await attempt('sell', [THREE])).toEqual(['PARTS_EXCEED_WHOLE']);
    expect(await attempt('sell', [{ code: THREE, sold: 1, inner: 4 }])).toEqual(['PARTS_DIFFER']);
    expect(await attempt('sell', [{ code: FOUR, sold: 1 }])).toEqual(['PARTS_INVALID']);
    await done('sell', [{ code: THREE, sold: 2, inner: 3 }]);
    expect(record(THREE)).toMatchObject({ state: 'RETIRED', reason: 'RETAIL', parts: { sold: 3, inner: 3 } });
    await done('return', [{ code: THREE, sold: 1 }]);
    expect(record(THREE)).toMatchObject({ state: 'PARTIALLY_SOLD', parts: { sold: 2, inner: 3 } });
    await done('return', [THREE]);
    expect(record(THREE)).toMatchObject({ state: 'INTRODUCED', reason: null, parts: { sold: 0, inner: 3 } });
  });

  it('S0-69 and S2-32: what an inventory writes off comes back when it is found', async () => {
    await goods();
    await done('withdraw', [PALLET], { actor: 'tax committee', reason: 'INVENTORY' });
    expect([PALLET, ONE].map(state)).toEqual(['WRITTEN_OFF', 'WRITTEN_OFF']);
    expect(await attempt('return', [PALLET], { reason: 'SHORTAGE' })).toEqual(['REASON_DIFFERS']);
    await done('return', [PALLET], { reason: 'LOST_INVENTORY' });
    expect([PALLET, ONE].map(state)).toEqual(['INTRODUCED', 'INTRODUCED']);
  });

  it('S2-23: what was destroyed does not come back', async () => {
    await goods();
    await done('withdraw', [THREE], { reason: 'DESTRUCTION' });
    expect(await attempt('return', [THREE])).toEqual(['REASON_FORBIDS']);
    expect(await attempt('return', [FOUR])).toEqual(['RETURN_WITHOUT_SALE']);
  });

  it('S3-60: what is missing from a delivery stays the supplier’s when the rest is accepted by units', async () => {
    await goods();
    await done('ship', [PALLET], { party: B });
    await done('accept', [ONE], { actor: B });
    expect(record(ONE)).toMatchObject({ state: 'INTRODUCED', owner: B, receiver: null, parent: null });
    expect(record(TWO)).toMatchObject({ state: 'SHIPPED', owner: A, receiver: B });
    expect(record(BOX)).toMatchObject({ state: 'SHIPPED', opened: true });
    await done('refuse', [TWO], { actor: B });
    expect(record(TWO)).toMatchObject({ state: 'INTRODUCED', owner: A, receiver: null });
  });

  it('S3-66: a box is dissolved, the pallet above it opened, its sister stays whole', async () => {
    await goods();
    await done('aggregate', [THREE], { package: OTHER_BOX });
    await done('aggregate', [OTHER_BOX], { package: PALLET });
    await done('disaggregate', [BOX]);
    expect(record(BOX)).toMatchObject({ state: 'DISAGGREGATED', parent: null });
    expect([record(ONE).parent, record(TWO).parent]).toEqual([null, null]);
    expect(record(PALLET).opened).toBe(true);
    expect(record(OTHER_BOX)).toMatchObject({ state: 'INTRODUCED', opened: false, parent: record(PALLET).ordinal });
    expect(await attempt('disaggregate', [BOX, ONE])).toEqual(['STATE_FORBIDS', 'NOT_A_PACKAGE']);
  });

  it('S4-14: a wheel sold by weight is withdrawn as a whole', async () => {
    await goods();
    await done('withdraw', [THREE], { reason: 'BULK_SALE' });
    expect(record(THREE)).toMatchObject({ state: 'RETIRED', reason: 'BULK_SALE' });
  });

  it('S4-22 and S4-48: catering withdraws for its own needs', async () => {
    await goods();
    await done('withdraw', [ONE], { reason: 'NO_RETAIL_USE' });
    expect(record(ONE)).toMatchObject({ state: 'RETIRED', reason: 'OWN_USE' });
  });

  it('S4-32: what is past its date on the clock of the place is neither sold nor accepted', async () => {
    await done('introduce', [ONE, TWO], { expiry: '2026-05-31T23:00' });
    // The same instant twice: an hour before by the one clock, an hour behind by the other.
    const late = { at: '2026-06-01T00:00:00+05:00' };
    expect(await attempt('sell', [ONE], late)).toEqual(['EXPIRED']);
    await done('sell', [ONE], { at: '2026-05-31T22:00:00+03:00' });
    await done('ship', [TWO], { party: B });
    expect(await attempt('accept', [TWO], { ...late, actor: B })).toEqual(['EXPIRED']);
    await done('withdraw', [TWO], { ...late, reason: 'EXPIRED' });
  });

  it('S4-38: nothing is introduced before customs', async () => {
    await done('restate', [ONE], { customs: true, state: 'APPLIED' });
    expect(await attempt('introduce', [ONE])).toEqual(['CUSTOMS']);
    await done('restate', [ONE], { customs: false });
    await done('introduce', [ONE]);
  });

  it('S4-40: a code that is not in circulation is not shipped', async () => {
    await done('restate', [ONE], { state: 'APPLIED', owner: A });
    expect(await attempt('ship', [ONE, TWO], { party: B })).toEqual(['STATE_FORBIDS', 'NOT_KNOWN']);
    expect(engine.register?.find(TWO)).toBeNull();
  });

  it('S4-44: the owner changes when the receiver accepts, and only the named one can', async () => {
    await goods();
    await done('ship', [THREE], { party: B });
    expect(record(THREE)).toMatchObject({ state: 'SHIPPED', owner: A, receiver: B });
    expect(await attempt('accept', [THREE], { actor: C })).toEqual(['OTHER_RECEIVER']);
    expect(await attempt('accept', [THREE], { actor: A })).toEqual(['OTHER_RECEIVER']);
    await done('accept', [THREE], { actor: B });
    expect(record(THREE)).toMatchObject({ state: 'INTRODUCED', owner: B, receiver: null });
  });

  it('S4-45: an actor ships what it owns, unless ownership is not checked', async () => {
    await goods();
    expect(await attempt('ship', [THREE], { actor: B, party: C })).toEqual(['OTHER_OWNER']);
    await done('ship', [THREE], { actor: B, party: C, checks: 'state' });
  });

  it('X-2: packages take free codes of one owner and state, and never hold themselves', async () => {
    await goods();
    expect(await attempt('aggregate', [ONE], { package: OTHER_BOX })).toEqual(['IN_PACKAGE']);
    expect(await attempt('aggregate', [PALLET], { package: BOX })).toEqual(['PACKAGE_CYCLE']);
    expect(await attempt('aggregate', [THREE])).toEqual(['PACKAGE_MISSING']);
    await done('introduce', [unit(5)], { actor: B });
    expect(await attempt('aggregate', [unit(5)], { actor: B, package: BOX })).toEqual(['MIXED_OWNERS']);
    await done('restate', [unit(6)], { owner: A, state: 'APPLIED' });
    expect(await attempt('aggregate', [unit(6)], { package: BOX })).toEqual(['PACKAGE_DIFFERS']);
    await done('extract', [TWO]);
    expect(await attempt('extract', [TWO])).toEqual(['NOT_IN_PACKAGE']);
    await done('aggregate', [TWO], { package: OTHER_BOX });
  });

  it('X-2: packages nest to 32 levels and no deeper', async () => {
    await done('introduce', [ONE]);
    let inside = ONE;
    for (let level = 1; level < 32; level++) {
      await done('aggregate', [inside], { package: sscc(level) });
      inside = sscc(level);
    }
    expect(await attempt('aggregate', [inside], { package: sscc(32) })).toEqual(['PACKAGE_TOO_DEEP']);
    await done('ship', [inside], { party: B });
    expect(state(ONE)).toBe('SHIPPED');
  });

  it('X-4 and S0-15: owner and state as of a moment, by the register’s own clock', async () => {
    await goods();
    const before = engine.asOf(new Date());
    // An answer stays what it is whatever happens after it was asked for.
    await done('ship', [PALLET], { party: B });
    await done('introduce', [unit(9)]);
    const between = engine.asOf({ sequence: 4 });
    await done('accept', [PALLET], { actor: B, document: 'UPD 7' });
    await done('sell', [ONE], { actor: B });
    expect(before.find(ONE)).toMatchObject({ state: 'INTRODUCED', owner: A });
    expect(between.find(ONE)).toMatchObject({ state: 'SHIPPED', owner: A, receiver: B });
    expect(before.find(unit(9))).toBeNull();
    expect(before.byState()).toEqual({ INTRODUCED: 6 });
    expect(between.byState()).toEqual({ INTRODUCED: 2, SHIPPED: 4 });
    expect(between.select({ owner: B }).size).toBe(0);
    expect(between.select({ owner: A, state: 'SHIPPED' }).size).toBe(4);
    expect(before.select({ document: 'UPD 7' }).size).toBe(0);
    expect([...between.select({ package: BOX })]).toEqual([record(ONE).ordinal, record(TWO).ordinal]);
    expect(engine.asOf(new Date(0)).select({}).size).toBe(0);
    expect(engine.asOf(new Date()).select({ document: 'UPD 7' }).size).toBe(1);
  });
});

describe('a blocked code', () => {
  it('is stopped with everything in it until it is unblocked', async () => {
    await goods();
    await done('block', [BOX], { actor: 'Roszdravnadzor' });
    expect(record(ONE).blocked).toBe(true);
    expect(await attempt('block', [BOX])).toEqual(['ALREADY_BLOCKED']);
    expect(await attempt('ship', [PALLET], { party: B })).toEqual(['BLOCKED']);
    expect(await attempt('sell', [ONE])).toEqual(['BLOCKED']);
    expect(await attempt('withdraw', [ONE], { reason: 'DAMAGE' })).toEqual(['BLOCKED']);
    await done('withdraw', [ONE], { actor: 'court', reason: 'CONFISCATION' });
    await done('unblock', [BOX]);
    expect(await attempt('unblock', [BOX])).toEqual(['NOT_BLOCKED']);
    await done('ship', [PALLET], { party: B });
  });
});

describe('a refused event', () => {
  it('changes nothing, lists every code and keeps its id free', async () => {
    await goods();
    const digest = engine.register?.digest();
    const event: EventStatement = {
      id: 'f'.repeat(32),
      kind: 'sell',
      at: AT,
      actor: B,
      party: 'nobody yet',
      document: 'receipt 1',
      codes: [THREE, THREE, unit(8), PALLET, ONE],
    };
    const refused = await engine.submit(event);
    expect(refused).toMatchObject({ applied: false, sequence: 0 });
    expect(refused.rejections.map(({ code, reason, detail }) => [code, reason, detail])).toEqual([
      [THREE, 'OTHER_OWNER', A],
      [THREE, 'REPEATED', ''],
      [unit(8), 'NOT_KNOWN', ''],
      [PALLET, 'OTHER_OWNER', A],
      [ONE, 'WITH_PACKAGE', PALLET],
    ]);
    expect(engine.register?.digest()).toBe(digest);
    const possible = await engine.submit({ ...event, actor: A }, { where: 'possible' });
    expect(possible.applied).toBe(true);
    expect(possible.rejections.map(({ reason }) => reason)).toEqual(['REPEATED', 'NOT_KNOWN', 'WITH_PACKAGE']);
    expect([THREE, PALLET, ONE].map(state)).toEqual(['RETIRED', 'RETIRED', 'RETIRED']);
    expect(engine.register?.event(possible.sequence)?.count).toBe(2);
    expect((await engine.submit({ ...event, actor: A }, { where: 'possible' })).applied).toBe(false);
  });

  it('does not stop its neighbours', async () => {
    const [first, second, third] = await engine.submit([
      { kind: 'introduce', actor: A, codes: [ONE] },
      { kind: 'ship', actor: B, codes: [ONE] },
      { kind: 'sell', actor: A, codes: [ONE] },
    ]);
    expect([first?.applied, second?.applied, third?.applied]).toEqual([true, false, true]);
  });

  it('is told apart from what is no event: then nothing of a list is submitted', async () => {
    const broken = { kind: 'sell', codes: ['no code at all'] } as EventStatement;
    await expect(engine.submit([{ kind: 'introduce', codes: [ONE] }, broken])).rejects.toMatchObject({
      code: 'EVENT_INVALID',
    });
    expect(engine.register?.view().lastEvent).toBe(0);
  });
});

describe('history', () => {
  it('tells what came through packages, by whom, and what changed', async () => {
    await goods();
    await done('ship', [PALLET], { party: B, document: 'UPD 7' });
    const entries = [...engine.history(ONE)];
    expect([...engine.history(`01${ONE.slice(0, 14)}21${ONE.slice(14)}`)]).toEqual(entries);
    expect(entries.map(({ kind, code, through }) => [kind, code, through])).toEqual([
      ['ship', ONE, PALLET],
      // The box went onto the pallet, and the unit with it.
      ['aggregate', BOX, BOX],
      ['aggregate', ONE, null],
      ['introduce', ONE, null],
    ]);
    expect(entries[0]).toMatchObject({ actor: A, party: B, document: 'UPD 7', at: new Date(AT).toISOString() });
    expect(entries[0]?.changes).toEqual([
      { field: 'state', before: 'INTRODUCED', after: 'SHIPPED' },
      { field: 'receiver', before: null, after: B },
    ]);
    expect([...engine.history('nothing')]).toEqual([]);
  });
});

describe('an export', () => {
  it('makes an equal register', async () => {
    await goods();
    await done('restate', [unit(7), { code: unit(8), package: sscc(9), price: 7 }], {
      series: 'S1',
      expiry: '2028-01-31',
    });
    await done('ship', [PALLET], { party: B, document: 'UPD 7' });
    await done('sell', [{ code: THREE, sold: 1, inner: 2 }]);
    const again = await openEngine({ register: join(folder, `${made++}`), create: true, workers: 0 });
    engines.push(again);
    for (const event of engine.events()) await again.submit(JSON.parse(JSON.stringify(event)) as EventStatement);
    expect(again.register?.digest()).toBe(engine.register?.digest());
  });
});
