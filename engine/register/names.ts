/** Numbers for the texts that records repeat: owners, series, documents, GTINs. A text keeps its number for ever. */
import type { Meta, Store } from './store.js';

/** Kinds of names; the letter stands in the database key. */
export const NAME_KIND = {
  owner: 'o',
  series: 's',
  document: 'd',
  gtin: 'g',
} as const;
export type NameKind = keyof typeof NAME_KIND;

/** LMDB keys hold at most 511 bytes here; longer texts keep their beginning. */
const TEXT_BYTES_MAX = 480;

/** No text gets this number. */
const NOBODY = 0xffff_ffff;

export class Names {
  readonly #store: Store;
  readonly #ids = new Map<string, number>();
  readonly #texts = new Map<string, string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The number of a text; 0 when it has none. */
  find(kind: NameKind, text: string): number {
    const key = textKey(kind, text);
    const cached = this.#ids.get(key.toString('latin1'));
    if (cached !== undefined) return cached;
    const stored = this.#store.names.get(key);
    if (!stored) return 0;
    const id = stored.readUInt32LE(0);
    this.#ids.set(key.toString('latin1'), id);
    return id;
  }

  /** The number of a text that something must have; one that nothing has, when the register never met the text. */
  demand(kind: NameKind, text: string): number {
    return this.find(kind, text) || NOBODY;
  }

  /** The number of a text, given now if it has none. Only inside a write transaction; `meta` counts on. */
  intern(kind: NameKind, text: string, meta: Meta): number {
    if (text === '') return 0;
    const known = this.find(kind, text);
    if (known !== 0) return known;
    const id = meta.nextName++;
    const value = Buffer.alloc(4);
    value.writeUInt32LE(id);
    const key = textKey(kind, text);
    this.#store.names.putSync(key, value);
    this.#store.names.putSync(idKey(kind, id), key.subarray(2));
    this.#ids.set(key.toString('latin1'), id);
    return id;
  }

  /** The text of a number; `null` for 0 and for numbers never given. */
  text(kind: NameKind, id: number): string | null {
    if (id === 0) return null;
    const key = idKey(kind, id);
    const cacheKey = key.toString('latin1');
    const cached = this.#texts.get(cacheKey);
    if (cached !== undefined) return cached;
    const stored = this.#store.names.get(key);
    if (!stored) return null;
    const text = stored.toString('utf8');
    this.#texts.set(cacheKey, text);
    return text;
  }

  /** All names of a kind, in the order of their texts' bytes. */
  *all(kind: NameKind): IterableIterator<{ id: number; text: string }> {
    const start = Buffer.from(`t${NAME_KIND[kind]}`, 'latin1');
    const end = Buffer.from([start[0], start[1] + 1]);
    for (const { key, value } of this.#store.names.getRange({ start, end })) {
      yield { id: value.readUInt32LE(0), text: key.toString('utf8', 2) };
    }
  }

  /** Forgets numbers given in a transaction that was rolled back. */
  forget(): void {
    this.#ids.clear();
    this.#texts.clear();
  }
}

function textKey(kind: NameKind, text: string): Buffer {
  const bytes = Buffer.from(`t${NAME_KIND[kind]}${text}`, 'utf8');
  let end = Math.min(bytes.length, TEXT_BYTES_MAX);
  // Not in the middle of a character.
  while (end < bytes.length && (bytes[end] & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

function idKey(kind: NameKind, id: number): Buffer {
  const key = Buffer.alloc(6);
  key.write(`i${NAME_KIND[kind]}`, 'latin1');
  key.writeUInt32BE(id, 2);
  return key;
}
