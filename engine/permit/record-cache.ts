/** Records of a register in memory, read a page at a time and forgotten when an event touches their page. */
import { PAGE_CODES } from '../register/limits.js';
import { PAGE_WORDS, RECORD_WORDS } from '../register/record.js';
import { readRecords } from '../register/record-pages.js';
import type { Register } from '../register/register.js';

/** Pages kept: 64 MiB of records, a million codes that are asked for now. */
const PAGES_MAX = 16_384;
/** Events brought in one by one; after more of them everything is read anew. */
const EVENTS_MAX = 4096;

/** Where the words of a record stand; good until the next event. */
export interface RecordWords {
  page: Int32Array;
  at: number;
}

export class RecordCache {
  readonly #register: Register;
  readonly #pages = new Map<number, Int32Array>();
  #lastEvent = 0;

  constructor(register: Register) {
    this.#register = register;
  }

  /** Forgets what events up to this one changed. */
  bringUpTo(lastEvent: number): void {
    if (lastEvent === this.#lastEvent) return;
    if (lastEvent < this.#lastEvent || lastEvent - this.#lastEvent > EVENTS_MAX || this.#pages.size === 0) {
      this.#pages.clear();
    } else {
      for (let sequence = this.#lastEvent + 1; sequence <= lastEvent; sequence++) this.#forget(sequence);
    }
    this.#lastEvent = lastEvent;
  }

  words(ordinal: number): RecordWords {
    const number = Math.floor(ordinal / PAGE_CODES);
    let page = this.#pages.get(number);
    if (!page) {
      // The oldest makes room; with all of a large shop in memory none has to.
      if (this.#pages.size >= PAGES_MAX) this.#pages.delete(this.#pages.keys().next().value ?? number);
      page = new Int32Array(PAGE_WORDS);
      readRecords(this.#register.store, number, page);
      this.#pages.set(number, page);
    }
    return { page, at: (ordinal % PAGE_CODES) * RECORD_WORDS };
  }

  #forget(sequence: number): void {
    const undo = this.#register.undo(sequence);
    if (!undo) {
      this.#pages.clear();
      return;
    }
    for (const ordinal of undo.ordinals) this.#pages.delete(Math.floor(ordinal / PAGE_CODES));
  }
}
