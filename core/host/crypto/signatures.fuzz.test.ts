// Any bytes as key, digest and signature: an answer, and the one that BigInt gives. Numbers near the bounds of every field and
// order come up often; one signature in three is a good one with a bit changed or not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edgeNumbers } from '../../test/crypto/numbers.js';
import { baseOf, gostValid, isOnCurve, multiply } from '../../test/crypto/reference.js';
import { GOST_NAMES, littleEndian, ReferenceKey, toBytes } from '../../test/crypto/signature-reference.js';
import { loadCore } from '../index.js';

const core = await loadCore();
const any = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n });
const runs = Number(process.env.FUZZ_RUNS ?? 60);

describe.each(GOST_NAMES)('%s', (name) => {
  const key = new ReferenceKey(name, 0x1234567890abcdef1234567890abcdefn);
  const { curve } = key;
  const number = fc.oneof(any, fc.constantFrom(...edgeNumbers(curve.q), ...edgeNumbers(curve.p)));

  it('bounds of every number', () => {
    fc.assert(
      fc.property(number, number, number, (e, r, s) => {
        const digest = toBytes(e);
        const publicKey = { x: toBytes(key.point[0]), y: toBytes(key.point[1]) };
        const signature = { r: toBytes(r), s: toBytes(s) };
        const got = core.gost3410Verify({ curve: name, publicKey, digest, signature });
        expect(got).toBe(gostValid(curve, key.point, littleEndian(digest), { r, s }));
      }),
      { numRuns: runs },
    );
  });

  it('signatures with a bit changed, in batches', () => {
    const change = fc.record({ z1: number, z2: number, bit: fc.integer({ min: -256, max: 767 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        const signed = changes
          .filter(({ z1, z2 }) => z1 % curve.q !== 0n && z2 % curve.q !== 0n)
          .map(({ z1, z2, bit }) => {
            const { digest, r, s } = key.signatureOf(z1, z2);
            const bytes = new Uint8Array([...digest, ...toBytes(r), ...toBytes(s)]);
            if (bit >= 0) bytes[bit >> 3]! ^= 1 << (bit & 7);
            return bytes;
          });
        const digests = new Uint8Array(signed.flatMap((bytes) => [...bytes.subarray(0, 32)]));
        const signatures = new Uint8Array(signed.flatMap((bytes) => [...bytes.subarray(32)]));
        const publicKey = { x: toBytes(key.point[0]), y: toBytes(key.point[1]) };
        const got = core.gost3410VerifyMany({ curve: name, publicKey, digests, signatures });
        const big = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
        const expected = signed.map((bytes) => {
          const [r, s] = [big(bytes.subarray(32, 64)), big(bytes.subarray(64))];
          return gostValid(curve, key.point, littleEndian(bytes.subarray(0, 32)), { r, s }) ? 1 : 0;
        });
        expect([...got]).toEqual(expected);
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });

  it('keys that are any bytes, or a point of the curve', () => {
    const scalar = fc.bigInt({ min: 1n, max: curve.q - 1n });
    const keys = fc.oneof(
      fc.tuple(number, number),
      scalar.map((d) => multiply(curve, d, baseOf(curve))!),
    );
    fc.assert(
      fc.property(keys, any, scalar, scalar, ([x, y], e, r, s) => {
        const digest = toBytes(e);
        const check = {
          publicKey: { x: toBytes(x), y: toBytes(y) },
          digest,
          signature: { r: toBytes(r), s: toBytes(s) },
        };
        const expected = isOnCurve(curve, [x, y]) && gostValid(curve, [x, y], littleEndian(digest), { r, s });
        expect(core.gost3410Verify({ curve: name, ...check })).toBe(expected);
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  });
});

it('bytes of any length', () => {
  const bytes = fc.uint8Array({ maxLength: 70 });
  fc.assert(
    fc.property(fc.constantFrom(...GOST_NAMES), bytes, bytes, bytes, bytes, (curve, x, y, r, s) => {
      const check = { publicKey: { x, y }, digest: new Uint8Array(32).fill(9), signature: { r, s } };
      expect(core.gost3410Verify({ curve, ...check })).toBe(false);
      expect(core.ecdsaP256Verify(check)).toBe(false);
    }),
  );
});
