// The result of one crossing: columns, and single codes on request.
import type { Columns } from './columns.js';
import type { ElementColumns } from './element-columns.js';
import type { ParsedCode } from './parsed-code.js';

/** What a batch asks of the core that parsed it. */
export interface BatchSource {
  /** Number of calls so far; a batch is valid while this is the number of its own. */
  readonly generation: number;
  readonly columns: Columns;
  readonly elements: ElementColumns | undefined;
  codeAt(row: number): ParsedCode;
  lineAt(row: number): Uint8Array;
}

/** The rows of one call. Valid until the next parse on the same core; using it later throws. */
export class Batch {
  readonly #source: BatchSource;
  readonly #generation: number;

  constructor(
    source: BatchSource,
    /** Number of rows: one per input line. */
    readonly count: number,
  ) {
    this.#source = source;
    this.#generation = source.generation;
  }

  /**
   * Views over the memory of the core. Take them anew after any other call on the core: memory that grows leaves old
   * views empty. Nothing is copied; the getter gives the same object while the memory stays.
   */
  get columns(): Columns {
    this.check();
    return this.#source.columns;
  }

  /**
   * AIs and values of all rows, for a batch of the format `gs1`; undefined otherwise. Views as {@link columns}: take them anew
   * after any other call on the core.
   */
  get elements(): ElementColumns | undefined {
    this.check();
    return this.#source.elements;
  }

  /** The code of a row, with strings made for it. @throws RangeError when there is no such row. */
  at(row: number): ParsedCode {
    this.check();
    if (!Number.isInteger(row) || row < 0 || row >= this.count) {
      throw new RangeError(`row ${row}: the batch has ${this.count} rows`);
    }
    return this.#source.codeAt(row);
  }

  /** The bytes of a row's line, in the core's memory: good until the next call on the core. */
  line(row: number): Uint8Array {
    this.check();
    return this.#source.lineAt(row);
  }

  /** @throws Error when another batch has been parsed since, or when `source` is given and parsed another batch. */
  check(source = this.#source): void {
    if (source !== this.#source) throw new Error('the batch belongs to another core');
    if (this.#generation !== source.generation) {
      throw new Error('the batch is no longer valid: its core has parsed another');
    }
  }
}
