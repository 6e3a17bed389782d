// Goal: a ring takes only keys that are keys, shows no secret, and leaves none behind.
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add } from '../../test/crypto/reference.js';
import { pointsOfSmallOrder, TC26_A } from '../../test/crypto/small-order.js';
import { curveOf, fromBytes, multiply, toBytes } from '../../test/issuer/curve.js';
import { openCore } from '../core.js';
import {
  type Core,
  createKeyRing,
  type KeyFault,
  KeyRingError,
  loadCore,
  type SignatureKey,
  type TailKey,
} from '../index.js';
import { compileCore } from '../load.js';
import { instantiate } from '../module.js';
import { GS, IDENTITY, NaiveVerifier, SCHEMES, serialOf } from './tails.test.data.js';

const core = await loadCore();
const naive = new NaiveVerifier(core);
const at = new Date('2026-03-16T09:00:00Z');
const AT = { at };
const HMAC_KEY = naive.keys.find(({ keyId }) => keyId === 'EE01')!;
const MILK_KEY = naive.keys.find(({ formats }) => formats[0] === '01-21.6-93')!;

const SECRET = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) & 0xff);
const secretKey: TailKey = {
  keyId: null,
  formats: ['01-21.6-93'],
  message: IDENTITY,
  encoding: 'base64',
  padding: true,
  algorithm: 'kuznyechik-cmac',
  macBytes: 3,
  secret: SECRET,
};

describe('a key ring', () => {
  it.each<[string, Partial<Record<keyof TailKey | string, unknown>>, RegExp]>([
    ['an id that is too long', { keyId: '123456789' }, /keyId/],
    ['an empty id', { keyId: '' }, /keyId/],
    ['an id with a separator', { keyId: 'A\x1d' }, /keyId/],
    ['no format', { formats: [] }, /formats/],
    ['an unknown format', { formats: ['01-21.6-93', 'none'] }, /formats\[1\]/],
    ['a structure number of nothing', { formats: [''] }, /formats\[0\]/],
    ['no message', { message: [] }, /message/],
    ['its own tail in the message', { message: [{ ai: '93', prefix: true }] }, /message\[0\]/],
    ['no AI', { message: [{ ai: '1', prefix: true }] }, /message\[0\]/],
    ['half a byte', { message: [{ hex: 'abc' }] }, /message\[0\]/],
    ['an unknown algorithm', { algorithm: '__proto__' }, /algorithm/],
    ['a MAC of two bytes', { macBytes: 2 }, /macBytes/],
    ['a MAC of too many bytes', { macBytes: 17 }, /macBytes/],
    ['half a byte of MAC', { macBytes: 3.5 }, /macBytes/],
    ['a short secret', { secret: SECRET.subarray(1) }, /secret/],
    ['no moment', { from: Number.NaN }, /from/],
    ['a date that is none', { to: '2026-03-16' }, /\.to: /],
    ['a revocation that is a Date', { revokedAt: new Date() }, /revokedAt/],
    ['an unknown encoding', { encoding: 'hex' }, /encoding: expected one of base64, base64url, raw/],
    ['no encoding', { encoding: undefined }, /encoding/],
    ['a padding that is no flag', { padding: 'yes' }, /padding/],
    ['an id that is no text', { keyId: 12 }, /keyId/],
    ['no id at all', { keyId: undefined }, /keyId/],
    ['a structure that is no text', { formats: [3] }, /formats\[0\]/],
    ['structures that are no list', { formats: '01-21.6-93' }, /formats/],
    ['a message that is no list', { message: { ai: '01', prefix: true } }, /message/],
    ['a part that is nothing', { message: [null] }, /message\[0\]/],
    ['a part of two kinds', { message: [{ ai: '01', prefix: true, hex: '00' }] }, /message\[0\]/],
    ['a part of an unknown kind', { message: [{ text: 'x' }] }, /message\[0\]/],
    ['an AI without a word on its digits', { message: [{ ai: '01' }] }, /message\[0\]\.prefix/],
    [
      'an AI that is perhaps optional',
      { message: [{ ai: '01', prefix: true, optional: 1 }] },
      /message\[0\]\.optional/,
    ],
    ['an AI as a number', { message: [{ ai: 21, prefix: true }] }, /message\[0\]\.ai/],
    ['an unknown end of the line', { message: [{ line: 'whatever' }] }, /message\[0\]\.line/],
    ['bytes that are no text', { message: [{ hex: 12 }] }, /message\[0\]\.hex/],
    ['a MAC length as text', { macBytes: '3' }, /macBytes/],
    ['an end before the beginning', { from: 2, to: 1 }, /to/],
  ])('refuses %s', (_, change, message) => {
    expect(() => createKeyRing([{ ...secretKey, ...change } as TailKey])).toThrow(KeyRingError);
    expect(() => createKeyRing([{ ...secretKey, ...change } as TailKey])).toThrow(message);
  });

  it('refuses signature keys without a curve, with one too many, or with short numbers', () => {
    const gost = naive.keys[0]!;
    const ecdsa = naive.keys[2]!;
    for (const [key, change, message] of [
      [gost, { curve: undefined }, /curve/],
      [gost, { curve: 'P-256' }, /curve/],
      [ecdsa, { curve: 'Test' }, /curve/],
      [ecdsa, { hash: 'streebog256' }, /hash/],
      [gost, { publicKey: { x: new Uint8Array(31), y: new Uint8Array(32) } }, /publicKey\.x/],
      [gost, { publicKey: undefined }, /publicKey/],
      [gost, { hash: 'streebogXX' }, /hash/],
      [gost, { hash: undefined }, /hash/],
      [gost, { signature: undefined }, /signature/],
      [gost, { signature: { order: 'zz', endian: 'big' } }, /signature\.order/],
      [gost, { signature: { order: 'rs', endian: 'mid' } }, /signature\.endian/],
    ] as const) {
      expect(() => createKeyRing([{ ...key, ...change } as TailKey])).toThrow(message);
    }
  });

  it('refuses what is no list of objects, and tells of every key', () => {
    for (const keys of [null, undefined, {}, 'keys', 3, new Uint8Array(3)]) {
      expect(() => createKeyRing(keys as never)).toThrow(/^keys\[0\]: expected a list of keys$/);
    }
    for (const key of [null, undefined, 'key', 3]) {
      expect(() => createKeyRing([secretKey, key] as never)).toThrow(/^keys\[1\]: expected an object$/);
    }
    // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested
    expect(() => createKeyRing([secretKey, , secretKey] as never)).toThrow(/^keys\[1\]: expected an object$/);
    let faults: readonly KeyFault[] = [];
    try {
      createKeyRing([null, secretKey, { ...secretKey, padding: 1 }] as never);
    } catch (error) {
      ({ faults } = error as KeyRingError);
    }
    expect(faults.map(({ key, field }) => `${key} ${field}`)).toEqual(['0 ', '2 padding']);
  });

  it('shows no secret: not printed, not in JSON, not among its keys', () => {
    const ring = createKeyRing([secretKey]);
    const hex = Buffer.from(SECRET).toString('hex');
    const shown = [
      inspect(ring, { depth: 9, showHidden: true }),
      JSON.stringify(ring),
      inspect(ring.keys),
      String(ring),
    ];
    const listed = SECRET.join(',');
    for (const text of shown) {
      expect(text).not.toContain(hex);
      expect(text.replaceAll(/\s/g, '')).not.toContain(listed);
      expect(text).not.toContain('secret:');
    }
    expect(structuredClone(ring.keys)).toEqual(
      [{ ...secretKey, secret: undefined }].map(({ secret: _, ...key }) => key),
    );
  });

  it('goes to a worker as plain data, and works there', () => {
    const ring = createKeyRing(naive.keys);
    const there = createKeyRing(structuredClone(ring.forWorker()));
    const code = naive.code(HMAC_KEY, '01-21.13-91-92.44', serialOf(1));
    expect(core.verifyTail(code, there, AT)).toBe('VALID');
    ring.unload();
    expect(core.verifyTail(code, there, AT)).toBe('VALID');
    expect(() => ring.forWorker()).toThrow(/unloaded/);
    there.unload();
    expect(() => core.verifyTail(code, there, AT)).toThrow(/unloaded/);
  });

  it('leaves no secret and no state of it in memory', async () => {
    const { exports, layout } = await instantiate(await compileCore());
    const { Core: CoreClass } = await import('../core.js');
    const { FORMATS } = await import('../formats.js');
    const watched: Core = new CoreClass(exports, layout, new Uint8Array(16), FORMATS);
    const macs = naive.keys.filter((key) => 'macBytes' in key) as Extract<TailKey, { macBytes: number }>[];
    // One secret is longer than a block of its hash, and is hashed first.
    const keys = macs.map((key, i) => {
      const length = key.algorithm === 'hmac-sha256' && key.keyId !== null ? 200 : 32;
      return { ...key, secret: Uint8Array.from({ length }, (_, j) => (SECRET[j % 32]! + j) ^ (i * 7)) };
    });
    expect(keys.some(({ secret }) => secret.length === 200)).toBe(true);
    const ring = createKeyRing(keys);
    const codes = SCHEMES.flatMap((scheme, i) =>
      scheme.formats[0]! === '01-21.6-93-3103' ? [] : [naive.code(naive.keys[i]!, scheme.formats[0]!, serialOf(1))],
    );
    watched.verifyTails(watched.parseBatch(Buffer.from(codes.join('\n'), 'latin1')), ring, AT);
    const before = Buffer.from(new Uint8Array(exports.memory.buffer).slice());
    const { bytes } = watched.keyMemory;
    expect(bytes).toBeGreaterThan(0);
    // The first round keys of Kuznyechik are the key itself: while the ring is loaded, it is there to be found.
    const kuznyechik = keys.find(({ algorithm }) => algorithm === 'kuznyechik-cmac')!;
    expect(before.indexOf(Buffer.from(kuznyechik.secret.subarray(0, 16)))).toBeGreaterThan(0);
    ring.unload();
    const after = Buffer.from(new Uint8Array(exports.memory.buffer));
    for (const { secret } of keys) {
      for (let i = 0; i + 8 <= secret.length; i += 8) {
        const part = Buffer.from(secret.subarray(i, i + 8));
        expect(after.indexOf(part)).toBe(-1);
        expect(after.indexOf(Buffer.from(part).reverse())).toBe(-1);
      }
      // HMAC: the padded key as it is hashed (RFC 2104).
      for (const pad of [0x36, 0x5c])
        expect(after.indexOf(Buffer.from(secret.map((byte) => byte ^ pad)).subarray(0, 8))).toBe(-1);
    }
    expect(watched.keyMemory).toEqual({ tables: 0, bytes: 0 });
    // The arena lies behind everything else: all that it held is zeros.
    const last = before.findLastIndex((byte) => byte !== 0);
    expect(after.subarray(last - bytes / 2, last + 1).every((byte) => byte === 0)).toBe(true);
  });

  it('is dropped by a core on request, and loaded again when needed', () => {
    const ring = createKeyRing([...naive.keys]);
    const code = naive.code(MILK_KEY, '01-21.6-93', serialOf(2));
    expect(core.verifyTail(code, ring, AT)).toBe('VALID');
    const { bytes } = core.keyMemory;
    core.dropKeys();
    expect(core.keyMemory.bytes).toBeLessThan(bytes);
    expect(core.verifyTail(code, ring, AT)).toBe('VALID');
    ring.unload();
  });
});

describe('memory of keys', () => {
  it('gives tables back when the budget is spent, moves them when a batch grows, and stays right', async () => {
    const schemes = Array.from({ length: 12 }, (_, i) => ({ ...SCHEMES[0]!, keyId: `K${String(i).padStart(3, '0')}` }));
    const many = new NaiveVerifier(core, schemes);
    const measured = await loadCore();
    const one = createKeyRing(many.keys.slice(0, 1));
    measured.verifyTail(many.code(many.keys[0]!, '01-21.13-91-92.88', serialOf(1)), one, AT);
    // Room for the curve's table, scratch, and a few small tables of keys.
    const budget = measured.keyMemory.bytes + 250_000;
    one.unload();
    const small = await openCore(await compileCore(), { keyMemory: budget });
    const ring = createKeyRing(many.keys);
    const codes = many.keys.flatMap((key) => [1, 2, 3].map((n) => many.code(key, '01-21.13-91-92.88', serialOf(n))));
    const forged = codes.map((code) => code.replace('92', '92').replace(`21${serialOf(1)}`, `21${serialOf(9)}`));
    let most = 0;
    for (let round = 0; round < 6; round++) {
      // Batches that double: the arena has to get out of their way again and again.
      const filler = `${'0104607000001042215Df6hMwnNejNz\n'.repeat(2000 * 2 ** round)}`;
      const lines = [...codes, ...forged];
      const batch = small.parseBatch(Buffer.from(filler + lines.join('\n'), 'latin1'));
      const results = small.verifyTails(batch, ring, AT).subarray(-lines.length);
      expect([...results]).toEqual(lines.map((line) => (codes.includes(line) ? 7 : 5)));
      most = Math.max(most, small.keyMemory.bytes);
      expect(batch.at(0).serial).toBe('5Df6hMwnNejNz');
      // Often enough that keys get their large tables.
      for (let i = 0; i < 400; i++) small.verifyTail(codes[(round * 3) % codes.length]!, ring, AT);
    }
    expect(small.keyMemory.tables).toBeLessThan(12);
    // A large table is made even when it alone is more than what is left.
    expect(most).toBeLessThan(budget + 600_000);
    ring.unload();
    expect(small.keyMemory.tables).toBe(0);
  });

  it('calls a public key that is no point of its curve no key, and its codes unverifiable', () => {
    const key = naive.keys[0]! as Extract<TailKey, { publicKey: unknown }>;
    const y = key.publicKey.y.slice();
    y[31]! ^= 1;
    const off = { ...key, publicKey: { x: key.publicKey.x, y } };
    expect([core.isPublicKey(key), core.isPublicKey(off)]).toEqual([true, false]);
    const ring = createKeyRing([off]);
    const code = naive.code(key, '01-21.13-91-92.88', serialOf(1));
    expect(core.verifyTail(code, ring, AT)).toBe('UNVERIFIABLE');
    ring.unload();
  });
});

describe('public keys', () => {
  it('of any bytes are keys when they are points, and never a trap', () => {
    const number = fc.oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.constantFrom(0n, 1n, 2n, 2n ** 256n - 1n).map(toBytes),
    );
    const code = naive.code(naive.keys[0]!, '01-21.13-91-92.88', serialOf(1));
    const { two, four } = pointsOfSmallOrder();
    const strange = [two, four, add(TC26_A, [TC26_A.x, TC26_A.y], two)!, add(TC26_A, [TC26_A.x, TC26_A.y], four)!];
    for (const name of ['CryptoPro-A', 'CryptoPro-B', 'CryptoPro-C', 'tc26-256-A', 'Test', 'P-256'] as const) {
      const curve = curveOf(name);
      const isKey = (x: bigint, y: bigint): boolean =>
        x < curve.p &&
        y < curve.p &&
        (y * y - x ** 3n - curve.a * x - curve.b) % curve.p === 0n &&
        multiply(curve, curve.q, { x, y }) === null;
      const edges = fc.constantFrom(curve.p, curve.p - 1n, curve.q, curve.base!.x, curve.base!.y).map(toBytes);
      fc.assert(
        fc.property(fc.oneof(number, edges), fc.oneof(number, edges), (x, y) => {
          const scheme = name === 'P-256' ? naive.keys[2]! : { ...naive.keys[0]!, curve: name };
          const key = { ...scheme, publicKey: { x, y }, keyId: 'G001' } as SignatureKey;
          const isPoint = isKey(fromBytes(x), fromBytes(y));
          expect(core.isPublicKey(key)).toBe(isPoint);
          const ring = createKeyRing([key]);
          expect(core.verifyTail(code, ring, AT)).toBe(isPoint ? 'INVALID' : 'UNVERIFIABLE');
          ring.unload();
        }),
        {
          numRuns: 40,
          examples: [[curve.base!.x, curve.base!.y], ...strange].map(([x, y]) => [toBytes(x!), toBytes(y!)]),
        },
      );
    }
  });
});

describe('tails', () => {
  it('leave the elements of a batch as they are', () => {
    const ring = createKeyRing(naive.keys);
    const code = naive.code(naive.keys[2]!, 'gs1', serialOf(4));
    const batch = core.parseBatch(Buffer.from(`${code}\n${code}`, 'latin1'), { format: 'gs1' });
    const before = Array.from(batch.elements!.ai);
    expect([...core.verifyTails(batch, ring, AT)]).toEqual([7, 7]);
    expect(Array.from(batch.elements!.ai)).toEqual(before);
    expect(batch.elements!.first[2]).toBe(before.length);
    ring.unload();
  });

  it('refuse a batch that is gone, and a moment that is none', async () => {
    const ring = createKeyRing(naive.keys);
    const batch = core.parseBatch(Buffer.from('x'));
    expect(() => core.verifyTails(batch, ring, { at: new Date(Number.NaN) })).toThrow(RangeError);
    core.parse('y');
    expect(() => core.verifyTails(batch, ring, AT)).toThrow(/no longer valid/);
    ring.unload();
  });

  it('have digests by which a register knows them again', () => {
    const [a, b] = [1, 2].map((n) => naive.code(HMAC_KEY, '01-21.13-91-92.44', serialOf(n)));
    const batch = core.parseBatch(Buffer.from([a, b, a, a!.split(GS)[0], 'garbage'].join('\n'), 'latin1'));
    const digests = core.tailDigests(batch);
    const of = (row: number): string => `${digests[row * 2]} ${digests[row * 2 + 1]}`;
    expect(of(0)).toBe(of(2));
    expect(of(0)).not.toBe(of(1));
    expect([of(3), of(4)]).toEqual(['0 0', '0 0']);
    expect(batch.at(1).serial).toBe(serialOf(2));
  });

  it('prove a repair: of several candidates the one whose tail is valid', () => {
    const ring = createKeyRing(naive.keys);
    const prove = core.proveBy(ring, AT);
    // A code typed with Caps Lock is a code in both cases; only the tail tells which was printed.
    const code = naive.code(HMAC_KEY, '01-21.13-91-92.44', serialOf(3));
    const typed = code.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
    const options = { recover: true, caseInverted: true } as const;
    expect(core.parse(typed, options).serial).not.toBe(serialOf(3));
    const repaired = core.parse(typed, { ...options, prove });
    expect(repaired).toMatchObject({ ok: true, serial: serialOf(3) });
    expect(repaired.recovered?.text).toBe(code);
    // And a code that is right as it is stays as it is.
    expect(core.parse(code, { ...options, prove }).recovered).toBeUndefined();
    ring.unload();
  });
});
