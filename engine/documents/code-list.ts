import { TamgaError } from '../errors.js';

const LINE_FEED = 0x0a;
const GROUP_SEPARATOR = 0x1d;
const SPACE = 0x20;
const DELETE = 0x7f;
/** All control characters but GS, which separates the fields of a full code. */
export const CONTROL = /[\x00-\x1c\x1e\x1f\x7f]/;
/** Offsets are 32-bit. */
const BYTES_MAX = 2 ** 32 - 1;

/**
 * Codes packed one after another as UTF-8, each followed by a line feed, with the source line of each: no object per code.
 *
 * ```
 * store    c o d e 0 \n c o d e 1 \n …
 * ends     ^ after the first \n       ^ after the second
 * ```
 */
export class CodeList {
  #store = new Uint8Array(0);
  #ends = new Uint32Array(0);
  #rows = new Uint32Array(0);
  #count = 0;

  /** Number of codes. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of all codes with their line feeds. */
  get size(): number {
    return this.#count === 0 ? 0 : this.#ends[this.#count - 1]!;
  }

  /** Adds a code as {@link tryAppend}; a refused one is a broken caller: RangeError. */
  append(raw: string, row: number): void {
    if (!this.tryAppend(raw, row)) throw new RangeError('a code cannot hold control characters');
  }

  /**
   * Adds a code; `row` is its 1-based line in the source. False, and nothing added, when it holds a control character other than GS:
   * a line feed would make two codes of it, and no code has the others. Throws FILE_TOO_LARGE past 4 GiB of codes.
   */
  tryAppend(raw: string, row: number): boolean {
    const start = this.size;
    // A UTF-16 unit becomes three bytes at most.
    this.#reserve(start + raw.length * 3 + 1);
    const store = this.#store;
    let end = start;
    for (let i = 0; i < raw.length; i++) {
      const unit = raw.charCodeAt(i);
      if (unit < SPACE ? unit !== GROUP_SEPARATOR : unit === DELETE) return false;
      if (unit > DELETE) {
        if (CONTROL.test(raw)) return false;
        end = start + encoder.encodeInto(raw, store.subarray(start)).written;
        break;
      }
      store[end++] = unit;
    }
    store[end++] = LINE_FEED;
    this.#ends[this.#count] = end;
    this.#rows[this.#count] = row;
    this.#count++;
    return true;
  }

  /** All codes, each followed by a line feed. A view: valid until the next `append`. */
  bytes(): Uint8Array {
    return this.#store.subarray(0, this.size);
  }

  /** Source line of each code. A view: valid until the next `append`. */
  rows(): Uint32Array {
    return this.#rows.subarray(0, this.#count);
  }

  /** First byte of code `i` within {@link bytes}. */
  startOf(i: number): number {
    return i === 0 ? 0 : this.#ends[i - 1]!;
  }

  /** Byte after the last of code `i` (its line feed) within {@link bytes}. */
  endOf(i: number): number {
    return this.#ends[i]! - 1;
  }

  /** The whole backing store, longer than {@link bytes}; spares a view per look-up. Valid until the next `append`. */
  get store(): Uint8Array {
    return this.#store;
  }

  /** Code `i`, 0-based. RangeError outside the list. */
  at(i: number): string {
    if (!Number.isInteger(i) || i < 0 || i >= this.#count)
      throw new RangeError(`no code ${i} in a list of ${this.#count}`);
    return decoder.decode(this.#store.subarray(this.startOf(i), this.endOf(i)));
  }

  *[Symbol.iterator](): Iterator<string> {
    for (let i = 0; i < this.#count; i++) yield this.at(i);
  }

  #reserve(bytes: number): void {
    if (bytes > this.#store.length) {
      if (bytes > BYTES_MAX)
        throw new TamgaError('FILE_TOO_LARGE', {
          limit: '4 GiB of codes in one list',
        });
      this.#store = grown(
        this.#store,
        new Uint8Array(Math.min(BYTES_MAX, Math.max(128, bytes, this.#store.length * 2))),
      );
    }
    if (this.#count === this.#ends.length) {
      const capacity = Math.max(4, this.#count * 2);
      this.#ends = grown(this.#ends, new Uint32Array(capacity));
      this.#rows = grown(this.#rows, new Uint32Array(capacity));
    }
  }
}

const encoder = new TextEncoder();
// A code may begin with U+FEFF, which a decoder would drop.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function grown<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
