/**
 * The image: what the hot path reads of a register, in memory that all workers share: the first words of every record by ordinal, and a
 * table fingerprint → ordinal. It is derived, may be thrown away at any time, and knows the last event that is in it.
 *
 * Events that come later are brought in where it stands, while others read. Rows are written under a sequence lock: {@link IMAGE.version}
 * is odd while one is being written, and a row that was read between two equal even versions is whole. A new code's row is complete
 * before the table names it; whoever noted {@link Image.codes} takes a larger ordinal for unknown.
 */
import { FingerprintTable } from './fingerprint-table.js';
import { DATA_AT, type ImageMemory, imageMemory, memoryBeside } from './image-memory.js';
import { EXTRA_CODES_MAX, ORDINAL_MAX } from './limits.js';
import { HOT_WORDS } from './record.js';

/** Words of {@link Image.header}. */
export const IMAGE = { version: 0, codes: 1, lastEvent: 2 } as const;
const HEADER_WORDS = 4;
/** Room for new codes, as a share of those that are there; a rebuild is due when it is used up. */
const ROOM = 1 / 8;
const ROOM_MIN = 1024;

export interface Image {
  /** Ordinals 0 … codes − 1 have a row; grows when new codes come in. */
  readonly codes: number;
  /** {@link HOT_WORDS} words an ordinal; longer than `codes` rows. */
  readonly rows: Int32Array;
  readonly table: FingerprintTable;
  /** Sequence number of the last event that is in it. */
  readonly lastEvent: number;
  /** Shared words {@link IMAGE}. */
  readonly header: Int32Array;
  /** Where rows and table stand, when the kernel can look codes up in them; `null` for a small image, and for one that is larger than a memory. */
  readonly memory: ImageMemory | null;
}

/** Codes from which on the kernel is worth an image's own memories: a smaller one stays in the processor's cache anyway. */
export const KERNEL_CODES_MIN = 1 << 16;

/** An image in shared memory, with room for `capacity` codes. */
export class SharedImage implements Image {
  private constructor(
    readonly header: Int32Array,
    readonly rows: Int32Array,
    readonly table: FingerprintTable,
    readonly memory: ImageMemory | null,
  ) {}

  /** An empty image. `count`: fingerprints that will stand in its table, when these are read into it. */
  static withRoomFor(capacity: number, count = 0): SharedImage {
    const words = FingerprintTable.wordsFor(capacity);
    const memory = capacity < KERNEL_CODES_MIN ? null : imageMemory(words * 4, capacity * HOT_WORDS * 4);
    const table = memory
      ? new Uint32Array(memory.table.buffer, DATA_AT, words)
      : new Uint32Array(new SharedArrayBuffer(words * 4));
    return SharedImage.#over(memory, FingerprintTable.over(table, count), capacity);
  }

  /** One with no codes over the table of another image, whose memory is `memory`. */
  static besides(memory: ImageMemory | null, table: FingerprintTable, capacity: number): SharedImage {
    return SharedImage.#over(memory && memoryBeside(memory, capacity * HOT_WORDS * 4), table, capacity);
  }

  static #over(memory: ImageMemory | null, table: FingerprintTable, capacity: number): SharedImage {
    const header = new Int32Array(new SharedArrayBuffer(HEADER_WORDS * 4));
    const words = capacity * HOT_WORDS;
    const rows = memory
      ? new Int32Array(memory.rows.buffer, DATA_AT, words)
      : new Int32Array(new SharedArrayBuffer(words * 4));
    return new SharedImage(header, rows, table, memory);
  }

  get codes(): number {
    return Atomics.load(this.header, IMAGE.codes) >>> 0;
  }

  get lastEvent(): number {
    return Atomics.load(this.header, IMAGE.lastEvent) >>> 0;
  }

  get capacity(): number {
    return this.rows.length / HOT_WORDS;
  }

  /** Says what the image is of, when its rows and its table are. */
  set(codes: number, lastEvent: number): void {
    Atomics.store(this.header, IMAGE.codes, codes);
    Atomics.store(this.header, IMAGE.lastEvent, lastEvent);
  }
}

/** Codes that an image of `codes` (the next ordinal) has room for; never more than a register can have. */
export const imageCapacity = (codes: number): number =>
  Math.min(ORDINAL_MAX + 1, codes + Math.max(ROOM_MIN, Math.ceil(codes * ROOM)));

/** Elements of a typed array, by the smallest limit of the versions of Node that Tamga runs on. */
const ARRAY_MAX = 2 ** 32;
// A table that is full doubles.
if (
  FingerprintTable.wordsFor(ORDINAL_MAX + 1) > ARRAY_MAX ||
  FingerprintTable.wordsFor(2 * EXTRA_CODES_MAX) > ARRAY_MAX
)
  throw new Error('image: a full register has more words than an array');

/** An image of nothing, for runs without a register. */
export function emptyImage(): Image {
  const image = SharedImage.withRoomFor(1);
  image.set(1, 0);
  return image;
}

/** Copies a row as it was at one moment, while it may be written. */
export function readRow({ header, rows }: Image, ordinal: number, into: Int32Array, at = 0): void {
  const row = ordinal * HOT_WORDS;
  for (;;) {
    const version = Atomics.load(header, IMAGE.version);
    for (let w = 0; w < HOT_WORDS; w++) into[at + w] = rows[row + w];
    if ((version & 1) === 0 && Atomics.load(header, IMAGE.version) === version) return;
  }
}

/**
 * The same image with rows of its own, and the table of the first: what the copy takes in later, the first has no rows for, and its readers
 * take it for unknown. From now on only the copy may take codes in.
 */
export function copyImage({ codes, lastEvent, capacity, rows, table, memory }: SharedImage): SharedImage {
  const copy = SharedImage.besides(memory, FingerprintTable.over(table.words, codes - 1), capacity);
  copy.rows.set(rows.subarray(0, codes * HOT_WORDS));
  copy.set(codes, lastEvent);
  return copy;
}
