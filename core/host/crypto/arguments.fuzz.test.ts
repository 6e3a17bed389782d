// Goal: whatever is given to the public methods of cryptography, they answer or throw an error that says what is wrong; never a trap of the
// module, never an accident of JavaScript, and never a valid tail under a key that is none.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKeyRing, KeyRingError, loadCore, TAIL_RESULTS } from '../index.js';
import { HASHES, MACS } from './messages.test.data.js';
import { NaiveVerifier } from './tails.test.data.js';

const core = await loadCore();
const naive = new NaiveVerifier(core);
const batch = core.parseBatch(Buffer.from('010460700000109721abcdef\x1d93AAAA'));
const ring = createKeyRing(naive.keys);
const at = new Date('2026-03-16');

/** Anything, and often enough the right thing that what follows is reached. */
const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withTypedArray: true,
    withSparseArray: true,
    withNullPrototype: true,
  }),
  fc.uint8Array({ maxLength: 70 }),
  fc.constantFrom<unknown>(new ArrayBuffer(32), Symbol('x'), () => 1, new Uint32Array(3), Array(32).fill(256)),
);
const bytes = fc.oneof(fc.uint8Array({ minLength: 32, maxLength: 32 }), anything);
const offsets = fc.oneof(fc.uint32Array({ maxLength: 5, max: 80 }), anything);
const point = fc.oneof(fc.record({ x: bytes, y: bytes }), anything);
const numbers = fc.oneof(fc.record({ r: bytes, s: bytes }), anything);
const messages = fc.oneof(fc.record({ bytes, offsets }), anything);
const name = fc.oneof(fc.constantFrom<unknown>(...HASHES, ...MACS, 'Test', 'tc26-256-A'), anything);
const check = fc.oneof(
  fc.record({ curve: name, publicKey: point, digest: bytes, signature: numbers, digests: bytes, signatures: bytes }),
  anything,
);

const METHODS: readonly [string, fc.Arbitrary<unknown[]>][] = [
  ...HASHES.map((method) => [method, fc.tuple(bytes)] as [string, fc.Arbitrary<unknown[]>]),
  ...MACS.map((method) => [method, fc.tuple(bytes, bytes)] as [string, fc.Arbitrary<unknown[]>]),
  ['hashMany', fc.tuple(name, messages)],
  ['macMany', fc.tuple(name, bytes, messages)],
  ['gost3410Verify', fc.tuple(check)],
  ['ecdsaP256Verify', fc.tuple(check)],
  ['gost3410VerifyMany', fc.tuple(check)],
  ['ecdsaP256VerifyMany', fc.tuple(check)],
  ['isPublicKey', fc.tuple(anything)],
  ['tailDigests', fc.tuple(anything)],
  [
    'verifyTails',
    fc.tuple(
      fc.oneof(fc.constant(batch), anything),
      fc.oneof(fc.constant(ring), anything),
      fc.oneof(fc.record({ at: anything }), anything),
    ),
  ],
  [
    'verifyTail',
    fc.tuple(
      anything.filter((code) => typeof code !== 'string'),
      fc.oneof(fc.constant(ring), anything),
      fc.oneof(fc.record({ at: anything }), anything),
    ),
  ],
];

/** What JavaScript and WebAssembly say when nobody looked at an argument. */
const ACCIDENT =
  /is not a function|is not iterable|Cannot (read|convert|destructure|mix)|of (undefined|null)|unreachable|out of bounds/;

it.each(METHODS)('%s takes anything: a result, or an error of ours', (method, given) => {
  const call = core[method as 'sha256'].bind(core) as (...values: unknown[]) => unknown;
  fc.assert(
    fc.property(given, (values) => {
      try {
        call(...values);
      } catch (error) {
        const known = error instanceof TypeError || error instanceof RangeError;
        // A code that is parsed ends the batch that the other methods are given.
        expect(known || /no longer valid/.test(String(error)), String(error)).toBe(true);
        expect(String(error)).not.toMatch(ACCIDENT);
      }
    }),
    { numRuns: 300 },
  );
});

it('createKeyRing takes anything: a ring, or a KeyRingError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(anything, { maxLength: 3 }), anything), (keys) => {
      try {
        createKeyRing(keys as never).unload();
      } catch (error) {
        expect(error).toBeInstanceOf(KeyRingError);
        expect(String(error)).not.toMatch(ACCIDENT);
      }
    }),
    { numRuns: 1000 },
  );
});

it('keys with any of their values replaced are refused, or verify nothing that their own key did not make', () => {
  const lines = naive.keys.flatMap((key, i) => {
    const structure = key.formats[0]!;
    return structure === '01-21.6-93-3103' ? [] : [[naive.code(key, structure, '5Aaaaaaaaaaaa'), i] as const];
  });
  const plausible = fc.constantFrom<unknown>(
    'sha256',
    'none',
    'rs',
    'sr',
    'little',
    'hmac-sha256',
    'magma-cmac',
    4,
    1e12,
  );
  const value = fc.oneof(anything, plausible, fc.constantFrom<unknown>(true, false, null, undefined));
  let rings = 0;
  fc.assert(
    fc.property(fc.constantFrom(...lines), fc.nat(20), fc.nat(20), value, ([line, i], place, inner, value) => {
      const key = structuredClone(naive.keys[i]!) as unknown as Record<string, unknown>;
      const field = Object.keys(key)[place % Object.keys(key).length]!;
      const held = key[field];
      if (typeof held === 'object' && held !== null && !(held instanceof Uint8Array) && inner % 2 === 0) {
        const part = Object.keys(held)[inner % Object.keys(held).length]!;
        if ((held as Record<string, unknown>)[part] === value) return;
        (held as Record<string, unknown>)[part] = value;
      } else key[field] = value;
      if (held === value) return;
      try {
        const changed = createKeyRing([key as never]);
        rings++;
        const result = core.verifyTail(line, changed, { at });
        expect(TAIL_RESULTS).toContain(result);
        // What is signed and by whom is as it was: another key, hash, order or message makes another tail.
        const decides = ['algorithm', 'curve', 'publicKey', 'hash', 'signature', 'secret'].includes(field);
        if (decides) expect(result).not.toBe('VALID');
        changed.unload();
      } catch (error) {
        if (!(error instanceof KeyRingError)) throw error;
      }
    }),
    { numRuns: 1500 },
  );
  expect(rings).toBeGreaterThan(20);
});
