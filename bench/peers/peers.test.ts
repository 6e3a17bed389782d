// Goal: hashes, MACs and signatures are what other programs say, on many inputs that no file lists. Method: random keys and
// messages, ours written down as the expectation of each native peer, which counts where it disagrees. Runs where the compiler
// and the -dev packages are.
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type GostCurve, loadCore, type MacName, type SignatureKey } from '../../core/host/index.js';
import { TestIssuer } from '../../core/test/issuer/test-issuer.js';
import { buildPeers } from './build.js';
import { type NativePeer, type NativePrimitive, openNative } from './native.js';

const program = await buildPeers();
const core = await loadCore();
const folder = mkdtempSync(join(tmpdir(), 'tamga-peers-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SEED = 'peers';
const KEYS = 50;
const MESSAGES = 100;
const SIGNATURES = 1_000;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex') || '-';

/** Bytes that depend on their name only. */
function random(name: string, length: number): Uint8Array {
  if (length === 0) return new Uint8Array();
  return Uint8Array.from(createHash('shake256', { outputLength: length }).update(`${SEED} ${name}`).digest());
}

/** What a peer makes of inputs; undefined when it isn't there. */
async function opinion(peer: NativePeer, primitive: NativePrimitive, inputs: string): Promise<number[] | undefined> {
  const path = join(folder, `${peer}-${primitive}`);
  writeFileSync(path, inputs);
  const native = await openNative(peer, primitive, path);
  native?.close();
  return native && [native.items, native.wrong];
}

/** Keys and messages of all lengths up to 199 with our MACs, each key's in one call. */
function macInputs(name: MacName, keyLength: (key: number) => number): string {
  const lines: string[] = [];
  for (let k = 0; k < KEYS; k++) {
    const key = random(`${name} key ${k}`, keyLength(k));
    const offsets = new Uint32Array(MESSAGES + 1);
    for (let m = 0; m < MESSAGES; m++) offsets[m + 1] = offsets[m]! + ((m * 37 + k) % 200);
    const bytes = random(`${name} messages ${k}`, offsets[MESSAGES]!);
    const macs = core.macMany(name, key, { bytes, offsets });
    const size = macs.length / MESSAGES;
    lines.push(`K ${hex(key)}`);
    for (let m = 0; m < MESSAGES; m++) {
      const message = bytes.subarray(offsets[m], offsets[m + 1]);
      const mac = macs.subarray(m * size, (m + 1) * size);
      lines.push(`M ${hex(message)} ${hex(mac)}`);
      if (name === 'hmacSha256') expect(createHmac('sha256', key).update(message).digest('hex')).toBe(hex(mac));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Signatures of the test issuer, half of them spoilt in one bit, with our verdicts. */
function signatureInputs(curve: GostCurve | 'P-256'): string {
  const issuer = new TestIssuer(core, SEED);
  const common = {
    keyId: null,
    formats: ['gs1'],
    message: [{ line: 'to-tail-value' }],
    hash: 'none',
    signature: { order: 'rs', endian: 'big' },
    encoding: 'raw',
    padding: false,
  } as const;
  const key = issuer.key(
    curve === 'P-256'
      ? { ...common, algorithm: 'ecdsa-p256-sha256' }
      : { ...common, algorithm: 'gost3410-2012-256', curve },
    'key',
  ) as SignatureKey;
  const { publicKey } = key;
  const digests = random(`digests ${curve}`, 32 * SIGNATURES);
  const offsets = Uint32Array.from({ length: SIGNATURES + 1 }, (_, i) => i * 32);
  const signatures = issuer.tails(key, { bytes: digests, offsets });
  for (let i = 1; i < SIGNATURES; i += 2) {
    const at = (i * 7) % 96;
    if (at < 64) signatures[i * 64 + at]! ^= 1 << (i & 7);
    else digests[i * 32 + at - 64]! ^= 1 << (i & 7);
  }
  const results =
    curve === 'P-256'
      ? core.ecdsaP256VerifyMany({ publicKey, digests, signatures })
      : core.gost3410VerifyMany({ curve, publicKey, digests, signatures });
  expect(results.filter((valid) => valid === 1)).toHaveLength(SIGNATURES / 2);
  const lines = Array.from(results, (valid, i) => {
    const signature = signatures.subarray(i * 64, i * 64 + 64);
    return `S ${hex(digests.subarray(i * 32, i * 32 + 32))} ${hex(signature.subarray(0, 32))} ${hex(signature.subarray(32))} ${valid}\n`;
  });
  return `P ${curve} ${hex(publicKey.x)} ${hex(publicKey.y)}\n${lines.join('')}`;
}

describe.skipIf(program === undefined)('native peers', () => {
  const macs: readonly [MacName, NativePrimitive, readonly NativePeer[]][] = [
    ['hmacStreebog256', 'hmac-streebog', ['gostEngine', 'nettle', 'libgcrypt']],
    ['kuznyechikCmac', 'kuznyechik-cmac', ['gostEngine']],
    ['magmaCmac', 'magma-cmac', ['gostEngine']],
    ['hmacSha256', 'hmac-sha256', ['openssl']],
  ];
  it.each(macs)('%s: agree on 5,000 MACs', async (name, primitive, peers) => {
    const inputs = macInputs(name, (key) => (name.endsWith('Cmac') ? 32 : 1 + ((key * 3) % 100)));
    const opinions = await Promise.all(peers.map((peer) => opinion(peer, primitive, inputs)));
    for (const found of opinions) if (found !== undefined) expect(found).toEqual([KEYS * MESSAGES, 0]);
  });

  const signatures: readonly [GostCurve | 'P-256', NativePrimitive, readonly NativePeer[]][] = [
    ['CryptoPro-A', 'gost', ['gostEngine']],
    ['CryptoPro-B', 'gost', ['gostEngine']],
    ['CryptoPro-C', 'gost', ['gostEngine']],
    ['tc26-256-A', 'gost', ['gostEngine']],
    ['P-256', 'ecdsa-p256', ['openssl']],
  ];
  it.each(signatures)('%s: agree on 1,000 signatures', async (curve, primitive, peers) => {
    const inputs = signatureInputs(curve);
    for (const peer of peers) {
      const found = await opinion(peer, primitive, inputs);
      if (found !== undefined) expect(found).toEqual([SIGNATURES, 0]);
    }
  });

  it('are heard when they disagree', async () => {
    const inputs = macInputs('hmacSha256', () => 32);
    const wrong = inputs.replace(
      /(M \w+ )(\w)/,
      (_, start: string, digit: string) => start + (digit === '0' ? '1' : '0'),
    );
    const found = await opinion('openssl', 'hmac-sha256', wrong);
    if (found !== undefined) expect(found).toEqual([KEYS * MESSAGES, 1]);
    expect(await opinion('openssl', 'hmac-sha256', 'K zz\n')).toBeUndefined();
    expect(await opinion('openssl', 'gost', '')).toBeUndefined();
  });
});
