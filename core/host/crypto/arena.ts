// The crypto arena: where key tables, key states and scratch live in the core's memory, behind everything that belongs to
// batches. When a batch needs the room, the arena is moved up as a whole, so that nothing in it may hold an address of its own.

/** Memory of the core, as much of it as is used here. */
export interface ArenaMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** A block of the arena. */
export interface Region {
  /** Where it is now; good until memory is asked for again. */
  readonly at: number;
  readonly size: number;
}

interface Block {
  /** From the arena's start. */
  readonly offset: number;
  readonly size: number;
}

const PAGE = 65_536;
/** Memory of 32 bits, less a page so that no address past the end wraps around. */
const MEMORY_MAX = 2 ** 32 - PAGE;
const ALIGNMENT = 64;

/** Tables and states of keys that all workers of a till or server together can afford. */
export const ARENA_BUDGET = 64 * 1024 * 1024;

export class Arena {
  readonly #memory: ArenaMemory;
  /** Start; 0 while nothing has been allocated. */
  #base = 0;
  /** Sorted by offset. */
  #blocks: Block[] = [];

  constructor(memory: ArenaMemory) {
    this.#memory = memory;
  }

  /** Bytes from the arena's start to the end of its last block. */
  get extent(): number {
    const last = this.#blocks.at(-1);
    return last === undefined ? 0 : last.offset + last.size;
  }

  /** Bytes of all blocks. */
  get used(): number {
    return this.#blocks.reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Makes [0, end) free of the arena, and memory at least so long. Regions then lie elsewhere; the bytes they left are zeros.
   * @throws RangeError when memory of 4 GiB is too small for that.
   */
  keepClear(end: number): void {
    if (this.#base === 0) {
      this.#growTo(end);
      return;
    }
    if (end <= this.#base) return;
    // A quarter more, so that a batch that grows little by little doesn't move it every time.
    const base = Math.ceil((end + end / 4) / PAGE) * PAGE;
    const { extent } = this;
    this.#growTo(Math.max(base + extent, end));
    const bytes = new Uint8Array(this.#memory.buffer);
    bytes.copyWithin(base, this.#base, this.#base + extent);
    bytes.fill(0, this.#base, Math.min(this.#base + extent, base));
    this.#base = base;
  }

  /** A block of zeros. @throws RangeError when memory is used up. */
  allocate(size: number): Region {
    const rounded = Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    if (this.#base === 0) this.#base = this.#memory.buffer.byteLength;
    let offset = 0;
    let place = 0;
    for (; place < this.#blocks.length; place++) {
      const block = this.#blocks[place]!;
      if (block.offset - offset >= rounded) break;
      offset = block.offset + block.size;
    }
    this.#growTo(this.#base + offset + rounded);
    const block = { offset, size: rounded };
    this.#blocks.splice(place, 0, block);
    return new Place(() => this.#base, block);
  }

  /** Gives a block back and overwrites it with zeros. */
  free(region: Region): void {
    const offset = region.at - this.#base;
    const place = this.#blocks.findIndex((block) => block.offset === offset);
    if (place < 0) throw new Error('the region is no longer the arena’s');
    new Uint8Array(this.#memory.buffer, region.at, region.size).fill(0);
    this.#blocks.splice(place, 1);
  }

  #growTo(end: number): void {
    const { byteLength } = this.#memory.buffer;
    if (end <= byteLength) return;
    if (end > MEMORY_MAX)
      throw new RangeError(`${end} bytes of memory are needed and 4 GiB is the most: pass less at a time`);
    this.#memory.grow(Math.ceil((end - byteLength) / PAGE));
  }
}

class Place implements Region {
  readonly #base: () => number;
  readonly #block: Block;

  constructor(base: () => number, block: Block) {
    this.#base = base;
    this.#block = block;
  }

  get at(): number {
    return this.#base() + this.#block.offset;
  }

  get size(): number {
    return this.#block.size;
  }
}
