/** The kernel of assembly/image in this thread: many codes at a time in the memory of a large image. */
import { readFileSync } from 'node:fs';
import {
  AREA_BYTES,
  AREAS_AT,
  CLAIMS,
  CLAIMS_AT,
  DATA_AT,
  type ImageMemory,
  type KernelModule,
  type SharedMemory,
  wasm,
} from './image-memory.js';
import { FLAG, HOT_WORDS, WORD } from './record.js';

/** What the rows of codes are judged by, in the numbers that the kernel reads. */
export interface RowTerms {
  /** 1 for each state that allows the operation; 256 of them. */
  allowed: Uint8Array;
  /** Wall-clock minutes before which a code is expired, and expires soon. */
  minute: number;
  soon: number;
  /** Owners that a code may have, {@link OWNERS_MAX} at most; none: any. */
  owners: Int32Array;
  /** Outcome numbers: of a code that nothing stands against, whose state forbids it, of another owner, expired, blocked, expiring soon. */
  outcomes: Uint8Array;
}

export const OWNERS_MAX = 64;

/** Codes of one call into the kernel. */
const CALL_CODES = 1024;
const SLOT_BYTES = 16;

/** Words of package bits of one call; they stand before the terms. */
const PACKAGE_WORDS = 4096;

/*
 * An area:
 *
 * | fingerprints 16 KiB, or outcomes 1 KiB, parents 4 KiB | ordinals 4 KiB | slots ahead 1 KiB | terms |
 */
const PRINTS = 0;
const OUTCOMES = 0;
const PARENTS = CALL_CODES;
const ORDINALS = CALL_CODES * SLOT_BYTES;
const AHEAD = ORDINALS + CALL_CODES * 4;
const TERMS = AHEAD + 1024;

/** Byte of each part of the terms, and of the fields of a row, as the kernel exports them. */
const LAYOUT = {
  TERMS_ALLOWED: 0,
  TERMS_MINUTE: 256,
  TERMS_SOON: 260,
  TERMS_OWNERS: 264,
  TERMS_OUTCOMES: 268,
  TERMS_TOUCHED: 276,
  TERMS_OWNER: 280,
  ROW_HEAD: WORD.head * 4,
  ROW_OWNER: WORD.owner * 4,
  ROW_PARENT: WORD.parent * 4,
  ROW_EXPIRY: WORD.expiry * 4,
  HEAD_PACKAGE: FLAG.package << 8,
  HEAD_BLOCKED: FLAG.blocked << 8,
} as const;
if (
  HOT_WORDS * 4 !== SLOT_BYTES ||
  TERMS + LAYOUT.TERMS_OWNER + OWNERS_MAX * 4 > AREA_BYTES ||
  PACKAGE_WORDS * 4 > TERMS
) {
  throw new Error('image-kernel: an area is too small');
}

interface KernelExports {
  packages(rows: number, words: number, bits: number): void;
  find(table: number, slots: number, codes: number, prints: number, count: number, ahead: number, into: number): number;
  fill(table: number, slots: number, prints: number, count: number, ahead: number, ordinal: number): number;
  judge(
    rows: number,
    codes: number,
    ordinals: number,
    count: number,
    terms: number,
    out: number,
    parents: number,
  ): number;
}

let module: KernelModule | undefined;

/** The compiled kernel, to be posted to threads that can't read it from where they run. */
export function kernelModule(): KernelModule {
  module ??= new wasm.Module(readFileSync(new URL('../assembly/image.wasm', import.meta.url)));
  return module;
}

/** Takes the kernel that another thread compiled. */
export function useKernelModule(compiled: KernelModule): void {
  module = compiled;
}

/** Views over one of the memories, as long as it lives: shared memory of a fixed size never moves. */
class Area {
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  readonly run: KernelExports;

  constructor(
    memory: SharedMemory,
    readonly at: number,
  ) {
    this.words = new Uint32Array(memory.buffer, at, AREA_BYTES / 4);
    this.bytes = new Uint8Array(memory.buffer, at, AREA_BYTES);
    this.run = instanceOver(memory);
  }
}

function instanceOver(memory: SharedMemory): KernelExports {
  const { exports } = new wasm.Instance(kernelModule(), { env: { memory } });
  for (const [name, value] of Object.entries(LAYOUT)) {
    const stated = (exports[name] as { value: number } | undefined)?.value;
    if (stated !== value) throw new Error(`image.wasm: ${name} is ${stated}, not ${value}`);
  }
  return exports as unknown as KernelExports;
}

export class ImageKernel {
  readonly #claims: Int32Array;
  readonly #area: number;
  readonly #table: Area;
  readonly #rows: Area;
  #terms: RowTerms | null = null;

  private constructor(memory: ImageMemory, claims: Int32Array, area: number) {
    this.#claims = claims;
    this.#area = area;
    this.#table = new Area(memory.table, AREAS_AT + area * AREA_BYTES);
    this.#rows = new Area(memory.rows, AREAS_AT + area * AREA_BYTES);
  }

  /** A kernel with an area of its own; `null` when other threads have all of them. */
  static over(memory: ImageMemory): ImageKernel | null {
    const claims = new Int32Array(memory.table.buffer, CLAIMS_AT, CLAIMS);
    for (let area = 0; area < CLAIMS; area++) {
      if (Atomics.compareExchange(claims, area, 0, 1) === 0) return new ImageKernel(memory, claims, area);
    }
    return null;
  }

  /** Gives the area back; the kernel is of no use then. */
  release(): void {
    Atomics.store(this.#claims, this.#area, 0);
  }

  /** Ordinals of `count` fingerprints of four words each; 0 for those that are not there, or not below `codes`. `slots` of the table. */
  find(prints: Uint32Array, count: number, slots: number, codes: number, ordinals: Uint32Array, at: number): void {
    const { words, run, at: base } = this.#table;
    for (let first = 0; first < count; first += CALL_CODES) {
      const some = Math.min(CALL_CODES, count - first);
      words.set(prints.subarray(first * 4, (first + some) * 4), PRINTS);
      run.find(DATA_AT, slots, codes, base + PRINTS, some, base + AHEAD, base + ORDINALS);
      ordinals.set(words.subarray(ORDINALS / 4, ORDINALS / 4 + some), at + first);
    }
  }

  /** See `FingerprintTable.fill`. */
  fill(prints: Uint32Array, from: number, until: number, slots: number, ordinal: number): void {
    const { words, run, at: base } = this.#table;
    for (let first = from; first < until; first += CALL_CODES) {
      const some = Math.min(CALL_CODES, until - first);
      words.set(prints.subarray(first * 4, (first + some) * 4), PRINTS);
      run.fill(DATA_AT, slots, base + PRINTS, some, base + AHEAD, ordinal + first - from);
    }
  }

  /**
   * Outcomes and parents of the codes of rows `from … until − 1` whose ordinal is neither 0 nor past `codes`; the others stay as they are.
   * At most {@link JUDGE_CODES} of them. Gives whether one of the codes is a package. Who calls it sees to rows that are written meanwhile.
   */
  judge(
    terms: RowTerms,
    codes: number,
    ordinals: Uint32Array,
    from: number,
    until: number,
    outcomes: Uint8Array,
    parents: Uint32Array,
  ): boolean {
    const { words, bytes, run, at: base } = this.#rows;
    const count = until - from;
    if (terms !== this.#terms) this.#write(terms);
    words.set(ordinals.subarray(from, until), ORDINALS / 4);
    bytes.set(outcomes.subarray(from, until), OUTCOMES);
    words.set(parents.subarray(from, until), PARENTS / 4);
    const packages = run.judge(DATA_AT, codes, base + ORDINALS, count, base + TERMS, base + OUTCOMES, base + PARENTS);
    outcomes.set(bytes.subarray(OUTCOMES, OUTCOMES + count), from);
    parents.set(words.subarray(PARENTS / 4, PARENTS / 4 + count), from);
    return packages !== 0;
  }

  /** Bit `o & 31` of word `o >>> 5` for each ordinal o of the whole words below `codes`: whether it is a package. */
  packages(codes: number, into: Uint32Array): void {
    const { words, run, at: base } = this.#rows;
    const whole = codes >>> 5;
    for (let first = 0; first < whole; first += PACKAGE_WORDS) {
      const some = Math.min(PACKAGE_WORDS, whole - first);
      run.packages(DATA_AT + first * 32 * SLOT_BYTES, some, base);
      into.set(words.subarray(0, some), first);
    }
  }

  #write(terms: RowTerms): void {
    const { bytes, words } = this.#rows;
    bytes.set(terms.allowed, TERMS + LAYOUT.TERMS_ALLOWED);
    words[(TERMS + LAYOUT.TERMS_MINUTE) / 4] = terms.minute;
    words[(TERMS + LAYOUT.TERMS_SOON) / 4] = terms.soon;
    words[(TERMS + LAYOUT.TERMS_OWNERS) / 4] = terms.owners.length;
    bytes.set(terms.outcomes, TERMS + LAYOUT.TERMS_OUTCOMES);
    words.set(terms.owners, (TERMS + LAYOUT.TERMS_OWNER) / 4);
    this.#terms = terms;
  }
}

/** Codes that {@link ImageKernel.judge} takes at once. */
export const JUDGE_CODES = CALL_CODES;

/** Kernels of this thread over images of its own. */
const own = new WeakMap<ImageMemory, ImageKernel | null>();

/** This thread's kernel over an image that it made or loaded. */
export function kernelOf(memory: ImageMemory): ImageKernel | null {
  let kernel = own.get(memory);
  if (kernel === undefined) {
    kernel = ImageKernel.over(memory);
    own.set(memory, kernel);
  }
  return kernel;
}

/** The image that this thread was sent last. */
let sent: { id: number; kernel: ImageKernel | null } | null = null;

/** The same over an image that another thread sent: it comes as another object each time. */
export function kernelOfSent(memory: ImageMemory): ImageKernel | null {
  if (sent?.id !== memory.id) {
    sent?.kernel?.release();
    sent = { id: memory.id, kernel: ImageKernel.over(memory) };
  }
  return sent.kernel;
}
