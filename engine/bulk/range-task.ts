/** One range from file to result, in whatever thread this is. */
import { closeSync, openSync } from 'node:fs';
import { type Core, type CoreModule, loadCore } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { BlockClassifier, type BlockParts, type ClassifyOptions } from './classify.js';
import type { LineBuffers } from './line-buffers.js';
import { type ByteRange, cutRanges, readRange } from './range-reader.js';
import type { Universe } from './universe.js';

/** Bytes that are read, parsed and classified at once: they and their columns stay in a cache of half a megabyte. */
const PART_BYTES = 1 << 18;

export interface RangeTask {
  path: string;
  /** Changes when the file does; a file that was replaced is opened anew. */
  stamp: string;
  range: ByteRange;
  options: ClassifyOptions;
  seed: Uint8Array;
  trim: boolean;
  country?: 'RU' | 'UZ';
}

/** Runs tasks with one core and one open file; both are kept for the next task. */
export class RangeWork {
  readonly #module: CoreModule;
  #core: Core | null = null;
  #seed = '';
  #file = -1;
  #opened = '';

  constructor(module: CoreModule) {
    this.#module = module;
  }

  async run(task: RangeTask, universe: Universe, buffers: LineBuffers): Promise<BlockParts> {
    const core = await this.#coreWith(task.seed);
    const block = new BlockClassifier(core, universe, task.options, buffers);
    const file = this.#open(task);
    for (const part of cutRanges(task.range.start, task.range.end, PART_BYTES)) {
      const aligned = part.aligned && task.range.aligned;
      const length = readRange(core, file, task.path, { ...part, aligned }, block.lines);
      block.add(core.parseInput(length, { trim: task.trim, country: task.country }));
    }
    return block.finish();
  }

  /** Forgets the open file; a later run sees the file anew. */
  release(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
    this.#opened = '';
  }

  async #coreWith(seed: Uint8Array): Promise<Core> {
    const text = Buffer.from(seed).toString('hex');
    if (!this.#core || text !== this.#seed) {
      this.#core = await loadCore({ module: this.#module, seed });
      this.#seed = text;
    }
    return this.#core;
  }

  #open({ path, stamp }: RangeTask): number {
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
