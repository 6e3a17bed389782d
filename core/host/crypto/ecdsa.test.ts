// ECDSA P-256 by the public methods: the vectors, node:crypto on random and spoilt signatures, and numbers of any length.
import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../index.js';

interface Line {
  publicKey: { x: string; y: string };
  digest: string;
  signature: { r: string; s: string };
  valid: boolean;
  why: string;
}

const file = new URL('../../../../core/test/vectors/ecdsa_p256_sha256.jsonl', import.meta.url);
const lines = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);
const core = await loadCore();
const hex = (digits: string): Uint8Array => Buffer.from(digits, 'hex');
const checkOf = ({ publicKey, digest, signature }: Line) => ({
  publicKey: { x: hex(publicKey.x), y: hex(publicKey.y) },
  digest: hex(digest),
  signature: { r: hex(signature.r), s: hex(signature.s) },
});
const P1363 = 'ieee-p1363';

function newKey(): { secret: KeyObject; open: KeyObject; publicKey: { x: Uint8Array; y: Uint8Array } } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  return {
    secret: privateKey,
    open: publicKey,
    publicKey: { x: Buffer.from(x!, 'base64url'), y: Buffer.from(y!, 'base64url') },
  };
}

describe('ecdsaP256Verify', () => {
  it('is right on every line of the vectors', () => {
    const wrong = lines.filter((line) => core.ecdsaP256Verify(checkOf(line)) !== line.valid);
    expect(wrong.map(({ why }) => why)).toEqual([]);
    expect(lines).toHaveLength(200);
  });

  it('agrees with node:crypto on signatures of many keys, spoilt in one bit or not', () => {
    for (let each = 0; each < 8; each++) {
      const { secret, open, publicKey } = newKey();
      const count = 500;
      const digests = new Uint8Array(count * 32);
      const signatures = new Uint8Array(count * 64);
      const expected: number[] = [];
      for (let i = 0; i < count; i++) {
        const message = Buffer.from(`${each} ${i}`);
        const signature = sign('sha256', message, { key: secret, dsaEncoding: P1363 });
        const bit = (i * 37) % 512;
        if (i % 2 === 0) signature[bit >> 3]! ^= 1 << (bit & 7);
        expected.push(verify('sha256', message, { key: open, dsaEncoding: P1363 }, signature) ? 1 : 0);
        digests.set(createHash('sha256').update(message).digest(), 32 * i);
        signatures.set(signature, 64 * i);
      }
      expect([...core.ecdsaP256VerifyMany({ publicKey, digests, signatures })]).toEqual(expected);
      for (let i = 0; i < 20; i++) {
        const [digest, r, s] = [
          digests.subarray(32 * i, 32 * i + 32),
          signatures.subarray(64 * i, 64 * i + 32),
          signatures.subarray(64 * i + 32, 64 * i + 64),
        ];
        expect(core.ecdsaP256Verify({ publicKey, digest, signature: { r, s } })).toBe(expected[i] === 1);
      }
    }
  });

  it('takes numbers with leading zeros or without, and refuses those that are too long', () => {
    const line = lines.find(({ valid }) => valid)!;
    const check = checkOf(line);
    const { r, s } = check.signature;
    const long = (bytes: Uint8Array, first: number): Uint8Array => Uint8Array.from([first, 0, ...bytes]);
    expect(core.ecdsaP256Verify({ ...check, signature: { r: long(r, 0), s: long(s, 0) } })).toBe(true);
    expect(core.ecdsaP256Verify({ ...check, signature: { r: long(r, 1), s } })).toBe(false);
    expect(core.ecdsaP256Verify({ ...check, signature: { r, s: long(s, 128) } })).toBe(false);
    expect(core.ecdsaP256Verify({ ...check, signature: { r: new Uint8Array(), s } })).toBe(false);
    expect(core.ecdsaP256Verify({ ...check, signature: { r: new Uint8Array(9000), s } })).toBe(false);
    const { x, y } = check.publicKey;
    expect(core.ecdsaP256Verify({ ...check, publicKey: { x: long(x, 0), y: long(y, 0) } })).toBe(true);
    expect(core.ecdsaP256Verify({ ...check, publicKey: { x: long(x, 1), y } })).toBe(false);
    expect(core.ecdsaP256Verify({ ...check, publicKey: { x: new Uint8Array(), y: new Uint8Array() } })).toBe(false);
  });

  it('takes of a longer digest the leftmost 256 bits, and all of a shorter one', () => {
    const { secret, open, publicKey } = newKey();
    for (const hash of ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']) {
      const message = Buffer.from(hash);
      const signature = sign(hash, message, { key: secret, dsaEncoding: P1363 });
      const digest = createHash(hash).update(message).digest();
      const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
      expect(verify(hash, message, { key: open, dsaEncoding: P1363 }, signature)).toBe(true);
      expect(core.ecdsaP256Verify({ publicKey, digest, signature: { r, s } }), hash).toBe(true);
      digest[digest.length < 32 ? digest.length - 1 : 31]! ^= 1;
      expect(core.ecdsaP256Verify({ publicKey, digest, signature: { r, s } }), hash).toBe(false);
    }
  });

  it('throws for what is no bytes, and for many whose numbers do not match', () => {
    const check = checkOf(lines[0]!);
    expect(() => core.ecdsaP256Verify({ ...check, signature: { r: '1', s: check.signature.s } as never })).toThrow(
      TypeError,
    );
    expect(() =>
      core.ecdsaP256VerifyMany({
        publicKey: check.publicKey,
        digests: new Uint8Array(32),
        signatures: new Uint8Array(63),
      }),
    ).toThrow(RangeError);
  });

  it('leaves the last batch as it is', () => {
    const batch = core.parseBatch(Buffer.from('010460043993125621JgXJ5.T\n(bad)'));
    const before = batch.at(0);
    expect(core.ecdsaP256Verify(checkOf(lines[0]!))).toBe(lines[0]!.valid);
    expect(batch.at(0)).toEqual(before);
  });

  it('gives a verdict on any bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    const digest = fc.uint8Array({ maxLength: 70 });
    const good = checkOf(lines.find(({ valid }) => valid)!);
    const field = fc.tuple(fc.constantFrom('x', 'y', 'r', 's', 'digest'), bytes, digest);
    fc.assert(
      fc.property(field, ([name, value, other]) => {
        const { publicKey, signature } = good;
        const spoilt = {
          publicKey: { x: name === 'x' ? value : publicKey.x, y: name === 'y' ? value : publicKey.y },
          digest: name === 'digest' ? other : good.digest,
          signature: { r: name === 'r' ? value : signature.r, s: name === 's' ? value : signature.s },
        };
        expect(core.ecdsaP256Verify(spoilt)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
