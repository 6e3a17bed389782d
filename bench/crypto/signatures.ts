/**
 * Signatures in tails, from the parsed code to the result: message, digest, base64 and curve. A batch under one key, one code at
 * a time (parsed each time), and one with the key's tables made for it. The native peers get digests and signatures ready-made and do
 * nothing but verify, so what the ratios leave out is work of ours; node:crypto, which takes no digest, hashes the message.
 */
import { createPublicKey, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Core, createKeyRing, loadCore, type SignatureKey, TAIL_RESULTS } from '../../core/host/index.js';
import { TestIssuer } from '../../core/test/issuer/test-issuer.js';
import type { NativePeer, NativePrimitive } from '../peers/native.js';
import type { BenchOptions, BenchResult } from '../result.js';
import { alternate, type Side } from './alternate.js';
import { openNativeSides } from './native-sides.js';

type Algorithm = Pick<SignatureKey, 'algorithm' | 'curve' | 'hash'>;

interface SignatureBench {
  id: string;
  algorithm: Algorithm;
  primitive: NativePrimitive;
  natives: readonly NativePeer[];
  /** node:crypto has the algorithm. */
  inProcess: boolean;
}

const CODES = 2_048;
const CODES_SMALL = 64;
const SINGLES = 64;
/** Codes that a peer verifies in a pass: enough for its clock. */
const PEER_CODES = 96;
/** Codes whose key is set up anew each time. */
const COLD = 8;
/** Every so many codes one carries its neighbour's tail. */
const FORGED = 32;
const AT = { at: new Date(Date.UTC(2026, 0, 1)) };

const gost = (id: string, curve: NonNullable<SignatureKey['curve']>) =>
  bench({
    id: `crypto/${id}`,
    algorithm: { algorithm: 'gost3410-2012-256', curve, hash: 'streebog256' },
    primitive: 'gost',
    natives: ['gostEngine', 'nettle', 'libgcrypt'],
    inProcess: false,
  });

export const gostCryptoProA = gost('gost-cryptopro-a', 'CryptoPro-A');
export const gostTc26A = gost('gost-tc26-a', 'tc26-256-A');
export const gostCryptoProB = gost('gost-cryptopro-b', 'CryptoPro-B');
export const gostCryptoProC = gost('gost-cryptopro-c', 'CryptoPro-C');
export const ecdsaP256 = bench({
  id: 'crypto/ecdsa-p256',
  algorithm: { algorithm: 'ecdsa-p256-sha256', hash: 'sha256' },
  primitive: 'ecdsa-p256',
  natives: ['openssl'],
  inProcess: true,
});

function bench(what: SignatureBench): (options: BenchOptions) => Promise<BenchResult[]> {
  return (options) => run(what, options);
}

async function run(
  { id, algorithm, primitive, natives, inProcess }: SignatureBench,
  options: BenchOptions,
): Promise<BenchResult[]> {
  const core = await loadCore();
  const { key, codes, inputs, signed } = issue(core, algorithm, options.small ? CODES_SMALL : CODES);
  const ring = createKeyRing([key]);
  const folder = await mkdtemp(join(tmpdir(), 'tamga-bench-crypto-'));
  await writeFile(join(folder, 'inputs'), inputs);
  const warm = await openNativeSides(id, natives, primitive, join(folder, 'inputs'), 'warm');
  const peers = [...warm.sides, ...(inProcess ? [nodeSide(key, signed)] : [])];
  const lines = new TextEncoder().encode(codes.join('\n'));
  const check = (results: Uint8Array): void => {
    const wrong = results.findIndex((result, i) => TAIL_RESULTS[result] !== (isForged(i) ? 'INVALID' : 'VALID'));
    if (wrong >= 0) throw new Error(`${id}: code ${wrong} is ${TAIL_RESULTS[results[wrong]!]}`);
  };
  const single = (code: string, row: number): void => {
    if ((core.verifyTail(code, ring, AT) === 'VALID') === isForged(row)) throw new Error(`${id}: code ${row} is wrong`);
  };
  try {
    const parsed = core.parseBatch(lines);
    const batch = await alternate(
      id,
      [{ name: 'ours', codes: codes.length, pass: () => check(core.verifyTails(parsed, ring, AT)) }, ...peers],
      options,
    );
    return [
      batch,
      await alternate(
        `${id}-single`,
        [{ name: 'ours', codes: SINGLES, pass: () => codes.slice(0, SINGLES).forEach(single) }, ...peers],
        options,
      ),
      await alternate(
        `${id}-cold`,
        [
          {
            name: 'ours',
            codes: COLD,
            pass: () => {
              for (let i = 0; i < COLD; i++) {
                core.dropKeys();
                single(codes[i]!, i);
              }
            },
          },
          ...peers,
        ],
        options,
      ),
    ];
  } finally {
    warm.close();
    ring.unload();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Signed {
  message: Uint8Array;
  signature: Uint8Array;
}

/** ECDSA by node:crypto, in this process. */
function nodeSide({ publicKey: { x, y } }: SignatureKey, signed: readonly Signed[]): Side {
  const [base64X, base64Y] = [x, y].map((number) => Buffer.from(number).toString('base64url'));
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: base64X, y: base64Y }, format: 'jwk' });
  const open = { key, dsaEncoding: 'ieee-p1363' } as const;
  const pass = (): void => {
    for (const [i, { message, signature }] of signed.entries()) {
      if (verify('sha256', message, open, signature) === isForged(i)) throw new Error(`nodeCrypto: code ${i} is wrong`);
    }
  };
  return { name: 'nodeCrypto', codes: signed.length, pass };
}

const isForged = (row: number): boolean => row % FORGED === FORGED - 1;

/** Codes of one key, and the same for the peers. */
function issue(
  core: Core,
  algorithm: Algorithm,
  count: number,
): { key: SignatureKey; codes: string[]; inputs: string; signed: Signed[] } {
  const issuer = new TestIssuer(core, 'bench');
  const key = issuer.key(
    {
      ...algorithm,
      keyId: 'BE01',
      formats: ['01-21.13-91-92.88'],
      message: [
        { ai: '01', prefix: true },
        { ai: '21', prefix: true },
      ],
      signature: { order: 'rs', endian: 'big' },
      encoding: 'base64',
      padding: true,
    },
    'key',
  ) as SignatureKey;
  const hash = algorithm.hash === 'sha256' ? 'sha256' : 'streebog256';
  const encoder = new TextEncoder();
  const heads = Array.from({ length: count }, (_, i) => `010460700000104221${String(i).padStart(13, 'b')}`);
  const tails = heads.map((head) => issuer.tail(key, encoder.encode(head)));
  const rows = heads.map((head, i) => ({ head, tail: tails[isForged(i) ? i - 1 : i]! }));
  const signed = rows
    .slice(0, PEER_CODES)
    .map(({ head, tail }) => ({ message: encoder.encode(head), signature: Buffer.from(tail, 'base64') }));
  const checks = signed.map(({ message, signature: bytes }, i) => {
    const signature = hex(bytes);
    const digest = hex(core[hash](message));
    return `S ${digest} ${signature.slice(0, 64)} ${signature.slice(64)} ${isForged(i) ? 0 : 1}\n`;
  });
  const curve = algorithm.curve ?? 'P-256';
  return {
    key,
    signed,
    codes: rows.map(({ head, tail }) => `${head}\u001d91BE01\u001d92${tail}`),
    inputs: `P ${curve} ${hex(key.publicKey.x)} ${hex(key.publicKey.y)}\n${checks.join('')}`,
  };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
