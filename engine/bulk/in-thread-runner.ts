import { setImmediate } from 'node:timers/promises';
import type { CoreModule } from '../../core/host/index.js';
import { BlockWork } from './block-task.js';
import { type BlockResult, blockResult } from './classify.js';
import { BufferStock } from './line-buffers.js';
import type { Block, Pass, Runner } from './runner.js';

/** Runs blocks in the calling thread: for small files, where starting a worker costs more than the work. */
export class InThreadRunner implements Runner {
  readonly width = 1;
  readonly #work: BlockWork;
  readonly #stock = new BufferStock();

  constructor(module: CoreModule) {
    this.#work = new BlockWork(module);
  }

  async run(block: Block, { universe, cancel, ...pass }: Pass): Promise<BlockResult> {
    // Timers, sockets and whoever may cancel have their turn between blocks.
    await setImmediate();
    const parts = await this.#work.run(block, { ...pass, cancel: cancel?.flag }, universe, this.#stock.take());
    return blockResult(parts, this.#stock);
  }

  async close(): Promise<void> {
    this.#work.release();
  }
}
