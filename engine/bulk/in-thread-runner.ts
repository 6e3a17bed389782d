import type { CoreModule } from '../../core/host/index.js';
import { type BlockResult, blockResult } from './classify.js';
import { BufferStock } from './line-buffers.js';
import type { ByteRange } from './range-reader.js';
import { RangeWork } from './range-task.js';
import type { Pass, RangeFile, Runner } from './runner.js';

/** Runs ranges in the calling thread: for small files, where starting a worker costs more than the work. */
export class InThreadRunner implements Runner {
  readonly width = 1;
  readonly #work: RangeWork;
  readonly #stock = new BufferStock();

  constructor(module: CoreModule) {
    this.#work = new RangeWork(module);
  }

  async run(file: RangeFile, range: ByteRange, { universe, ...pass }: Pass): Promise<BlockResult> {
    const parts = await this.#work.run({ ...file, range, ...pass }, universe, this.#stock.take());
    return blockResult(parts, this.#stock);
  }

  async close(): Promise<void> {
    this.#work.release();
  }
}
