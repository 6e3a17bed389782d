// The index against a plain map: keys in any order, many to a block, blocks that split, events of every size.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textToKey } from '../../core/host/index.js';
import { packBlock, unpackBlock } from './key-blocks.js';
import { findKey, findKeys, insertKeys, readBlock } from './key-index.js';
import { BLOCK_BYTES_MAX } from './limits.js';
import { isAscending } from './packed-keys.js';
import { failure, keyColumn, random, scratchRegisters, sscc, unit } from './register.test.data.js';

const makeRegister = scratchRegisters();

const sorted = (keys: readonly Uint8Array[]): Uint8Array[] => [...keys].sort((a, b) => Buffer.compare(a, b));

describe('the key index', () => {
  for (const seed of [1, 2, 3]) {
    it(`finds every key and no other, however they came (seed ${seed})`, () => {
      const { store } = makeRegister();
      const next = random(seed);
      const model = new Map<string, number>();
      const some = (): Uint8Array => {
        const kind = next();
        if (kind < 0.1) return textToKey(sscc(Math.floor(next() * 1e6)));
        if (kind < 0.2) return textToKey('x'.repeat(1 + Math.floor(next() * 254)));
        return textToKey(unit(Math.floor(next() * 40_000), 1 + Math.floor(next() * 3)));
      };
      let ordinal = 1;
      for (let event = 0; event < 30; event++) {
        const fresh = new Map<string, Uint8Array>();
        const size = next() < 0.2 ? 1000 : 30;
        for (let i = 0; i < size; i++) {
          const key = some();
          const text = Buffer.from(key).toString('latin1');
          if (!model.has(text)) fresh.set(text, key);
        }
        const keys = sorted([...fresh.values()]);
        const ordinals = Uint32Array.from(keys, () => 0);
        // Half of the events number their keys in order, the others at random, as events that aren't sorted do.
        const numbers = keys.map((_, i) => ordinal + i);
        if (event % 2 === 1) numbers.sort(() => next() - 0.5);
        keys.forEach((key, i) => {
          ordinals[i] = numbers[i];
          model.set(Buffer.from(key).toString('latin1'), numbers[i]);
        });
        ordinal += keys.length;
        store.root.transactionSync(() => insertKeys(store, keyColumn(keys), ordinals));
      }
      const asked = [
        ...Array.from({ length: 500 }, some),
        ...[...model.keys()].map((text) => Buffer.from(text, 'latin1')),
      ];
      for (const order of [asked, sorted(asked)]) {
        const column = keyColumn(order);
        const found = new Uint32Array(order.length);
        findKeys(store, column, isAscending(column), found);
        order.forEach((key, i) => {
          const expected = model.get(Buffer.from(key).toString('latin1')) ?? 0;
          if (found[i] !== expected) expect.fail(`${Buffer.from(key).toString('hex')}: ${found[i]}, not ${expected}`);
        });
      }
      for (const key of asked) {
        const expected = model.get(Buffer.from(key).toString('latin1')) ?? 0;
        if (findKey(store, key) !== expected) expect.fail(`${Buffer.from(key).toString('hex')} alone`);
      }
      // In order, each block under its first key and no longer than it may be.
      let count = 0;
      let last = Buffer.alloc(0);
      for (const { key, value } of store.index.getRange()) {
        const { keys, ordinals } = readBlock(store, value);
        count += ordinals.length;
        if (ordinals.length > 1) expect(value.length).toBeLessThanOrEqual(BLOCK_BYTES_MAX);
        for (let i = 0; i < ordinals.length; i++) {
          const own = Buffer.from(keys.bytes.subarray(keys.offsets[i], keys.offsets[i + 1]));
          if (i === 0) expect(own.equals(key)).toBe(true);
          if (Buffer.compare(last, own) >= 0) expect.fail('keys are out of order');
          last = own;
        }
      }
      expect(count).toBe(model.size);
    });
  }

  it('fills its blocks when keys come in order', () => {
    const { store } = makeRegister();
    for (let from = 0; from < 20_000; from += 1000) {
      const keys = Array.from({ length: 1000 }, (_, i) => textToKey(unit(from + i)));
      store.root.transactionSync(() =>
        insertKeys(
          store,
          keyColumn(keys),
          Uint32Array.from(keys, (_, i) => from + i + 1),
        ),
      );
    }
    const sizes = [...store.index.getRange()].map(({ value }) => value.length);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(BLOCK_BYTES_MAX * 0.85);
  });

  it('says so when a block was overwritten', () => {
    const { store } = makeRegister();
    const key = textToKey(unit(1));
    store.root.transactionSync(() => insertKeys(store, keyColumn([key]), Uint32Array.of(1)));
    const stored = Buffer.from(store.index.get(Buffer.from(key)) as Buffer);
    stored[stored.length - 1] ^= 1;
    store.index.putSync(Buffer.from(key), stored);
    failure(() => findKey(store, key), 'REGISTER_BROKEN');
  });
});

describe('a block', () => {
  it('is refused as a RangeError when its bytes are anything else', () => {
    const keys = fc.uniqueArray(fc.uint8Array({ minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 30,
      selector: (key) => Buffer.from(key).toString('hex'),
    });
    fc.assert(
      fc.property(keys, fc.nat(), fc.nat(255), fc.nat(), (list, at, byte, cut) => {
        const ordinals = Uint32Array.from(list, (_, i) => (cut % 2 ? i + 1 : i * 3 + 1));
        const bytes = Buffer.from(packBlock(keyColumn(list), ordinals, 0, list.length));
        const whole = unpackBlock(bytes);
        expect([...whole.ordinals]).toEqual([...ordinals]);
        expect(whole.keys.offsets).toEqual(keyColumn(list).offsets);
        const broken = Buffer.from(bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length));
        if (broken.length > 0) broken[at % broken.length] = byte;
        try {
          unpackBlock(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
