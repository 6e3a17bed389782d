// Goal: the verdicts of the core are those of OpenSSL's gost-engine and of node:crypto, on signatures and MACs that nobody has seen before.
// Method: a C program beside this file makes keys, signatures (half of them spoilt) and MACs with gost-engine and prints its own verdict of each.
// It is compiled where a compiler, libssl-dev and libengine-gost-openssl are there; elsewhere these suites are skipped with a notice.
// Every failure prints its line, which is enough to repeat it.
import { execFileSync } from 'node:child_process';
import { createHash, createHmac, generateKeyPairSync, randomBytes, randomInt, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Core, type GostCurve, loadCore } from '../../host/index.js';

/** Sources aren't compiled into dist: the program stands beside the TypeScript. */
const SOURCE = fileURLToPath(new URL('../../../../core/test/differential/gost-engine.c', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tamga-differential-'));
const program = join(folder, 'gost-engine');
const peer = buildPeer();

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function buildPeer(): boolean {
  try {
    execFileSync('cc', ['-O2', '-o', program, SOURCE, '-lcrypto'], { stdio: 'ignore' });
    return lines(['macs', 'magma-cmac', '1']).length === 1;
  } catch {
    process.stderr.write(
      'gost-engine is not here (Debian: gcc libssl-dev libengine-gost-openssl): its comparison is skipped\n',
    );
    return false;
  }
}

function lines(words: readonly string[]): Record<string, string>[] {
  const text = execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 30 });
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

/** gost-engine's names of the parameter sets. */
const CURVES: readonly (readonly [GostCurve, string])[] = [
  ['CryptoPro-A', 'A'],
  ['CryptoPro-B', 'B'],
  ['CryptoPro-C', 'C'],
  ['tc26-256-A', 'TCA'],
  ['Test', '0'],
];

describe.runIf(peer)('gost-engine', () => {
  it.each(CURVES)('agrees on 2,400 signatures over %s', (curve, paramset) => {
    const made = lines(['signatures', paramset, '12', '200']);
    expect(made.length).toBe(2400);
    let valid = 0;
    const disagreed = made.filter((line) => {
      const publicKey = { x: bytes(line.x!), y: bytes(line.y!) };
      const signature = { r: bytes(line.r!), s: bytes(line.s!) };
      const said = core.gost3410Verify({ curve, publicKey, digest: bytes(line.digest!), signature });
      const wanted = (line.valid as unknown) === true;
      if (wanted) valid++;
      return said !== wanted;
    });
    expect(disagreed).toEqual([]);
    expect(valid).toBeGreaterThan(600);
    expect(valid).toBeLessThan(1800);
  });

  it.each([
    ['hmac-streebog256', 'hmacStreebog256'],
    ['kuznyechik-cmac', 'kuznyechikCmac'],
    ['magma-cmac', 'magmaCmac'],
  ] as const)('agrees on 4,000 MACs by %s', (name, method) => {
    const made = lines(['macs', name, '4000']);
    expect(made.length).toBe(4000);
    expect(made.filter(({ key, msg, mac }) => hex(core[method](bytes(key!), bytes(msg!))) !== mac)).toEqual([]);
  });
});

describe('node:crypto', () => {
  it('agrees on 4,000 ECDSA signatures, half of them spoilt', () => {
    const disagreed: object[] = [];
    for (let k = 0; k < 20; k++) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const { x, y } = publicKey.export({ format: 'jwk' });
      const point = { x: fromUrl(x!), y: fromUrl(y!) };
      for (let i = 0; i < 200; i++) {
        const message = randomBytes(randomInt(100));
        const wire = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
        if (i % 2 === 1) wire[randomInt(64)]! ^= 1 << randomInt(8);
        const digest = createHash('sha256').update(message).digest();
        const signature = { r: wire.subarray(0, 32), s: wire.subarray(32) };
        const wanted = verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, wire);
        if (core.ecdsaP256Verify({ publicKey: point, digest, signature }) !== wanted) {
          disagreed.push({ x: hex(point.x), y: hex(point.y), digest: hex(digest), signature: hex(wire), wanted });
        }
      }
    }
    expect(disagreed).toEqual([]);
  });

  it('agrees on 4,000 digests and MACs by SHA-256', () => {
    for (let i = 0; i < 4000; i++) {
      const key = randomBytes(randomInt(200));
      const message = randomBytes(randomInt(300));
      expect(hex(core.hmacSha256(key, message))).toBe(createHmac('sha256', key).update(message).digest('hex'));
      expect(hex(core.sha256(message))).toBe(createHash('sha256').update(message).digest('hex'));
    }
  });
});

function fromUrl(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64url'));
}
