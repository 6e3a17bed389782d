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
import { HOT_WORDS, PAGE_WORDS, RECORD_WORDS, TAIL_WORDS, WORD, WORDS_USED } from './record.js';
import type { Store } from './store.js';
import { readValue } from './stored-value.js';

const HEAD_BYTES = CHECKSUM_BYTES + 2;
const scratch = Buffer.alloc(HEAD_BYTES + WORDS_USED * columnBytesMax(PAGE_CODES));

const ALL_WORDS = (1 << WORDS_USED) - 1;

/**
 * The stored form of the page that begins at word `at`; the words that are not in `mask` are known to be zero. The bytes are good until the
 * next call.
 */
export function packRecords(page: Int32Array, at = 0, mask = ALL_WORDS): Buffer {
  let present = 0;
  let end = HEAD_BYTES;
  for (let word = 0; word < WORDS_USED; word++) {
    if (!(mask & (1 << word))) continue;
    let first = at + word;
    while (first < at + PAGE_WORDS && page[first] === 0) first += RECORD_WORDS;
    if (first >= at + PAGE_WORDS) continue;
    present |= 1 << word;
    end = writeColumn(scratch, end, page, at + word, RECORD_WORDS, PAGE_CODES);
  }
  scratch.writeUInt16LE(present, CHECKSUM_BYTES);
  return sealed(scratch, end);
}

/**
 * Reads a stored page into {@link PAGE_WORDS} words; gives which of them are not all zero. Throws a RangeError on bytes that
 * {@link packRecords} didn't write.
 */
export function unpackRecords(stored: Buffer, page: Int32Array): number {
  if (stored.length < HEAD_BYTES) throw new RangeError('a page of records is cut short');
  const present = stored.readUInt16LE(CHECKSUM_BYTES);
  page.fill(0);
  let at = HEAD_BYTES;
  for (let word = 0; word < WORDS_USED; word++) {
    if (present & (1 << word)) at = readColumn(stored, at, page, word, RECORD_WORDS, PAGE_CODES);
  }
  if (at !== stored.length || present >> WORDS_USED !== 0)
    throw new RangeError('a page of records has bytes left over');
  return present;
}

/** Reads a page of a register; one that is not stored is all zero. Gives what {@link unpackRecords} gives. Throws REGISTER_BROKEN. */
export function readRecords(store: Store, number: number, page: Int32Array): number {
  const stored = readValue(store.records, number);
  if (!stored) {
    page.fill(0);
    return 0;
  }
  const broken = (detail: string): TamgaError =>
    new TamgaError('REGISTER_BROKEN', { path: store.path, detail: `page ${number} of records: ${detail}` });
  if (!isSealed(stored)) throw broken('the checksum is wrong');
  try {
    return unpackRecords(stored, page);
  } catch (error) {
    throw broken(String(error));
  }
}

/** The hot words of pages [from, until) as far as ordinals 0 … codes − 1 go, {@link HOT_WORDS} a row. Throws REGISTER_BROKEN. */
export function readHotRows(store: Store, rows: Int32Array, codes: number, from: number, until: number): void {
  readRows(store, rows, codes, 0, HOT_WORDS, { start: from, end: until });
}

/** Digests of the tails of ordinals 0 … codes − 1, in shared memory. Throws REGISTER_BROKEN. */
export function readTailRows(store: Store, codes: number): Int32Array {
  const pages = Math.ceil(codes / PAGE_CODES);
  const rows = new Int32Array(new SharedArrayBuffer(pages * PAGE_CODES * TAIL_WORDS * 4));
  readRows(store, rows, codes, WORD.tailLow, TAIL_WORDS);
  return rows;
}

/** A column that is not asked for. */
const passed = new Int32Array(PAGE_CODES);

/** Words `first … first + width − 1` of the records of ordinals 0 … codes − 1, `width` a row; of some pages or all. */
function readRows(
  store: Store,
  rows: Int32Array,
  codes: number,
  first: number,
  width: number,
  pages: { start?: number; end?: number } = {},
): void {
  for (const { key: number, value } of store.records.getRange(pages)) {
    const count = Math.min(PAGE_CODES, codes - number * PAGE_CODES);
    if (count <= 0) return;
    const what = `page ${number} of records`;
    if (!isSealed(value) || value.length < HEAD_BYTES) {
      throw new TamgaError('REGISTER_BROKEN', { path: store.path, detail: `${what}: the checksum is wrong` });
    }
    const present = value.readUInt16LE(CHECKSUM_BYTES);
    let at = HEAD_BYTES;
    const row = number * PAGE_CODES * width;
    for (let word = 0; word < first + width; word++) {
      if (!(present & (1 << word))) continue;
      // Behind the last code a page is zero, and there is room for it.
      at =
        word < first
          ? readColumn(value, at, passed, 0, 1, PAGE_CODES)
          : readColumn(value, at, rows, row + word - first, width, PAGE_CODES);
    }
  }
}

/** A page of records that are all the same. */
const alike = new Int32Array(PAGE_WORDS);
interface Page {
  words: Int32Array;
  /** Bits of the words of a record that may be other than zero. */
  mask: number;
}

/** Pages of transactions that are done: one megabyte. */
const spare: Page[] = [];
const SPARE_MAX = 256;

/** Record pages that a transaction reads and changes; written once at its end, or at once when they are whole. */
export class RecordPages {
  readonly #store: Store;
  readonly #pages = new Map<number, Page>();
  readonly #changed = new Set<number>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Copies the record of an ordinal to `into[at …]`. */
  read(ordinal: number, into: Int32Array, at: number): void {
    const page = this.#page(Math.floor(ordinal / PAGE_CODES)).words;
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
      const page = this.#page(number);
      let to = recordStart(ordinal);
      for (let at = start; at < start + here * RECORD_WORDS; at += RECORD_WORDS, to += RECORD_WORDS) {
        for (let w = 0; w < WORDS_USED; w++) {
          page.words[to + w] = from[at + w];
          if (from[at + w] !== 0) page.mask |= 1 << w;
        }
      }
      this.#changed.add(number);
    }
  }

  /** Sets the records of `count` ordinals from `first` on, which are all like the one at the beginning of `record`. */
  writeAlike(first: number, count: number, record: Int32Array): void {
    for (let w = 0; w < PAGE_WORDS; w++) alike[w] = record[w % RECORD_WORDS];
    const until = first + count;
    const packed = Buffer.from(packRecords(alike));
    for (let ordinal = first; ordinal < until; ) {
      const number = Math.floor(ordinal / PAGE_CODES);
      const here = Math.min(until - ordinal, PAGE_CODES - (ordinal % PAGE_CODES));
      if (here === PAGE_CODES && !this.#pages.has(number)) this.#store.records.putSync(number, packed);
      else this.write(ordinal, here, alike, 0);
      ordinal += here;
    }
  }

  store(): void {
    for (const number of [...this.#changed].sort((a, b) => a - b)) {
      const { words, mask } = this.#pages.get(number) as Page;
      this.#store.records.putSync(number, packRecords(words, 0, mask));
    }
    // Single events come by the thousand, and each would leave a page to be collected.
    for (const page of this.#pages.values()) if (spare.length < SPARE_MAX) spare.push(page);
    this.#pages.clear();
    this.#changed.clear();
  }

  #page(number: number): Page {
    let page = this.#pages.get(number);
    if (!page) {
      page = spare.pop() ?? { words: new Int32Array(PAGE_WORDS), mask: 0 };
      page.mask = readRecords(this.#store, number, page.words);
      this.#pages.set(number, page);
    }
    return page;
  }
}

/** Index of an ordinal's first word in its page. */
export const recordStart = (ordinal: number): number => (ordinal % PAGE_CODES) * RECORD_WORDS;
