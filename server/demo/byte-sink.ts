import { type FileHandle, open } from 'node:fs/promises';
import { TamgaError } from '../../engine/errors.js';

const BUFFER_BYTES = 1 << 20;
/** Largest piece that may be written between two looks at {@link ByteSink.full}. */
const PIECE_BYTES_MAX = 1 << 12;

/**
 * A file written from bytes, in two buffers: one is filled while the other goes to disk, so memory stays flat and the disk sets the pace.
 * Write into `bytes` from `at`, move `at`, and call {@link flush} whenever `full` is true.
 */
export class ByteSink {
  bytes = Buffer.allocUnsafe(BUFFER_BYTES);
  at = 0;
  #other = Buffer.allocUnsafe(BUFFER_BYTES);
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;

  private constructor(
    readonly path: string,
    readonly handle: FileHandle,
  ) {}

  /** Creates or empties the file. @throws TamgaError OUTPUT_FAILED */
  static async create(path: string): Promise<ByteSink> {
    try {
      return new ByteSink(path, await open(path, 'w'));
    } catch (error) {
      throw outputError(path, error);
    }
  }

  get full(): boolean {
    return this.at > BUFFER_BYTES - PIECE_BYTES_MAX;
  }

  /** Hands what was written to the disk. @throws TamgaError DISK_FULL or OUTPUT_FAILED, also for the write before */
  async flush(): Promise<void> {
    await this.#settle();
    const filled = this.bytes;
    const length = this.at;
    this.bytes = this.#other;
    this.#other = filled;
    this.at = 0;
    this.#writing = writeAll(this.handle, filled.subarray(0, length)).catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Copies bytes of any length. */
  async put(piece: Uint8Array): Promise<void> {
    for (let from = 0; from < piece.length; from += PIECE_BYTES_MAX) {
      const part = piece.subarray(from, from + PIECE_BYTES_MAX);
      if (this.full) await this.flush();
      this.bytes.set(part, this.at);
      this.at += part.length;
    }
  }

  /** Writes the rest and closes. @throws TamgaError DISK_FULL or OUTPUT_FAILED */
  async close(): Promise<void> {
    await this.flush();
    await this.#settle();
    await this.handle.close();
  }

  /** Closes after a failure elsewhere; what the file holds is of no use. */
  async abandon(): Promise<void> {
    await this.#writing;
    await this.handle.close().catch(() => undefined);
  }

  async #settle(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw outputError(this.path, this.#failure);
  }
}

/** Opens `path`, lets `fill` write it, and closes it whatever happens. */
export async function writeFileOf(path: string, fill: (sink: ByteSink) => Promise<void>): Promise<void> {
  const sink = await ByteSink.create(path);
  try {
    await fill(sink);
    await sink.close();
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, from, bytes.length - from);
    from += bytesWritten;
  }
}

function outputError(path: string, error: unknown): TamgaError {
  const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  const detail = error instanceof Error ? error.message : String(error);
  return new TamgaError(full ? 'DISK_FULL' : 'OUTPUT_FAILED', { path, detail }, { cause: error });
}
