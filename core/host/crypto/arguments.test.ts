// Goal: what is not bytes is never taken for bytes. A string or an array in a secret's place would be a key of zeros, under which anybody
// can make a tail; a stale view would be an empty message.
import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyRing, type GostCurve, KeyRingError, loadCore, type MacKey, type TailKey } from '../index.js';
import { compileCore } from '../load.js';
import { instantiate } from '../module.js';
import { HASHES, hexOf, MACS } from './messages.test.data.js';
import { IDENTITY, NaiveVerifier } from './tails.test.data.js';

const core = await loadCore();
const naive = new NaiveVerifier(core);
const key = new Uint8Array(32).fill(3);
const message = new Uint8Array(20).fill(5);

/** Values in the place of 32 bytes. */
const NOT_BYTES: readonly [string, unknown][] = [
  ['a string of 32 characters', 'x'.repeat(32)],
  ['an array', Array(32).fill(256)],
  ['an ArrayBuffer', new ArrayBuffer(32)],
  ['numbers of 16 bits', new Uint16Array(32)],
  ['signed bytes', new Int8Array(32)],
  ['a DataView', new DataView(new ArrayBuffer(32))],
  ['what only looks like it', { length: 32, byteLength: 32 }],
  ['null', null],
  ['a number', 32],
];

const milk: MacKey = {
  keyId: null,
  formats: ['01-21.6-93'],
  message: IDENTITY,
  encoding: 'base64',
  padding: true,
  algorithm: 'kuznyechik-cmac',
  macBytes: 3,
};

describe.each(NOT_BYTES)('%s', (_, value) => {
  const bytes = value as Uint8Array;

  it('is no secret and no coordinate', () => {
    for (const algorithm of ['kuznyechik-cmac', 'hmac-sha256'] as const) {
      expect(() => createKeyRing([{ ...milk, algorithm, secret: bytes }])).toThrow(KeyRingError);
      expect(() => createKeyRing([{ ...milk, algorithm, secret: bytes }])).toThrow(/keys\[0\]\.secret/);
    }
    const gost = naive.keys[0]! as Extract<TailKey, { publicKey: unknown }>;
    for (const publicKey of [
      { x: bytes, y: gost.publicKey.y },
      { x: gost.publicKey.x, y: bytes },
      bytes as unknown as typeof gost.publicKey,
    ]) {
      expect(() => createKeyRing([{ ...gost, publicKey }])).toThrow(/keys\[0\]\.publicKey/);
    }
  });

  it('is no message, no key and no offsets', () => {
    for (const name of HASHES) {
      expect(() => core[name](bytes)).toThrow(new TypeError('message is no Uint8Array'));
      const offsets = Uint32Array.of(0, 1);
      expect(() => core.hashMany(name, { bytes, offsets })).toThrow(new TypeError('messages.bytes is no Uint8Array'));
      const wrong = { bytes: message, offsets: value as Uint32Array };
      expect(() => core.hashMany(name, wrong)).toThrow(new TypeError('messages.offsets is no Uint32Array'));
      expect(() => core.hashMany(name, value as typeof wrong)).toThrow(TypeError);
    }
    for (const name of MACS) {
      expect(() => core[name](bytes, message)).toThrow(new TypeError('key is no Uint8Array'));
      expect(() => core[name](key, bytes)).toThrow(new TypeError('message is no Uint8Array'));
      const messages = { bytes: message, offsets: Uint32Array.of(0, 1) };
      expect(() => core.macMany(name, bytes, messages)).toThrow(new TypeError('key is no Uint8Array'));
    }
  });

  it('is no part of a signature', () => {
    const good = { publicKey: { x: key, y: key }, digest: key, signature: { r: key, s: key } };
    const wrong = [
      [{ ...good, digest: bytes }, 'digest'],
      [{ ...good, publicKey: { x: bytes, y: key } }, 'publicKey.x'],
      [{ ...good, publicKey: { x: key, y: bytes } }, 'publicKey.y'],
      [{ ...good, signature: { r: bytes, s: key } }, 'signature.r'],
      [{ ...good, signature: { r: key, s: bytes } }, 'signature.s'],
    ] as const;
    for (const [check, name] of wrong) {
      const error = new TypeError(`${name} is no Uint8Array`);
      expect(() => core.ecdsaP256Verify(check)).toThrow(error);
      expect(() => core.gost3410Verify({ curve: 'Test', ...check })).toThrow(error);
    }
  });
});

it('names that are none are told', () => {
  for (const name of ['md5', 'constructor', '', null, {}, Symbol('sha256')]) {
    const messages = { bytes: message, offsets: Uint32Array.of(0, 20) };
    expect(() => core.hashMany(name as 'sha256', messages)).toThrow(/expected one of sha256, /);
    expect(() => core.macMany(name as 'hmacSha256', key, messages)).toThrow(/expected one of hmacSha256, /);
    const check = { publicKey: { x: key, y: key }, digest: key, signature: { r: key, s: key } };
    expect(() => core.gost3410Verify({ curve: name as GostCurve, ...check })).toThrow(/expected one of .*CryptoPro-A/);
  }
});

it('checks of tails tell which argument is wrong', () => {
  const batch = core.parseBatch(Buffer.from('x'));
  const ring = createKeyRing(naive.keys);
  const at = new Date();
  const verify = core.verifyTails.bind(core) as (...given: unknown[]) => unknown;
  for (const given of [undefined, null, {}, { at: null }, { at: Date.now() }, { at: '2026-03-16' }]) {
    expect(() => verify(batch, ring, given)).toThrow(new TypeError('`at` is no Date'));
  }
  expect(() => verify(batch, ring, { at: new Date(Number.NaN) })).toThrow(new RangeError('`at` is no moment'));
  for (const given of [naive.keys, null, undefined, {}]) {
    expect(() => verify(batch, given, { at })).toThrow(/the ring is no KeyRing.*createKeyRing/);
  }
  for (const given of [null, undefined, {}, [], new Uint8Array(3)]) {
    expect(() => verify(given, ring, { at })).toThrow(new TypeError('the batch is no Batch'));
    expect(() => core.tailDigests(given as typeof batch)).toThrow(new TypeError('the batch is no Batch'));
  }
  for (const code of [null, undefined, 12, [], new ArrayBuffer(3)]) {
    expect(() => core.verifyTail(code as unknown as string, ring, { at })).toThrow(
      /the code is no string and no Uint8Array/,
    );
  }
  expect(() => core.isPublicKey({} as never)).toThrow(KeyRingError);
  expect(() => core.isPublicKey({ ...milk, secret: key } as never)).toThrow(/keys\[0\]\.algorithm/);
  for (const check of [undefined, null, 'x', {}, { publicKey: null }]) {
    expect(() => core.ecdsaP256Verify(check as never)).toThrow(TypeError);
    expect(() => core.ecdsaP256VerifyMany(check as never)).toThrow(TypeError);
    expect(() => core.gost3410VerifyMany(check as never)).toThrow(/the check is no object|curve is a value/);
  }
  ring.unload();
});

describe('views over the core’s own memory', () => {
  const line = '010460700000109721abcdef';
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const hmac = (bytes: Uint8Array): string => createHmac('sha256', key).update(bytes).digest('hex');

  it('are read before memory grows: a row of a batch', async () => {
    for (const rows of [1, 800, 3000, 60_000]) {
      for (const digest of ['sha256', 'hmacSha256'] as const) {
        const fresh = await loadCore();
        const text = new TextEncoder().encode(`${line}\n`.repeat(rows));
        const view = fresh.parseBatch(text).line(0);
        const expected = digest === 'sha256' ? sha256(Buffer.from(line)) : hmac(Buffer.from(line));
        const got = digest === 'sha256' ? fresh.sha256(view) : fresh.hmacSha256(key, view);
        expect(hexOf(got), `${digest} of ${rows} rows`).toBe(expected);
      }
    }
  });

  it('are read before they are overwritten: the keys of a batch', async () => {
    for (const rows of [5, 100, 5000]) {
      const lines = Array.from({ length: rows }, (_, i) => `010460700000109721${i.toString(36).padStart(6, 'a')}`);
      for (const many of ['hashMany', 'macMany'] as const) {
        const fresh = await loadCore();
        const keys = fresh.keys(fresh.parseBatch(Buffer.from(lines.join('\n'))));
        const copies = Array.from({ length: rows }, (_, i) =>
          Buffer.from(keys.bytes.slice(keys.offsets[i]!, keys.offsets[i + 1]!)),
        );
        const got = many === 'hashMany' ? fresh.hashMany('sha256', keys) : fresh.macMany('hmacSha256', key, keys);
        const expected = copies.map(many === 'hashMany' ? sha256 : hmac).join('');
        expect(hexOf(got) === expected, `${many} of ${rows} keys`).toBe(true);
      }
    }
  });

  it('of memory that is gone are refused, not taken for empty', async () => {
    const fresh = await loadCore();
    const stale = fresh.parseBatch(Buffer.from(line)).line(0);
    fresh.input(8 * 1024 * 1024);
    expect(stale).toHaveLength(0);
    for (const name of HASHES) expect(() => fresh[name](stale)).toThrow(/message is a view of memory that is gone/);
    expect(() => fresh.hmacSha256(stale, message)).toThrow(/key is a view of memory that is gone/);
    expect(hexOf(fresh.sha256(new Uint8Array()))).toBe(sha256(Buffer.alloc(0)));
  });
});

describe('what a ring holds', () => {
  it('is a copy: bytes of a Buffer, coordinates, lists', () => {
    const secret = Buffer.from(key);
    const gost = naive.keys[0]! as Extract<TailKey, { publicKey: unknown }>;
    const publicKey = { x: Buffer.from(gost.publicKey.x), y: Buffer.from(gost.publicKey.y) };
    const formats = ['01-21.6-93'];
    const parts = [...IDENTITY];
    const ring = createKeyRing([
      { ...milk, formats, message: parts, secret },
      { ...gost, publicKey },
    ]);
    const identity = Buffer.from('010460700000109721abcdef');
    const tail = Buffer.from(core.kuznyechikCmac(key, identity).subarray(0, 3)).toString('base64');
    secret.fill(0);
    publicKey.x.fill(0);
    formats.length = 0;
    parts.length = 0;
    expect(ring.forWorker()).toEqual([{ ...milk, secret: key }, { ...gost }]);
    expect(core.verifyTail(`${identity}\x1d93${tail}`, ring, { at: new Date() })).toBe('VALID');
    ring.unload();
  });
});

it('a single MAC leaves neither key nor message nor itself in working memory', async () => {
  const { exports, layout } = await instantiate(await compileCore());
  const { Core } = await import('../core.js');
  const { FORMATS } = await import('../formats.js');
  const watched = new Core(exports, layout, new Uint8Array(16), FORMATS);
  const text = Uint8Array.from({ length: 77 }, (_, i) => 0x91 + i);
  for (const name of MACS) {
    const mac = watched[name](key, text);
    const memory = Buffer.from(exports.memory.buffer);
    for (const part of [mac.subarray(0, 8), text.subarray(0, 8), text.subarray(-8)]) {
      expect(memory.indexOf(Buffer.from(part)), name).toBe(-1);
    }
  }
});
