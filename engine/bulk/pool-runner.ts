import { Piscina } from 'piscina';
import type { CoreModule } from '../../core/host/index.js';
import { isTamgaError, TamgaError } from '../errors.js';
import type { BlockResult } from './classify.js';
import type { ByteRange } from './range-reader.js';
import type { RangeTask } from './range-task.js';
import type { Pass, RangeFile, Runner } from './runner.js';
import type { SharedUniverse } from './universe.js';

/** What a worker is sent: the task, and the shared memory it reads. */
export interface WorkerTask extends RangeTask {
  shared: SharedUniverse;
}

/** An error as it comes back: a class doesn't survive the way between threads. */
export type WorkerAnswer = { result: BlockResult } | { error: { code: TamgaError['code']; data: TamgaError['data'] } };

/** Ranges under way for each worker: one at work and one waiting, so that none is ever idle and none piles up. */
const RANGES_PER_WORKER = 2;

/** Runs ranges in a piscina pool. Results are moved, the universe is shared; nothing is copied but the task. */
export class PoolRunner implements Runner {
  readonly width: number;
  readonly #pool: Piscina<WorkerTask, WorkerAnswer>;

  constructor(module: CoreModule, workers: number) {
    this.width = workers * RANGES_PER_WORKER;
    this.#pool = new Piscina({
      filename: new URL('./worker.js', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
      maxQueue: this.width,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: { module },
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
      });
    } catch (error) {
      if (isTamgaError(error)) throw error;
      throw new TamgaError('WORKER_FAILED', { path: file.path, detail: (error as Error).message }, { cause: error });
    }
    if ('error' in answer) throw new TamgaError(answer.error.code, answer.error.data);
    return answer.result;
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
