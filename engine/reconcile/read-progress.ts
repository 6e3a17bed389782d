/** What a reconciliation tells of its reading. */
import type { CodeInput } from '../bulk/code-input.js';
import { Pace } from '../pace.js';

export interface ReconcileProgress {
  stage: 'expected' | 'scanned';
  /** Codes of what is expected, or lines of what was scanned. */
  done: number;
  /** Bytes of all inputs read so far, as they are on disk, and how many there are; `null` when a stream is among them. */
  bytes: number;
  bytesTotal: number | null;
  /** Until all is read, at the pace so far; `null` when nobody knows. */
  millisecondsLeft: number | null;
}

export class ReadProgress {
  readonly #listener: ((progress: ReconcileProgress) => void) | undefined;
  readonly #pace: Pace;
  #before = 0;

  /** `isStream`: one of the inputs has no end that is known. */
  constructor(
    listener: ((progress: ReconcileProgress) => void) | undefined,
    inputs: readonly CodeInput[],
    isStream: boolean,
  ) {
    this.#listener = listener;
    const isKnown = !isStream && inputs.every(({ bytes }) => Number.isFinite(bytes));
    this.#pace = new Pace(isKnown ? inputs.reduce((sum, { size }) => sum + size, 0) : null);
  }

  /** `read`: bytes of the input at hand. */
  tell(stage: ReconcileProgress['stage'], done: number, read: number): void {
    const bytes = this.#before + read;
    this.#listener?.({ stage, done, bytes, bytesTotal: this.#pace.total, millisecondsLeft: this.#pace.left(bytes) });
  }

  /** An input was read to its end, or needs no reading. */
  through({ size }: CodeInput): void {
    this.#before += size;
  }

  /** Everything is read once more. */
  restart(): void {
    this.#before = 0;
  }
}
