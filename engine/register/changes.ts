/** Tells that a register has new events: of this process at once, of others by looking four times a second. */
import { readMeta, type Store } from './store.js';

/** A quarter of the second within which others' commits are to be seen. Looking is one read of one small value. */
const LOOK_MS = 250;

export class Changes {
  readonly #store: Store;
  readonly #listeners = new Set<(lastEvent: number) => void>();
  #lastEvent = -1;
  #timer: NodeJS.Timeout | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  listen(listener: (lastEvent: number) => void): () => void {
    if (this.#listeners.size === 0) {
      this.#store.root.resetReadTxn();
      this.#lastEvent = readMeta(this.#store).lastEvent;
      this.#timer = setInterval(() => this.check(), LOOK_MS).unref();
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** Looks now. */
  check(): void {
    if (this.#listeners.size === 0) return;
    this.#store.root.resetReadTxn();
    const { lastEvent } = readMeta(this.#store);
    if (lastEvent === this.#lastEvent) return;
    this.#lastEvent = lastEvent;
    for (const listener of this.#listeners) listener(lastEvent);
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
  }
}
