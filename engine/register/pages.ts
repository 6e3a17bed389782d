/** Pages of records and of keys, by ordinal. */
import { KEY_BYTES_MAX, PAGE_CODES } from './limits.js';
import { type KeyColumn, packKeys, unpackKeys } from './packed-keys.js';
import { PAGE_BYTES, RECORD_WORDS } from './record.js';
import type { Store } from './store.js';

/** Record pages that a transaction reads and changes; written once at its end. */
export class RecordPages {
  readonly #store: Store;
  readonly #pages = new Map<number, Int32Array>();
  #lastNumber = -1;
  #lastPage: Int32Array = new Int32Array(0);

  constructor(store: Store) {
    this.#store = store;
  }

  /** The words of an ordinal's page; its record begins at {@link recordStart}. */
  page(ordinal: number): Int32Array {
    const number = Math.floor(ordinal / PAGE_CODES);
    if (number === this.#lastNumber) return this.#lastPage;
    let page = this.#pages.get(number);
    if (!page) {
      page = new Int32Array(PAGE_CODES * RECORD_WORDS);
      const stored = this.#store.records.getBinaryFast(number);
      if (stored) new Uint8Array(page.buffer).set(stored.subarray(0, PAGE_BYTES));
      this.#pages.set(number, page);
    }
    this.#lastNumber = number;
    this.#lastPage = page;
    return page;
  }

  write(): void {
    for (const number of [...this.#pages.keys()].sort((a, b) => a - b)) {
      this.#store.records.putSync(number, Buffer.from((this.#pages.get(number) as Int32Array).buffer));
    }
  }
}

/** Index of an ordinal's first word in its page. */
export const recordStart = (ordinal: number): number => (ordinal % PAGE_CODES) * RECORD_WORDS;

/** Keys of codes that a transaction creates, in the order of their ordinals; written once at its end. */
export class NewKeys {
  readonly #first: number;
  #bytes = new Uint8Array(1 << 16);
  #end = 0;
  readonly #offsets: number[] = [0];

  /** `first` is the ordinal of the first key to come. */
  constructor(first: number) {
    this.#first = first;
  }

  push(key: Uint8Array): void {
    if (this.#end + KEY_BYTES_MAX > this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(key, this.#end);
    this.#end += key.length;
    this.#offsets.push(this.#end);
  }

  write(store: Store): void {
    const count = this.#offsets.length - 1;
    if (count === 0) return;
    const keys: KeyColumn = {
      bytes: this.#bytes,
      offsets: Uint32Array.from(this.#offsets),
    };
    let done = 0;
    while (done < count) {
      const ordinal = this.#first + done;
      const page = Math.floor(ordinal / PAGE_CODES);
      const until = Math.min(count, (page + 1) * PAGE_CODES - this.#first);
      const packed = packKeys(keys, done, until);
      // A page that an earlier event began goes on; the first new key then repeats what it shares, which is still readable.
      const begun = ordinal % PAGE_CODES === 0 ? undefined : store.keys.get(page);
      store.keys.putSync(page, begun ? Buffer.concat([begun, packed]) : Buffer.from(packed));
      done = until;
    }
  }
}

/** The keys of one page: key of ordinal o is number `o % 64`. */
export function readKeyPage(store: Store, page: number): KeyColumn {
  const packed = store.keys.getBinaryFast(page);
  return packed ? unpackKeys(packed) : { bytes: new Uint8Array(0), offsets: new Uint32Array(1) };
}
