import { describe, expect, it } from 'vitest';
import { textToKey } from '../../core/host/index.js';
import { ATTRIBUTES, type Attribute, NOT_STATED, type RegisterEvent, STATED, STATED_KINDS } from './event.js';
import { EVENT_BYTES_MAX, EVENT_CODES_MAX, EVENT_NUMBER_MAX, ORDINAL_MAX, TREE_DEPTH_MAX } from './limits.js';
import { type NaiveEvent, NaiveRegister } from './naive-register.test.data.js';
import type { Register } from './register.js';
import {
  contentsOf,
  eventOf,
  failure,
  packTexts,
  random,
  type Stated,
  scratchRegisters,
  sscc,
  unit,
} from './register.test.data.js';
import { STATE_NUMBER, STATES } from './states.js';

const makeRegister = scratchRegisters();

const OWNERS = ['', '7700000001', '7700000002', 'ООО «Ёж»'];
const SERIES = ['', 'A1', 'B2'];
const DOCUMENTS = ['', 'mdlp:415@1.37/0', 'upd:5.03/1'];

/** Random events of few codes, so that they meet each other: unknown packages, moves, cycles and conflicts come by themselves. */
function randomEvents(seed: number, count: number): NaiveEvent[] {
  const next = random(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const packages = [...Array.from({ length: 9 }, (_, i) => sscc(i))];
  const boxes = [...packages, 'own box 1', 'own box 2'];
  const values: Record<Attribute, () => number> = {
    state: () => below(STATES.length),
    blocked: () => below(2),
    customs: () => below(2),
    group: () => below(65_536),
    owner: () => below(OWNERS.length),
    parent: () => below(4) - 1,
    expiry: () => below(2 ** 31),
    produced: () => -below(1000),
    series: () => OWNERS.length + below(SERIES.length),
    price: () => below(2 ** 31),
    inner: () => below(65_536),
    sold: () => below(65_536),
    tailLow: () => below(3),
    tailHigh: () => below(2),
  };
  const events: NaiveEvent[] = [];
  for (let i = 0; i < count; i++) {
    if (i > 0 && next() < 0.1) {
      events.push(events[below(i)]);
      continue;
    }
    const many = next() < 0.1 ? 400 : 12;
    const codes = Array.from({ length: 1 + below(many) }, () =>
      next() < 0.3 ? packages[below(packages.length)] : unit(below(many * 3), 1 + below(3)),
    );
    const parents = Array.from({ length: 3 }, () => boxes[below(boxes.length)]);
    const attributes = ATTRIBUTES.filter((attribute) => next() < (attribute === 'parent' ? 0.7 : 0.3));
    const event: RegisterEvent = {
      ...STATED,
      id: Uint8Array.from({ length: 16 }, (_, at) => (at === 0 ? i % 256 : at === 1 ? i >> 8 : below(256))),
      kind: STATED_KINDS[below(STATED_KINDS.length)],
      at: 1_700_000_000_000 + i,
      actor: OWNERS[below(OWNERS.length)],
      document: DOCUMENTS[below(DOCUMENTS.length)],
      count: codes.length,
      keys: packTexts(codes),
      texts: [...OWNERS, ...SERIES],
      parents: packTexts(parents),
      columns: Object.fromEntries(
        attributes.map((attribute) => {
          const one = next() < 0.3;
          const column = Int32Array.from({ length: one ? 1 : codes.length }, () =>
            next() < 0.2 ? NOT_STATED : values[attribute](),
          );
          return [attribute, column];
        }),
      ),
    };
    events.push({ event, codes, parents });
  }
  return events;
}

/** Compares everything a register tells with the model. */
function compare(register: Register, naive: NaiveRegister, lastEvent: number): void {
  const ordinals = new Map([...naive.records].map(([text, { ordinal }]) => [text, ordinal]));
  for (const [text, expected] of naive.records) {
    const { ordinal } = expected;
    expect(register.ordinalOf(textToKey(text)), text).toBe(ordinal);
    expect(register.textOf(ordinal)).toBe(text);
    expect(register.record(ordinal), text).toEqual({
      ordinal,
      state: STATES[expected.state],
      package: expected.package,
      blocked: expected.blocked,
      customs: expected.customs,
      opened: false,
      reason: null,
      receiver: null,
      group: expected.group || null,
      owner: expected.owner || null,
      parent: expected.parent === '' ? null : ordinals.get(expected.parent),
      expiry: expected.expiry || null,
      produced: expected.produced || null,
      series: expected.series || null,
      price: expected.price || null,
      parts: expected.inner === 0 && expected.sold === 0 ? null : { inner: expected.inner, sold: expected.sold },
      document: expected.document || null,
      lastEvent: expected.lastEvent,
    });
    const children = naive.contents(text).map((child) => ordinals.get(child) as number);
    expect([...register.children(ordinal)], `contents of ${text}`).toEqual(children.sort((a, b) => a - b));
  }
  const setOf = (isIn: (record: { state: number; owner: string; series: string }, text: string) => boolean): number[] =>
    [...naive.records].filter(([text, record]) => isIn(record, text)).map(([, { ordinal }]) => ordinal);
  for (const [state, number] of Object.entries(STATE_NUMBER)) {
    expect([...register.set('state', number)], state).toEqual(setOf((record) => record.state === number));
  }
  const { names } = register;
  const setByName = (kind: 'owner' | 'series' | 'document' | 'gtin', text: string): number[] => {
    const id = names.find(kind, text);
    return id === 0 ? [] : [...register.set(kind, id)];
  };
  for (const owner of OWNERS.slice(1))
    expect(setByName('owner', owner), owner).toEqual(setOf((record) => record.owner === owner));
  for (const series of SERIES.slice(1))
    expect(setByName('series', series)).toEqual(setOf((record) => record.series === series));
  for (const document of DOCUMENTS.slice(1)) {
    expect(setByName('document', document)).toEqual(
      setOf((_, text) => naive.documents.get(document)?.has(text) ?? false),
    );
  }
  for (const product of [1, 2, 3]) {
    const gtin = unit(0, product).slice(0, 14);
    expect(setByName('gtin', gtin)).toEqual(setOf((_, text) => text.startsWith(gtin)));
  }
  const packages = [...naive.records.values()].filter((record) => record.package).length;
  expect(register.view()).toMatchObject({ codes: naive.records.size, lastEvent });
  expect(register.stat()).toMatchObject({ packages, units: naive.records.size - packages });
}

describe('events against a plain model', () => {
  for (const seed of [11, 12, 13, 14]) {
    it(`change every record, set and package as documented (seed ${seed})`, () => {
      const events = randomEvents(seed, 120);
      const register = makeRegister();
      const naive = new NaiveRegister();
      const next = random(seed + 1000);
      let lastEvent = 0;
      const seen = { conflicts: 0, repeated: 0, known: 0 };
      for (let from = 0; from < events.length; ) {
        const until = Math.min(events.length, from + 1 + Math.floor(next() * 6));
        const group = events.slice(from, until);
        const expected = group.map((event) => naive.apply(event));
        // Groups of one go the other way in.
        const results =
          group.length === 1 ? [register.apply(group[0].event)] : register.applyAll(group.map(({ event }) => event));
        expect(results).toEqual(expected);
        for (const result of expected) {
          lastEvent = Math.max(lastEvent, result.sequence);
          seen.conflicts += result.conflicts;
          seen.known += result.known;
          if (!result.applied) seen.repeated++;
        }
        from = until;
      }
      compare(register, naive, lastEvent);
      expect(Math.min(seen.conflicts, seen.repeated, seen.known)).toBeGreaterThan(0);
    });
  }

  it('are the register: the log, replayed one event at a time, gives the same one', () => {
    const register = makeRegister();
    const events = randomEvents(21, 100).map(({ event }) => event);
    for (let from = 0; from < events.length; from += 7) register.applyAll(events.slice(from, from + 7));
    const single = makeRegister();
    const whole = makeRegister();
    const log: RegisterEvent[] = [];
    for (let sequence = 1; sequence <= register.view().lastEvent; sequence++)
      log.push(register.event(sequence) as RegisterEvent);
    for (const event of log) expect(single.apply(event).applied).toBe(true);
    expect(whole.applyAll(log).every(({ applied }) => applied)).toBe(true);
    expect(contentsOf(single)).toEqual(contentsOf(register));
    expect(single.digest()).toBe(register.digest());
    expect(whole.digest()).toBe(register.digest());
    expect(register.event(0)).toBeNull();
    expect(register.event(log.length + 1)).toBeNull();
  });
});

describe('an event', () => {
  it('that was applied before changes nothing, not even when it comes again in the same group', () => {
    const register = makeRegister();
    const event = eventOf({ codes: [[unit(1), { state: 3 }]] });
    const other = eventOf({ codes: [[unit(1), { state: 7 }]] });
    expect(register.applyAll([event, event, other]).map(({ applied, sequence }) => [applied, sequence])).toEqual([
      [true, 1],
      [false, 1],
      [true, 2],
    ]);
    const digest = register.digest();
    expect(register.apply(event)).toEqual({
      applied: false,
      sequence: 1,
      created: 0,
      known: 0,
      conflicts: 0,
      rejections: [],
    });
    expect(register.applyAll([event, other]).every(({ applied }) => !applied)).toBe(true);
    expect(register.digest()).toBe(digest);
    expect(register.find(unit(1))?.state).toBe('RETIRED');
    expect(register.applyAll([])).toEqual([]);
  });

  it('with keys that are broken changes nothing, nor do those it came with', () => {
    const register = makeRegister();
    register.apply(eventOf({ codes: [[unit(1), { owner: 0 }]], texts: ['first'] }));
    const digest = register.digest();
    const good = eventOf({ codes: [[unit(2), { owner: 0, parent: 0 }]], texts: ['second'], parents: [sscc(1)] });
    const fine = eventOf({ codes: [[unit(3)], [unit(4)]], parents: [sscc(2)], document: 'D' });
    const broken = { ...fine, keys: fine.keys.subarray(0, fine.keys.length - 1) };
    expect(() => register.apply(broken)).toThrow(RangeError);
    expect(() => register.applyAll([good, broken])).toThrow(RangeError);
    expect(register.digest()).toBe(digest);
    expect(register.names.find('owner', 'second')).toBe(0);
    expect(register.ordinalOf(textToKey(unit(2)))).toBe(0);
    expect(register.apply(good)).toMatchObject({ applied: true, sequence: 2, created: 1 });
    expect(register.find(unit(2))?.owner).toBe('second');
  });

  it('whose count, columns or parents disagree with its keys changes nothing', () => {
    const register = makeRegister();
    register.apply(eventOf({ codes: [[unit(1)]] }));
    const digest = register.digest();
    const fine = eventOf({
      codes: [
        [unit(2), { price: 5 }],
        [unit(3), { price: 6 }],
      ],
    });
    expect(() => register.apply({ ...fine, count: 3 })).toThrow(RangeError);
    expect(() => register.apply({ ...fine, columns: { price: Int32Array.of(1, 2, 3) } })).toThrow(RangeError);
    expect(() => register.apply({ ...fine, columns: { parent: Int32Array.of(0) } })).toThrow(RangeError);
    expect(register.digest()).toBe(digest);
  });

  it('of more codes or bytes than an event may have changes nothing', () => {
    const register = makeRegister();
    register.apply(eventOf({ codes: [[unit(1)]] }));
    const digest = register.digest();
    const many = eventOf({ codes: Array.from({ length: EVENT_CODES_MAX + 1 }, (_, i) => [unit(i)] as const) });
    expect(() => register.apply(many)).toThrow(/at most 16384/);
    const long = eventOf({ codes: [[unit(2), { series: 0 }]], texts: ['x'.repeat(EVENT_BYTES_MAX)] });
    expect(() => register.apply(long)).toThrow(/at most 1000000/);
    expect(register.digest()).toBe(digest);
    expect(register.apply(eventOf({ codes: [[unit(2)]] })).created).toBe(1);
  });

  it('gives a register without room for its codes an error and leaves it as it was', () => {
    const register = makeRegister();
    register.apply(eventOf({ codes: [[unit(1)]] }));
    const { store } = register;
    const meta = store.meta.get('register');
    store.meta.putSync('register', { ...(meta as NonNullable<typeof meta>), nextOrdinal: ORDINAL_MAX });
    const digest = register.digest();
    failure(() => register.apply(eventOf({ codes: [[unit(2)], [unit(3)]] })), 'REGISTER_FULL');
    expect(register.digest()).toBe(digest);
    expect(register.apply(eventOf({ codes: [[unit(4)]] })).created).toBe(1);
    expect(register.ordinalOf(textToKey(unit(4)))).toBe(ORDINAL_MAX);
    expect([...register.set('state', 0)]).toEqual([1, ORDINAL_MAX]);
  });

  it('gives a register without a number for its event an error; numbers above 2³¹ are as good as others', () => {
    const register = makeRegister();
    const { store } = register;
    const meta = store.meta.get('register') as NonNullable<ReturnType<typeof store.meta.get>>;
    store.meta.putSync('register', { ...meta, lastEvent: EVENT_NUMBER_MAX - 2 });
    for (let i = 1; i >= 0; i--) {
      expect(register.apply(eventOf({ codes: [[unit(1), { price: 5 + i }]] })).sequence).toBe(EVENT_NUMBER_MAX - i);
    }
    expect(register.find(unit(1))).toMatchObject({ price: 5, lastEvent: EVENT_NUMBER_MAX });
    expect([...register.history(unit(1))].map(({ sequence }) => sequence)).toEqual([
      EVENT_NUMBER_MAX,
      EVENT_NUMBER_MAX - 1,
    ]);
    const full = store.meta.get('register');
    failure(() => register.apply(eventOf({ codes: [[unit(1)]] })), 'REGISTER_FULL');
    const many = eventOf({ codes: Array.from({ length: 300 }, (_, i) => [unit(10 + i)] as const) });
    failure(() => register.apply(many), 'REGISTER_FULL');
    expect(store.meta.get('register')).toEqual(full);
    expect(register.find(unit(10))).toBe(null);
  });
});

describe('a package', () => {
  it('that first stands as a parent and then as a code is one and the same', () => {
    for (const box of [sscc(5), 'own box', unit(9, 4)]) {
      const register = makeRegister();
      register.apply(eventOf({ kind: 'aggregate', codes: [[unit(1), { parent: 0 }]], parents: [box] }));
      register.apply(eventOf({ codes: [[box, { owner: 0, parent: 0 }]], texts: ['somebody'], parents: [sscc(6)] }));
      expect(register.view().codes, box).toBe(3);
      expect(register.find(box), box).toMatchObject({ package: true, owner: 'somebody', ordinal: 1 });
      expect([...register.children(1)]).toEqual([2]);
      expect(register.find(unit(1))?.parent).toBe(1);
    }
  });

  it('that first stands as a code and then as a parent is one and the same', () => {
    for (const box of [sscc(5), 'own box', unit(9, 4)]) {
      const register = makeRegister();
      register.apply(eventOf({ codes: [[box, { owner: 0 }]], texts: ['somebody'] }));
      register.apply(eventOf({ kind: 'aggregate', codes: [[unit(1), { parent: 0 }]], parents: [box] }));
      expect(register.view().codes, box).toBe(2);
      expect(register.find(box), box).toMatchObject({ package: true, owner: 'somebody', ordinal: 1 });
      expect(register.stat()).toMatchObject({ units: 1, packages: 1 });
      // Shipping it ships what is in it.
      register.apply(eventOf({ kind: 'ship', actor: 'seller', codes: [[box]] }));
      expect(register.find(unit(1))).toMatchObject({ state: 'SHIPPED', owner: 'seller' });
    }
  });

  it('never comes to hold itself, however deep the tree', () => {
    const register = makeRegister();
    const put = (child: string, parent: string): number =>
      register.apply(eventOf({ codes: [[child, { parent: 0 }]], parents: [parent] })).conflicts;
    expect(put(sscc(0), sscc(0))).toBe(1);
    const depth = TREE_DEPTH_MAX + 10;
    for (let i = 1; i <= depth; i++) put(sscc(i - 1), sscc(i));
    for (const low of [0, 1, 5]) expect(put(sscc(depth), sscc(low)), `the top into level ${low}`).toBe(1);
    expect(register.find(sscc(depth))?.parent).toBeNull();
  });

  it('is shipped with all its levels and each code in it once', () => {
    const register = makeRegister();
    const aggregate = (child: string, parent: string, stated: Stated = {}): void => {
      register.apply(eventOf({ codes: [[child, { ...stated, parent: 0 }]], parents: [parent] }));
    };
    aggregate(sscc(1), sscc(0));
    aggregate(unit(1), sscc(1), { state: STATE_NUMBER.INTRODUCED });
    aggregate(unit(2), sscc(1), { state: STATE_NUMBER.RETIRED });
    aggregate(unit(3), sscc(0), { state: STATE_NUMBER.APPLIED });
    const result = register.apply(
      eventOf({ kind: 'ship', actor: 'seller', document: 'D', codes: [[sscc(0)], [sscc(1)], [unit(1)]] }),
    );
    expect(result).toMatchObject({ conflicts: 1, created: 0, known: 3 });
    expect([sscc(0), sscc(1), unit(1), unit(2), unit(3)].map((text) => register.find(text)?.state)).toEqual([
      'SHIPPED',
      'SHIPPED',
      'SHIPPED',
      'RETIRED',
      'SHIPPED',
    ]);
    expect(register.find(unit(3))).toMatchObject({ owner: 'seller', document: null });
    expect(register.find(sscc(0))?.document).toBe('D');
  });

  it('keeps its contents in the same group of events in which it changed', () => {
    const register = makeRegister();
    const results = register.applyAll([
      eventOf({
        kind: 'aggregate',
        codes: [
          [unit(1), { parent: 0 }],
          [unit(2), { parent: 0 }],
        ],
        parents: [sscc(0)],
      }),
      eventOf({ codes: [[unit(2), { parent: 0 }]], parents: [sscc(1)] }),
      eventOf({ kind: 'ship', actor: 'seller', codes: [[sscc(0)]] }),
      eventOf({ kind: 'aggregate', codes: [[unit(2), { parent: 0 }]], parents: [sscc(0)] }),
      eventOf({ codes: [[unit(1), { parent: -1 }]] }),
    ]);
    expect(results.map(({ conflicts }) => conflicts)).toEqual([0, 0, 0, 1, 0]);
    expect(register.find(unit(1))).toMatchObject({ state: 'SHIPPED', parent: null });
    expect(register.find(unit(2))).toMatchObject({ state: 'UNKNOWN', owner: null });
    const [first, second] = [sscc(0), sscc(1)].map((text) => register.find(text)?.ordinal ?? 0);
    expect([...register.children(first)]).toEqual([]);
    expect([...register.children(second)]).toEqual([register.find(unit(2))?.ordinal]);
  });
});
