/**
 * What the blocks of a reconciliation came to, on disk, so that it goes on after a crash. The file only grows; a frame that was cut off, and
 * all behind it, is as if it weren't there.
 *
 * ```
 * file  | frame of the head | frame of a block … |
 * frame | bytes of the rest 4 | CRC-32 of what follows 4 | head or block |
 * head  what the blocks are of, JSON
 * block | way 1 | ended 1 | input 2 | first line 8 | position 8 | read 8 | packed block … |      numbers of 8 bytes are float64
 * ```
 *
 * A block that only says `ended` stands behind the last one of an input's way: a .gz isn't decompressed again to find that out.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { TAIL_RESULTS } from '../../core/host/index.js';
import type { CodeInput, ReadBlock } from '../bulk/code-input.js';
import { BlockPacker } from '../bulk/packed-block.js';
import { REGISTERED_TAILS } from '../keys/tail-outcome.js';
import type { JournalMoment, ReconcileJournal } from '../reconcile/journal.js';
import { OUTCOMES } from '../reconcile/outcomes.js';
import { CHECKSUM_BYTES, isSealed, sealed } from '../register/checksum.js';
import { registerError } from '../register/store.js';
import { bySlices, type Sliced } from '../sliced.js';
import { JournaledInput } from './journaled-input.js';

/** Ways through the inputs of a run: those of what is expected, and of what was scanned, by sets and in the order of lines. */
const WAYS = ['sets', 'expected', 'scanned'] as const;
export interface Way {
  name: (typeof WAYS)[number];
  /** Number of the input on its side, from 0. */
  input: number;
}

/** A block that was kept, or the end of a way. */
export interface KeptBlock {
  ended: boolean;
  /** Its first line in the input, from 1. */
  first: number;
  position: number;
  read: number;
  packed: Uint8Array;
}

/** What a journal's blocks are of; those of another are no good. */
interface Head {
  event: number | null;
  codes: number;
  /** Hexadecimal. */
  seed: string;
  /** Digest of the names that numbers stand for: an earlier Tamga's may be others. */
  names: string;
  /** Blocks of journals before this one, which were of another moment. */
  before: number;
}

/** How a job hears of its journal. */
export interface JournalEvents {
  /** Everything kept so far is flushed; `blocks`: of this journal and those before it. */
  onFlushed(blocks: number): void;
  /** The run begins: `earlier` is the event of a journal that is no good any more, if there was one. */
  onBegin(event: number | null, earlier?: { event: number | null }): void;
}

/** Raised when the bytes of a block change their meaning. */
const FORM = 1;
const NAMES = createHash('sha256')
  .update(JSON.stringify([FORM, OUTCOMES, TAIL_RESULTS, REGISTERED_TAILS]))
  .digest('hex');

const LENGTH_BYTES = 4;
const BLOCK_HEAD_BYTES = 28;

export class BlockJournal implements ReconcileJournal {
  readonly #path: string;
  readonly #file: number;
  readonly #interval: number;
  readonly #events: JournalEvents;
  readonly #packer = new BlockPacker();
  /** Places of the blocks that an earlier run left, by their ways. */
  readonly #kept = new Map<string, { at: number; bytes: number }[]>();
  #seed: Uint8Array = randomBytes(16);
  #head: Head | null = null;
  #blocks = 0;
  #flushed = performance.now();

  private constructor(path: string, interval: number, events: JournalEvents) {
    this.#path = path;
    this.#interval = interval;
    this.#events = events;
    this.#file = this.#doing(() => openSync(path, 'a+', 0o600));
  }

  /** Opens a journal or makes one. `interval`: milliseconds between two flushes. Throws CANCELLED by the signal; DISK_FULL, FILE_UNREADABLE. */
  static async open(path: string, interval: number, events: JournalEvents, signal: AbortSignal): Promise<BlockJournal> {
    const journal = new BlockJournal(path, interval, events);
    try {
      await bySlices(journal.#readFrames(), signal);
      return journal;
    } catch (error) {
      journal.close();
      throw error;
    }
  }

  get seed(): Uint8Array {
    return this.#seed;
  }

  /** Blocks that were kept, in this journal and those before it. */
  get blocks(): number {
    return (this.#head?.before ?? 0) + this.#blocks;
  }

  begin({ event, codes, seed }: JournalMoment): void {
    const head: Head = {
      event,
      codes,
      seed: Buffer.from(seed).toString('hex'),
      names: NAMES,
      before: this.#head?.before ?? 0,
    };
    const earlier = this.#head;
    if (earlier === null || JSON.stringify(earlier) !== JSON.stringify(head)) {
      head.before = this.blocks;
      this.#cut(0);
      this.#kept.clear();
      this.#blocks = 0;
      this.#head = head;
      this.#append(Buffer.from(JSON.stringify(head)));
    }
    this.#events.onBegin(event, earlier !== null && earlier !== this.#head ? { event: earlier.event } : undefined);
  }

  input(input: CodeInput, role: 'expected' | 'scanned', index: number): CodeInput {
    if (input.format !== 'list') return input;
    // A run by sets asks for no sets of blocks.
    const nameOf = (forSets: boolean): Way['name'] => (forSets ? role : 'sets');
    return new JournaledInput(input, this, ({ options }) => ({ name: nameOf(options.forSets), input: index }));
  }

  /** Blocks of a way that an earlier run left, in order; each is good until the next one. */
  *kept(way: Way): Generator<KeptBlock> {
    for (const { at, bytes } of this.#kept.get(keyOf(way)) ?? []) {
      const block = this.#read(at, bytes);
      yield {
        ended: block[1] === 1,
        first: block.readDoubleLE(4),
        position: block.readDoubleLE(12),
        read: block.readDoubleLE(20),
        packed: block.subarray(BLOCK_HEAD_BYTES),
      };
    }
  }

  /** Keeps a block as its classifier left it. */
  keep(way: Way, { result, position, read, lineOf }: ReadBlock, forSets: boolean): void {
    const packed = this.#packer.pack(result, forSets);
    this.#append(blockOf(way, { ended: false, first: lineOf(0), position, read, packed }));
    this.#blocks++;
    if (performance.now() - this.#flushed >= this.#interval) this.flush();
  }

  keepEnd(way: Way): void {
    this.#append(blockOf(way, { ended: true, first: 0, position: 0, read: 0, packed: new Uint8Array(0) }));
  }

  /** Makes what was kept last over a crash of the system. */
  flush(): void {
    this.#doing(() => fdatasyncSync(this.#file));
    this.#events.onFlushed(this.blocks);
    this.#flushed = performance.now();
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Finds the frames that are whole, and cuts off the rest. */
  *#readFrames(): Sliced<void> {
    const size = this.#doing(() => fstatSync(this.#file).size);
    let at = 0;
    for (let value = this.#frameAt(at, size); value !== null; value = this.#frameAt(at, size)) {
      const body = value.subarray(CHECKSUM_BYTES);
      if (at === 0) {
        this.#head = JSON.parse(body.toString()) as Head;
        this.#seed = Buffer.from(this.#head.seed, 'hex');
      } else {
        const way: Way = { name: WAYS[body[0]], input: body.readUInt16LE(2) };
        const places = this.#kept.get(keyOf(way)) ?? [];
        places.push({ at: at + LENGTH_BYTES + CHECKSUM_BYTES, bytes: body.length });
        this.#kept.set(keyOf(way), places);
        if (body[1] === 0) this.#blocks++;
      }
      at += LENGTH_BYTES + value.length;
      yield;
    }
    this.#cut(at);
  }

  /** The sealed rest of a frame; null where none is whole. */
  #frameAt(at: number, size: number): Buffer | null {
    if (at + LENGTH_BYTES > size) return null;
    const bytes = this.#read(at, LENGTH_BYTES).readUInt32LE(0);
    const least = CHECKSUM_BYTES + (at === 0 ? 1 : BLOCK_HEAD_BYTES);
    if (bytes < least || at + LENGTH_BYTES + bytes > size) return null;
    const value = this.#read(at + LENGTH_BYTES, bytes);
    return isSealed(value) ? value : null;
  }

  #append(body: Uint8Array): void {
    const frame = Buffer.alloc(LENGTH_BYTES + CHECKSUM_BYTES + body.length);
    frame.writeUInt32LE(CHECKSUM_BYTES + body.length, 0);
    frame.set(body, LENGTH_BYTES + CHECKSUM_BYTES);
    sealed(frame.subarray(LENGTH_BYTES), CHECKSUM_BYTES + body.length);
    this.#doing(() => {
      for (let at = 0; at < frame.length; ) at += writeSync(this.#file, frame, at);
    });
  }

  #cut(size: number): void {
    this.#doing(() => ftruncateSync(this.#file, size));
  }

  #read(at: number, length: number): Buffer {
    return this.#doing(() => {
      const bytes = Buffer.alloc(length);
      let got = 0;
      while (got < length) {
        const read = readSync(this.#file, bytes, got, length - got, at + got);
        if (read === 0) throw new Error(`${this.#path} became shorter`);
        got += read;
      }
      return bytes;
    });
  }

  #doing<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw registerError(this.#path, error);
    }
  }
}

const keyOf = ({ name, input }: Way): string => `${name} ${input}`;

function blockOf({ name, input }: Way, { ended, first, position, read, packed }: KeptBlock): Buffer {
  const block = Buffer.alloc(BLOCK_HEAD_BYTES + packed.length);
  block[0] = WAYS.indexOf(name);
  block[1] = ended ? 1 : 0;
  block.writeUInt16LE(input, 2);
  block.writeDoubleLE(first, 4);
  block.writeDoubleLE(position, 12);
  block.writeDoubleLE(read, 20);
  block.set(packed, BLOCK_HEAD_BYTES);
  return block;
}
