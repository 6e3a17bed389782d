import { describe, expect, it } from 'vitest';
import { textToKey } from '../../core/host/index.js';
import { PAGE_CODES } from './limits.js';
import { NewKeys, RecordPages, readKeyPage, recordStart } from './pages.js';
import { RECORD_WORDS, WORD } from './record.js';
import { random, scratchRegisters, unit } from './register.test.data.js';

const makeRegister = scratchRegisters();

describe('record pages', () => {
  it('hold one record for each ordinal and keep the neighbours', () => {
    const { store } = makeRegister();
    const next = random(1);
    const model = new Map<number, number>();
    for (let transaction = 0; transaction < 20; transaction++) {
      store.root.transactionSync(() => {
        const pages = new RecordPages(store);
        for (let i = 0; i < 50; i++) {
          const ordinal = Math.floor(next() * 5 * PAGE_CODES);
          const value = Math.floor(next() * 2 ** 31);
          pages.page(ordinal)[recordStart(ordinal) + WORD.price] = value;
          model.set(ordinal, value);
          expect(pages.page(ordinal)[recordStart(ordinal) + WORD.price]).toBe(value);
        }
        pages.write();
      });
    }
    const pages = new RecordPages(store);
    for (let ordinal = 0; ordinal < 5 * PAGE_CODES; ordinal++) {
      const page = pages.page(ordinal);
      expect(page.length).toBe(PAGE_CODES * RECORD_WORDS);
      expect(page[recordStart(ordinal) + WORD.price]).toBe(model.get(ordinal) ?? 0);
      expect(page[recordStart(ordinal) + WORD.owner]).toBe(0);
    }
  });

  it('that were never written are pages of unstated records', () => {
    const { store } = makeRegister();
    expect(new RecordPages(store).page(4_000_000_000).every((word) => word === 0)).toBe(true);
  });
});

describe('key pages', () => {
  it('give back every key whatever the sizes of the events that brought them', () => {
    const { store } = makeRegister();
    const next = random(2);
    const keys: Uint8Array[] = [new Uint8Array(0)];
    while (keys.length < 700) {
      const size = 1 + Math.floor(next() * (next() < 0.2 ? 200 : 7));
      store.root.transactionSync(() => {
        const newKeys = new NewKeys(keys.length);
        for (let i = 0; i < size; i++) {
          const key = textToKey(
            next() < 0.1 ? 'x'.repeat(1 + Math.floor(next() * 254)) : unit(Math.floor(next() * 1e6)),
          );
          newKeys.push(key);
          keys.push(key);
        }
        newKeys.write(store);
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
      for (const key of keys) newKeys.push(key);
      newKeys.write(store);
    });
    for (const ordinal of [1, 63, 64, 65, 500, 1000]) {
      const { bytes, offsets } = readKeyPage(store, Math.floor(ordinal / PAGE_CODES));
      const i = ordinal % PAGE_CODES;
      expect(Buffer.from(bytes.subarray(offsets[i], offsets[i + 1]))).toEqual(Buffer.from(keys[ordinal - 1]));
    }
  });
});
