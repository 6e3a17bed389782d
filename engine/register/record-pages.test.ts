import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAGE_CODES } from './limits.js';
import { HOT_WORDS, PAGE_WORDS, RECORD_WORDS, WORD, WORDS_USED } from './record.js';
import { packRecords, RecordPages, readHotRows, readRecords, unpackRecords } from './record-pages.js';
import { failure, random, scratchRegisters } from './register.test.data.js';

const makeRegister = scratchRegisters();

/** A page whose columns are of every width there is. */
const pages = fc
  .array(
    fc.record({
      word: fc.nat(WORDS_USED - 1),
      least: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      spread: fc.constantFrom(0, 1, 255, 256, 65_535, 65_536, 2 ** 32 - 1),
      seed: fc.nat(),
    }),
    { maxLength: WORDS_USED },
  )
  .map((columns) => {
    const page = new Int32Array(PAGE_WORDS);
    for (const { word, least, spread, seed } of columns) {
      const next = random(seed);
      for (let i = 0; i < PAGE_CODES; i++) {
        const share = i === 0 ? 0 : i === 1 ? 1 : next();
        page[i * RECORD_WORDS + word] = Math.min(2 ** 31 - 1, least + Math.floor(share * spread));
      }
    }
    return page;
  });

describe('record pages', () => {
  it('come back as they were, in any mixture of columns', () => {
    fc.assert(
      fc.property(pages, (page) => {
        const read = new Int32Array(PAGE_WORDS).fill(7);
        unpackRecords(Buffer.from(packRecords(page)), read);
        expect(read).toEqual(page);
      }),
    );
  });

  it('keep a word that only one record has, wherever it stands', () => {
    const read = new Int32Array(PAGE_WORDS);
    for (let i = 0; i < PAGE_CODES; i++) {
      for (let word = 0; word < WORDS_USED; word++) {
        const page = new Int32Array(PAGE_WORDS);
        page[i * RECORD_WORDS + word] = 5;
        unpackRecords(Buffer.from(packRecords(page)), read);
        expect(read).toEqual(page);
      }
    }
  });

  it('take a few bytes when the codes agree', () => {
    const page = new Int32Array(PAGE_WORDS);
    for (let i = 0; i < PAGE_CODES; i++) page.set([3, 17, 4_000_000 + i, 29_000_000], i * RECORD_WORDS);
    expect(packRecords(page).length).toBeLessThan(2 * PAGE_CODES);
  });

  it('are refused as a RangeError when the bytes are anything else', () => {
    const into = new Int32Array(PAGE_WORDS);
    fc.assert(
      fc.property(pages, fc.nat(), fc.nat(255), fc.nat(), (page, at, byte, cut) => {
        const bytes = Buffer.from(packRecords(page));
        const broken = Buffer.from(bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length));
        if (broken.length > 0) broken[at % broken.length] = byte;
        try {
          unpackRecords(broken, into);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });

  it('hold one record for each ordinal and keep the neighbours', () => {
    const { store } = makeRegister();
    const next = random(1);
    const model = new Map<number, number>();
    const record = new Int32Array(RECORD_WORDS);
    for (let transaction = 0; transaction < 20; transaction++) {
      store.root.transactionSync(() => {
        const records = new RecordPages(store);
        for (let i = 0; i < 50; i++) {
          const ordinal = Math.floor(next() * 5 * PAGE_CODES);
          records.read(ordinal, record, 0);
          expect(record[WORD.price]).toBe(model.get(ordinal) ?? 0);
          record[WORD.price] = Math.floor(next() * 2 ** 31);
          record[WORD.expiry] = ordinal + 1;
          model.set(ordinal, record[WORD.price]);
          records.write(ordinal, 1, record, 0);
        }
        // A run over a page's end.
        const run = new Int32Array(70 * RECORD_WORDS).fill(transaction + 1);
        records.write(10 * PAGE_CODES + 60, 70, run, 0);
        records.store();
      });
    }
    const records = new RecordPages(store);
    for (let ordinal = 0; ordinal < 5 * PAGE_CODES; ordinal++) {
      records.read(ordinal, record, 0);
      expect(record[WORD.price]).toBe(model.get(ordinal) ?? 0);
      expect(record[WORD.owner]).toBe(0);
    }
    for (const [ordinal, owner] of [
      [10 * PAGE_CODES + 59, 0],
      [10 * PAGE_CODES + 60, 20],
      [10 * PAGE_CODES + 129, 20],
      [10 * PAGE_CODES + 130, 0],
    ]) {
      records.read(ordinal, record, 0);
      expect(record[WORD.owner]).toBe(owner);
    }
    const rows = new Int32Array(12 * PAGE_CODES * HOT_WORDS);
    for (let page = 0; page < 11; page += 4) readHotRows(store, rows, 11 * PAGE_CODES, page, page + 4);
    for (let ordinal = 0; ordinal < 5 * PAGE_CODES; ordinal++) {
      expect(rows[ordinal * HOT_WORDS + WORD.expiry]).toBe(model.has(ordinal) ? ordinal + 1 : 0);
    }
  });

  it('that were never written are pages of unstated records; those that were overwritten are found', () => {
    const { store } = makeRegister();
    const page = new Int32Array(PAGE_WORDS).fill(1);
    readRecords(store, 60_000_000, page);
    expect(page.every((word) => word === 0)).toBe(true);
    page[3] = 9;
    const stored = Buffer.from(packRecords(page));
    stored[stored.length - 1] ^= 0x40;
    store.records.putSync(5, stored);
    failure(() => readRecords(store, 5, page), 'REGISTER_BROKEN');
    failure(() => readHotRows(store, new Int32Array(100_000), 10_000, 0, 1000), 'REGISTER_BROKEN');
  });
});
