/** Numbers for the texts that records repeat: owners, series, documents, GTINs. A text keeps its number for ever. */
import { TamgaError } from '../errors.js';
import { NAME_MAX, NAMES_KNOWN_MAX } from './limits.js';
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
  /** Numbers by kind and text as it was asked for; in front of {@link #ids}, which has its stored form. */
  readonly #asked = { owner: new Map(), series: new Map(), document: new Map(), gtin: new Map() } as Record<
    NameKind,
    Map<string, number>
  >;
  /** Given in the running transaction and not stored yet. */
  #given: { kind: NameKind; key: Buffer; id: number }[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  /** The number of a text; 0 when it has none. */
  find(kind: NameKind, text: string): number {
    const asked = this.#asked[kind];
    const known = asked.get(text);
    if (known !== undefined) return known;
    const id = this.#lookUp(kind, text);
    if (id !== 0) this.#remember(asked, text, id);
    return id;
  }

  #lookUp(kind: NameKind, text: string): number {
    const key = textKey(kind, text);
    const cached = this.#ids.get(key.toString('latin1'));
    if (cached !== undefined) return cached;
    const stored = this.#store.names.get(key);
    if (!stored) return 0;
    const id = stored.readUInt32LE(0);
    this.#remember(this.#ids, key.toString('latin1'), id);
    return id;
  }

  /** The number of a text that something must have; one that nothing has, when the register never met the text. */
  demand(kind: NameKind, text: string): number {
    return this.find(kind, text) || NOBODY;
  }

  /** The number of a text, given now if it has none; {@link store} keeps it. `meta` counts on. Throws REGISTER_FULL. */
  intern(kind: NameKind, text: string, meta: Meta): number {
    if (text === '') return 0;
    const known = this.find(kind, text);
    if (known !== 0) return known;
    if (meta.nextName > NAME_MAX) throw new TamgaError('REGISTER_FULL', { path: this.#store.path, detail: 'names' });
    const id = meta.nextName++;
    const key = textKey(kind, text);
    this.#given.push({ kind, key, id });
    this.#ids.set(key.toString('latin1'), id);
    this.#texts.set(idKey(kind, id).toString('latin1'), key.toString('utf8', 2));
    return id;
  }

  /** How many names the transaction has given; {@link takeBack} goes back to it. */
  get given(): number {
    return this.#given.length;
  }

  /** Takes back the names given since there were `given`, of an event that was rejected. */
  takeBack(given: number, meta: Meta): void {
    if (this.#given.length > given) this.#forgetAsked();
    for (const { kind, key, id } of this.#given.splice(given)) {
      this.#ids.delete(key.toString('latin1'));
      this.#texts.delete(idKey(kind, id).toString('latin1'));
      meta.nextName = Math.min(meta.nextName, id);
    }
  }

  /** Writes the names that the transaction gave. Only inside a write transaction. */
  store(): void {
    for (const { kind, key, id } of this.#given) {
      const value = Buffer.alloc(4);
      value.writeUInt32LE(id);
      this.#store.names.putSync(key, value);
      this.#store.names.putSync(idKey(kind, id), key.subarray(2));
    }
    this.#given = [];
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
    this.#remember(this.#texts, cacheKey, text);
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
    this.#forgetAsked();
    this.#ids.clear();
    this.#texts.clear();
    this.#given = [];
  }

  #forgetAsked(): void {
    for (const kind of Object.values(this.#asked)) kind.clear();
  }

  #remember<T>(known: Map<string, T>, key: string, value: T): void {
    // Not while names are given: those are only here.
    if (known.size >= NAMES_KNOWN_MAX && this.#given.length === 0) known.clear();
    known.set(key, value);
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
