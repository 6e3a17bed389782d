// Goal: a signature is valid exactly when RFC 7091 says so. Method: published and generated vectors; signatures made so that
// the batch algorithm meets every case that affine addition cannot do; batches against single checks in any order and size.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { add, gostValid, isOnCurve, negate, type Point } from '../../test/crypto/reference.js';
import { GOST_NAMES, littleEndian, ReferenceKey, type Signed, toBytes } from '../../test/crypto/signature-reference.js';
import { pointsOfSmallOrder, TC26_A } from '../../test/crypto/small-order.js';
import { loadCore } from '../index.js';
import type { GostCurve } from './tail-key.js';

interface Line {
  curve: GostCurve;
  publicKey: { x: string; y: string };
  digest: string;
  signature: { r: string; s: string };
  valid: boolean;
  why: string;
}

const file = new URL('../../../../core/test/vectors/gost3410_2012_256.jsonl', import.meta.url);
const lines = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const core = await loadCore();

const checkOf = ({ curve, publicKey, digest, signature }: Line) => ({
  curve,
  publicKey: { x: bytes(publicKey.x), y: bytes(publicKey.y) },
  digest: bytes(digest),
  signature: { r: bytes(signature.r), s: bytes(signature.s) },
});

describe('vectors', () => {
  it('are all answered as they say', () => {
    const wrong = lines.filter((line) => core.gost3410Verify(checkOf(line)) !== line.valid);
    expect(lines).toHaveLength(300);
    expect(wrong.map(({ curve, why }) => `${curve}: ${why}`)).toEqual([]);
  });

  it('are answered alike in a batch of one', () => {
    for (const line of lines) {
      const { curve, publicKey, digest, signature } = checkOf(line);
      const signatures = new Uint8Array([...signature.r, ...signature.s]);
      const results = core.gost3410VerifyMany({ curve, publicKey, digests: digest, signatures });
      expect([...results], line.why).toEqual([line.valid ? 1 : 0]);
    }
  });
});

/** A generator of the same numbers each time (splitmix64). */
function randomNumbers(seed: bigint): () => bigint {
  let state = seed;
  const word = (): bigint => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
  return () => (word() << 192n) | (word() << 128n) | (word() << 64n) | word();
}

interface Case {
  readonly what: string;
  readonly signed: Signed;
  readonly valid: boolean;
}

/** Signatures whose check meets the exceptions of affine addition at its start, in the middle and at its end. */
function exceptionalCases(key: ReferenceKey, random: () => bigint): Case[] {
  const { q } = key.curve;
  const d = key.secret;
  const cases: Case[] = [];
  const put = (what: string, signed: Signed): void => {
    cases.push({ what, signed, valid: key.verify(signed) });
  };
  for (const z2 of [1n, 2n, 3n, 1n << 9n, 1n << 45n, (1n << 128n) + 1n, q - 1n, q - 2n, q >> 1n, random() % q]) {
    put(`z1·P = z2·Q, z2 = ${z2}`, key.signatureOf((z2 * d) % q, z2));
    put(`z1·P = −z2·Q, z2 = ${z2}`, key.signatureOf((q - ((z2 * d) % q)) % q, z2));
    put(`z1 = 1, z2 = ${z2}`, key.signatureOf(1n, z2));
    put(`z1 = q − 1, z2 = ${z2}`, key.signatureOf(q - 1n, z2));
    put(`z1 = z2 = ${z2}`, key.signatureOf(z2, z2));
    put(`z1 = −z2, z2 = ${z2}`, key.signatureOf(q - z2, z2));
    put(`C = P, z2 = ${z2}`, key.signatureOf((((1n - z2 * d) % q) + q) % q, z2));
    put(`digest above q, z2 = ${z2}`, key.signatureOf(random() % q, z2, 1n));
  }
  const good = key.signatureOf(random() % q, random() % q);
  put('valid', good);
  for (const r of [0n, 1n, q - 1n, q, q + 1n, (1n << 256n) - 1n, good.r ^ 1n]) put(`r = ${r}`, { ...good, r });
  for (const s of [0n, 1n, q - 1n, q, q + 1n, (1n << 256n) - 1n, good.s ^ 1n]) put(`s = ${s}`, { ...good, s });
  for (const byte of [0, 0xff]) put(`digest of ${byte}`, { ...good, digest: new Uint8Array(32).fill(byte) });
  put('digest = q, e = 1', { ...good, digest: Uint8Array.from(toBytes(q)).reverse() });
  return cases;
}

const secrets = (q: bigint, random: () => bigint): [string, bigint][] => [
  ['Q = P', 1n],
  ['Q = −P', q - 1n],
  ['Q = 2P', 2n],
  ['Q = P / 2', (q + 1n) / 2n],
  ['Q = 2⁹·P', 512n],
  ['any Q', random() % q],
];

function pack(cases: readonly Case[]): { digests: Uint8Array; signatures: Uint8Array } {
  return {
    digests: new Uint8Array(cases.flatMap(({ signed }) => [...signed.digest])),
    signatures: new Uint8Array(cases.flatMap(({ signed: { r, s } }) => [...toBytes(r), ...toBytes(s)])),
  };
}

/** Every number of parts that a sum is cut into, even and odd, and 600. */
const everySize = [...Array.from({ length: 140 }, (_, i) => i + 1), 255, 256, 257, 258, 511, 512, 513, 599, 600];

const publicKeyOf = ({ point: [x, y] }: ReferenceKey) => ({ x: toBytes(x), y: toBytes(y) });

describe.each(GOST_NAMES)('%s', (name) => {
  const random = randomNumbers(BigInt(GOST_NAMES.indexOf(name)));
  const keys = secrets(new ReferenceKey(name, 1n).curve.q, random).map(
    ([what, secret]) => [what, new ReferenceKey(name, secret)] as const,
  );

  it.each(keys)('every exception with %s, alone and in company', (_, key) => {
    const cases = exceptionalCases(key, random);
    const publicKey = publicKeyOf(key);
    expect(cases.some(({ valid }) => valid)).toBe(true);
    for (const { what, signed, valid } of cases) {
      const signature = { r: toBytes(signed.r), s: toBytes(signed.s) };
      expect(core.gost3410Verify({ curve: name, publicKey, digest: signed.digest, signature }), what).toBe(valid);
    }
    for (const repeated of [1, 2, 12]) {
      const many = Array.from({ length: repeated }, () => cases).flat();
      const results = core.gost3410VerifyMany({ curve: name, publicKey, ...pack(many) });
      const wrong = many.filter(({ valid }, i) => results[i] !== (valid ? 1 : 0));
      expect(wrong.map(({ what }) => what)).toEqual([]);
    }
  });

  it('a batch of any size and order says what single checks say', () => {
    const key = keys.at(-1)![1];
    const cases = exceptionalCases(key, random);
    const publicKey = publicKeyOf(key);
    const sizes = name === 'CryptoPro-A' ? everySize : [1, 4, 5, 33, 511, 600];
    for (const size of sizes) {
      const some = Array.from({ length: size }, () => cases[Number(random() % BigInt(cases.length))]!);
      const results = core.gost3410VerifyMany({ curve: name, publicKey, ...pack(some) });
      expect(Buffer.from(results).equals(Buffer.from(some.map(({ valid }) => (valid ? 1 : 0)))), `${size}`).toBe(true);
    }
  });
});

describe('a public key', () => {
  const line = lines.find(({ curve, valid }) => curve === 'tc26-256-A' && valid)!;
  const check = checkOf(line);

  it('off the curve, or with a coordinate of p or more, makes every signature invalid', () => {
    const p = 2n ** 256n - 617n;
    for (const publicKey of [
      { x: check.publicKey.x, y: check.publicKey.x },
      { x: toBytes(0n), y: toBytes(0n) },
      { x: toBytes(p), y: check.publicKey.y },
      { x: toBytes(2n ** 256n - 1n), y: toBytes(2n ** 256n - 1n) },
    ]) {
      expect(core.gost3410Verify({ ...check, publicKey })).toBe(false);
    }
  });

  it('whose order is not q is none: the points that the cofactor of tc26-256-A lets on the curve', () => {
    const { two, four } = pointsOfSmallOrder();
    expect(add(TC26_A, two, two)).toBeNull();
    expect(add(TC26_A, four, four)).toEqual(two);
    const key = new ReferenceKey('tc26-256-A', 987_654_321n);
    // z2 is a multiple of 4, which takes the strange part out of z2·(Q + T): nothing but the order tells that the key is none.
    const { digest, r, s } = key.signatureOf(12_345n, 4n);
    const signature = { r: toBytes(r), s: toBytes(s) };
    const verify = (point: Point): boolean =>
      core.gost3410Verify({
        curve: 'tc26-256-A',
        publicKey: { x: toBytes(point![0]), y: toBytes(point![1]) },
        digest,
        signature,
      });
    expect(verify(key.point)).toBe(true);
    for (const strange of [two, four, negate(TC26_A, four)]) {
      const sum = add(TC26_A, key.point, strange)!;
      expect(isOnCurve(TC26_A, sum)).toBe(true);
      expect(gostValid(TC26_A, sum, littleEndian(digest), { r, s })).toBe(true);
      expect([verify(sum), verify(strange)]).toEqual([false, false]);
      const signatures = new Uint8Array([...signature.r, ...signature.s]);
      const publicKey = { x: toBytes(sum[0]), y: toBytes(sum[1]) };
      expect([...core.gost3410VerifyMany({ curve: 'tc26-256-A', publicKey, digests: digest, signatures })]).toEqual([
        0,
      ]);
    }
  });
});

describe('arguments', () => {
  const line = lines.find(({ valid }) => valid)!;
  const check = checkOf(line);

  it('numbers may have leading zeros or lack them; more than 256 bits are no number of a signature', () => {
    const zeros = (number: Uint8Array): Uint8Array => new Uint8Array([...new Uint8Array(9), ...number]);
    const { r, s } = check.signature;
    expect(core.gost3410Verify({ ...check, signature: { r: zeros(r), s: zeros(s) } })).toBe(true);
    const publicKey = { x: zeros(check.publicKey.x), y: zeros(check.publicKey.y) };
    expect(core.gost3410Verify({ ...check, publicKey })).toBe(true);
    expect(core.gost3410Verify({ ...check, signature: { r: new Uint8Array([1, ...r]), s } })).toBe(false);
    expect(core.gost3410Verify({ ...check, signature: { r: new Uint8Array(0), s } })).toBe(false);
    expect(core.gost3410Verify({ ...check, publicKey: { ...check.publicKey, y: new Uint8Array(4000).fill(7) } })).toBe(
      false,
    );
    const short = lines.find(({ why }) => why.includes('C = k*G with k = 1'));
    expect(short === undefined || core.gost3410Verify(checkOf(short))).toBe(true);
  });

  it('of the wrong kind are refused', () => {
    expect(() => core.gost3410Verify({ ...check, digest: new Uint8Array(31) })).toThrow(RangeError);
    expect(() => core.gost3410Verify({ ...check, digest: 'e5' as unknown as Uint8Array })).toThrow(TypeError);
    expect(() => core.gost3410Verify({ ...check, curve: 'P-256' as GostCurve })).toThrow(RangeError);
    expect(() => core.gost3410Verify({ ...check, curve: 'constructor' as GostCurve })).toThrow(RangeError);
    const numbers = { r: [1] as unknown as Uint8Array, s: check.signature.s };
    expect(() => core.gost3410Verify({ ...check, signature: numbers })).toThrow(TypeError);
    const packed = { digests: new Uint8Array(64), signatures: new Uint8Array(127) };
    expect(() => core.gost3410VerifyMany({ ...check, ...packed })).toThrow(/64 bytes of digests and 127/);
  });

  it('the last batch stays good', () => {
    const batch = core.parseBatch(Buffer.from('0104600000000003215\n'));
    const before = batch.at(0);
    core.gost3410Verify(check);
    expect(batch.at(0)).toEqual(before);
  });
});
