/** Ordinals in the order of their keys, in memory that doesn't grow with their number. */
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Core } from '../../core/host/index.js';
import { registerError } from '../register/store.js';
import type { RoaringBitmap32 } from '../roaring.js';

/** Where keys come from; a key is good until the next one is asked for. */
export interface KeySource {
  key(ordinal: number): Uint8Array;
}

/** Keys sorted at once; about 8 MB of them. */
const SORTED_AT_ONCE = 1 << 18;
/** Bytes of a run that the merge holds. */
const READ_BYTES = 1 << 16;
/** A run is written in pieces of this size. */
const WRITE_BYTES = 1 << 20;

/**
 * The members of `ordinals` by key. More than can be sorted at once are sorted part by part into a file of `folder`, and merged from there.
 * The core is used between yields only.
 */
export function* sortedByKey(
  ordinals: RoaringBitmap32,
  texts: KeySource,
  core: Core,
  folder: string,
  atOnce = SORTED_AT_ONCE,
): Generator<number> {
  if (ordinals.size <= atOnce) {
    yield* sortedPart(ordinals, 0, atOnce, texts, core).ordinals;
    return;
  }
  const runs = new SortedRuns(join(folder, `sort-${process.hrtime.bigint()}`));
  try {
    for (let from = 0; from < ordinals.size; from += atOnce) {
      const { ordinals: sorted, keyOf } = sortedPart(ordinals, from, atOnce, texts, core);
      runs.add(sorted, keyOf);
    }
    yield* runs.merged();
  } finally {
    runs.close();
  }
}

function sortedPart(all: RoaringBitmap32, from: number, count: number, texts: KeySource, core: Core) {
  const part = all.rangeUint32Array(
    from,
    Math.min(count, all.size - from),
    new Uint32Array(Math.min(count, all.size - from)),
  );
  const offsets = new Uint32Array(part.length + 1);
  let bytes = new Uint8Array(part.length * 24);
  for (let i = 0; i < part.length; i++) {
    const key = texts.key(part[i]);
    offsets[i + 1] = offsets[i] + key.length;
    if (offsets[i + 1] > bytes.length) {
      const wider = new Uint8Array(offsets[i + 1] * 2);
      wider.set(bytes);
      bytes = wider;
    }
    bytes.set(key, offsets[i]);
  }
  const order = core.sortKeys(bytes.subarray(0, offsets[part.length]), offsets);
  return {
    ordinals: order.map((i) => part[i]),
    keyOf: (place: number) => bytes.subarray(offsets[order[place]], offsets[order[place] + 1]),
  };
}

/**
 * Sorted runs one after another in a file.
 *
 * ```
 * entry  | ordinal 4 | length of the key 2 | key … |
 * ```
 */
class SortedRuns {
  readonly #file: number;
  readonly #runs: { start: number; end: number }[] = [];
  readonly #buffer = Buffer.alloc(WRITE_BYTES + 1024);
  #buffered = 0;
  #written = 0;
  #last = Buffer.alloc(0);

  constructor(readonly path: string) {
    this.#file = openSync(path, 'wx+');
  }

  /** Adds a sorted part; one that goes on where the last one ended lengthens its run. */
  add(ordinals: Uint32Array, keyOf: (place: number) => Uint8Array): void {
    const run = this.#runs.at(-1);
    const goesOn = run !== undefined && Buffer.compare(this.#last, keyOf(0)) < 0;
    const start = this.#written;
    for (let i = 0; i < ordinals.length; i++) {
      const key = keyOf(i);
      if (this.#buffered + 6 + key.length > WRITE_BYTES) this.#flush();
      this.#buffered = this.#buffer.writeUInt32LE(ordinals[i], this.#buffered);
      this.#buffered = this.#buffer.writeUInt16LE(key.length, this.#buffered);
      this.#buffer.set(key, this.#buffered);
      this.#buffered += key.length;
    }
    this.#flush();
    this.#last = Buffer.from(keyOf(ordinals.length - 1));
    if (goesOn) run.end = this.#written;
    else this.#runs.push({ start, end: this.#written });
  }

  *merged(): Generator<number> {
    const heap = new RunHeap();
    for (const { start, end } of this.#runs) {
      const reader = new RunReader(this.#file, start, end);
      if (reader.next()) heap.push(reader);
    }
    for (let least = heap.least; least !== undefined; least = heap.least) {
      yield least.ordinal;
      heap.advance();
    }
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.path, { force: true });
  }

  #flush(): void {
    try {
      for (let at = 0; at < this.#buffered; ) {
        at += writeSync(this.#file, this.#buffer, at, this.#buffered - at, this.#written + at);
      }
    } catch (error) {
      throw registerError(this.path, error);
    }
    this.#written += this.#buffered;
    this.#buffered = 0;
  }
}

class RunReader {
  readonly #buffer = Buffer.alloc(READ_BYTES);
  #at = 0;
  #length = 0;
  ordinal = 0;
  key: Uint8Array = new Uint8Array(0);

  constructor(
    readonly file: number,
    private position: number,
    readonly end: number,
  ) {}

  /** Goes to the next entry; false behind the last. */
  next(): boolean {
    if (this.#length - this.#at < 6 || this.#length - this.#at < 6 + this.#buffer.readUInt16LE(this.#at + 4))
      this.#fill();
    if (this.#at === this.#length) return false;
    this.ordinal = this.#buffer.readUInt32LE(this.#at);
    const start = this.#at + 6;
    this.#at = start + this.#buffer.readUInt16LE(this.#at + 4);
    this.key = this.#buffer.subarray(start, this.#at);
    return true;
  }

  #fill(): void {
    this.#buffer.copyWithin(0, this.#at, this.#length);
    this.#length -= this.#at;
    this.#at = 0;
    while (this.#length < READ_BYTES && this.position < this.end) {
      const most = Math.min(READ_BYTES - this.#length, this.end - this.position);
      const read = readSync(this.file, this.#buffer, this.#length, most, this.position);
      if (read === 0) throw new Error('a sorted run is shorter than what was written');
      this.#length += read;
      this.position += read;
    }
  }
}

/** The runs by their next key. */
class RunHeap {
  readonly #readers: RunReader[] = [];

  get least(): RunReader | undefined {
    return this.#readers[0];
  }

  push(reader: RunReader): void {
    this.#readers.push(reader);
    let at = this.#readers.length - 1;
    while (at > 0 && this.#before(at, (at - 1) >>> 1)) {
      this.#swap(at, (at - 1) >>> 1);
      at = (at - 1) >>> 1;
    }
  }

  /** Moves the least run on by one entry. */
  advance(): void {
    const readers = this.#readers;
    if (!readers[0].next()) {
      const last = readers.pop() as RunReader;
      if (readers.length === 0) return;
      readers[0] = last;
    }
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [at * 2 + 1, at * 2 + 2])
        if (child < readers.length && this.#before(child, least)) least = child;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    return Buffer.compare(this.#readers[a].key, this.#readers[b].key) < 0;
  }

  #swap(a: number, b: number): void {
    [this.#readers[a], this.#readers[b]] = [this.#readers[b], this.#readers[a]];
  }
}
