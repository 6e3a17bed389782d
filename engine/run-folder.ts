/** The temporary folder of a run: what doesn't fit in memory, and copies of inputs that can't be read twice. */
import { closeSync, createWriteStream, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TamgaError } from './errors.js';
import { registerError } from './register/store.js';

/** A file that grows while it is read elsewhere. */
export class Spool {
  readonly #file: number;

  constructor(readonly path: string) {
    this.#file = openSync(path, 'w');
  }

  /** Throws DISK_FULL. */
  append(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      throw registerError(this.path, error);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

export class RunFolder {
  readonly path: string;
  #spooled = 0;
  readonly #open: { close(): void }[] = [];

  constructor() {
    const parent = tmpdir();
    try {
      this.path = mkdtempSync(join(parent, 'tamga-'));
    } catch (error) {
      throw registerError(parent, error);
    }
  }

  /** A file of the folder that is written piece by piece; closed with the folder. */
  newSpool(): Spool {
    return this.keep(new Spool(join(this.path, `spool-${this.#spooled++}`)));
  }

  /** Writes a stream to a file of the folder and returns its path. Throws DISK_FULL, or what the stream throws. */
  async spool(bytes: AsyncIterable<Uint8Array>): Promise<string> {
    const path = join(this.path, `spool-${this.#spooled++}`);
    try {
      await pipeline(Readable.from(bytes), createWriteStream(path));
    } catch (error) {
      throw error instanceof TamgaError ? error : registerError(path, error);
    }
    return path;
  }

  /** Closes a file of the folder with it. */
  keep<T extends { close(): void }>(file: T): T {
    this.#open.push(file);
    return file;
  }

  remove(): void {
    for (const file of this.#open.splice(0)) file.close();
    rmSync(this.path, { recursive: true, force: true });
  }
}
