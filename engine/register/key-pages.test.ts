import { describe, expect, it } from 'vitest';
import { textToKey } from '../../core/host/index.js';
import { NewKeys, readKeyPage, readKeyPages } from './key-pages.js';
import { PAGE_CODES } from './limits.js';
import { failure, keyColumn, random, scratchRegisters, unit } from './register.test.data.js';

const makeRegister = scratchRegisters();

describe('key pages', () => {
  it('give back every key whatever the sizes of the events that brought them', () => {
    const { store } = makeRegister();
    const next = random(2);
    const keys: Uint8Array[] = [new Uint8Array(0)];
    while (keys.length < 700) {
      const size = 1 + Math.floor(next() * (next() < 0.2 ? 200 : 7));
      store.root.transactionSync(() => {
        const newKeys = new NewKeys(keys.length);
        const added: Uint8Array[] = [];
        for (let i = 0; i < size; i++) {
          const key = textToKey(
            next() < 0.1 ? 'x'.repeat(1 + Math.floor(next() * 254)) : unit(Math.floor(next() * 1e6)),
          );
          added.push(key);
        }
        // Two events of one transaction.
        newKeys.append(keyColumn(added.slice(0, 3)));
        newKeys.append(keyColumn(added.slice(3)));
        newKeys.store(store);
        keys.push(...added);
      });
    }
    for (let ordinal = 0; ordinal < keys.length; ordinal++) {
      const { bytes, offsets } = readKeyPage(store, Math.floor(ordinal / PAGE_CODES));
      const i = ordinal % PAGE_CODES;
      expect(Buffer.from(bytes.subarray(offsets[i], offsets[i + 1])), `ordinal ${ordinal}`).toEqual(
        Buffer.from(keys[ordinal]),
      );
    }
    const last = readKeyPage(store, Math.floor((keys.length - 1) / PAGE_CODES));
    expect(last.offsets.length - 1).toBe(((keys.length - 1) % PAGE_CODES) + 1);
    expect(readKeyPage(store, 1000).offsets).toEqual(new Uint32Array(1));
  });

  it('take more key bytes than the first buffer holds', () => {
    const { store } = makeRegister();
    const keys = Array.from({ length: 1000 }, (_, i) => textToKey(`${i}`.padEnd(254, String(i % 10))));
    store.root.transactionSync(() => {
      const newKeys = new NewKeys(1);
      newKeys.append(keyColumn(keys));
      newKeys.store(store);
    });
    for (const ordinal of [1, 63, 64, 65, 500, 1000]) {
      const { bytes, offsets } = readKeyPage(store, Math.floor(ordinal / PAGE_CODES));
      const i = ordinal % PAGE_CODES;
      expect(Buffer.from(bytes.subarray(offsets[i], offsets[i + 1]))).toEqual(Buffer.from(keys[ordinal - 1]));
    }
  });

  it('come several in one column, empty where no ordinal was given', () => {
    const { store } = makeRegister();
    const keys = Array.from({ length: 100 }, (_, i) => textToKey(unit(i)));
    store.root.transactionSync(() => {
      const newKeys = new NewKeys(1);
      newKeys.append(keyColumn(keys));
      newKeys.store(store);
    });
    const { bytes, offsets } = readKeyPages(store, 0, 4);
    const at = (i: number): Buffer => Buffer.from(bytes.subarray(offsets[i], offsets[i + 1]));
    expect(offsets.length).toBe(4 * PAGE_CODES + 1);
    for (let ordinal = 0; ordinal < 4 * PAGE_CODES; ordinal++) {
      expect(at(ordinal), `ordinal ${ordinal}`).toEqual(Buffer.from(keys[ordinal - 1] ?? []));
    }
  });

  it('that were overwritten are found', () => {
    const { store } = makeRegister();
    const page = store.keys.get(0) as Buffer;
    const broken = Buffer.from(page);
    broken[5] ^= 1;
    store.keys.putSync(0, broken);
    expect(failure(() => readKeyPage(store, 0), 'REGISTER_BROKEN').message).toContain('page 0 of keys');
  });
});
