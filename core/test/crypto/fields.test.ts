// Arithmetic of the prime fields against BigInt: both lanes, every operation, factors of every allowed weight.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePart } from './compile.js';
import { edgeNumbers, invert } from './numbers.js';

interface Curve {
  field: string;
  montgomery: boolean;
  p: string;
}

const file = new URL('../../../../core/data/curves.json', import.meta.url);
const { curves } = JSON.parse(readFileSync(file, 'utf8')) as { curves: Curve[] };
const fields = new Map(curves.map((curve) => [curve.field, curve]));
const part = await compilePart("export * from './generated/fields'; export * from './crypto/canonical';");
const limbs = new Int32Array(part.memory, part.free);
const R = 1n << 261n;
const PAIR = 18;

/** Elements by number: where their pair begins, in limbs from `part.free`. */
const place = (pair: number): number => 64 + pair * PAIR;
const address = (pair: number): number => part.free + place(pair) * 4;

type Element = readonly number[];
const numberOf = (element: Element): bigint =>
  element.reduce((sum, limb, index) => sum + (BigInt(limb) << (29n * BigInt(index))), 0n);
const toElement = (value: bigint): Element =>
  Array.from({ length: 9 }, (_, index) => Number((value >> (29n * BigInt(index))) & ((1n << 29n) - 1n)));

function write(pair: number, lanes: readonly [Element, Element]): void {
  lanes.forEach((element, lane) => {
    element.forEach((limb, index) => {
      limbs[place(pair) + 2 * index + lane] = limb;
    });
  });
}

const read = (pair: number, lane: number): Element =>
  Array.from({ length: 9 }, (_, index) => limbs[place(pair) + 2 * index + lane]!);

describe.each([...fields])('%s', (field, { p: digits, montgomery }) => {
  const p = BigInt(`0x${digits}`);
  const radix = montgomery ? invert(R % p, p) : 1n;
  const mod = (value: bigint): bigint => ((value % p) + p) % p;
  const lowest = 2 ** 29 + 2 ** 27;
  const top = montgomery ? 2 ** 26 : field === 'P617' ? 2 ** 24 : 2 ** 23;
  /** Weight 1: results, negated results, elements whose limbs are extreme in every way that the contract allows. */
  const element = fc.oneof(
    fc.constantFrom(...edgeNumbers(p)).map((value) => toElement(value % p)),
    fc.bigInt({ min: 0n, max: p - 1n }).map(toElement),
    fc
      .tuple(fc.bigInt({ min: 0n, max: p - 1n }), fc.bigInt({ min: 0n, max: p - 1n }))
      .map(([a, b]) => difference(toElement(a), toElement(b))),
    fc.array(fc.constantFrom(1, -1, 0, 0.5, -0.5), { minLength: 9, maxLength: 9 }).map(extreme),
    fc.constantFrom(1, -1).map((sign) => extreme(Array<number>(9).fill(sign))),
  );
  const pair = fc.tuple(element, element);

  function extreme(shares: number[]): Element {
    return shares.map((share, index) => share * (index === 0 ? lowest : index === 8 ? top : 2 ** 29));
  }

  /** Results have weight 1, and few bits above the 256th. */
  function check(out: number, lane: number, expected: bigint): void {
    const result = read(out, lane);
    expect(mod(numberOf(result))).toBe(mod(expected));
    expect(result[0]! > -(2 ** 26) && result[0]! < 2 ** 29 + 2 ** 26).toBe(true);
    for (const limb of result.slice(1, 8)) expect(limb >= 0 && limb < 2 ** 29).toBe(true);
    expect(Math.abs(result[8]!)).toBeLessThanOrEqual(top);
    limbs.set(result, 0);
    const modulus = toElement(p);
    limbs.set(modulus, 16);
    part.call('canonical', part.free, part.free, part.free + 64);
    expect(numberOf([...limbs.subarray(0, 9)])).toBe(mod(expected));
  }

  it('multiplies, and subtracts what has twice the weight', () => {
    fc.assert(
      fc.property(
        pair,
        pair,
        pair,
        fc.constantFrom(1, 2, 3),
        fc.constantFrom(1, 2),
        (a, b, c, weightOfA, weightOfC) => {
          const times = (lanes: readonly [Element, Element], weight: number): [Element, Element] => [
            lanes[0].map((limb) => limb * weight),
            lanes[1].map((limb) => limb * weight),
          ];
          const heavy = times(a, weightOfA);
          const less = times(c, weightOfC);
          write(0, heavy);
          write(1, b);
          write(2, less);
          part.call(`mul${field}`, address(3), address(0), address(1));
          part.call(`mulSub${field}`, address(4), address(0), address(1), address(2));
          for (const lane of [0, 1] as const) {
            const product = numberOf(heavy[lane]) * numberOf(b[lane]) * radix;
            check(3, lane, product);
            check(4, lane, product - numberOf(less[lane]));
          }
          part.call(`mul${field}`, address(1), address(1), address(0));
          expect(read(1, 0)).toEqual(read(3, 0));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('squares, and subtracts two', () => {
    fc.assert(
      fc.property(pair, pair, pair, (a, b, c) => {
        write(0, a);
        write(1, b);
        write(2, c);
        part.call(`sqr${field}`, address(3), address(0));
        part.call(`sqrSub${field}`, address(4), address(0), address(1), address(2));
        for (const lane of [0, 1] as const) {
          const square = numberOf(a[lane]) ** 2n * radix;
          check(3, lane, square);
          check(4, lane, square - numberOf(b[lane]) - numberOf(c[lane]));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('stays small in a long chain of differences', () => {
    const start = toElement(p - 1n);
    write(0, [start, toElement(1n)]);
    write(1, [start, start]);
    let expected = p - 1n;
    for (let i = 0; i < 200; i++) {
      part.call(`sqrSub${field}`, address(0), address(1), address(0), address(1));
      expected = (p - 1n) ** 2n * radix - expected - (p - 1n);
      check(0, 0, expected);
    }
  });

  it('gives one representative between 0 and p', () => {
    fc.assert(
      fc.property(fc.constantFrom(...edgeNumbers(p)), fc.integer({ min: -14, max: 14 }), (value, multiple) => {
        const any = mod(value) + p * BigInt(multiple);
        const signed = any < 0n ? toElement(-any).map((limb) => -limb) : toElement(any);
        limbs.set(signed, 0);
        limbs.set(toElement(p), 16);
        part.call('canonical', part.free, part.free, part.free + 64);
        expect(numberOf([...limbs.subarray(0, 9)])).toBe(mod(value));
      }),
    );
  });
});

function difference(a: Element, b: Element): Element {
  return a.map((limb, index) => limb - b[index]!);
}
