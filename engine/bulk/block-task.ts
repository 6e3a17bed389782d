/** One block from its bytes to its result, in whatever thread this is. */
import { closeSync, openSync } from 'node:fs';
import { type Core, type CoreModule, type KeyRing, loadCore } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { TailCheck, type TailTerms } from '../keys/tail-check.js';
import { countLines, longLineAt } from '../line-blocks.js';
import { refuseCancelled } from './cancel-flag.js';
import { BlockClassifier, type BlockParts } from './classify.js';
import type { LineBuffers } from './line-buffers.js';
import { cutRanges, readRange, tooLong } from './range-reader.js';
import type { Block, LinesBlock, Pass, RangeBlock, RangeFile } from './runner.js';
import type { Universe } from './universe.js';

const LF = 0x0a;
/** Bytes that are read, parsed and classified at once: they and their columns stay in a cache of half a megabyte. */
const PART_BYTES = 1 << 18;

/** A pass as it crosses between threads. */
export interface TaskPass extends Omit<Pass, 'universe' | 'cancel' | 'tails'> {
  cancel: Int32Array | undefined;
  tails: TailTerms | null;
}

/** Runs blocks with one core and one open file; both are kept for the next block. */
export class BlockWork {
  readonly #module: CoreModule;
  readonly #ring: KeyRing | null;
  #core: Core | null = null;
  #seed = '';
  #file = -1;
  #opened = '';

  /** `ring`: keys for passes that check tails. */
  constructor(module: CoreModule, ring: KeyRing | null) {
    this.#module = module;
    this.#ring = ring;
  }

  async run(block: Block, pass: TaskPass, universe: Universe, buffers: LineBuffers): Promise<BlockParts> {
    const core = await this.#coreWith(pass.seed);
    const classifier = new BlockClassifier(core, universe, pass.options, buffers, this.#check(pass.tails));
    const lengths = 'range' in block ? this.#readParts(core, block, classifier) : copyParts(core, block);
    for (const length of lengths) {
      refuseCancelled(pass.cancel, block.path);
      classifier.add(core.parseInput(length, { trim: pass.trim, country: pass.country }));
    }
    return classifier.finish();
  }

  /** Forgets the open file, and what memory holds of keys. */
  close(): void {
    this.release();
    this.#core?.dropKeys();
  }

  #check(terms: TailTerms | null): TailCheck | null {
    return terms && this.#ring ? new TailCheck(this.#ring, terms) : null;
  }

  /** Forgets the open file; a later run sees the file anew. */
  release(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
    this.#opened = '';
  }

  /** Brings the parts of a range to the core's input, one at a time, and gives their lengths. */
  *#readParts(core: Core, { range, ...of }: RangeBlock, classifier: BlockClassifier): Generator<number> {
    const file = this.#open(of);
    for (const part of cutRanges(range.start, range.end, PART_BYTES)) {
      const aligned = part.aligned && range.aligned;
      yield readRange(core, file, of.path, { ...part, aligned }, classifier.lines);
    }
  }

  async #coreWith(seed: Uint8Array): Promise<Core> {
    const text = Buffer.from(seed).toString('hex');
    if (!this.#core || text !== this.#seed) {
      // The ring would keep the old core.
      this.#core?.dropKeys();
      this.#core = await loadCore({ module: this.#module, seed });
      this.#seed = text;
    }
    return this.#core;
  }

  #open({ path, stamp }: RangeFile): number {
    const opened = `${path}\0${stamp}`;
    if (opened !== this.#opened) {
      this.release();
      try {
        this.#file = openSync(path, 'r');
      } catch (error) {
        throw new TamgaError('FILE_UNREADABLE', { path, detail: (error as Error).message }, { cause: error });
      }
      this.#opened = opened;
    }
    return this.#file;
  }
}

/** The same for lines in memory. Throws LINE_TOO_LONG as {@link readRange} does. */
export function* copyParts(core: Core, { path, memory, length }: LinesBlock): Generator<number> {
  const bytes = new Uint8Array(memory, 0, length);
  const long = longLineAt(bytes);
  if (long >= 0) throw tooLong(path, countLines(bytes.subarray(0, long)) + 1);
  for (let at = 0; at < length; ) {
    const newline = length - at > PART_BYTES ? bytes.indexOf(LF, at + PART_BYTES - 1) : -1;
    const end = newline < 0 ? length : newline + 1;
    core.input(end - at).set(bytes.subarray(at, end));
    yield end - at;
    at = end;
  }
}
