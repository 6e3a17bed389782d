// The elements of a batch as columns: typed arrays over the memory of the core, all elements of all rows one after the other.

/** Elements of the rows of a batch; those of row i are `first[i]` to `first[i + 1]` (exclusive), none when the row has an error. */
export interface ElementColumns {
  /** One more than there are rows. */
  readonly first: Uint32Array;
  /** AIs as numbers; {@link aiText} gives their digits. */
  readonly ai: Uint16Array;
  /** Where the value begins in the input, in bytes. */
  readonly offset: Uint32Array;
  /** Length of the value, in bytes. */
  readonly length: Uint16Array;
}

/** Where the columns lie, as addresses, for `rows` rows and as many elements as `size` bytes of input can hold. */
export interface ElementPlaces {
  readonly first: number;
  readonly ai: number;
  readonly offset: number;
  readonly length: number;
  readonly end: number;
}

/** An element takes an AI of two digits and a character at least. */
const ELEMENT_MIN = 3;

/** Lays the columns out from address `at` on. */
export function placeElements(at: number, rows: number, size: number): ElementPlaces {
  const elements = Math.ceil(size / ELEMENT_MIN);
  const offset = at + (rows + 1) * 4;
  const ai = offset + elements * 4;
  const length = ai + elements * 2;
  return { first: at, offset, ai, length, end: length + elements * 2 };
}

/** Views of the columns of `rows` rows. */
export function viewElements(buffer: ArrayBufferLike, places: ElementPlaces, rows: number): ElementColumns {
  const first = new Uint32Array(buffer, places.first, rows + 1);
  const count = first[rows]!;
  return {
    first,
    ai: new Uint16Array(buffer, places.ai, count),
    offset: new Uint32Array(buffer, places.offset, count),
    length: new Uint16Array(buffer, places.length, count),
  };
}

const AI_RADIX = 10_000;

/** The digits of an AI of {@link ElementColumns.ai}. */
export function aiText(ai: number): string {
  return String(ai % AI_RADIX).padStart(Math.floor(ai / AI_RADIX), '0');
}
