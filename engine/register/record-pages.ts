/**
 * Pages of 64 records by ordinal, stored as columns.
 *
 * ```
 * | checksum 4 | columns present 2 | a column, see columns, for each bit that is set |      an absent column is all zero
 * ```
 *
 * Codes of one delivery agree in nearly everything, so a record costs a byte or two.
 */
import { TamgaError } from '../errors.js';
import { CHECKSUM_BYTES, isSealed, sealed } from './checksum.js';
import { columnBytesMax, readColumn, writeColumn } from './columns.js';
import { PAGE_CODES } from './limits.js';
import { HOT_WORDS, PAGE_WORDS, RECORD_WORDS, WORDS_USED } from './record.js';
import type { Store } from './store.js';

const HEAD_BYTES = CHECKSUM_BYTES + 2;
const scratch = Buffer.alloc(HEAD_BYTES + WORDS_USED * columnBytesMax(PAGE_CODES));

/** The stored form of the page that begins at word `at`. The bytes are good until the next call. */
export function packRecords(page: Int32Array, at = 0): Buffer {
  let present = 0;
  let end = HEAD_BYTES;
  for (let word = 0; word < WORDS_USED; word++) {
    let any = 0;
    for (let i = at + word; i < at + PAGE_WORDS; i += RECORD_WORDS) any |= page[i];
    if (any === 0) continue;
    present |= 1 << word;
    end = writeColumn(scratch, end, page, at + word, RECORD_WORDS, PAGE_CODES);
  }
  scratch.writeUInt16LE(present, CHECKSUM_BYTES);
  return sealed(scratch, end);
}

/** Reads a stored page into {@link PAGE_WORDS} words. Throws a RangeError on bytes that {@link packRecords} didn't write. */
export function unpackRecords(stored: Buffer, page: Int32Array): void {
  if (stored.length < HEAD_BYTES) throw new RangeError('a page of records is cut short');
  const present = stored.readUInt16LE(CHECKSUM_BYTES);
  page.fill(0);
  let at = HEAD_BYTES;
  for (let word = 0; word < WORDS_USED; word++) {
    if (present & (1 << word)) at = readColumn(stored, at, page, word, RECORD_WORDS, PAGE_CODES);
  }
  if (at !== stored.length || present >> WORDS_USED !== 0)
    throw new RangeError('a page of records has bytes left over');
}

/** Reads a page of a register; one that is not stored is all zero. Throws REGISTER_BROKEN. */
export function readRecords(store: Store, number: number, page: Int32Array): void {
  const stored = store.records.getBinary(number);
  if (!stored) {
    page.fill(0);
    return;
  }
  const broken = (detail: string): TamgaError =>
    new TamgaError('REGISTER_BROKEN', { path: store.path, detail: `page ${number} of records: ${detail}` });
  if (!isSealed(stored)) throw broken('the checksum is wrong');
  try {
    unpackRecords(stored, page);
  } catch (error) {
    throw broken(String(error));
  }
}

/** The hot words of ordinals 0 … codes − 1, {@link HOT_WORDS} a row. Throws REGISTER_BROKEN. */
export function readHotRows(store: Store, rows: Int32Array, codes: number): void {
  for (const { key: number, value } of store.records.getRange()) {
    const count = Math.min(PAGE_CODES, codes - number * PAGE_CODES);
    if (count <= 0) return;
    const what = `page ${number} of records`;
    if (!isSealed(value) || value.length < HEAD_BYTES) {
      throw new TamgaError('REGISTER_BROKEN', { path: store.path, detail: `${what}: the checksum is wrong` });
    }
    const present = value.readUInt16LE(CHECKSUM_BYTES);
    let at = HEAD_BYTES;
    const row = number * PAGE_CODES * HOT_WORDS;
    for (let word = 0; word < HOT_WORDS; word++) {
      if (!(present & (1 << word))) continue;
      // Behind the last code a page is zero, and there is room for it.
      at = readColumn(value, at, rows, row + word, HOT_WORDS, PAGE_CODES);
    }
  }
}

/** Record pages that a transaction reads and changes; written once at its end, or at once when they are whole. */
export class RecordPages {
  readonly #store: Store;
  readonly #pages = new Map<number, Int32Array>();
  readonly #changed = new Set<number>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Copies the record of an ordinal to `into[at …]`. */
  read(ordinal: number, into: Int32Array, at: number): void {
    const page = this.#page(Math.floor(ordinal / PAGE_CODES));
    const start = recordStart(ordinal);
    for (let w = 0; w < RECORD_WORDS; w++) into[at + w] = page[start + w];
  }

  /** Sets the records of `count` ordinals from `first` on, which stand one after the other in `from`. */
  write(first: number, count: number, from: Int32Array, at: number): void {
    for (let done = 0; done < count; ) {
      const ordinal = first + done;
      const number = Math.floor(ordinal / PAGE_CODES);
      const here = Math.min(count - done, PAGE_CODES - (ordinal % PAGE_CODES));
      const start = at + done * RECORD_WORDS;
      done += here;
      if (here === PAGE_CODES && !this.#pages.has(number)) {
        // A whole page, as a load brings them: nothing of it has to be remembered.
        this.#store.records.putSync(number, packRecords(from, start));
        continue;
      }
      this.#page(number).set(from.subarray(start, start + here * RECORD_WORDS), recordStart(ordinal));
      this.#changed.add(number);
    }
  }

  store(): void {
    for (const number of [...this.#changed].sort((a, b) => a - b)) {
      this.#store.records.putSync(number, packRecords(this.#pages.get(number) as Int32Array));
    }
  }

  #page(number: number): Int32Array {
    let page = this.#pages.get(number);
    if (!page) {
      page = new Int32Array(PAGE_WORDS);
      readRecords(this.#store, number, page);
      this.#pages.set(number, page);
    }
    return page;
  }
}

/** Index of an ordinal's first word in its page. */
export const recordStart = (ordinal: number): number => (ordinal % PAGE_CODES) * RECORD_WORDS;
