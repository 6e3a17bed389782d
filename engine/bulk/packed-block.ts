/**
 * What a block of lines came to, as few bytes: one to four for a line of a registered code, by how far it is from the line before; some twenty
 * for one that nobody knows.
 *
 * ```
 * block   | form 1 | lines | strays | ordinals | outcomes | tails | registered tails | stray lines | keys or fingerprints |
 * number  7 bits a byte, the lowest first; the highest bit says that more follow
 * ordinal number: difference from the one before, zigzag (0, −1, 1, −2 …)
 * column of outcomes or tails: runs of | value 1 | length, a number |
 * stray line: number, difference from the one before
 * key     | bytes shared with the key before, a number | rest, a number | rest |
 * ```
 *
 * Left out is what the register's image has at the same event: the packages that codes are in, and the set of ordinals. The fingerprint of a
 * stray is that of its key; it is there where the key is not.
 */
import type { Core } from '../../core/host/index.js';
import { REGISTERED_TAILS } from '../keys/tail-outcome.js';
import { RoaringBitmap32 } from '../roaring.js';
import type { BlockParts, BlockResult, Strays } from './classify.js';
import type { LineBuffers } from './line-buffers.js';
import type { Universe } from './universe.js';

const FORM = {
  tailed: 1,
  registeredTails: 2,
  /** Strays have keys, not fingerprints; the block has a set of ordinals. */
  forSets: 4,
} as const;

const PRINT_WORDS = 4;
const PRINT_BYTES = PRINT_WORDS * 4;
const NUMBER_BYTES_MAX = 5;
const NOTHING = new Uint8Array(0);
const NO_OFFSETS = new Uint32Array(1);

export class BlockPacker {
  #bytes = new Uint8Array(1 << 18);
  #at = 0;

  /** The block as bytes, good until the next one. `forSets`: as the pass of the block says it. */
  pack(block: BlockResult, forSets: boolean): Uint8Array {
    const { lines, ordinals, outcomes, tails, registeredTails, strays } = block;
    const tailed = tails.length > 0;
    this.#begin(sizeMost(block));
    this.#bytes[this.#at++] =
      (tailed ? FORM.tailed : 0) | (registeredTails ? FORM.registeredTails : 0) | (forSets ? FORM.forSets : 0);
    this.#number(lines);
    this.#number(strays.lines.length);
    let before = 0;
    for (let i = 0; i < lines; i++) {
      const difference = ordinals[i] - before;
      this.#number(((difference << 1) ^ (difference >> 31)) >>> 0);
      before = ordinals[i];
    }
    this.#runs(outcomes);
    if (tailed) this.#runs(tails);
    if (registeredTails) for (const count of registeredTails) this.#number(count);
    before = 0;
    for (let s = 0; s < strays.lines.length; s++) {
      this.#number(strays.lines[s] - before);
      before = strays.lines[s];
    }
    if (forSets) this.#keys(strays);
    else this.#prints(strays);
    return this.#bytes.subarray(0, this.#at);
  }

  #begin(room: number): void {
    if (this.#bytes.length < room) this.#bytes = new Uint8Array(room * 2);
    this.#at = 0;
  }

  #number(value: number): void {
    const bytes = this.#bytes;
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) bytes[this.#at++] = rest | 0x80;
    bytes[this.#at++] = rest;
  }

  #runs(column: Uint8Array): void {
    for (let i = 0; i < column.length; ) {
      const value = column[i];
      const from = i++;
      while (i < column.length && column[i] === value) i++;
      this.#bytes[this.#at++] = value;
      this.#number(i - from);
    }
  }

  #keys({ lines, keys, keyOffsets }: Strays): void {
    let last = 0;
    let lastLength = 0;
    for (let s = 0; s < lines.length; s++) {
      const start = keyOffsets[s];
      const length = keyOffsets[s + 1] - start;
      const most = Math.min(length, lastLength);
      let shared = 0;
      while (shared < most && keys[last + shared] === keys[start + shared]) shared++;
      this.#number(shared);
      this.#number(length - shared);
      this.#bytes.set(keys.subarray(start + shared, start + length), this.#at);
      this.#at += length - shared;
      last = start;
      lastLength = length;
    }
  }

  #prints({ prints }: Strays): void {
    for (let i = 0; i < prints.length; i++) {
      const word = prints[i];
      for (let shift = 0; shift < 32; shift += 8) this.#bytes[this.#at++] = word >>> shift;
    }
  }
}

/** Most bytes that a block takes. */
function sizeMost({ lines, tails, strays }: BlockResult): number {
  const ofLines = lines * (NUMBER_BYTES_MAX + 2) + tails.length * 2;
  const ofStrays = strays.lines.length * (3 * NUMBER_BYTES_MAX + PRINT_BYTES) + strays.keys.length;
  return ofLines + ofStrays + (4 + REGISTERED_TAILS.length) * NUMBER_BYTES_MAX;
}

/**
 * Brings a packed block back, in `buffers` or larger ones; `universe` and `core` are those of the run that goes on. Throws a RangeError on bytes
 * that {@link BlockPacker} didn't write.
 */
export function unpackBlock(packed: Uint8Array, universe: Universe, core: Core, buffers: LineBuffers): BlockParts {
  const bytes = new PackedBytes(packed);
  const form = bytes.byte();
  const lines = bytes.number();
  const strays = bytes.number();
  // A line has a byte at least: the room that is made is bounded by the bytes that are there.
  if (lines > packed.length || strays > lines) throw new RangeError('a packed block has more lines than bytes');
  const columns = buffers.withRoom(lines, 0, 0);
  const { ordinals, parents, outcomes, tails, strayLines, strayPrints } = columns;
  let packages = false;
  let ordinal = 0;
  for (let i = 0; i < lines; i++) {
    const zigzag = bytes.number();
    ordinal += (zigzag >>> 1) ^ -(zigzag & 1);
    if (ordinal < 0 || ordinal >= universe.size) throw new RangeError(`a packed block names ordinal ${ordinal}`);
    ordinals[i] = ordinal;
    parents[i] = ordinal === 0 ? 0 : universe.parent(ordinal);
    packages = packages || (ordinal !== 0 && ordinal < universe.codes && universe.isPackage(ordinal));
  }
  bytes.runs(outcomes.subarray(0, lines));
  const tailed = (form & FORM.tailed) !== 0;
  if (tailed) bytes.runs(tails.subarray(0, lines));
  const registeredTails = (form & FORM.registeredTails) === 0 ? undefined : REGISTERED_TAILS.map(() => bytes.number());
  let line = 0;
  for (let s = 0; s < strays; s++) {
    line += bytes.number();
    if (line >= lines) throw new RangeError(`a packed block has a stray in line ${line}`);
    strayLines[s] = line;
  }
  const forSets = (form & FORM.forSets) !== 0;
  const { keys, keyOffsets } = forSets ? bytes.keys(strays) : { keys: NOTHING, keyOffsets: NO_OFFSETS };
  if (!forSets) bytes.words(strayPrints.subarray(0, strays * PRINT_WORDS));
  else if (strays > 0) strayPrints.set(core.fingerprintKeys(keys, keyOffsets).subarray(0, strays * PRINT_WORDS));
  if (!bytes.atEnd) throw new RangeError('a packed block goes on behind its end');
  const found = forSets ? setOf(ordinals.subarray(0, lines)) : NOTHING;
  return { lines, strays, tailed, packages, registeredTails, buffers: columns, found, keys, keyOffsets };
}

/** As the classifier makes it. */
function setOf(ordinals: Uint32Array): Uint8Array {
  const set = new RoaringBitmap32(ordinals);
  set.delete(0);
  return Uint8Array.from(set.serialize('portable'));
}

class PackedBytes {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    if (this.#at >= this.#bytes.length) throw cutShort();
    return this.#bytes[this.#at++];
  }

  number(): number {
    let value = 0;
    for (let shift = 0; shift < NUMBER_BYTES_MAX * 7; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError('a number of a packed block has too many bytes');
  }

  runs(into: Uint8Array): void {
    for (let i = 0; i < into.length; ) {
      const value = this.byte();
      const length = this.number();
      if (length === 0 || length > into.length - i) throw new RangeError('a run of a packed block is too long');
      into.fill(value, i, i + length);
      i += length;
    }
  }

  keys(count: number): { keys: Uint8Array; keyOffsets: Uint32Array } {
    const keyOffsets = new Uint32Array(count + 1);
    let keys = new Uint8Array(count * 32);
    let last = 0;
    for (let s = 0; s < count; s++) {
      const start = keyOffsets[s];
      const shared = this.number();
      const rest = this.#take(this.number());
      if (shared > start - last) throw new RangeError('keys of a packed block share more than there is');
      const end = start + shared + rest.length;
      if (end > keys.length) {
        const wider: Uint8Array<ArrayBuffer> = new Uint8Array(end * 2);
        wider.set(keys);
        keys = wider;
      }
      keys.copyWithin(start, last, last + shared);
      keys.set(rest, start + shared);
      keyOffsets[s + 1] = end;
      last = start;
    }
    return { keys: keys.subarray(0, keyOffsets[count]), keyOffsets };
  }

  words(into: Uint32Array): void {
    const bytes = this.#take(into.length * 4);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < into.length; i++) into[i] = view.getUint32(i * 4, true);
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw cutShort();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

const cutShort = (): RangeError => new RangeError('a packed block is cut short');
