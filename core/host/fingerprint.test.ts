// The fingerprint against an implementation that shares nothing with it: SipHash written with BigInt, any number of
// rounds, itself checked with published vectors.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS, loadCore } from './index.js';

const MASK = (1n << 64n) - 1n;
const rotate = (x: bigint, bits: bigint): bigint => ((x << bits) | (x >> (64n - bits))) & MASK;
const number = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** SipHash-c-d with 128 bits of output. */
function siphash128(compression: number, finalization: number, key: Uint8Array, message: Uint8Array): Uint8Array {
  const [k0, k1] = [number(key.subarray(0, 8)), number(key.subarray(8))];
  let [v0, v1, v2, v3] = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn ^ 0xeen,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) & MASK;
      v1 = rotate(v1, 13n) ^ v0;
      v0 = rotate(v0, 32n);
      v2 = (v2 + v3) & MASK;
      v3 = rotate(v3, 16n) ^ v2;
      v0 = (v0 + v3) & MASK;
      v3 = rotate(v3, 21n) ^ v0;
      v2 = (v2 + v1) & MASK;
      v1 = rotate(v1, 17n) ^ v2;
      v2 = rotate(v2, 32n);
    }
  };
  const padded = new Uint8Array(Math.floor(message.length / 8) * 8 + 8);
  padded.set(message);
  padded[padded.length - 1] = message.length;
  for (let at = 0; at < padded.length; at += 8) {
    const word = number(padded.subarray(at, at + 8));
    v3 ^= word;
    rounds(compression);
    v0 ^= word;
  }
  v2 ^= 0xeen;
  rounds(finalization);
  const low = v0 ^ v1 ^ v2 ^ v3;
  v1 ^= 0xddn;
  rounds(finalization);
  const high = v0 ^ v1 ^ v2 ^ v3;
  return Uint8Array.from({ length: 16 }, (_, i) => Number(((i < 8 ? low : high) >> BigInt((i % 8) * 8)) & 0xffn));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const countUp = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);
const KEY = countUp(16);

/** Message 00 01 02 …, key 00 … 0f. SipHash-2-4-128: vectors.h of the reference code; the others: OpenSSL 3, `openssl mac SIPHASH`. */
const VECTORS: [length: number, twoFour: string, oneThree: string][] = [
  [0, 'a3817f04ba25a8e66df67214c7550293', 'e77ebcb22788a5befd62db6add303001'],
  [1, 'da87c1d86b99af44347659119b22fc45', 'fc6f370460d3eda85e0573cc2b2ff063'],
  [2, '8177228da4a45dc7fca38bdef60affe4', '75787f090569839b855bc9548c6aea95'],
  [3, '9c70b60c5267a94e5f33b6b02985ed51', '6bc5ccfa1edcf79f4823187712ebd743'],
  [8, '3b62a9ba6258f5610f83e264f31497b4', 'aa12fee1d5e3dab4724f16ab35f9c799'],
  [15, '5493e99933b0a8117e08ec0f97cfc3d9', 'c17e5505b2bd526c2921cdec1e7e0109'],
  [16, '6ee2a4ca67b054bbfd3315bf85230577', 'd0a8d95715518eebb513b0f83d9e1793'],
  [27, 'abf248af69a6eae4bfd3eb2f129eeb94', 'e61ee240fbdcce38969f4cd24927dd93'],
  [63, '5150d1772f50834a503e069a973fbd7c', '4c5800e34efe426f079f6b0aa75260ad'],
];

const words = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.slice().buffer);

describe('fingerprint', () => {
  it.each(VECTORS)('vectors of %i bytes', async (length, twoFour, oneThree) => {
    expect(hex(siphash128(2, 4, KEY, countUp(length)))).toBe(twoFour);
    expect(hex(siphash128(1, 3, KEY, countUp(length)))).toBe(oneThree);
    const core = await loadCore({ seed: KEY });
    const found = core.fingerprintKeys(countUp(length), Uint32Array.of(0, length));
    expect(hex(new Uint8Array(found.buffer))).toBe(oneThree);
  });

  it('is SipHash-1-3-128 of any bytes under any seed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }),
        async (seed, keys) => {
          const core = await loadCore({ seed });
          const offsets = Uint32Array.from([
            0,
            ...keys.map((_, i) => keys.slice(0, i + 1).flatMap((key) => [...key]).length),
          ]);
          const found = core.fingerprintKeys(Uint8Array.from(keys.flatMap((key) => [...key])), offsets);
          expect([...found]).toEqual(keys.flatMap((key) => [...words(siphash128(1, 3, seed, key))]));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of a row is the fingerprint of its canonical key, in every format', async () => {
    const seed = Uint8Array.from({ length: 16 }, (_, i) => 200 - i);
    const core = await loadCore({ seed });
    const examples = FORMATS.flatMap(({ example }) => (example === null ? [] : [example]));
    const lines = [
      ...examples,
      '1B'.repeat(34),
      '1B'.repeat(75),
      '10ABC',
      '',
      'garbage',
      '010952000000303621A',
      '0109520000003036',
    ];
    const batch = core.parseBatch(Buffer.from(lines.join('\n'), 'latin1'));
    const inRows = batch.columns.fingerprint.slice(0, batch.count * 4);
    const { bytes, offsets } = core.keys(batch);
    lines.forEach((_, row) => {
      const key = bytes.slice(offsets[row], offsets[row + 1]);
      const expected = key.length === 0 ? new Uint32Array(4) : words(siphash128(1, 3, seed, key));
      expect([...inRows.subarray(row * 4, row * 4 + 4)]).toEqual([...expected]);
    });
    expect([...core.fingerprintKeys(bytes, offsets).subarray(0, examples.length * 4)]).toEqual([
      ...inRows.subarray(0, examples.length * 4),
    ]);
  });
});
