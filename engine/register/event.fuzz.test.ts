import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import {
  ATTRIBUTES,
  type Attribute,
  CHECKS,
  decodeEvent,
  EVENT_KINDS,
  encodeEvent,
  type RegisterEvent,
  STATED,
} from './event.js';
import { EVENT_CODES_MAX } from './limits.js';
import { eventOf, packTexts, unit } from './register.test.data.js';

const INT32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });

const EVENTS: fc.Arbitrary<RegisterEvent> = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.uniqueArray(fc.constantFrom(...ATTRIBUTES)))
  .chain(([count, names]) =>
    fc.record({
      id: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      kind: fc.constantFrom(...EVENT_KINDS),
      checks: fc.constantFrom(...CHECKS),
      at: fc.integer({ min: 0, max: 4e12 }),
      zone: fc.integer({ min: -720, max: 840 }),
      party: fc.string({ unit: 'grapheme', maxLength: 20 }),
      reason: fc.nat(255),
      actor: fc.string({ unit: 'grapheme', maxLength: 20 }),
      document: fc.string({ maxLength: 40 }),
      count: fc.constant(count),
      keys: fc.constant(packTexts(Array.from({ length: count }, (_, i) => unit(i)))),
      texts: fc.array(fc.string({ unit: 'grapheme', maxLength: 10 }), {
        maxLength: 4,
      }),
      parents: fc.constant(packTexts(['146000000000000003', 'own code'])),
      columns: fc
        .tuple(
          ...names.map(() =>
            fc.oneof(
              fc.array(INT32, { minLength: 1, maxLength: 1 }),
              fc.array(INT32, { minLength: count, maxLength: count }),
            ),
          ),
        )
        .map((columns) => Object.fromEntries(names.map((name, i) => [name, Int32Array.from(columns[i])]))),
    }),
  );

const packr = new Packr({ useRecords: false, moreTypes: false });
/** What only the second version has, in its order. */
const OPERATION = { checks: 'owner', zone: 180, party: 'P', reason: 3 } as const;
const written = (event: RegisterEvent): unknown[] => packr.unpack(encodeEvent(event)) as unknown[];

function refusal(bytes: Uint8Array): unknown {
  try {
    decodeEvent(bytes);
    return null;
  } catch (error) {
    return error;
  }
}

describe('an event in the log', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(EVENTS, (event) => {
        const read = decodeEvent(encodeEvent(event));
        expect({
          ...read,
          id: Uint8Array.from(read.id),
          keys: Uint8Array.from(read.keys),
          parents: Uint8Array.from(read.parents),
        }).toEqual({
          ...event,
          keys: Uint8Array.from(event.keys),
          parents: Uint8Array.from(event.parents),
        });
        expect(encodeEvent(read)).toEqual(encodeEvent(event));
      }),
    );
  });

  it('is written byte for byte as msgpackr writes it, so that ids made of the bytes stay what they were', () => {
    const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array | Int32Array): Buffer =>
      Buffer.from(buffer, byteOffset, byteLength);
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: 'grapheme-ascii', minLength: 29, maxLength: 70 }),
      fc.string({ unit: fc.constantFrom('a', '\x7f', '\x80', '\u07ff', '\u0800', '😀'), maxLength: 70 }),
      // Halves of a character.
      fc
        .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 80 })
        .map((units) => String.fromCharCode(...units)),
    );
    const number = fc.oneof(
      fc.integer({ min: -70_000, max: 70_000 }),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true }),
      fc.constantFrom(0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -0),
    );
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 65_530, maxLength: 65_540 }));
    const texts = fc.oneof(fc.array(text, { maxLength: 20 }), fc.constant(new Array<string>(0x1_0001).fill('')));
    fc.assert(
      fc.property(
        EVENTS,
        fc.record({ actor: text, party: text, document: text, at: number, zone: number, parents: bytes, texts }),
        (plain, said) => {
          const event = { ...plain, ...said };
          const { id, kind, at, actor, document, count, keys, parents, checks, zone, party, reason } = event;
          const columns = Object.entries(event.columns).map(([name, values]) => [name, bytesOf(values)]);
          const fields: unknown[] = [1, bytesOf(id), kind, at, actor, document, count, bytesOf(keys), event.texts];
          fields.push(bytesOf(parents), columns);
          if (checks !== 'stated' || zone !== 0 || party !== '' || reason !== 0) {
            fields[0] = 2;
            fields.push(checks, zone, party, reason);
          }
          expect(encodeEvent(event).equals(packr.pack(fields))).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads a column that stands at an odd place of a larger buffer', () => {
    const event = eventOf({
      codes: [
        [unit(1), { price: 0x01020304 }],
        [unit(2), { price: -5 }],
      ],
    });
    const shifted = new Int32Array(new ArrayBuffer(64), 20, 2);
    shifted.set(event.columns.price as Int32Array);
    const read = decodeEvent(encodeEvent({ ...event, columns: { price: shifted } }));
    expect(read.columns.price).toEqual(Int32Array.of(0x01020304, -5));
  });

  it('that is a plain statement is of the first version, so that its bytes and its id stay what they were', () => {
    const event = eventOf({ kind: 'ship', actor: 'A', document: 'D', codes: [[unit(1), { price: 7 }]] });
    const fields = written(event);
    expect([fields.length, fields[0]]).toEqual([11, 1]);
    expect(decodeEvent(packr.pack(fields))).toMatchObject(STATED);
    const operation = written({ ...event, ...OPERATION });
    expect(operation).toEqual([2, ...fields.slice(1), ...Object.values(OPERATION)]);
  });

  it('of any bytes is a RangeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(refusal(bytes)).toBeInstanceOf(RangeError);
      }),
      { numRuns: 2000 },
    );
  });

  it('with changed bytes is a RangeError, or an event again', () => {
    const bytes = encodeEvent(
      eventOf({
        kind: 'aggregate',
        actor: 'A',
        document: 'D',
        codes: [
          [unit(1), { parent: 0, owner: 0 }],
          [unit(2), { parent: 0, state: 3 }],
        ],
        texts: ['owner'],
        parents: ['146000000000000003'],
      }),
    );
    let refused = 0;
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0x00, 0xc1, 0xdd, 0xdf, 0xc9, 0xff, bytes[at] ^ 1, bytes[at] ^ 0x80]) {
        const changed = Uint8Array.from(bytes);
        changed[at] = value;
        const error = refusal(changed);
        if (error === null) continue;
        expect(error, `byte ${at} = ${value}: ${String(error)}`).toBeInstanceOf(RangeError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(bytes.length);
  });

  it('cut short is a RangeError', () => {
    const bytes = encodeEvent(eventOf({ codes: [[unit(1), { state: 3 }]], texts: ['t'] }));
    for (let end = 0; end < bytes.length; end++)
      expect(refusal(bytes.subarray(0, end)), `cut at ${end}`).toBeInstanceOf(RangeError);
  });

  it('with a field of another kind is a RangeError', () => {
    const event = eventOf({ codes: [[unit(1), { state: 3 }], [unit(2)]], texts: ['t'] });
    const fields = written({ ...event, ...OPERATION });
    const others = [null, true, -1, 1.5, 'text', Buffer.from('x'), [], [1], {}, new Date(0)];
    for (let field = 0; field < fields.length; field++) {
      for (const other of others) {
        const bytes = packr.pack(fields.map((value, i) => (i === field ? other : value)));
        const error = refusal(bytes);
        const fits =
          ((field === 4 || field === 5 || field === 13) && typeof other === 'string') ||
          (field === 3 && typeof other === 'number') ||
          (field === 12 && other === -1) ||
          // What the packed keys are worth is told when they are unpacked.
          ((field === 7 || field === 9) && other instanceof Uint8Array) ||
          ((field === 8 || field === 10) && Array.isArray(other) && other.length === 0);
        if (fits) expect(error, `field ${field}`).toBeNull();
        else expect(error, `field ${field} as ${JSON.stringify(other)}: ${String(error)}`).toBeInstanceOf(RangeError);
      }
    }
  });

  it('of another version, with more fields, or too many codes is a RangeError', () => {
    const fields = written({ ...eventOf({ codes: [[unit(1)]] }), ...OPERATION });
    for (const broken of [[1, ...fields.slice(1)], [3, ...fields.slice(1)], [...fields, 0], fields.slice(0, 11)]) {
      expect(refusal(packr.pack(broken))).toBeInstanceOf(RangeError);
    }
    for (const count of [EVENT_CODES_MAX + 1, -1, 0.5, 2 ** 40]) {
      expect(refusal(packr.pack(fields.map((value, i) => (i === 6 ? count : value))))).toBeInstanceOf(RangeError);
    }
  });

  it('with columns that do not fit its codes is a RangeError', () => {
    const fields = written(eventOf({ codes: [[unit(1)], [unit(2)], [unit(3)]] }));
    const withColumns = (columns: unknown): unknown =>
      refusal(packr.pack(fields.map((value, i) => (i === 10 ? columns : value))));
    expect(withColumns([['state', Buffer.alloc(12)]])).toBeNull();
    expect(withColumns([['state', Buffer.alloc(4)]])).toBeNull();
    for (const columns of [
      [['state', Buffer.alloc(8)]],
      [['state', Buffer.alloc(5)]],
      [['state', Buffer.alloc(0)]],
      [['colour', Buffer.alloc(4)]],
      [['__proto__', Buffer.alloc(4)]],
      [['state', [1, 2, 3]]],
      [['state']],
      [[]],
      [7],
      [null],
      ['state'],
    ]) {
      expect(withColumns(columns), JSON.stringify(columns)).toBeInstanceOf(RangeError);
    }
  });

  it('names every attribute once', () => {
    const codes: [string, Partial<Record<Attribute, number>>][] = [
      [unit(1), Object.fromEntries(ATTRIBUTES.map((name, i) => [name, i]))],
    ];
    const { columns } = decodeEvent(encodeEvent(eventOf({ codes })));
    expect(Object.keys(columns)).toEqual([...ATTRIBUTES]);
    ATTRIBUTES.forEach((name, i) => {
      expect(columns[name]).toEqual(Int32Array.of(i));
    });
  });
});
