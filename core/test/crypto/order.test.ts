// Arithmetic modulo group orders against BigInt, at the edges of limbs and of q.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePart } from './compile.js';
import { edgeNumbers, invert, readNumber, writeNumber } from './numbers.js';

const file = new URL('../../../../core/data/curves.json', import.meta.url);
const { curves } = JSON.parse(readFileSync(file, 'utf8')) as { curves: { name: string; q: string }[] };
const part = await compilePart(`
export * from './crypto/order';
import { CURVE_ORDER_MODULUS, curveRecord } from './crypto/curve';
export { inverseModulo } from './crypto/inverse';
export function orderOf(curve: u32): usize { return curveRecord(curve) + CURVE_ORDER_MODULUS; }
`);
const bytes = new Uint8Array(part.memory);
const at = part.free;
const SCALAR = 36;
const slot = (index: number): number => at + 1024 + index * SCALAR;

const load = (index: number, value: bigint): number => {
  writeNumber(bytes, at, value, 32);
  part.call('readLittleEndian', slot(index), at);
  return slot(index);
};
const unload = (scalar: number): bigint => {
  part.call('writeLittleEndian', at, scalar);
  return readNumber(bytes, at, 32);
};

describe.each(curves.map(({ name, q }, index) => ({ name, index, q: BigInt(`0x${q}`) })))(
  'mod q of $name',
  ({ index, q }) => {
    const order = part.call('orderOf', index);
    const anyNumber = fc.oneof(fc.constantFrom(...edgeNumbers(q)), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }));
    const scalar = anyNumber.map((value) => (value % (q - 1n)) + 1n);

    it('reads and writes both byte orders, and knows what is in range', () => {
      fc.assert(
        fc.property(anyNumber, (value) => {
          expect(unload(load(0, value))).toBe(value);
          writeNumber(bytes, at, value, 32);
          bytes.subarray(at, at + 32).reverse();
          part.call('readBigEndian', slot(1), at);
          expect(part.call('isScalar', order, at)).toBe(value > 0n && value < q ? 1 : 0);
          expect(unload(slot(1))).toBe(value);
        }),
      );
    });

    it('takes remainders of 256-bit numbers', () => {
      for (let multiple = 0n; multiple * q < 2n ** 256n; multiple++) {
        for (const value of [multiple * q, multiple * q + 1n, multiple * q + q - 1n].filter(
          (each) => each < 2n ** 256n,
        )) {
          part.call('reduce', order, load(0, value));
          expect(unload(slot(0))).toBe(value % q);
        }
      }
      fc.assert(
        fc.property(anyNumber, (value) => {
          part.call('reduce', order, load(0, value));
          expect(unload(slot(0))).toBe(value % q);
          part.call('negate', order, slot(0));
          expect(unload(slot(0))).toBe((q - (value % q)) % q);
        }),
      );
    });

    it('inverts one number', () => {
      fc.assert(
        fc.property(anyNumber, (value) => {
          writeNumber(bytes, at, value % q, 32);
          writeNumber(bytes, at + 64, q, 32);
          part.call('inverseModulo', at + 32, at, at + 64);
          expect(readNumber(bytes, at + 32, 32)).toBe(value % q === 0n ? 0n : invert(value % q, q));
        }),
        { numRuns: 1000 },
      );
    });

    it('divides by many scalars at once', () => {
      fc.assert(
        fc.property(fc.array(fc.tuple(scalar, anyNumber), { minLength: 1, maxLength: 40 }), (pairs) => {
          pairs.forEach(([divisor], each) => void load(each, divisor));
          part.call('invertMany', order, slot(0), pairs.length, slot(100));
          pairs.forEach(([divisor, dividend], each) => {
            part.call('multiply', order, slot(99), slot(each), load(98, dividend));
            part.call('reduceOnce', order, slot(99));
            expect(unload(slot(99))).toBe((dividend * invert(divisor, q)) % q);
          });
        }),
      );
    });
  },
);
