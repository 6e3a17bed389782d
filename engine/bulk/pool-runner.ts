import { Piscina } from 'piscina';
import type { CoreModule } from '../../core/host/index.js';
import { isTamgaError, TamgaError } from '../errors.js';
import { type BlockParts, type BlockResult, blockResult } from './classify.js';
import { BufferStock, LineBuffers } from './line-buffers.js';
import type { ByteRange } from './range-reader.js';
import type { RangeTask } from './range-task.js';
import type { Pass, RangeFile, Runner } from './runner.js';
import type { SharedUniverse } from './universe.js';

/** What a worker is sent: the task, and the shared memory it reads. */
export interface WorkerTask extends RangeTask {
  shared: SharedUniverse;
  /** Memory of {@link LineBuffers}. */
  buffers: SharedArrayBuffer;
}

/** An error as it comes back: a class doesn't survive the way between threads. */
export type WorkerAnswer =
  | { parts: Omit<BlockParts, 'buffers'> & { buffers: SharedArrayBuffer } }
  | { error: { code: TamgaError['code']; data: TamgaError['data'] } };

/** Ranges under way for each worker: one at work and one waiting, so that none is ever idle and none piles up. */
const RANGES_PER_WORKER = 2;

/** Runs ranges in a piscina pool. The universe and the columns are shared, sets are moved; nothing is copied but the task. */
export class PoolRunner implements Runner {
  readonly width: number;
  readonly #stock = new BufferStock();
  readonly #pool: Piscina<WorkerTask, WorkerAnswer>;

  constructor(module: CoreModule, workers: number) {
    this.width = workers * RANGES_PER_WORKER;
    this.#pool = new Piscina({
      filename: new URL('./worker.js', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
      // Each run has at most `width` ranges under way; how many runs there are is for the caller to bound.
      maxQueue: Number.POSITIVE_INFINITY,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: { module },
      // A worker's objects are few and short-lived; a young generation of the usual size would only fill memory.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
  }

  async run(file: RangeFile, range: ByteRange, { universe, ...pass }: Pass): Promise<BlockResult> {
    let answer: WorkerAnswer;
    try {
      answer = await this.#pool.run({
        ...file,
        range,
        ...pass,
        shared: universe.share(),
        buffers: this.#stock.take().memory,
      });
    } catch (error) {
      if (isTamgaError(error)) throw error;
      throw new TamgaError('WORKER_FAILED', { path: file.path, detail: (error as Error).message }, { cause: error });
    }
    if ('error' in answer) throw new TamgaError(answer.error.code, answer.error.data);
    const { buffers, ...parts } = answer.parts;
    return blockResult({ ...parts, buffers: new LineBuffers(buffers) }, this.#stock);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
