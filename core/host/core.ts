// The typed face of one instance of the core.
import { Batch, type BatchSource } from './batch.js';
import { type Columns, FLAGS, viewColumns } from './columns.js';
import { type Country, FORMATS, type MarkingFormat, structureId, structuresInEffect } from './formats.js';
import { type CoreExports, type CoreModule, compileCore, instantiate, type Layout } from './module.js';
import { failedCode, minuteToText, type ParsedCode } from './parsed-code.js';

export interface ParseOptions {
  /** Whose codes these are: decides between the two readings of a tobacco pack, and whether prices are read. */
  country?: Country;
  /** Strip spaces and tabs at both ends of every line. */
  trim?: boolean;
  /** Formats in effect at this time (default: all), and the time that two-digit years are near (default: 2000–2099). */
  at?: Date;
}

export interface LoadOptions {
  /** A module of {@link compileCore}, to share the compilation with workers. */
  module?: CoreModule;
  /** Key of the fingerprint, 16 bytes; default zeros. */
  seed?: Uint8Array;
  /** Rows whose dates of effect `at` is compared with; default the table of formats. */
  formats?: readonly MarkingFormat[];
}

/** Keys packed one after the other; key i is `bytes.subarray(offsets[i], offsets[i + 1])`. */
export interface PackedKeys {
  bytes: Uint8Array;
  /** One more than there are keys. */
  offsets: Uint32Array;
}

const COUNTRY_BITS: Record<Country, number> = { RU: 1, UZ: 2 };
const PAGE = 65_536;
/** Memory of 32 bits, less a page so that no address past the end wraps around. */
const MEMORY_MAX = 2 ** 32 - PAGE;
const FIRST_INPUT = 64 * 1024;
const FIRST_ROWS = 1024;

/** An instance with its own memory. @throws RangeError when the seed has not 16 bytes. */
export async function loadCore({
  module,
  seed = new Uint8Array(16),
  formats = FORMATS,
}: LoadOptions = {}): Promise<Core> {
  if (seed.length !== 16) throw new RangeError(`the seed has ${seed.length} bytes; 16 are expected`);
  const { exports, layout } = await instantiate(module ?? (await compileCore()));
  return new Core(exports, layout, seed, formats);
}

export class Core implements BatchSource {
  readonly #core: CoreExports;
  readonly #layout: Layout;
  readonly #formats: readonly MarkingFormat[];
  readonly #inputStart: number;
  #inputCapacity = 0;
  #rows = 0;
  #columnsStart = 0;
  #columns: Columns | undefined;
  #generation = 0;
  #count = 0;
  #effectiveDay: string | undefined = '';

  /** Use {@link loadCore}. */
  constructor(exports: CoreExports, layout: Layout, seed: Uint8Array, formats: readonly MarkingFormat[]) {
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

  /** One code; bytes may hold anything, newlines too. @throws RangeError when it is longer than memory. */
  parse(code: string | Uint8Array, options: ParseOptions = {}): ParsedCode {
    const bytes = typeof code === 'string' ? encoder.encode(code) : code;
    this.input(bytes.length).set(bytes);
    const bits = this.#prepare(options);
    this.#generation++;
    this.#count = this.#core.parseWhole(bytes.length, bits, yearOf(options));
    return this.codeAt(0);
  }

  /**
   * Codes separated by newlines (a carriage return before one belongs to it); blank lines are rows with the error EMPTY.
   * The bytes are copied in. @throws RangeError when the batch doesn't fit into memory of 4 GiB: cut it.
   */
  parseBatch(bytes: Uint8Array, options: ParseOptions = {}): Batch {
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

  /** Parses the lines of the first `length` bytes of the input region. The last line needs no newline. */
  parseInput(length: number, options: ParseOptions = {}): Batch {
    if (length > this.#inputCapacity) {
      throw new RangeError(`${length} bytes: the input region has ${this.#inputCapacity}; ask for it with input()`);
    }
    const lines = this.#core.inputLines(length);
    if (lines > this.#rows) this.#place(this.#inputCapacity, roundUp(Math.ceil(lines * 1.25), this.#layout.ROW_STEP));
    const bits = this.#prepare(options);
    this.#generation++;
    this.#count = this.#core.parseLines(length, bits, yearOf(options));
    return new Batch(this, this.#count);
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

  /** The code of a row of the last batch. {@link Batch.at} checks the row. */
  codeAt(row: number): ParsedCode {
    const columns = this.columns;
    const layout = this.#layout;
    const start = columns.offset[row]!;
    const length = columns.length[row]!;
    const error = columns.error[row]!;
    const line = this.#bytes(this.#inputStart + start, length);
    if (error !== 0) {
      const position = columns.errorPosition[row]!;
      return failedCode(error, position, line[position] ?? -1, this.#aiAt(row, line, position), layout.LINE_MAX);
    }
    const text = (offset: Uint32Array, size: Uint8Array): string | null => {
      const from = offset[row]! - start;
      return size[row] === 0 ? null : latin(line.subarray(from, from + size[row]!));
    };
    const flags = columns.flags[row]!;
    const kind = columns.kind[row]!;
    const gtin = columns.gtin[row]!;
    const identity = text(columns.serialOffset, columns.serialLength);
    const tail = text(columns.tailOffset, columns.tailLength);
    const keyId = text(columns.keyIdOffset, columns.keyIdLength);
    const code: ParsedCode = {
      ok: true,
      ais: (flags & FLAGS.elementString) !== 0 ? this.#elements(row, line) : [],
      format: structureId(columns.format[row]!),
      kind: kind === layout.KIND_UNIT ? 'unit' : kind === layout.KIND_PACKAGE ? 'package' : null,
      gtin: gtin < 0 ? null : String(gtin).padStart(14, '0'),
      serial: kind === layout.KIND_UNIT && gtin >= 0 ? identity : null,
      tail: tail === null ? null : { keyId, value: tail },
      key: kind === layout.KIND_NONE ? null : gtin < 0 ? identity : String(gtin).padStart(14, '0') + identity,
    };
    if (kind === layout.KIND_PACKAGE && identity !== null) code.sscc = identity;
    if (columns.expiry[row]! >= 0) code.expiry = minuteToText(columns.expiry[row]!);
    if (columns.production[row]! >= 0) code.production = minuteToText(columns.production[row]!).slice(0, 10);
    if (columns.weight[row]! >= 0) code.weight = columns.weight[row]!;
    if (columns.volume[row]! >= 0) code.volume = columns.volume[row]!;
    if (columns.price[row]! >= 0) code.price = columns.price[row]!;
    if ((flags & FLAGS.ambiguous) !== 0) code.ambiguous = true;
    if ((flags & FLAGS.templateMismatch) !== 0) code.templateMismatch = true;
    return code;
  }

  /** The bytes of a row's line. {@link Batch.line} checks that the batch is still good. */
  lineAt(row: number): Uint8Array {
    const { offset, length } = this.columns;
    return this.#bytes(this.#inputStart + offset[row]!, length[row]!);
  }

  #elements(row: number, line: Uint8Array): [string, string][] {
    const count = this.#core.listElements(row);
    const table = new Uint32Array(this.#core.memory.buffer, this.#layout.ELEMENTS, count * 4);
    const elements: [string, string][] = [];
    for (let i = 0; i < table.length; i += 4) {
      const [ai, aiLength, value, valueLength] = table.subarray(i, i + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      elements.push([latin(line.subarray(ai, ai + aiLength)), latin(line.subarray(value, value + valueLength))]);
    }
    return elements;
  }

  /** The AI whose element holds a position; `?` when the position is in none. */
  #aiAt(row: number, line: Uint8Array, position: number): string {
    if (line.length === 0 || line.length > this.#layout.LINE_MAX) return '?';
    const count = this.#core.listElements(row);
    const table = new Uint32Array(this.#core.memory.buffer, this.#layout.ELEMENTS, (count + 1) * 4);
    for (let i = count * 4; i >= 0; i -= 4) {
      const [ai, length] = [table[i]!, table[i + 1]!];
      if (length > 0 && ai <= position) return latin(line.subarray(ai, ai + length));
    }
    return '?';
  }

  #prepare({ country, trim, at }: ParseOptions): number {
    const day = at?.toISOString().slice(0, 10);
    if (day !== this.#effectiveDay) {
      this.#bytes(this.#layout.IN_EFFECT, 256).set(structuresInEffect(at, this.#formats));
      this.#effectiveDay = day;
    }
    return (country === undefined ? 0 : COUNTRY_BITS[country]) | (trim === true ? this.#layout.OPTION_TRIM : 0);
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
  }

  /** Where scratch memory begins: behind the columns. */
  #workspace(): number {
    return roundUp(this.#columnsStart + this.#rows * this.#layout.ROW_BYTES, 64);
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

  /** Makes the memory at least `end` bytes. */
  #ensure(end: number): void {
    const { memory } = this.#core;
    if (end <= memory.buffer.byteLength) return;
    if (end > MEMORY_MAX)
      throw new RangeError(`${end} bytes of memory are needed and 4 GiB is the most: pass less at a time`);
    memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('latin1');

function latin(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function yearOf({ at }: ParseOptions): number {
  return at === undefined ? 0 : at.getUTCFullYear();
}

function checkOffsets(offsets: Uint32Array, size: number): void {
  for (let i = 1; i < offsets.length; i++) {
    if (offsets[i]! < offsets[i - 1]!) throw new RangeError(`offset ${i} is less than the one before`);
  }
  if (offsets.length > 0 && offsets[offsets.length - 1]! > size)
    throw new RangeError('the last offset is past the keys');
}
