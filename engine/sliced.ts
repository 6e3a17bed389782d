/** Long work of this thread, in slices: between two of them timers, sockets and whoever may cancel have their turn. */
import { setImmediate } from 'node:timers/promises';
import { TamgaError } from './errors.js';

/** Work that stops between slices; some milliseconds each. */
export type Sliced<T> = Generator<undefined, T, undefined>;

/** Does all of it, and nobody else has a turn. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Does it slice by slice. Throws CANCELLED by the signal; the work then ends where it is. */
export async function bySlices<T>(work: Sliced<T>, signal: AbortSignal | undefined, path?: string): Promise<T> {
  try {
    for (;;) {
      const step = work.next();
      if (step.done) return step.value;
      await turn(signal, path);
    }
  } finally {
    work.return(undefined as never);
  }
}

/** Gives all others their turn. Throws CANCELLED when the signal is aborted. */
export async function turn(signal: AbortSignal | undefined, path?: string): Promise<void> {
  await setImmediate();
  refuseAborted(signal, path);
}

/** Throws CANCELLED when the signal is aborted. */
export function refuseAborted(signal: AbortSignal | undefined, path?: string): void {
  if (signal?.aborted) throw new TamgaError('CANCELLED', path === undefined ? {} : { path });
}
