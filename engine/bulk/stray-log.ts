/**
 * Codes that nobody knows, by fingerprint, so that their repetitions are found: written to disk in parts by the first bits of the
 * fingerprint's second word (the first one chooses the slot in a table), and compared part by part at the end. Memory is one part, however many strays there are.
 *
 * ```
 * row    | fingerprint words 0–2 | input 3 | outcome 1 | line, low 4 | line, high 4 |      24 bytes
 * ```
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { FingerprintTable } from '../register/fingerprint-table.js';
import { registerError } from '../register/store.js';
import type { Strays } from './classify.js';

const ROW_WORDS = 6;
const PART_BITS = 8;
const PARTS = 1 << PART_BITS;
/** Rows gathered for a part before they are written: 6 KiB a write, and 1.5 MiB for all parts. */
const PART_ROWS = 256;

/** A stray that repeats an earlier one; lines count from 0. */
export interface Repetition {
  input: number;
  line: number;
  /** What the line came to by itself. */
  outcome: number;
  firstInput: number;
  firstLine: number;
}

export class StrayLog {
  readonly #folder: string;
  readonly #buffers = Array.from({ length: PARTS }, () => new Uint32Array(PART_ROWS * ROW_WORDS));
  readonly #buffered = new Uint32Array(PARTS);
  readonly #rows = new Uint32Array(PARTS);
  readonly #files = new Array<number>(PARTS).fill(-1);

  /** `folder` is the run's own, and temporary. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Logs the strays of a block whose first line is `firstLine` (from 0) of input `input`, below 2²⁴; `outcomes` are those of the block. */
  append(strays: Strays, outcomes: Uint8Array, input: number, firstLine: number): void {
    this.appendRows(strayRows(strays, outcomes, input, firstLine));
  }

  /** Logs rows that {@link strayRows} made. */
  appendRows(rows: Uint32Array): void {
    for (let from = 0; from < rows.length; from += ROW_WORDS) {
      const part = rows[from + 1] >>> (32 - PART_BITS);
      if (this.#buffered[part] === PART_ROWS) this.#flush(part);
      const buffer = this.#buffers[part];
      const at = this.#buffered[part]++ * ROW_WORDS;
      for (let w = 0; w < ROW_WORDS; w++) buffer[at + w] = rows[from + w];
    }
  }

  /** Every stray that repeats an earlier one, part by part, and in a part by lines. A part is gone through before the next one is asked for. */
  *repetitions(): Generator<Iterable<Repetition>> {
    const most = Math.max(...this.#rows.map((rows, part) => rows + this.#buffered[part]));
    const rows = new Uint32Array(most * ROW_WORDS);
    const table = FingerprintTable.withRoomFor(most);
    for (let part = 0; part < PARTS; part++) {
      const count = this.#read(part, rows);
      table.clear();
      if (count > 0) yield repetitionsAmong(rows, count, table);
    }
  }

  close(): void {
    for (const file of this.#files.splice(0)) if (file >= 0) closeSync(file);
  }

  #flush(part: number): void {
    const path = `${this.#folder}/strays-${part}`;
    try {
      if (this.#files[part] < 0) this.#files[part] = openSync(path, 'w+');
      const bytes = new Uint8Array(this.#buffers[part].buffer, 0, this.#buffered[part] * ROW_WORDS * 4);
      const position = this.#rows[part] * ROW_WORDS * 4;
      for (let at = 0; at < bytes.length; )
        at += writeSync(this.#files[part], bytes, at, bytes.length - at, position + at);
    } catch (error) {
      throw registerError(path, error);
    }
    this.#rows[part] += this.#buffered[part];
    this.#buffered[part] = 0;
  }

  /** Reads a part into `rows` and returns how many there are. */
  #read(part: number, rows: Uint32Array): number {
    const written = this.#rows[part] * ROW_WORDS;
    const bytes = new Uint8Array(rows.buffer);
    for (let at = 0; at < written * 4; ) {
      const read = readSync(this.#files[part], bytes, at, written * 4 - at, at);
      if (read === 0) throw new Error('a part of the stray log is shorter than what was written');
      at += read;
    }
    rows.set(this.#buffers[part].subarray(0, this.#buffered[part] * ROW_WORDS), written);
    return this.#rows[part] + this.#buffered[part];
  }
}

function* repetitionsAmong(rows: Uint32Array, count: number, table: FingerprintTable): Generator<Repetition> {
  for (let r = 0; r < count; r++) {
    const first = table.insert(rows, r * ROW_WORDS, r + 1) - 1;
    if (first === r) continue;
    yield {
      input: inputOf(rows, r),
      line: lineOf(rows, r),
      outcome: rows[r * ROW_WORDS + 3] & 0xff,
      firstInput: inputOf(rows, first),
      firstLine: lineOf(rows, first),
    };
  }
}

/** Rows of a block's strays; see {@link StrayLog.append}. */
export function strayRows(
  { lines, prints }: Strays,
  outcomes: Uint8Array,
  input: number,
  firstLine: number,
): Uint32Array {
  const rows = new Uint32Array(lines.length * ROW_WORDS);
  for (let s = 0; s < lines.length; s++) {
    const at = s * ROW_WORDS;
    const line = firstLine + lines[s];
    rows[at] = prints[s * 4];
    rows[at + 1] = prints[s * 4 + 1];
    rows[at + 2] = prints[s * 4 + 2];
    rows[at + 3] = input * 256 + outcomes[lines[s]];
    rows[at + 4] = line >>> 0;
    rows[at + 5] = Math.floor(line / 2 ** 32);
  }
  return rows;
}

const inputOf = (rows: Uint32Array, row: number): number => rows[row * ROW_WORDS + 3] >>> 8;
const lineOf = (rows: Uint32Array, row: number): number =>
  rows[row * ROW_WORDS + 5] * 2 ** 32 + rows[row * ROW_WORDS + 4];
