/**
 * Scans as they come: an asynchronous iterable as an input of a run. Each batch is judged as soon as it is there, and kept on disk, because
 * the findings are told by a second walk.
 *
 * ```
 * batch in the file | scans 4 | bytes of frames 4 | frames … | time 8 each | device 4 each |
 * ```
 *
 * A frame is a scan after its length in two bytes (the core's framing `u16`), so that a scan may hold any byte. Times are milliseconds since
 * 1970, NaN where none was given.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch, Core } from '../../core/host/index.js';
import { BlockMaker, type CodeInput, type ReadBlock, type RereadBlock, type ScanMoment } from '../bulk/code-input.js';
import type { Pass, Runner } from '../bulk/runner.js';
import { TamgaError } from '../errors.js';
import { registerError } from '../register/store.js';
import type { RunFolder } from '../run-folder.js';

/** One scan of a stream. */
export interface Scan {
  code: string | Uint8Array;
  /** When it was made. */
  at?: Date;
  /** Which device, or who, made it. */
  device?: string;
}

/** Scans judged at once when they come faster than they are judged. */
const BATCH_SCANS = 4096;
/** A scan waits for others no longer than this. A guess: short beside a hand's movement, long beside a call to the core. */
const WAIT_MS = 100;
/** Of a longer scan the rest is left out; no code is so long, so it stays what it is: none. */
const SCAN_BYTES_MAX = 4096;
/** Names of devices kept; scans of later ones have none. */
const DEVICES_MAX = 65_535;
const HEAD_BYTES = 8;

interface Gathered {
  count: number;
  frames: Buffer;
  times: Float64Array;
  devices: Uint32Array;
}

export class ScanInput implements CodeInput {
  readonly format = 'stream';
  readonly isOnce = true;
  /** Judged in this thread, as they come. */
  readonly bytes = 0;
  readonly #file: string;
  readonly #devices: string[] = [''];
  readonly #deviceNumbers = new Map<string, number>([['', 0]]);
  readonly #encoder = new TextEncoder();
  #size = 0;
  #written = 0;

  constructor(
    readonly path: string,
    readonly scans: AsyncIterable<Scan>,
    folder: RunFolder,
    readonly signal?: AbortSignal,
  ) {
    this.#file = join(folder.path, 'stream');
  }

  /** Bytes of the codes that came. */
  get size(): number {
    return this.#size;
  }

  async *classified(_runner: Runner, core: Core, pass: Pass): AsyncGenerator<ReadBlock> {
    const file = openSync(this.#file, 'wx');
    const blocks = new StreamBlocks(core, pass, this.#devices);
    try {
      for await (const scans of gathered(this.scans, this.signal)) {
        const batch = this.#pack(scans);
        this.#keep(file, batch);
        yield blocks.make(batch);
      }
    } finally {
      closeSync(file);
    }
  }

  async *reread(core: Core, pass: Pass): AsyncGenerator<RereadBlock> {
    const file = openSync(this.#file, 'r');
    const blocks = new StreamBlocks(core, pass, this.#devices);
    try {
      for (let at = 0; at < this.#written; ) {
        const head = readExactly(file, HEAD_BYTES, at);
        const count = head.readUInt32LE(0);
        const bytes = head.readUInt32LE(4);
        const body = readExactly(file, bytes + count * 12, at + HEAD_BYTES);
        at += HEAD_BYTES + body.length;
        yield blocks.make({
          count,
          frames: body.subarray(0, bytes),
          times: new Float64Array(Uint8Array.from(body.subarray(bytes, bytes + count * 8)).buffer),
          devices: new Uint32Array(Uint8Array.from(body.subarray(bytes + count * 8)).buffer),
        });
      }
    } finally {
      closeSync(file);
    }
  }

  #pack(scans: readonly Scan[]): Gathered {
    const codes = scans.map(({ code }) =>
      (typeof code === 'string' ? this.#encoder.encode(code) : code).subarray(0, SCAN_BYTES_MAX),
    );
    const frames = Buffer.alloc(codes.reduce((sum, code) => sum + 2 + code.length, 0));
    let at = 0;
    for (const code of codes) {
      at = frames.writeUInt16LE(code.length, at);
      frames.set(code, at);
      at += code.length;
    }
    this.#size += frames.length - 2 * codes.length;
    return {
      count: scans.length,
      frames,
      times: Float64Array.from(scans, (scan) => scan.at?.getTime() ?? Number.NaN),
      devices: Uint32Array.from(scans, ({ device }) => this.#deviceNumber(device ?? '')),
    };
  }

  #deviceNumber(name: string): number {
    const known = this.#deviceNumbers.get(name);
    if (known !== undefined) return known;
    if (this.#devices.length > DEVICES_MAX) return 0;
    this.#deviceNumbers.set(name, this.#devices.length);
    return this.#devices.push(name) - 1;
  }

  #keep(file: number, { count, frames, times, devices }: Gathered): void {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(count, 0);
    head.writeUInt32LE(frames.length, 4);
    const bytes = Buffer.concat([head, frames, bytesOf(times), bytesOf(devices)]);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, this.#written + at);
    } catch (error) {
      throw registerError(this.#file, error);
    }
    this.#written += bytes.length;
  }
}

/** Parsed and classified batches of one walk, with the numbers of their lines. */
class StreamBlocks {
  readonly #maker = new BlockMaker();
  #line = 1;
  #read = 0;

  constructor(
    readonly core: Core,
    readonly pass: Pass,
    readonly devices: readonly string[],
  ) {}

  make({ count, frames, times, devices }: Gathered): RereadBlock {
    const { core, pass } = this;
    const batch: Batch = core.parseBatch(frames, { framing: 'u16', trim: pass.trim, country: pass.country });
    const first = this.#line;
    this.#line += count;
    this.#read += frames.length - 2 * count;
    return {
      ...this.#maker.make(core, batch, pass, this.#read, (row) => first + row),
      scanOf: (row) => {
        const moment: ScanMoment = {};
        if (!Number.isNaN(times[row])) moment.scannedAt = new Date(times[row]).toISOString();
        const device = this.devices[devices[row]];
        if (device) moment.device = device;
        return moment;
      },
    };
  }
}

/** Scans in batches: as many as are there, but none waits longer than {@link WAIT_MS}. @throws TamgaError CANCELLED */
async function* gathered(scans: AsyncIterable<Scan>, signal?: AbortSignal): AsyncGenerator<Scan[]> {
  const iterator = scans[Symbol.asyncIterator]();
  const aborted = new Promise<'aborted'>((resolve) => {
    if (signal?.aborted) resolve('aborted');
    signal?.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  let isDone = false;
  try {
    let next = iterator.next();
    while (!isDone) {
      const batch: Scan[] = [];
      const late = timer(WAIT_MS);
      while (batch.length < BATCH_SCANS) {
        // An empty batch waits for its first scan however long that takes.
        const came = await Promise.race(batch.length === 0 ? [next, aborted] : [next, late.over, aborted]);
        if (came === 'aborted') throw new TamgaError('CANCELLED');
        if (came === 'late') break;
        if (came.done) {
          isDone = true;
          break;
        }
        if (batch.length === 0) late.start();
        batch.push(came.value);
        next = iterator.next();
      }
      late.stop();
      if (batch.length > 0) yield batch;
    }
  } finally {
    // A source that waits for its next scan can't be waited for.
    if (!isDone) void iterator.return?.()?.catch(() => undefined);
  }
}

function timer(milliseconds: number): { over: Promise<'late'>; start: () => void; stop: () => void } {
  let handle: NodeJS.Timeout | undefined;
  let end: (value: 'late') => void = () => undefined;
  const over = new Promise<'late'>((resolve) => {
    end = resolve;
  });
  return {
    over,
    start: () => {
      handle = setTimeout(() => end('late'), milliseconds);
    },
    stop: () => clearTimeout(handle),
  };
}

function readExactly(file: number, length: number, position: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const read = readSync(file, bytes, at, length - at, position + at);
    if (read === 0) throw new Error('the kept scans are shorter than what was written');
    at += read;
  }
  return bytes;
}

const bytesOf = (array: Float64Array | Uint32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
