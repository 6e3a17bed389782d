import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEY_BYTES_MAX } from './limits.js';
import { packKeys, unpackKeys } from './packed-keys.js';
import { keyColumn } from './register.test.data.js';

/** Keys that share beginnings, as those of a product do. */
const KEYS = fc.array(
  fc
    .tuple(fc.constantFrom('', '\x01AAAAAA', '\x01AAAAAB', '\x02'), fc.uint8Array({ maxLength: 40 }))
    .map(([head, rest]) => Uint8Array.from(Buffer.concat([Buffer.from(head), rest]))),
  { maxLength: 80 },
);

const listOf = ({ bytes, offsets }: { bytes: Uint8Array; offsets: Uint32Array }): string[] =>
  Array.from({ length: offsets.length - 1 }, (_, i) =>
    Buffer.from(bytes.subarray(offsets[i], offsets[i + 1])).toString('hex'),
  );
const hex = (keys: readonly Uint8Array[]): string[] => keys.map((key) => Buffer.from(key).toString('hex'));

describe('packed keys', () => {
  it('come back as they were, in their order', () => {
    fc.assert(
      fc.property(KEYS, (keys) => {
        expect(listOf(unpackKeys(packKeys(keyColumn(keys), 0, keys.length)))).toEqual(hex(keys));
      }),
    );
  });

  it('come back in the order and from the part that was asked for', () => {
    fc.assert(
      fc.property(KEYS, fc.infiniteStream(fc.nat()), fc.nat(), fc.nat(), (keys, numbers, a, b) => {
        const order = Uint32Array.from(keys.keys());
        for (let i = order.length - 1; i > 0; i--) {
          const j = (numbers.next().value as number) % (i + 1);
          [order[i], order[j]] = [order[j], order[i]];
        }
        const [from, to] = [a % (keys.length + 1), b % (keys.length + 1)].sort((x, y) => x - y);
        const expected = [...order].slice(from, to).map((k) => keys[k]);
        expect(listOf(unpackKeys(packKeys(keyColumn(keys), from, to, order)))).toEqual(hex(expected));
      }),
    );
  });

  it('go on after one another: a page is begun by one event and ended by the next', () => {
    fc.assert(
      fc.property(KEYS, KEYS, (one, two) => {
        const begun = packKeys(keyColumn(one), 0, one.length);
        const more = packKeys(keyColumn(two), 0, two.length);
        expect(listOf(unpackKeys(Buffer.concat([begun, more])))).toEqual(hex([...one, ...two]));
      }),
    );
  });

  it('cost a code in order its own ending and two bytes', () => {
    const keys = Array.from({ length: 64 }, (_, i) => Buffer.from(`\x01GTIN..000${String(i).padStart(2, '0')}`));
    expect(packKeys(keyColumn(keys), 0, 64).length).toBeLessThan(64 * 4 + 20);
  });

  it('are refused when a key is longer than the database takes', () => {
    const longest = new Uint8Array(KEY_BYTES_MAX).fill(65);
    expect(listOf(unpackKeys(packKeys(keyColumn([longest, longest]), 0, 2)))).toEqual(hex([longest, longest]));
    expect(() => packKeys(keyColumn([new Uint8Array(KEY_BYTES_MAX + 1)]), 0, 1)).toThrow(RangeError);
  });

  it('are refused when written bytes spell a key longer than that', () => {
    const first = [0, 200, ...new Uint8Array(200).fill(65)];
    const second = [200, 100, ...new Uint8Array(100).fill(66)];
    expect(() => unpackKeys(Uint8Array.from([...first, ...second]))).toThrow(RangeError);
  });

  it('of any other bytes are a RangeError or some keys, never more than the bytes can spell', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          const { bytes: keys, offsets } = unpackKeys(bytes);
          expect(offsets[offsets.length - 1]).toBe(keys.length);
          expect(keys.length).toBeLessThanOrEqual((bytes.length / 2) * KEY_BYTES_MAX);
          for (let i = 1; i < offsets.length; i++) {
            expect(offsets[i] - offsets[i - 1]).toBeGreaterThanOrEqual(0);
            expect(offsets[i] - offsets[i - 1]).toBeLessThanOrEqual(KEY_BYTES_MAX);
          }
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          refused++;
        }
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  it('cut at any place are a RangeError, or fewer keys', () => {
    const keys = ['\x01AAAAAA1', '\x01AAAAAA22', '\x01AAAAAB'].map((key) => Buffer.from(key));
    const packed = packKeys(keyColumn(keys), 0, keys.length);
    for (let end = 0; end < packed.length; end++) {
      let met: string[] | undefined;
      try {
        met = listOf(unpackKeys(packed.subarray(0, end)));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
      if (met) expect(met).toEqual(hex(keys).slice(0, met.length));
      expect(met?.length).not.toBe(keys.length);
    }
  });
});
