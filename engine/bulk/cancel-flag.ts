/** An AbortSignal as threads see it: a number in shared memory that becomes 1. */
import { TamgaError } from '../errors.js';

export class CancelFlag {
  /** What crosses to workers. */
  readonly flag = new Int32Array(new SharedArrayBuffer(4));
  readonly #signal: AbortSignal | undefined;
  readonly #waiting = new Set<() => void>();
  readonly #raise = (): void => {
    Atomics.store(this.flag, 0, 1);
    for (const stop of this.#waiting) stop();
  };

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    if (signal?.aborted) this.#raise();
    else signal?.addEventListener('abort', this.#raise, { once: true });
  }

  get raised(): boolean {
    return Atomics.load(this.flag, 0) !== 0;
  }

  /** What a promise comes to; throws CANCELLED at once when the flag is raised before. Nothing of the promise is kept when it has come. */
  unlessRaised<T>(promise: Promise<T>, path: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(stop);
        reject(new TamgaError('CANCELLED', { path }));
      };
      this.#waiting.add(stop);
      promise.then(resolve, reject).then(() => this.#waiting.delete(stop));
      if (this.raised) stop();
    });
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
