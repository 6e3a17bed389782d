// Goal: what the test issuer makes is what its schemes say, by judges of their own: node:crypto, and the verifier of the core.
import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyRing, loadCore, type SignatureKey } from '../../host/index.js';
import { hmac44, kuznyechik4, signature88, tobacco4 } from './schemes.js';
import { TestIssuer } from './test-issuer.js';

const core = await loadCore();
const at = new Date('2026-03-16T09:00:00Z');
const IDENTITY = '0104607000001035215abcdefghijkl';

describe('the test issuer', () => {
  it('makes the same keys and tails from the same seed, and others from another', () => {
    const tails = ['a', 'a', 'b'].map((seed) => {
      const issuer = new TestIssuer(core, seed);
      return [signature88('G001'), hmac44('E001'), tobacco4()].map((scheme) =>
        issuer.tail(issuer.key(scheme, 'name'), Buffer.from('message')),
      );
    });
    expect(tails[0]).toEqual(tails[1]);
    for (const [i, tail] of tails[0]!.entries()) expect(tail).not.toBe(tails[2]![i]);
    expect(tails[0]!.map(({ length }) => length)).toEqual([88, 44, 4]);
  });

  it('makes tails of the four kinds that verify', () => {
    const issuer = new TestIssuer(core, 'four');
    const keys = [signature88('G001'), hmac44('E001'), kuznyechik4(['01-21.6-93', '01-21.13-93']), tobacco4()].map(
      (scheme, i) => issuer.key(scheme, String(i)),
    );
    const pack = '04607000001011aen94feADQU';
    const codes = [
      `${IDENTITY}\x1d91G001\x1d92${issuer.tail(keys[0]!, Buffer.from(IDENTITY))}`,
      `${IDENTITY}\x1d91E001\x1d92${issuer.tail(keys[1]!, Buffer.from(IDENTITY))}`,
      `${IDENTITY}\x1d93${issuer.tail(keys[2]!, Buffer.from(IDENTITY))}`,
      `${pack}${issuer.tail(keys[3]!, Buffer.from(pack))}`,
    ];
    const ring = createKeyRing(keys);
    for (const country of [undefined, 'RU'] as const) {
      expect(codes.map((code) => core.verifyTail(code, ring, { at, country }))).toEqual(codes.map(() => 'VALID'));
    }
    ring.unload();
  });

  it('signs as node:crypto verifies', () => {
    const issuer = new TestIssuer(core, 'ecdsa');
    const { curve: _, ...scheme } = {
      ...(signature88('P001') as Omit<SignatureKey, 'publicKey'>),
      algorithm: 'ecdsa-p256-sha256' as const,
    };
    const key = issuer.key(
      { ...scheme, hash: 'sha256', signature: { order: 'rs', endian: 'big' } },
      'p',
    ) as SignatureKey;
    const [x, y] = [key.publicKey.x, key.publicKey.y].map((bytes) => Buffer.from(bytes).toString('base64url'));
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' });
    const messages = Array.from({ length: 50 }, (_, i) => Buffer.from(`message ${i}`));
    const offsets = new Uint32Array(messages.length + 1);
    for (const [i, { length }] of messages.entries()) offsets[i + 1] = offsets[i]! + length;
    const tails = Buffer.from(issuer.tails(key, { bytes: Buffer.concat(messages), offsets })).toString();
    for (const [i, message] of messages.entries()) {
      const signature = Buffer.from(tails.slice(i * 88, i * 88 + 88), 'base64');
      expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    }
  });
});
