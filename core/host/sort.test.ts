import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCore } from './index.js';

const core = await loadCore();

function pack(keys: readonly Uint8Array[]): { bytes: Uint8Array; offsets: Uint32Array } {
  const offsets = new Uint32Array(keys.length + 1);
  keys.forEach((key, i) => {
    offsets[i + 1] = offsets[i]! + key.length;
  });
  return { bytes: new Uint8Array(Buffer.concat(keys)), offsets };
}

/** The order that JavaScript's stable sort gives. */
function expected(keys: readonly Uint8Array[]): number[] {
  return keys.map((_, i) => i).sort((a, b) => Buffer.compare(keys[a]!, keys[b]!) || a - b);
}

function check(keys: readonly Uint8Array[]): void {
  const { bytes, offsets } = pack(keys);
  expect([...core.sortKeys(bytes, offsets)]).toEqual(expected(keys));
}

const text = (...keys: string[]): Uint8Array[] => keys.map((key) => new Uint8Array(Buffer.from(key, 'latin1')));

describe('sorting keys', () => {
  it('takes none, one, equal ones, prefixes and zeros', () => {
    check([]);
    expect(core.sortKeys(new Uint8Array(), new Uint32Array())).toHaveLength(0);
    check(text(''));
    check(text('b', 'a', '', 'b', 'a', ''));
    check(text('abcdefgh', 'abcdefg', 'abcdefgh\0', 'abcdefg\0', 'abcdefghi', 'abcdefgh\0\0', 'abcdefg\0\0'));
    check(text('\u00ff', '\u007f', '\u0080', '\0'));
  });

  it('equals a stable sort on any keys', () => {
    // few letters and a common beginning, so that windows tie at every depth
    const letter = fc.constantFrom(0, 1, 65, 255);
    const key = fc
      .tuple(fc.constantFrom('', 'common beginning of keys '), fc.array(letter, { maxLength: 20 }))
      .map(([head, rest]) => new Uint8Array(Buffer.concat([Buffer.from(head), Buffer.from(rest)])));
    fc.assert(fc.property(fc.array(key, { maxLength: 300 }), check), { numRuns: 300 });
  });

  it('merges many runs: sorted, reversed, sawtooth, random; a quarter of a million keys', () => {
    let seed = 7;
    const random = (): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed;
    };
    for (const [count, value] of [
      [5000, (i: number) => i],
      [5000, (i: number) => 5000 - i],
      [5000, (i: number) => i % 37],
      [5000, () => 1],
      [250_000, () => random() % 100_000],
    ] as const) {
      check(Array.from({ length: count }, (_, i) => new Uint8Array(Buffer.from(`0104607000001042${value(i)}`))));
    }
  });

  it('takes keys that stand in the memory of the core itself', () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, i) => `0109520000003036215${String((i * 7919) % 20_000).padStart(5, '0')}`,
    );
    const batch = core.parseBatch(Buffer.from(lines.join('\n')));
    const { bytes, offsets } = core.keys(batch);
    const keys = lines.map((_, i) => bytes.slice(offsets[i], offsets[i + 1]));
    expect([...core.sortKeys(bytes, offsets)]).toEqual(expected(keys));
    expect(batch.at(3).serial).toBe(lines[3]!.slice(18)); // the batch is still there
  });

  it('sorts long keys that agree for thousands of bytes', () => {
    const long = (last: string): Uint8Array => new Uint8Array(Buffer.from('x'.repeat(4096) + last));
    check([long('b'), long(''), long('a'), long('b')]);
  });

  it('refuses longer keys and offsets that are none', () => {
    expect(() => core.sortKeys(new Uint8Array(4098), Uint32Array.of(0, 4098))).toThrow(
      /key 0 has 4098 bytes; 4097 is the most/,
    );
    expect(() => core.sortKeys(new Uint8Array(4), Uint32Array.of(0, 3, 2))).toThrow(RangeError);
    expect(() => core.sortKeys(new Uint8Array(4), Uint32Array.of(0, 5))).toThrow(RangeError);
    expect(() => core.fingerprintKeys(new Uint8Array(4), Uint32Array.of(0, 5))).toThrow(RangeError);
  });
});
