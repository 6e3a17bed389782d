/** One byte of outcome for every line of an input, on disk: memory stays flat however long the input is. */
import { closeSync, fdatasyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { registerError } from '../register/store.js';

const BUFFER_BYTES = 1 << 20;

export class VerdictLog {
  readonly #file: number;
  readonly #path: string;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #buffered = 0;
  #written = 0;

  /** A new log, or one that goes on after its first `kept` lines. */
  constructor(path: string, kept = 0) {
    this.#path = path;
    this.#file = openSync(path, kept === 0 ? 'w+' : 'r+');
    ftruncateSync(this.#file, kept);
    this.#written = kept;
  }

  /** Lines logged. */
  get lines(): number {
    return this.#written + this.#buffered;
  }

  append(outcomes: Uint8Array): void {
    for (let at = 0; at < outcomes.length; ) {
      const part = outcomes.subarray(at, at + BUFFER_BYTES - this.#buffered);
      this.#buffer.set(part, this.#buffered);
      this.#buffered += part.length;
      at += part.length;
      if (this.#buffered === BUFFER_BYTES) this.#flush();
    }
  }

  /** Changes the outcome of a line, counted from 0. */
  patch(line: number, outcome: number): void {
    if (line >= this.#written) this.#buffer[line - this.#written] = outcome;
    else writeSync(this.#file, Uint8Array.of(outcome), 0, 1, line);
  }

  /** Outcomes of `count` lines from `first` on. */
  read(first: number, count: number): Uint8Array {
    this.#flush();
    const outcomes = new Uint8Array(count);
    for (let at = 0; at < count; ) {
      const read = readSync(this.#file, outcomes, at, count - at, first + at);
      if (read === 0) break;
      at += read;
    }
    return outcomes;
  }

  /** Makes what was logged last over a crash of the system. */
  sync(): void {
    this.#flush();
    fdatasyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  #flush(): void {
    try {
      for (let at = 0; at < this.#buffered; ) {
        at += writeSync(this.#file, this.#buffer, at, this.#buffered - at, this.#written + at);
      }
    } catch (error) {
      throw registerError(this.#path, error);
    }
    this.#written += this.#buffered;
    this.#buffered = 0;
  }
}
