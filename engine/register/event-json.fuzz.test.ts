// Goal: every event survives as JSON, and nothing that isn't one gets through. Method: random events there and back; random and damaged JSON.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Core, loadCore, textToKey } from '../../core/host/index.js';
import { isTamgaError } from '../errors.js';
import {
  ATTRIBUTES,
  CHECKS,
  decodeEvent,
  EVENT_KINDS,
  encodeEvent,
  NOT_STATED,
  type RegisterEvent,
  STATED_KINDS,
} from './event.js';
import { eventFromJson } from './event-json.js';
import { eventToJson } from './event-statement.js';
import { packTexts, sscc, unit } from './register.test.data.js';
import { STATES } from './states.js';

const now = new Date('2026-03-16T06:00:00Z');
let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

/** Units, packages, a stamp, and texts whose keys JSON can only name by their bytes. */
const TEXTS = [
  ...[1, 2, 3].map((i) => unit(i)),
  sscc(1),
  '0104600000000015215abc',
  'RU-430302-AAA1234567',
  'own code',
  'двое\nстрок',
  '046070000010425Df6hMwnNejNz',
];
const WORD = fc.integer({ min: -0x7fff_ffff, max: 0x7fff_ffff });
const VALUE: Record<string, fc.Arbitrary<number>> = {
  state: fc.nat(STATES.length - 1),
  blocked: fc.nat(1),
  customs: fc.nat(1),
  owner: fc.nat(2),
  series: fc.nat(2),
  parent: fc.integer({ min: -1, max: 1 }),
};

const EVENTS: fc.Arbitrary<RegisterEvent> = fc
  .tuple(
    fc.integer({ min: 1, max: 12 }),
    fc.uniqueArray(fc.constantFrom(...ATTRIBUTES)),
    fc.constantFrom(...EVENT_KINDS),
  )
  .chain(([count, names, kind]) =>
    fc.record({
      id: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      kind: fc.constant(kind),
      checks: fc.constantFrom(
        ...CHECKS.filter((checks) =>
          checks === 'stated' ? STATED_KINDS.some((stated) => stated === kind) : kind !== 'restate',
        ),
      ),
      at: fc.integer({ min: 0, max: 4e12 }),
      zone: fc.constantFrom(0, 180, 300, -210),
      actor: fc.string({ unit: 'grapheme', maxLength: 10 }),
      party: fc.string({ maxLength: 10 }),
      document: fc.string({ maxLength: 10 }),
      reason: fc.nat(60),
      count: fc.constant(count),
      keys: fc
        .array(fc.constantFrom(...TEXTS), { minLength: count, maxLength: count })
        .map((texts) => Uint8Array.from(packTexts(texts))),
      texts: fc.array(fc.string({ unit: 'grapheme', maxLength: 10 }), { minLength: 3, maxLength: 3 }),
      parents: fc.constant(Uint8Array.from(packTexts([sscc(7), 'own box']))),
      columns: fc
        .tuple(
          ...names.map((name) => {
            const value = fc.oneof(
              { weight: 4, arbitrary: VALUE[name] ?? WORD },
              { weight: 1, arbitrary: fc.constant(NOT_STATED) },
            );
            return fc.oneof(
              fc.array(VALUE[name] ?? WORD, { minLength: 1, maxLength: 1 }),
              fc.array(value, { minLength: count, maxLength: count }),
            );
          }),
        )
        .map((columns) => Object.fromEntries(names.map((name, i) => [name, Int32Array.from(columns[i] as number[])]))),
    }),
  );

/** What an event says, whatever the order of its texts and the form of its columns. */
function meaning(event: RegisterEvent): unknown {
  const { columns, texts, keys, parents, id, ...head } = decodeEvent(encodeEvent(event));
  const codes = Array.from({ length: event.count }, (_, i) =>
    ATTRIBUTES.map((attribute) => {
      const column = columns[attribute];
      const value = column?.[column.length === 1 ? 0 : i] ?? NOT_STATED;
      if (value === NOT_STATED) return null;
      if (attribute === 'owner' || attribute === 'series') return texts[value] ?? '';
      return attribute === 'parent' && value >= 0 ? Buffer.from(parentsOf(parents)[value] as Uint8Array) : value;
    }),
  );
  return { ...head, id: Buffer.from(id), keys: Buffer.from(keys), codes };
}
const parentsOf = (packed: Uint8Array): Uint8Array[] => {
  const all: Uint8Array[] = [];
  for (let at = 0, last = new Uint8Array(0); at < packed.length; ) {
    const key = Uint8Array.from([
      ...last.subarray(0, packed[at]),
      ...packed.subarray(at + 2, at + 2 + (packed[at + 1] as number)),
    ]);
    all.push(key);
    at += 2 + (packed[at + 1] as number);
    last = key;
  }
  return all;
};

function refusal(value: unknown): string | null {
  try {
    eventFromJson(value, core, { now });
    return null;
  } catch (error) {
    if (!isTamgaError(error)) throw error;
    expect(error.code).toBe('EVENT_INVALID');
    expect(error.data.detail).not.toBe('');
    return String(error.data.detail);
  }
}

const SALE = {
  kind: 'sell',
  at: '2026-03-16T09:00:00+03:00',
  actor: 'A',
  codes: [unit(1), { code: unit(2), sold: 1, inner: 4 }],
} as const;

describe('an event as JSON', () => {
  it('says the same when it is read again', () => {
    fc.assert(
      fc.property(EVENTS, (event) => {
        const json = JSON.stringify(eventToJson(event, core));
        const read = eventFromJson(JSON.parse(json), core, { now });
        expect(meaning(read)).toEqual(meaning(event));
        // What was read once has its lasting form.
        const lasting = eventToJson(read, core);
        expect(eventToJson(eventFromJson(lasting, core, { now }), core)).toEqual(lasting);
      }),
      { numRuns: 150 },
    );
  });

  it('that is any JSON value is EVENT_INVALID', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(refusal(value)).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('with any field changed is an event or EVENT_INVALID', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(
          'id',
          'kind',
          'checks',
          'at',
          'party',
          'reason',
          'codes',
          'package',
          'expiry',
          'state',
          'other',
        ),
        fc.jsonValue(),
        (field, value) => {
          if (refusal({ ...SALE, [field]: value }) !== null) refused++;
        },
      ),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it('is read with its columns, keys, clock and what it leaves open', () => {
    const event = eventFromJson(SALE, core, { now });
    expect(event).toMatchObject({
      kind: 'sell',
      checks: 'owner',
      zone: 180,
      at: Date.parse(SALE.at),
      reason: 0,
      count: 2,
    });
    expect([...(event.columns.sold as Int32Array)]).toEqual([NOT_STATED, 1]);
    expect(event.keys).toEqual(packTexts([unit(1), unit(2)]));
    expect(eventFromJson(SALE, core, { now, strictOwnership: false }).checks).toBe('state');
    expect(eventFromJson({ ...SALE, kind: 'restate' }, core, { now }).checks).toBe('stated');
    const { at: _, ...timeless } = SALE;
    expect(eventFromJson(timeless, core, { now }).at).toBe(now.getTime());
  });

  it('without an id has one of its content', () => {
    const first = eventFromJson(SALE, core, { now }).id;
    expect(eventFromJson({ ...SALE }, core, { now }).id).toEqual(first);
    expect(eventFromJson({ ...SALE, actor: 'B' }, core, { now }).id).not.toEqual(first);
    expect(eventFromJson({ ...SALE, at: '2026-03-16T09:00:01+03:00' }, core, { now }).id).not.toEqual(first);
    const id = '01234567-89ab-cdef-0123-456789ABCDEF';
    expect(Buffer.from(eventFromJson({ ...SALE, id }, core, { now }).id).toString('hex')).toBe(
      '0123456789abcdef0123456789abcdef',
    );
  });

  it('takes codes as they are scanned, with their tails, and as keys', () => {
    const scanned = '0104607000001042215Df6hMwnNejNz\u001d91EE06\u001d92dGVzdA==';
    const written = [
      scanned,
      '046070000010425Df6hMwnNejNz',

      { key: Buffer.from(textToKey('046070000010425Df6hMwnNejNz')).toString('hex') },
    ];
    for (const code of written) {
      expect(eventFromJson({ ...SALE, codes: [code] }, core, { now }).keys, JSON.stringify(code)).toEqual(
        packTexts(['046070000010425Df6hMwnNejNz']),
      );
    }
  });

  it.each([
    [{ ...SALE, kind: 'eat' }, 'kind'],
    [{ ...SALE, at: 'soon' }, 'at'],
    [{ ...SALE, at: '2026-03-16' }, '2026-03-16T09:00:00+03:00'],
    [{ ...SALE, at: '2026-03-16T09:00:00' }, 'at'],
    [{ ...SALE, reason: 'HUNGER' }, 'RETAIL'],
    [{ ...SALE, checks: 'stated' }, 'checks'],
    [{ ...SALE, kind: 'restate', checks: 'owner' }, 'checks'],
    [{ ...SALE, codes: [] }, 'codes'],
    [{ ...SALE, codes: ['own code'] }, 'codes/0'],
    [{ ...SALE, codes: [unit(1), {}] }, 'codes/1'],
    [{ ...SALE, codes: [{ code: unit(1), key: '01' }] }, 'codes/0'],
    [{ ...SALE, codes: [{ key: '01' }] }, 'codes/0'],
    [{ ...SALE, codes: [{ code: unit(1), expiry: '31.02.2028' }] }, 'codes/0/expiry'],
    [{ ...SALE, codes: [{ code: unit(1), state: 'lost' }] }, 'codes/0/state'],
    [{ ...SALE, package: 'no package' }, 'package/0'],
    [{ ...SALE, colour: 'red' }, 'colour'],
    [{ ...SALE, codes: Array(16_385).fill(unit(1)) }, 'codes'],
  ])('%# that is wrong says where', (value, place) => {
    expect(refusal(value)).toContain(place);
  });
});
