import type { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { CoreModule } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import type { TaskPass } from './block-task.js';
import { type BlockParts, type BlockResult, blockResult } from './classify.js';
import { BufferStock, LineBuffers } from './line-buffers.js';
import type { Block, Pass, Runner } from './runner.js';
import type { SharedUniverse } from './universe.js';

/** What a worker is sent: the block, and the shared memory it reads. */
export interface WorkerTask {
  block: Block;
  pass: TaskPass;
  shared: SharedUniverse;
  /** Memory of {@link LineBuffers}. */
  buffers: SharedArrayBuffer;
}

/** An error as it comes back: a class doesn't survive the way between threads. */
export type WorkerAnswer =
  | { parts: Omit<BlockParts, 'buffers'> & { buffers: SharedArrayBuffer } }
  | { error: { code: TamgaError['code']; data: TamgaError['data'] } };

/** Blocks under way for each worker: one at work and one waiting, so that none is ever idle and none piles up. */
const BLOCKS_PER_WORKER = 2;
/** A block whose worker died is given to another one, once: an accident happens once, what happens twice lies in the block. */
const ATTEMPTS = 2;

/** Runs blocks in a piscina pool. The universe and the columns are shared, sets are moved; nothing is copied but the task. */
export class PoolRunner implements Runner {
  readonly width: number;
  readonly #stock = new BufferStock();
  readonly #pool: Piscina<WorkerTask, WorkerAnswer>;
  #closed = false;

  constructor(module: CoreModule, workers: number) {
    this.width = workers * BLOCKS_PER_WORKER;
    this.#pool = new Piscina({
      filename: new URL('./worker.js', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
      // Each run has at most `width` blocks under way; how many runs there are is for the caller to bound.
      maxQueue: Number.POSITIVE_INFINITY,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: { module },
      // A worker's objects are few and short-lived; a young generation of the usual size would only fill memory.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    // A worker that dies between two tasks is replaced; there is nothing to redo and nobody to tell.
    this.#pool.on('error', () => undefined);
  }

  /** The threads at work now. */
  get threads(): readonly Worker[] {
    return this.#pool.threads;
  }

  async run(block: Block, { universe, ...pass }: Pass): Promise<BlockResult> {
    const buffers = this.#stock.take();
    for (let attempt = 1; ; attempt++) {
      let answer: WorkerAnswer;
      try {
        answer = await this.#pool.run({ block, pass, shared: universe.share(), buffers: buffers.memory });
      } catch (error) {
        // A dead worker writes no more: its columns are there for the next one.
        if (attempt < ATTEMPTS && !this.#closed) continue;
        this.#stock.give(buffers);
        throw workerFailed(block, error as Error);
      }
      if ('error' in answer) {
        this.#stock.give(buffers);
        throw new TamgaError(answer.error.code, answer.error.data);
      }
      const { buffers: filled, ...parts } = answer.parts;
      return blockResult({ ...parts, buffers: new LineBuffers(filled) }, this.#stock);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool.destroy();
  }
}

function workerFailed(block: Block, error: Error): TamgaError {
  const place =
    'range' in block ? `bytes ${block.range.start} to ${block.range.end}` : `block ${block.block + 1} of the lines`;
  const detail = `${place}: ${ATTEMPTS} workers died of them, the last one of: ${error.message}`;
  return new TamgaError('WORKER_FAILED', { path: block.path, detail }, { cause: error });
}
