/**
 * Where a block's columns stand: shared memory that a worker writes and the run reads, used again for later blocks, so that a file of any
 * length makes no garbage.
 *
 * ```
 * | ordinals 4·n | parents 4·n | stray lines 4·n | stray fingerprints 16·n | outcomes n |     n: capacity in lines
 * ```
 */

const BYTES_PER_LINE = 4 + 4 + 4 + 16 + 1;
/** Lines of a new buffer: those of a range of full codes; it is replaced by a larger one when a range has more. */
const LINES = 1 << 15;
/** Room is made for a little more than was asked, so that ranges of like size fit. */
const SPARE = 1.25;

export class LineBuffers {
  readonly memory: SharedArrayBuffer;
  readonly capacity: number;
  readonly ordinals: Uint32Array;
  readonly parents: Uint32Array;
  readonly strayLines: Uint32Array;
  readonly strayPrints: Uint32Array;
  readonly outcomes: Uint8Array;

  /** Views of memory that another thread made. */
  constructor(memory: SharedArrayBuffer) {
    const n = Math.floor(memory.byteLength / BYTES_PER_LINE);
    this.memory = memory;
    this.capacity = n;
    this.ordinals = new Uint32Array(memory, 0, n);
    this.parents = new Uint32Array(memory, 4 * n, n);
    this.strayLines = new Uint32Array(memory, 8 * n, n);
    this.strayPrints = new Uint32Array(memory, 12 * n, 4 * n);
    this.outcomes = new Uint8Array(memory, 28 * n, n);
  }

  /** These buffers, or larger ones for `lines` lines that hold the first `used` lines and `strays` strays of these. */
  withRoom(lines: number, used: number, strays: number): LineBuffers {
    if (lines <= this.capacity) return this;
    const wider = LineBuffers.withRoomFor(lines);
    wider.ordinals.set(this.ordinals.subarray(0, used));
    wider.parents.set(this.parents.subarray(0, used));
    wider.outcomes.set(this.outcomes.subarray(0, used));
    wider.strayLines.set(this.strayLines.subarray(0, strays));
    wider.strayPrints.set(this.strayPrints.subarray(0, strays * 4));
    return wider;
  }

  static withRoomFor(lines: number): LineBuffers {
    const capacity = Math.max(LINES, Math.ceil(lines * SPARE));
    return new LineBuffers(new SharedArrayBuffer(capacity * BYTES_PER_LINE));
  }
}

/** Buffers that wait for their next block. */
export class BufferStock {
  readonly #free: LineBuffers[] = [];

  take(): LineBuffers {
    return this.#free.pop() ?? LineBuffers.withRoomFor(0);
  }

  give(buffers: LineBuffers): void {
    this.#free.push(buffers);
  }
}
