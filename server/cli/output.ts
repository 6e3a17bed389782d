import type { Writable } from 'node:stream';
import { TamgaError } from '../../engine/errors.js';

/** Characters gathered before they are handed to the system: a call per line would cost more than the line. */
const BUFFER_LENGTH = 64 * 1024;

/** Whoever read the output has closed it, as `| head` does: nothing went wrong, and nobody listens any more. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** The standard output: buffered, and no faster than its reader takes it. */
export class Output {
  readonly #stream: Writable & { isTTY?: boolean; columns?: number };
  #pieces: string[] = [];
  #length = 0;
  #failure: Error | undefined;

  constructor(stream: Writable & { isTTY?: boolean; columns?: number }) {
    this.#stream = stream;
    // The callback of `write` gets the error too; without a listener it would end the process first.
    stream.on('error', (error) => {
      this.#failure ??= outputError(error);
    });
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number | undefined {
    return this.#stream.columns;
  }

  /**
   * Adds text. A promise comes back when the buffer was full: await it before writing on.
   * @throws OutputClosed, or a TamgaError DISK_FULL or OUTPUT_FAILED.
   */
  write(text: string): Promise<void> | undefined {
    if (this.#failure) throw this.#failure;
    this.#pieces.push(text);
    this.#length += text.length;
    return this.#length >= BUFFER_LENGTH ? this.flush() : undefined;
  }

  /** Hands over what is buffered and waits until it was taken. Errors as {@link write}. */
  async flush(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#length === 0) return;
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(text, (error) => (error ? reject(outputError(error)) : resolve()));
    });
  }
}

function outputError(error: Error): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED')
    return new OutputClosed('the reader is gone', { cause: error });
  const data = { path: 'standard output', detail: error.message };
  return new TamgaError(code === 'ENOSPC' ? 'DISK_FULL' : 'OUTPUT_FAILED', data, { cause: error });
}
