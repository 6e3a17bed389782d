// Many messages against one at a time: any lengths, any order, any number up to where every slot was refilled often. No two
// messages of a run are equal, so that a result in another's place shows.
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadCore } from '../index.js';
import { HASHES, hexOf, MACS, packed, parts } from './messages.test.data.js';

const core = await loadCore();

/** Lengths around the blocks of all the algorithms. */
const length = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.constantFrom(0, 7, 8, 9, 15, 16, 17, 55, 56, 63, 64, 65, 119, 120, 127, 128, 129, 300),
);
const messages = fc.tuple(fc.array(length, { maxLength: 67 }), fc.nat()).map(([lengths, seed]) =>
  lengths.map((size, i) =>
    createHash('shake256', { outputLength: size || 1 })
      .update(`${seed} ${i}`)
      .digest()
      .subarray(0, size),
  ),
);

it('many hashes are the single ones', () => {
  fc.assert(
    fc.property(messages, fc.constantFrom(...HASHES), (some, name) => {
      const each = some.map((message) => hexOf(core[name](message)));
      expect(some.length === 0 ? [] : parts(core.hashMany(name, packed(some)), some.length)).toEqual(each);
    }),
    { numRuns: 150 },
  );
});

it('many MACs are the single ones', () => {
  fc.assert(
    fc.property(
      messages,
      fc.constantFrom(...MACS),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (some, name, key) => {
        const each = some.map((message) => hexOf(core[name](key, message)));
        expect(some.length === 0 ? [] : parts(core.macMany(name, key, packed(some)), some.length)).toEqual(each);
      },
    ),
    { numRuns: 300 },
  );
});

it('every number of messages from 0 to 67 comes out in its order', () => {
  const key = new Uint8Array(32).map((_, i) => i * i);
  const all = Array.from({ length: 67 }, (_, i) => new Uint8Array((i * 29) % 90).fill(i + 1));
  for (const name of MACS) {
    const each = all.map((message) => hexOf(core[name](key, message)));
    for (let count = 1; count <= 67; count++) {
      expect(parts(core.macMany(name, key, packed(all.slice(0, count))), count)).toEqual(each.slice(0, count));
    }
  }
});

it('HMAC-SHA-256 is what node:crypto computes', () => {
  fc.assert(
    fc.property(messages, fc.uint8Array({ maxLength: 150 }), (some, key) => {
      const theirs = some.map((message) => createHmac('sha256', key).update(message).digest('hex'));
      expect(some.length === 0 ? [] : parts(core.macMany('hmacSha256', key, packed(some)), some.length)).toEqual(
        theirs,
      );
    }),
    { numRuns: 200 },
  );
});

it('one bit of key or message changes the MAC', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 1, maxLength: 130 }),
      fc.nat(),
      fc.constantFrom(...MACS),
      (key, message, bit, name) => {
        const flip = (bytes: Uint8Array): Uint8Array =>
          bytes.map((byte, i) => byte ^ (i === (bit >> 3) % bytes.length ? 1 << (bit & 7) : 0));
        const mac = hexOf(core[name](key, message));
        expect(hexOf(core[name](flip(key), message))).not.toBe(mac);
        expect(hexOf(core[name](key, flip(message)))).not.toBe(mac);
      },
    ),
    { numRuns: 200 },
  );
});
