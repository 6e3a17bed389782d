// The typed face of one instance of the core.
import { Batch, type BatchSource } from './batch.js';
import { type Columns, viewColumns } from './columns.js';
import { Arena } from './crypto/arena.js';
import { CryptoCore, type CryptoRoom } from './crypto/crypto-core.js';
import { type ElementColumns, type ElementPlaces, placeElements, viewElements } from './element-columns.js';
import { type Country, FORMATS, type MarkingFormat, structuresInEffect } from './formats.js';
import { type CoreExports, type CoreModule, instantiate, type Layout } from './module.js';
import { checkOffsets, type PackedKeys } from './packed-keys.js';
import type { ParsedCode } from './parsed-code.js';
import { type RecoveryOptions, recover } from './recover.js';
import { type RowSource, readErrors, readRow } from './row.js';

export interface ParseOptions {
  /** Whose codes these are: decides between the two readings of a tobacco pack, and whether prices are read. */
  country?: Country;
  /**
   * What is a code: `marking` (default), every form of a marking code, with and without AIs; or `gs1`, GS1 element strings
   * and nothing else, whose elements a batch then has as columns.
   */
  format?: 'marking' | 'gs1';
  /** Strip spaces and tabs at both ends of every line. */
  trim?: boolean;
  /** Formats in effect at this time (default: all), and the time that two-digit years are near (default: 2000–2099). */
  at?: Date;
}

export interface ListOptions {
  /** Go on after an error where that is possible, and list every fault in `errors`. */
  all?: boolean;
}

export interface BatchOptions extends ParseOptions {
  /**
   * What separates the codes: `lines` (default), or `u16`: before each code its length in bytes as a little-endian number
   * of two bytes, so that a code may hold any byte.
   */
  framing?: 'lines' | 'u16';
}

export interface CoreOptions {
  /** Key of the fingerprint, 16 bytes; default zeros. */
  seed?: Uint8Array;
  /** Rows whose dates of effect `at` is compared with; default the table of formats. */
  formats?: readonly MarkingFormat[];
  /** Bytes of memory that the tables of keys may take together; default 64 MiB. The least used are made anew. */
  keyMemory?: number;
}

const COUNTRY_BITS: Record<Country, number> = { RU: 1, UZ: 2 };
const PAGE = 65_536;
const FIRST_INPUT = 64 * 1024;
const FIRST_ROWS = 1024;

/** An instance of a compiled module, with its own memory. @throws RangeError when the seed has not 16 bytes. */
export async function openCore(
  module: CoreModule,
  { seed = new Uint8Array(16), formats = FORMATS, keyMemory }: CoreOptions = {},
): Promise<Core> {
  if (seed.length !== 16) throw new RangeError(`the seed has ${seed.length} bytes; 16 are expected`);
  const { exports, layout } = await instantiate(module);
  return new Core(exports, layout, seed, formats, keyMemory);
}

export class Core extends CryptoCore implements BatchSource {
  readonly #core: CoreExports;
  readonly #layout: Layout;
  readonly #formats: readonly MarkingFormat[];
  readonly #inputStart: number;
  readonly #arena: Arena;
  #inputCapacity = 0;
  #rows = 0;
  #columnsStart = 0;
  #columns: Columns | undefined;
  #memory: Uint8Array | undefined;
  #elementPlaces: ElementPlaces | undefined;
  #generation = 0;
  #count = 0;
  #effectiveDay: string | undefined = '';

  /** Use {@link openCore}. */
  constructor(
    exports: CoreExports,
    layout: Layout,
    seed: Uint8Array,
    formats: readonly MarkingFormat[],
    keyMemory?: number,
  ) {
    const arena = new Arena(exports.memory);
    super(exports, layout, arena, keyMemory);
    this.#arena = arena;
    this.#core = exports;
    this.#layout = layout;
    this.#formats = formats;
    this.#inputStart = exports.inputStart();
    this.#place(FIRST_INPUT, FIRST_ROWS);
    this.#bytes(layout.SEED, 16).set(seed);
  }

  get generation(): number {
    return this.#generation;
  }

  /** Columns of the last batch; see {@link Batch.columns}. */
  get columns(): Columns {
    const { buffer } = this.#core.memory;
    if (this.#columns === undefined || this.#columns.offset.buffer !== buffer) {
      this.#columns = viewColumns(buffer, this.#layout, this.#columnsStart, this.#rows);
    }
    return this.#columns;
  }

  /**
   * One code; bytes may hold anything, newlines too. With `recover` a damaged scan is repaired when that has one outcome.
   * @throws RangeError when it is longer than memory.
   */
  parse(code: string | Uint8Array, options: ParseOptions & ListOptions & RecoveryOptions = {}): ParsedCode {
    const parsed = this.#parseOne(code, options);
    if (options.recover !== true) return parsed;
    return recover(parsed, code, options, (candidate) => this.#parseStrictly(candidate, options));
  }

  #parseOne(code: string | Uint8Array, options: ParseOptions & ListOptions): ParsedCode {
    if (typeof code !== 'string') return this.#parseStrictly(code, options);
    if (this.#writeAscii(code)) return this.#parseWhole(code.length, options, code);
    return this.#parseStrictly(encoder.encode(code), options);
  }

  #parseStrictly(bytes: Uint8Array, options: ParseOptions): ParsedCode {
    this.input(bytes.length).set(bytes);
    return this.#parseWhole(bytes.length, options, undefined);
  }

  /** Parses the first `length` bytes of the input; `text` when they are ASCII and known as a string. */
  #parseWhole(length: number, options: ParseOptions & ListOptions, text: string | undefined): ParsedCode {
    const bits = this.#prepare(options);
    this.#generation++;
    this.#count = this.#core.parseWhole(length, bits, yearOf(options));
    const source = this.#rowSource(options.trim === true ? undefined : text);
    const code = readRow(source, 0);
    if (options.all === true) code.errors = readErrors(source, 0, options.format === 'gs1');
    return code;
  }

  /** Writes a text of ASCII to the input; false when it has other characters. */
  #writeAscii(text: string): boolean {
    if (text.length > this.#inputCapacity) return false;
    const memory = this.#all;
    const start = this.#inputStart;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return false;
      memory[start + i] = unit;
    }
    return true;
  }

  /**
   * Codes separated by newlines (a carriage return before one belongs to it), or each after its length; blank lines and
   * frames are rows with the error EMPTY. The bytes are copied in.
   * @throws RangeError when the batch doesn't fit into memory of 4 GiB: cut it; or when a frame is cut off.
   */
  parseBatch(bytes: Uint8Array, options: BatchOptions = {}): Batch {
    this.input(bytes.length).set(bytes);
    return this.parseInput(bytes.length, options);
  }

  /**
   * The input region, at least `capacity` bytes: read a file's bytes into it, then call {@link parseInput}. The view is good
   * until the next call on this core, which may grow the memory; bytes that stand in it stay when `capacity` isn't raised.
   * Asking for it ends the last batch.
   */
  input(capacity: number): Uint8Array {
    this.#generation++;
    this.#count = 0;
    if (capacity > this.#inputCapacity) this.#place(roundUp(capacity, PAGE), this.#rows);
    return this.#bytes(this.#inputStart, this.#inputCapacity);
  }

  /**
   * Parses the first `length` bytes of the input region. The last line needs no newline.
   * @throws RangeError when the region is shorter, or, naming the offset, when a frame is cut off.
   */
  parseInput(length: number, options: BatchOptions = {}): Batch {
    if (length > this.#inputCapacity) {
      throw new RangeError(`${length} bytes: the input region has ${this.#inputCapacity}; ask for it with input()`);
    }
    const framed = options.framing === 'u16';
    const codes = framed ? this.#countFrames(length) : this.#core.inputLines(length);
    if (codes > this.#rows) this.#place(this.#inputCapacity, roundUp(Math.ceil(codes * 1.25), this.#layout.ROW_STEP));
    const bits = this.#prepare(options);
    this.#elementPlaces = options.format === 'gs1' ? this.#placeElements(codes, length) : undefined;
    this.#generation++;
    this.#count = framed
      ? this.#core.parseFrames(length, bits, yearOf(options))
      : this.#core.parseLines(length, bits, yearOf(options));
    return new Batch(this, this.#count);
  }

  /** Lays the columns of elements out behind the others. */
  #placeElements(rows: number, length: number): ElementPlaces {
    const at = roundUp(this.#columnsStart + this.#rows * this.#layout.ROW_BYTES, 64);
    const places = placeElements(at, rows, length);
    this.#ensure(places.end);
    this.#core.placeElements(places.first, places.ai, places.offset, places.length);
    return places;
  }

  /** Elements of the last batch; see {@link Batch.elements}. */
  get elements(): ElementColumns | undefined {
    if (this.#elementPlaces === undefined) return undefined;
    return viewElements(this.#core.memory.buffer, this.#elementPlaces, this.#count);
  }

  #countFrames(length: number): number {
    const frames = this.#core.inputFrames(length);
    const end = this.#core.inputFramesEnd();
    if (end === length) return frames;
    const rest = length - end;
    const head = this.#layout.FRAME_HEAD;
    const bytes = this.#bytes(this.#inputStart + end, rest);
    const wanted = rest < head ? head : head + bytes[0]! + bytes[1]! * 256;
    throw new RangeError(
      `the frame at offset ${end} is cut off: it takes ${wanted} bytes and ${rest} are left; pass whole frames`,
    );
  }

  /**
   * Canonical keys of all rows of the last batch, empty for rows that identify nothing. The views are good until the next
   * call on this core. The batch stays valid. @throws Error when the batch is not this core's last.
   */
  keys(batch: Batch): PackedKeys {
    batch.check(this);
    const size = this.#core.sizeOfKeys(this.#count);
    const offsets = this.#workspace();
    const into = offsets + roundUp((this.#count + 1) * 4, 16);
    this.#ensure(into + size + this.#layout.INPUT_PADDING);
    this.#core.writeKeys(this.#count, into, offsets);
    return {
      bytes: this.#bytes(into, size),
      offsets: new Uint32Array(this.#core.memory.buffer, offsets, this.#count + 1),
    };
  }

  /**
   * Order of packed keys by their bytes, equal keys in their own order: result[i] is the index of the i-th smallest.
   * Sorted keys take one pass. The result is a copy. @throws RangeError when a key is longer than LINE_MAX + 1 bytes or all
   * together don't fit into memory.
   */
  sortKeys(bytes: Uint8Array, offsets: Uint32Array): Uint32Array {
    const { count, keys, table, free } = this.#loadKeys(bytes, offsets);
    for (let i = 0; i < count; i++) {
      const length = offsets[i + 1]! - offsets[i]!;
      if (length > this.#layout.KEY_MAX)
        throw new RangeError(`key ${i} has ${length} bytes; ${this.#layout.KEY_MAX} is the most`);
    }
    const entryBytes = count * this.#layout.SORT_ENTRY_BYTES;
    const spare = free + entryBytes;
    const runs = spare + entryBytes + this.#layout.SORT_ENTRY_BYTES;
    this.#ensure(runs + (Math.ceil(count / this.#layout.RUN_MIN) + 2) * 4);
    this.#core.sortKeys(keys, table, count, free, spare, runs, table);
    return new Uint32Array(this.#core.memory.buffer, table, count).slice();
  }

  /** Fingerprints of packed keys, four words each. The result is a copy. */
  fingerprintKeys(bytes: Uint8Array, offsets: Uint32Array): Uint32Array {
    const { count, keys, table, free } = this.#loadKeys(bytes, offsets);
    this.#ensure(free + count * 16);
    this.#core.fingerprintKeys(keys, table, count, free);
    return new Uint32Array(this.#core.memory.buffer, free, count * 4).slice();
  }

  /** Memory behind the columns, for what doesn't disturb the last batch. */
  protected override get room(): CryptoRoom {
    return {
      exports: this.#core,
      layout: this.#layout,
      rows: this.#count,
      inputStart: this.#inputStart,
      work: (bytes) => {
        const at = this.#workspace();
        this.#ensure(at + bytes);
        return at;
      },
    };
  }

  protected override checkBatch(batch: Batch): void {
    batch.check(this);
  }

  protected override parseForTail(code: string | Uint8Array, options: ParseOptions): Batch {
    this.#parseOne(code, options);
    return new Batch(this, this.#count);
  }

  /** The code of a row of the last batch. {@link Batch.at} checks the row. */
  codeAt(row: number): ParsedCode {
    return readRow(this.#rowSource(undefined), row);
  }

  #rowSource(text: string | undefined): RowSource {
    return {
      exports: this.#core,
      layout: this.#layout,
      columns: this.columns,
      memory: this.#all,
      inputStart: this.#inputStart,
      text,
    };
  }

  /** The bytes of a row's line. {@link Batch.line} checks that the batch is still good. */
  lineAt(row: number): Uint8Array {
    const { offset, length } = this.columns;
    return this.#bytes(this.#inputStart + offset[row]!, length[row]!);
  }

  /** A view of all memory, made anew only when memory has grown. */
  get #all(): Uint8Array {
    const { buffer } = this.#core.memory;
    if (this.#memory === undefined || this.#memory.buffer !== buffer) this.#memory = new Uint8Array(buffer);
    return this.#memory;
  }

  #prepare({ country, trim, at, format }: ParseOptions): number {
    const day = at?.toISOString().slice(0, 10);
    if (day !== this.#effectiveDay) {
      this.#bytes(this.#layout.IN_EFFECT, 256).set(structuresInEffect(at, this.#formats));
      this.#effectiveDay = day;
    }
    const { OPTION_TRIM, OPTION_GS1 } = this.#layout;
    const bits = (trim === true ? OPTION_TRIM : 0) | (format === 'gs1' ? OPTION_GS1 : 0);
    return (country === undefined ? 0 : COUNTRY_BITS[country]) | bits;
  }

  /** Lays input and columns out anew; the input's bytes stay where they are. */
  #place(inputCapacity: number, rows: number): void {
    const columns = roundUp(this.#inputStart + inputCapacity + this.#layout.INPUT_PADDING, 64);
    this.#ensure(columns + rows * this.#layout.ROW_BYTES);
    this.#core.place(columns, rows);
    this.#inputCapacity = inputCapacity;
    this.#rows = rows;
    this.#columnsStart = columns;
    this.#columns = undefined;
    this.#elementPlaces = undefined;
  }

  /** Where scratch memory begins: behind the columns. */
  #workspace(): number {
    return roundUp(this.#elementPlaces?.end ?? this.#columnsStart + this.#rows * this.#layout.ROW_BYTES, 64);
  }

  /** Copies packed keys behind the columns. They may be views over this very memory. */
  #loadKeys(bytes: Uint8Array, offsets: Uint32Array): { count: number; keys: number; table: number; free: number } {
    const count = Math.max(0, offsets.length - 1);
    checkOffsets(offsets, bytes.length);
    const own = this.#core.memory.buffer;
    const from = bytes.buffer === own ? bytes.byteOffset : -1;
    const copiedOffsets = offsets.buffer === own ? offsets.slice() : offsets;
    const size = bytes.length;
    const keys = from < 0 ? this.#workspace() : roundUp(Math.max(this.#workspace(), from + size), 64);
    const table = roundUp(keys + size + this.#layout.INPUT_PADDING, 64);
    const free = roundUp(table + (count + 1) * 4, 64);
    this.#ensure(free);
    if (from < 0) this.#bytes(keys, size).set(bytes);
    else this.#bytes(keys, size).set(this.#bytes(from, size));
    new Uint32Array(this.#core.memory.buffer, table, count + 1).set(copiedOffsets);
    return { count, keys, table, free };
  }

  #bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#core.memory.buffer, at, length);
  }

  /** Makes the memory at least `end` bytes, none of them the arena's. */
  #ensure(end: number): void {
    this.#arena.keepClear(end);
  }
}

const encoder = new TextEncoder();
function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function yearOf({ at }: ParseOptions): number {
  return at === undefined ? 0 : at.getUTCFullYear();
}
