// ECDSA P-256 in batches, against node:crypto where signatures are random and against BigInt where additions are exceptional.
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePart } from './compile.js';
import { invert } from './numbers.js';
import { add, baseOf, CURVES, ecdsaValid, mod, multiply, negate, type Point } from './reference.js';

interface Line {
  publicKey: { x: string; y: string };
  digest: string;
  signature: { r: string; s: string };
  valid: boolean;
  why: string;
}

interface Case {
  digest: bigint;
  r: bigint;
  s: bigint;
  valid: boolean;
}

const P256 = CURVES.find(({ name }) => name === 'P-256')!;
const { p, q, b } = P256;
const COUNT_MAX = 2100;
const part = await compilePart(`
export * from './crypto/ecdsa';
export { curveTableBytes, keyTableBytes, prepareCurve, prepareKey } from './crypto/keys';
import { PREPARE_SCRATCH } from './crypto/keys';
export function prepareScratch(): usize { return PREPARE_SCRATCH; }
`);
const memory = new Uint8Array(part.memory);
let free = part.free;
const take = (bytes: number): number => {
  const at = free;
  free = (at + bytes + 63) & ~63;
  if (free > memory.length) throw new Error('the part has too little memory');
  return at;
};
const kinds = [0, 1];
const base = take(part.call('curveTableBytes'));
const tables = kinds.map((kind) => take(part.call('keyTableBytes', kind)));
const scratch = take(Math.max(part.call('prepareScratch'), part.call('ecdsaScratchBytes')));
const keyAt = take(64);
const digests = take(COUNT_MAX * 32);
const signatures = take(COUNT_MAX * 64);
const results = take(COUNT_MAX);
part.call('prepareCurve', P256.number, base, scratch);

const bytesOf = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

/** Makes both tables of a key. */
function prepare(x: bigint, y: bigint): boolean {
  memory.set(bytesOf(x), keyAt);
  memory.set(bytesOf(y), keyAt + 32);
  const made = kinds.map((kind) => part.call('prepareKey', P256.number, keyAt, tables[kind]!, kind, scratch));
  expect(made[0]).toBe(made[1]);
  return made[0] === 1;
}

/** Verdicts on the cases, in one call. */
function verdicts(cases: readonly Omit<Case, 'valid'>[], kind: number): boolean[] {
  cases.forEach(({ digest, r, s }, index) => {
    memory.set(bytesOf(digest), digests + 32 * index);
    memory.set(bytesOf(r), signatures + 64 * index);
    memory.set(bytesOf(s), signatures + 64 * index + 32);
  });
  memory.fill(7, results, results + cases.length + 1);
  part.call('ecdsaVerifyMany', base, tables[kind]!, cases.length, digests, signatures, results, scratch);
  expect(memory[results + cases.length]).toBe(7);
  return Array.from(memory.subarray(results, results + cases.length), (byte) => {
    expect(byte).toBeLessThan(2);
    return byte === 1;
  });
}

/** All at once, one at a time, and in parts of sizes that go with few lanes and many. */
function checkEveryWay(cases: readonly Case[]): void {
  const expected = cases.map(({ valid }) => valid);
  for (const kind of kinds) {
    expect(verdicts(cases, kind)).toEqual(expected);
    for (const size of [1, 2, 4, 5, 6, 7, 33]) {
      const found: boolean[] = [];
      for (let first = 0; first < cases.length; first += size) {
        found.push(...verdicts(cases.slice(first, first + size), kind));
      }
      expect(found).toEqual(expected);
    }
    const reversed = [...cases].reverse();
    expect(verdicts(reversed, kind)).toEqual([...expected].reverse());
  }
}

/** A case whose u1 and u2 are these, for the key d·G: valid unless the sum is the point at infinity. */
function withScalars(d: bigint, u1: bigint, u2: bigint): Case[] {
  const sum = multiply(P256, u1 + u2 * d, baseOf(P256));
  const r = sum === null ? 1n : sum[0] % q;
  if (r === 0n || u2 === 0n) return [];
  const s = mod(r * invert(u2, q), q);
  return [{ digest: mod(u1 * s, q), r, s, valid: sum !== null }];
}

describe('the vectors', () => {
  const file = new URL('../../../../core/test/vectors/ecdsa_p256_sha256.jsonl', import.meta.url);
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

  it.each(lines.map((line, index) => ({ name: `${index + 1}: ${line.why}`, line })))('$name', ({ line }) => {
    const hex = (digits: string): bigint => BigInt(`0x${digits}`);
    const good = prepare(hex(line.publicKey.x), hex(line.publicKey.y));
    const signature = { digest: hex(line.digest), r: hex(line.signature.r), s: hex(line.signature.s) };
    for (const kind of kinds) expect(good && verdicts([signature], kind)[0]).toBe(line.valid);
  });
});

describe('random signatures, as node:crypto has it', () => {
  it('in one batch of more than the core takes at a time', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x, y } = publicKey.export({ format: 'jwk' });
    prepare(numberOf(Buffer.from(x!, 'base64url')), numberOf(Buffer.from(y!, 'base64url')));
    const cases = Array.from({ length: COUNT_MAX - 1 }, (_, index): Case => {
      const message = Buffer.from(`message ${index}`);
      const signature = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      const digest = createHash('sha256').update(message).digest();
      if (index % 3 === 0) signature[index % 64]! ^= 1 << (index % 8);
      if (index % 5 === 0) digest[index % 32]! ^= 0x80;
      const valid =
        index % 5 !== 0 && verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
      return {
        digest: numberOf(digest),
        r: numberOf(signature.subarray(0, 32)),
        s: numberOf(signature.subarray(32)),
        valid,
      };
    });
    for (const kind of kinds) expect(verdicts(cases, kind)).toEqual(cases.map(({ valid }) => valid));
    expect(cases.filter(({ valid }) => valid).length).toBeGreaterThan(1000);
    checkEveryWay(cases.slice(0, 70));
  });
});

describe('exceptional additions', () => {
  const small = [0n, 1n, 2n, 3n, 4n, 31n, 32n, 511n, 512n, 513n, 1n << 13n, (1n << 128n) + 1n, q >> 1n, (q >> 1n) + 1n];
  const scalars = [...small, ...small.slice(1, 8).map((value) => q - value)];

  it.each([1n, 2n, 3n, 512n, 1n << 13n, 1n << 128n, q >> 1n, q - 1n, q - 2n, q - 3n])('for the key %i · G', (d) => {
    const [x, y] = multiply(P256, d, baseOf(P256))!;
    expect(prepare(x, y)).toBe(true);
    const pairs = scalars.flatMap(
      (u1, index) =>
        [
          [u1, scalars[(index * 5 + 3) % scalars.length]!],
          // equal points as the last addition, opposite points as the last addition
          [mod(u1 * d, q), u1],
          [mod(-u1 * d, q), u1],
        ] as const,
    );
    const cases = pairs.flatMap(([u1, u2]) => withScalars(d, u1, u2));
    expect(cases.some(({ valid }) => !valid)).toBe(true);
    checkEveryWay(cases);
    const wrong = cases.map((each) => ({ ...each, r: (each.r % (q - 1n)) + 1n, valid: false }));
    for (const each of wrong.slice(0, 5)) each.valid = ecdsaValid(P256, [x, y], each.digest, each);
    expect(verdicts(wrong.slice(0, 5), 1)).toEqual(wrong.slice(0, 5).map(({ valid }) => valid));
  });
});

describe('bounds', () => {
  const root = (value: bigint): bigint | null => {
    const found = power(value, (p + 1n) / 4n);
    return mod(found * found - value, p) === 0n ? found : null;
  };

  it('takes x(R) of the order or more modulo the order, and an r of the order or more never', () => {
    let tried = 0;
    for (let x = q; tried < 4; x++) {
      const y = root(mod(x ** 3n - 3n * x + b, p));
      const r = x - q;
      if (y === null || r === 0n) continue;
      tried++;
      const point: Point = [x, y];
      const [s, digest] = [0x1234567n + x, 0x89abcdefn * x];
      const w = invert(s, q);
      const rest = minus(point, multiply(P256, mod(digest, q) * w, baseOf(P256)));
      const key = multiply(P256, invert(mod(r * w, q), q), rest)!;
      expect(prepare(key[0], key[1])).toBe(true);
      const right = { digest: mod(digest, q), r, s: mod(s, q), valid: true };
      checkEveryWay([right, { ...right, r: x, valid: false }, { ...right, r: r + 1n, valid: false }, right, right]);
    }
  });

  it('refuses r and s out of 1 … n − 1, and takes every digest', () => {
    const d = 0xc0ffeen;
    const key = multiply(P256, d, baseOf(P256))!;
    prepare(key[0], key[1]);
    const edges = [0n, 1n, q - 1n, q, q + 1n, p - q, p - q - 1n, p - 1n, p, (1n << 256n) - 1n];
    const cases = edges.flatMap((r) => edges.map((s) => ({ digest: 5n, r, s, valid: false })));
    for (const each of cases) each.valid = ecdsaValid(P256, key, each.digest, each);
    checkEveryWay(cases);
    const wide = [0n, q - 1n, q, q + 1n, (1n << 256n) - 1n].map((digest) => {
      const r = multiply(P256, 7n, baseOf(P256))![0] % q;
      return { digest, r, s: mod(invert(7n, q) * (digest + r * d), q), valid: true };
    });
    checkEveryWay(wide);
  });

  it('refuses keys off the curve and coordinates of p or more', () => {
    const { x, y } = P256;
    expect(prepare(x, y)).toBe(true);
    for (const [wrongX, wrongY] of [
      [0n, 0n],
      [x, y + 1n],
      [x + 1n, y],
      [y, x],
      [x, p],
      [p, y],
      [(1n << 256n) - 1n, (1n << 256n) - 1n],
    ] as const) {
      expect(prepare(wrongX, wrongY)).toBe(false);
    }
    // a root exists below 2²⁵⁶ − p: x + p fits 32 bytes and is the same number modulo p
    for (let low = 0n, found = 0; found < 3; low++) {
      const ofLow = root(mod(low ** 3n - 3n * low + b, p));
      if (ofLow === null) continue;
      found++;
      expect(prepare(low, ofLow)).toBe(true);
      expect(prepare(low + p, ofLow)).toBe(false);
    }
  });

  it('any bytes are a verdict, and the right one', () => {
    const d = 0xdecafn;
    const key = multiply(P256, d, baseOf(P256))!;
    prepare(key[0], key[1]);
    const number = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(numberOf);
    const near = fc
      .tuple(fc.constantFrom(0n, q, p, 1n << 256n), fc.bigInt({ min: -3n, max: 3n }))
      .map(([from, by]) => mod(from + by, 1n << 256n));
    const any = fc.oneof(number, near);
    fc.assert(
      fc.property(fc.array(fc.tuple(any, any, any), { minLength: 1, maxLength: 12 }), (rows) => {
        const cases = rows.map(([digest, r, s]) => ({ digest, r, s }));
        const expected = cases.map((each) => ecdsaValid(P256, key, each.digest, each));
        expect(verdicts(cases, 0)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  function power(value: bigint, exponent: bigint): bigint {
    let result = 1n;
    for (const bit of exponent.toString(2)) result = mod(result * result * (bit === '1' ? value : 1n), p);
    return result;
  }

  function minus(left: Point, right: Point): Point {
    return add(P256, left, negate(P256, right));
  }
});
