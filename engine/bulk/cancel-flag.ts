/** An AbortSignal as threads see it: a number in shared memory that becomes 1. */
import { TamgaError } from '../errors.js';

export class CancelFlag {
  readonly flag = new Int32Array(new SharedArrayBuffer(4));
  readonly #signal: AbortSignal | undefined;
  readonly #raise = (): void => {
    Atomics.store(this.flag, 0, 1);
  };

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    if (signal?.aborted) this.#raise();
    else signal?.addEventListener('abort', this.#raise, { once: true });
  }

  /** Forgets the signal. */
  release(): void {
    this.#signal?.removeEventListener('abort', this.#raise);
  }
}

/** Throws CANCELLED when the flag of a pass is up. */
export function refuseCancelled(flag: Int32Array | undefined, path: string): void {
  if (flag !== undefined && Atomics.load(flag, 0) !== 0) throw new TamgaError('CANCELLED', { path });
}
