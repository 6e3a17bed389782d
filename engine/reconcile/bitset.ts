/**
 * A set of ordinals as plain bits, one each: for loops that ask and change it at every line, where a call into roaring would cost more
 * than the answer. 1.25 MB for ten million codes, which stays in the processor's cache.
 */
import { RoaringBitmap32 } from '../roaring.js';

/*
 * The portable form of roaring bitmaps (RoaringFormatSpec), little-endian:
 *
 * | cookie 4 | [runs? bits]  or  containers 4 | key 2, cardinality − 1 2 … | [offset 4 …] | containers … |
 *
 * Cookie 12346: no runs, the number of containers follows. Low half 12347: the high half is that number − 1, a bit for each container says
 * whether it is one of runs, and offsets are there from four containers on.
 */
const COOKIE = 12346;
const COOKIE_RUNS = 12347;
const OFFSETS_FROM = 4;
const CONTAINER_CODES = 1 << 16;
const CONTAINER_WORDS = CONTAINER_CODES >>> 5;
/** Containers of more values than this are bits, the others lists. */
const LIST_MAX = 4096;

export class Bitset {
  /** Bit `o & 31` of word `o >>> 5`. */
  readonly words: Uint32Array;

  /** Room for ordinals 0 … size − 1, rounded up to whole containers. */
  constructor(size: number) {
    this.words = new Uint32Array(Math.ceil(Math.max(1, size) / CONTAINER_CODES) * CONTAINER_WORDS);
  }

  /** The members of `bitmap` that are below `size`. */
  static of(bitmap: RoaringBitmap32, size: number): Bitset {
    const set = new Bitset(size);
    const bytes = bitmap.serialize('portable');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const cookie = view.getUint32(0, true);
    const hasRuns = (cookie & 0xffff) === COOKIE_RUNS;
    const count = hasRuns ? (cookie >>> 16) + 1 : view.getUint32(4, true);
    const runBits = hasRuns ? 4 : -1;
    const heads = hasRuns ? 4 + Math.ceil(count / 8) : 8;
    let at = heads + count * 4 + (!hasRuns || count >= OFFSETS_FROM ? count * 4 : 0);
    for (let c = 0; c < count; c++) {
      const key = view.getUint16(heads + c * 4, true);
      const cardinality = view.getUint16(heads + c * 4 + 2, true) + 1;
      const isRuns = runBits >= 0 && (bytes[runBits + (c >>> 3)] & (1 << (c & 7))) !== 0;
      const end = at + (isRuns ? 2 + view.getUint16(at, true) * 4 : cardinality > LIST_MAX ? 8192 : cardinality * 2);
      const first = key * CONTAINER_WORDS;
      if (first >= set.words.length) break;
      if (isRuns) {
        for (let r = at + 2; r < end; r += 4) {
          set.#fill(key * CONTAINER_CODES + view.getUint16(r, true), view.getUint16(r + 2, true) + 1);
        }
      } else if (cardinality > LIST_MAX) {
        new Uint8Array(set.words.buffer, first * 4, 8192).set(bytes.subarray(at, end));
      } else {
        for (let v = at; v < end; v += 2) set.add(key * CONTAINER_CODES + view.getUint16(v, true));
      }
      at = end;
    }
    return set;
  }

  has(ordinal: number): boolean {
    return (this.words[ordinal >>> 5] & (1 << (ordinal & 31))) !== 0;
  }

  add(ordinal: number): void {
    this.words[ordinal >>> 5] |= 1 << (ordinal & 31);
  }

  #fill(from: number, count: number): void {
    const until = from + count;
    let at = from;
    for (; at < until && (at & 31) !== 0; at++) this.add(at);
    this.words.fill(0xffff_ffff, at >>> 5, until >>> 5);
    for (at = Math.max(at, until & ~31); at < until; at++) this.add(at);
  }

  /** The same set for algebra with others. */
  toRoaring(): RoaringBitmap32 {
    const { words } = this;
    const containers = words.length / CONTAINER_WORDS;
    const cardinalities = new Uint32Array(containers);
    for (let c = 0; c < containers; c++) {
      let cardinality = 0;
      for (let w = c * CONTAINER_WORDS; w < (c + 1) * CONTAINER_WORDS; w++) cardinality += bitsOf(words[w]);
      cardinalities[c] = cardinality;
    }
    const filled = [...cardinalities.keys()].filter((c) => cardinalities[c] > 0);
    const sizes = filled.map((c) => (cardinalities[c] > LIST_MAX ? 8192 : cardinalities[c] * 2));
    let at = 8 + filled.length * 8;
    const bytes = Buffer.alloc(sizes.reduce((sum, size) => sum + size, at));
    bytes.writeUInt32LE(COOKIE, 0);
    bytes.writeUInt32LE(filled.length, 4);
    for (const [i, c] of filled.entries()) {
      bytes.writeUInt16LE(c, 8 + i * 4);
      bytes.writeUInt16LE(cardinalities[c] - 1, 10 + i * 4);
      bytes.writeUInt32LE(at, 8 + filled.length * 4 + i * 4);
      if (cardinalities[c] > LIST_MAX) {
        bytes.set(new Uint8Array(words.buffer, c * CONTAINER_WORDS * 4, 8192), at);
        at += 8192;
      } else {
        at = listInto(bytes, at, words, c);
      }
    }
    return RoaringBitmap32.deserialize(bytes, 'portable');
  }
}

function listInto(bytes: Buffer, start: number, words: Uint32Array, container: number): number {
  let at = start;
  for (let w = 0; w < CONTAINER_WORDS; w++) {
    for (let rest = words[container * CONTAINER_WORDS + w]; rest !== 0; rest &= rest - 1) {
      bytes.writeUInt16LE(w * 32 + (31 - Math.clz32(rest & -rest)), at);
      at += 2;
    }
  }
  return at;
}

/** Ones in a 32-bit word. */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
