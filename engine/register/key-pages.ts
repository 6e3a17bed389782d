/** Pages of 64 keys by ordinal: `| checksum 4 | packed keys |`, see packed-keys. A key never changes. */
import { TamgaError } from '../errors.js';
import { CHECKSUM_BYTES, sealed, unsealed } from './checksum.js';
import { KEY_BYTES_MAX, PAGE_CODES } from './limits.js';
import { type KeyColumn, packKeys, packKeysInto, unpackKeys } from './packed-keys.js';
import type { Store } from './store.js';

const scratch = Buffer.alloc(CHECKSUM_BYTES + PAGE_CODES * (KEY_BYTES_MAX + 2));

/** Keys of codes that a transaction creates, in the order of their ordinals; written once at its end. */
export class NewKeys {
  readonly #first: number;
  #bytes = new Uint8Array(1 << 12);
  #offsets = new Uint32Array(1 << 8);
  #count = 0;

  /** `first` is the ordinal of the first key to come. */
  constructor(first: number) {
    this.#first = first;
  }

  /** Adds keys in the order of their ordinals. */
  append({ bytes, offsets }: KeyColumn): void {
    const count = offsets.length - 1;
    const end = this.#offsets[this.#count];
    const length = offsets[count] - offsets[0];
    while (end + length > this.#bytes.length) this.#bytes = doubled(this.#bytes);
    while (this.#count + count + 1 > this.#offsets.length) this.#offsets = doubled(this.#offsets);
    this.#bytes.set(bytes.subarray(offsets[0], offsets[count]), end);
    for (let i = 1; i <= count; i++) this.#offsets[++this.#count] = end + offsets[i] - offsets[0];
  }

  store(store: Store): void {
    const keys: KeyColumn = { bytes: this.#bytes, offsets: this.#offsets };
    for (let done = 0; done < this.#count; ) {
      const ordinal = this.#first + done;
      const page = Math.floor(ordinal / PAGE_CODES);
      const until = Math.min(this.#count, (page + 1) * PAGE_CODES - this.#first);
      // A page that an earlier event began goes on; the first new key then repeats what it shares, which is still readable.
      const begun = ordinal % PAGE_CODES === 0 ? undefined : store.keys.getBinary(page);
      if (begun) {
        const packed = Buffer.concat([begun, packKeys(keys, done, until)]);
        store.keys.putSync(page, sealed(packed, packed.length));
      } else {
        const end = packKeysInto(scratch, CHECKSUM_BYTES, keys, done, until);
        store.keys.putSync(page, sealed(scratch, end));
      }
      done = until;
    }
  }
}

/** The keys of one page: key of ordinal o is number `o % 64`. Throws REGISTER_BROKEN. */
export function readKeyPage(store: Store, page: number): KeyColumn {
  const stored = store.keys.getBinary(page);
  if (!stored) return { bytes: new Uint8Array(0), offsets: new Uint32Array(1) };
  const what = `page ${page} of keys`;
  try {
    return unpackKeys(unsealed(stored, store.path, what));
  } catch (error) {
    if (error instanceof TamgaError) throw error;
    throw new TamgaError('REGISTER_BROKEN', { path: store.path, detail: `${what}: ${String(error)}` });
  }
}

/** The keys of pages [from, until) in one column; ordinals that were never given have empty keys. Throws REGISTER_BROKEN. */
export function readKeyPages(store: Store, from: number, until: number): KeyColumn {
  const offsets = new Uint32Array((until - from) * PAGE_CODES + 1);
  let bytes = new Uint8Array((until - from) * PAGE_CODES * 32);
  let end = 0;
  let filled = 0;
  for (let page = from; page < until; page++) {
    const keys = readKeyPage(store, page);
    while (end + keys.bytes.length > bytes.length) bytes = doubled(bytes);
    bytes.set(keys.bytes, end);
    const first = (page - from) * PAGE_CODES;
    const count = keys.offsets.length - 1;
    for (let i = filled; i < first; i++) offsets[i + 1] = end;
    for (let i = 0; i < count; i++) offsets[first + i + 1] = end + keys.offsets[i + 1];
    filled = first + count;
    end += keys.bytes.length;
  }
  for (let i = filled; i + 1 < offsets.length; i++) offsets[i + 1] = end;
  return { bytes: bytes.subarray(0, end), offsets };
}

/** The first page: ordinal 0 means "none", and its place holds an empty key. */
export function firstKeyPage(): Buffer {
  const page = Buffer.alloc(CHECKSUM_BYTES + 2);
  return sealed(page, page.length);
}

function doubled<T extends Uint8Array | Uint32Array>(array: T): T {
  const wider = new (array.constructor as new (length: number) => T)(array.length * 2);
  wider.set(array);
  return wider;
}
