/** Which runner an input deserves, and the one pool that runs share. */
import { availableParallelism } from 'node:os';
import type { CoreModule } from '../../core/host/index.js';
import type { TailSettings } from '../keys/tail-check.js';
import type { CodeInput } from './code-input.js';
import { InThreadRunner } from './in-thread-runner.js';
import { RANGE_BYTES } from './list-input.js';
import { PoolRunner } from './pool-runner.js';
import type { Runner } from './runner.js';

/** Inputs up to this many ranges are done before a worker has started. */
const RANGES_IN_THREAD = 4;
/** Tails take many times as long as all the rest. */
const RANGES_IN_THREAD_TAILED = 1;

export class Runners {
  readonly #workers: number;
  readonly #inThread: InThreadRunner;
  #pool: PoolRunner | null = null;

  /** `workers` 0: everything in the calling thread; default: one a processor. `tails`: how tails are checked; null: not at all. */
  constructor(
    readonly module: CoreModule,
    workers: number = availableParallelism(),
    readonly tails: TailSettings | null = null,
  ) {
    this.#workers = workers;
    this.#inThread = new InThreadRunner(module, tails?.ring);
  }

  for(inputs: readonly CodeInput[]): Runner {
    const bytes = inputs.reduce((sum, input) => sum + input.bytes, 0);
    const ranges = this.tails ? RANGES_IN_THREAD_TAILED : RANGES_IN_THREAD;
    if (this.#workers === 0 || bytes <= RANGE_BYTES * ranges) return this.#inThread;
    this.#pool ??= new PoolRunner(this.module, this.#workers, this.tails?.ring);
    return this.#pool;
  }

  async close(): Promise<void> {
    await this.#inThread.close();
    await this.#pool?.close();
  }
}
