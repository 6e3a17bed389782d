/**
 * Every code a run can meet by ordinal: those of the register's image, and behind them those that only the run's documents know.
 * It lives in shared memory; workers get the same bytes.
 */
import { TamgaError } from '../errors.js';
import { compareTails, REGISTERED_TAIL_NUMBER } from '../keys/tail-outcome.js';
import { FingerprintTable } from '../register/fingerprint-table.js';
import { type ImageKernel, JUDGE_CODES, kernelOf, kernelOfSent } from '../register/image-kernel.js';
import type { ImageMemory } from '../register/image-memory.js';
import { EXTRA_CODES_MAX } from '../register/limits.js';
import { FLAG, flagsOf, HOT_WORDS, TAIL_WORDS, WORD } from '../register/record.js';
import { IMAGE, type Image } from '../register/shared-image.js';
import type { RuleTable } from '../verdict/rule-table.js';
import { NO_TAIL } from './registered-tails.js';

/** What crosses to a worker; shared memory, not copies. */
export interface SharedUniverse {
  codes: number;
  header: Int32Array;
  rows: Int32Array;
  /** See {@link Universe.keepTails}. */
  tails: Int32Array;
  table: Uint32Array;
  /** What the kernel of another thread works on; the other columns of the image are views over it. */
  memory: ImageMemory | null;
  extraRows: Int32Array;
  extraTable: Uint32Array;
  extraCount: number;
}

/** Codes from which on a call into the kernel is worth its copies. */
const KERNEL_MIN = 16;
/** Rows on their way to the cache at once. */
const JUDGE_AHEAD = 256;
const touchedRows = new Int32Array(1);
let universes = 0;
const NO_TAILS = new Int32Array(new SharedArrayBuffer(TAIL_WORDS * 4));

export class Universe {
  readonly codes: number;
  readonly #header: Int32Array;
  readonly #rows: Int32Array;
  readonly #table: FingerprintTable;
  readonly #memory: ImageMemory | null;
  readonly #kernel: ImageKernel | null;
  #tails: Int32Array = NO_TAILS;
  #extraRows: Int32Array;
  #extraTable: FingerprintTable;
  #extraCount = 0;
  readonly #extraMax: number;
  /** Tells the universes of a thread from one another, and each from what it was before. */
  readonly #number = ++universes;
  #changes = 0;
  /** Keys of the extra codes, for those who print them: key of extra code e is `[offsets[e], offsets[e + 1])`. */
  #extraKeys = new Uint8Array(1 << 10);
  #extraOffsets = new Float64Array(1 << 7);

  /** `extraMax`: codes that it takes in beside the image's. */
  constructor(
    image: Pick<Image, 'codes' | 'header' | 'rows' | 'table' | 'memory'>,
    extraMax = EXTRA_CODES_MAX,
    kernel = image.memory && kernelOf(image.memory),
  ) {
    this.#extraMax = extraMax;
    this.codes = image.codes;
    this.#header = image.header;
    this.#rows = image.rows;
    this.#table = image.table;
    this.#memory = image.memory;
    this.#kernel = kernel;
    this.#extraRows = sharedRows(1);
    this.#extraTable = FingerprintTable.withRoomFor(1);
  }

  /** The same universe in another thread; for reading. */
  static over(shared: SharedUniverse): Universe {
    const { codes, header, rows, memory } = shared;
    const image = { codes, header, rows, table: FingerprintTable.over(shared.table), memory };
    const universe = new Universe(image, EXTRA_CODES_MAX, memory && kernelOfSent(memory));
    universe.#tails = shared.tails;
    universe.#extraRows = shared.extraRows;
    universe.#extraTable = FingerprintTable.over(shared.extraTable);
    universe.#extraCount = shared.extraCount;
    return universe;
  }

  /** The same for as long as {@link share} would give the same. */
  get key(): string {
    return `${this.#number}.${this.#changes}`;
  }

  share(): SharedUniverse {
    return {
      codes: this.codes,
      header: this.#header,
      rows: this.#rows,
      tails: this.#tails,
      table: this.#table.words,
      memory: this.#memory,
      extraRows: this.#extraRows,
      extraTable: this.#extraTable.words,
      extraCount: this.#extraCount,
    };
  }

  /** Ordinals are 1 … size − 1. */
  get size(): number {
    return this.codes + this.#extraCount;
  }

  /** Ordinal of the fingerprint at `prints[at]`; 0 when nobody knows it. */
  find(prints: Uint32Array, at: number): number {
    const known = this.#table.find(prints, at);
    // The image may have taken in codes since; their ordinals are those of extra codes here.
    return known !== 0 && known < this.codes ? known : this.#extraTable.find(prints, at);
  }

  /** Ordinals of `count` fingerprints, four words each, into `ordinals` from `at` on; 0 when nobody knows them. */
  findMany(prints: Uint32Array, count: number, ordinals: Uint32Array, at: number): void {
    const { codes } = this;
    if (this.#kernel && count >= KERNEL_MIN) {
      this.#kernel.find(prints, count, this.#table.slots, codes, ordinals, at);
    } else {
      this.#table.findMany(prints, count, ordinals, at);
      // Codes that the image took in since are unknown to this run: their ordinals are those of extra codes here.
      const end = at + count;
      for (let i = at; i < end; i++) if (ordinals[i] >= codes) ordinals[i] = 0;
    }
    if (this.#extraCount === 0) return;
    for (let i = 0; i < count; i++) {
      if (ordinals[at + i] === 0) ordinals[at + i] = this.#extraTable.find(prints, i * 4);
    }
  }

  /**
   * What the register has against the codes of rows `from … until − 1`, and the packages they are in; 0 in `ordinals` is no code.
   * `unregistered`: outcome of codes that the register doesn't have. Gives whether one of those that it has is a package.
   */
  judge(
    rules: RuleTable,
    unregistered: number,
    ordinals: Uint32Array,
    from: number,
    until: number,
    outcomes: Uint8Array,
    parents: Uint32Array,
  ): boolean {
    let packages = false;
    const terms = this.#kernel && rules.terms;
    for (let first = from; first < until; ) {
      const last = Math.min(until, first + (terms ? JUDGE_CODES : JUDGE_AHEAD));
      const version = Atomics.load(this.#header, IMAGE.version);
      if (this.#kernel && terms) {
        packages = this.#kernel.judge(terms, this.codes, ordinals, first, last, outcomes, parents) || packages;
      } else {
        // Rows are touched some hundreds at a time before they are read, for the same reason as slots of the table.
        this.#touch(ordinals, first, last);
        packages = rules.judge(this.#rows, this.codes, ordinals, first, last, outcomes, parents) || packages;
      }
      // Rows that were written meanwhile may have been read half: once more.
      if ((version & 1) === 0 && Atomics.load(this.#header, IMAGE.version) === version) first = last;
    }
    if (this.#extraCount === 0) return packages;
    for (let i = from; i < until; i++) {
      if (ordinals[i] < this.codes) continue;
      parents[i] = this.parent(ordinals[i]);
      outcomes[i] = unregistered;
    }
    return packages;
  }

  /** Keeps the register's digests of tails, see {@link readTailRows}, for {@link compareTails}. */
  keepTails(rows: Int32Array): void {
    this.#tails = rows;
    this.#changes++;
  }

  /**
   * How tails compare with those that the register has seen: for each of `count` rows, whose ordinals stand in `ordinals` from `from` on, a
   * number of REGISTERED_TAILS, or NO_TAIL when its digest is zero. `digests`: two words a row.
   */
  compareTails(digests: Uint32Array, ordinals: Uint32Array, from: number, count: number, into: Uint8Array): void {
    const tails = this.#tails;
    for (let i = 0; i < count; i++) {
      const low = digests[i * 2];
      const high = digests[i * 2 + 1];
      const ordinal = ordinals[from + i];
      // The row of ordinal 0, which is no code's, is zero: no tail.
      const at = ordinal < this.codes ? ordinal * TAIL_WORDS : 0;
      const compared = compareTails(low, high, tails[at], tails[at + 1]);
      into[i] = (low | high) === 0 ? NO_TAIL : REGISTERED_TAIL_NUMBER[compared];
    }
  }

  #touch(ordinals: Uint32Array, first: number, last: number): void {
    const rows = this.#rows;
    const { codes } = this;
    let touched = 0;
    for (let i = first; i < last; i++) if (ordinals[i] < codes) touched ^= rows[ordinals[i] * HOT_WORDS];
    // Kept, so that the touching is not optimized away.
    touchedRows[0] = touched;
  }

  /** Takes in a code that the register doesn't have; its key is copied. Returns its ordinal. Throws REGISTER_FULL. */
  add(prints: Uint32Array, at: number, key: Uint8Array, isPackage: boolean): number {
    const known = this.find(prints, at);
    if (known !== 0) return known;
    if (this.#extraCount >= this.#extraMax) {
      const limit = `${this.#extraMax} codes of documents and scans`;
      throw new TamgaError('REGISTER_FULL', { limit });
    }
    const ordinal = this.size;
    this.#changes++;
    this.#extraTable.insert(prints, at, ordinal);
    const index = this.#extraCount++;
    this.#keepKey(index, key);
    if ((index + 1) * HOT_WORDS > this.#extraRows.length) {
      const wider = sharedRows(this.#extraCount * 2);
      wider.set(this.#extraRows);
      this.#extraRows = wider;
    }
    if (isPackage) this.#extraRows[index * HOT_WORDS] = FLAG.package << 8;
    return ordinal;
  }

  /** Puts a code that the register doesn't have into a package. */
  setParent(ordinal: number, parent: number): void {
    if (ordinal >= this.codes) this.#extraRows[(ordinal - this.codes) * HOT_WORDS + WORD.parent] = parent;
  }

  /** Key of a code that the register doesn't have. */
  extraKey(ordinal: number): Uint8Array {
    const index = ordinal - this.codes;
    return this.#extraKeys.subarray(this.#extraOffsets[index], this.#extraOffsets[index + 1]);
  }

  #keepKey(index: number, key: Uint8Array): void {
    const end = this.#extraOffsets[index] + key.length;
    if (end > this.#extraKeys.length) {
      const wider = new Uint8Array(end * 2);
      wider.set(this.#extraKeys);
      this.#extraKeys = wider;
    }
    if (index + 1 >= this.#extraOffsets.length) {
      const wider = new Float64Array(this.#extraOffsets.length * 2);
      wider.set(this.#extraOffsets);
      this.#extraOffsets = wider;
    }
    this.#extraKeys.set(key, this.#extraOffsets[index]);
    this.#extraOffsets[index + 1] = end;
  }

  /** The hot rows that hold an ordinal's, and with {@link rowAt} where in them. */
  rowsOf(ordinal: number): Int32Array {
    return ordinal < this.codes ? this.#rows : this.#extraRows;
  }

  rowAt(ordinal: number): number {
    return (ordinal < this.codes ? ordinal : ordinal - this.codes) * HOT_WORDS;
  }

  parent(ordinal: number): number {
    return this.rowsOf(ordinal)[this.rowAt(ordinal) + WORD.parent];
  }

  /** Sets bit `o & 31` of word `o >>> 5` for each registered ordinal o that is a package; `bits` are zeros. */
  markPackages(bits: Uint32Array): void {
    this.#kernel?.packages(this.codes, bits);
    const first = this.#kernel ? this.codes & ~31 : 0;
    for (let ordinal = first; ordinal < this.codes; ordinal++) {
      if (this.isPackage(ordinal)) bits[ordinal >>> 5] |= 1 << (ordinal & 31);
    }
  }

  isPackage(ordinal: number): boolean {
    return (flagsOf(this.rowsOf(ordinal)[this.rowAt(ordinal)]) & FLAG.package) !== 0;
  }
}

function sharedRows(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * HOT_WORDS * 4));
}
