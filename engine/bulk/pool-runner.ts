import { setMaxListeners } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { CoreModule, KeyRing, TailKey } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { kernelModule } from '../register/image-kernel.js';
import type { KernelModule } from '../register/image-memory.js';
import type { TaskPass } from './block-task.js';
import { type BlockParts, type BlockResult, blockResult } from './classify.js';
import { BufferStock, LineBuffers } from './line-buffers.js';
import type { Block, Pass, Runner } from './runner.js';
import type { SharedUniverse } from './universe.js';
import { zeroSecrets } from './worker-keys.js';

/** What a worker begins with. */
export interface WorkerData {
  module: CoreModule;
  kernel: KernelModule;
  /** Keys of tails, with their secrets; null when no tails are checked. */
  keys: TailKey[] | null;
}

/** What a worker is sent: the block, and the shared memory it reads. */
export interface WorkerTask {
  block: Block;
  pass: TaskPass;
  /** Of the universe. */
  key: string;
  /** Left out when the worker probably has it: a dozen shared memories take longer to send than a task of some milliseconds should. */
  shared: SharedUniverse | null;
  /** Memory of {@link LineBuffers}. */
  buffers: SharedArrayBuffer;
}

/** An error as it comes back: a class doesn't survive the way between threads. */
export type WorkerAnswer =
  | { parts: Omit<BlockParts, 'buffers'> & { buffers: SharedArrayBuffer } }
  | { asks: string }
  | { error: { code: TamgaError['code']; data: TamgaError['data'] } };

/** Blocks under way for each worker: one at work and one waiting, so that none is ever idle and none piles up. */
const BLOCKS_PER_WORKER = 2;
/** A block whose worker died is given to another one, once: an accident happens once, what happens twice lies in the block. */
const ATTEMPTS = 2;

/** Pools that may die in a row, all workers of them, before anything was done: more is no accident either. */
const POOLS_MAX = 3;

/** A pool, and what ends everything that it was asked. */
interface Pool {
  threads: Piscina<WorkerTask, WorkerAnswer>;
  end: AbortController;
}

/** Runs blocks in a piscina pool. The universe and the columns are shared, sets are moved; nothing is copied but the task. */
export class PoolRunner implements Runner {
  readonly width: number;
  readonly #data: WorkerData;
  readonly #workers: number;
  readonly #stock = new BufferStock();
  #pool: Pool;
  /** The universe that was sent last, and how many times with all that it is. */
  #sent = { key: '', times: 0 };
  /** Pools that died since the last block that was done. */
  #dead = 0;
  #closed = false;

  /** `ring`: keys for passes that check tails. */
  constructor(module: CoreModule, workers: number, ring: KeyRing | null = null) {
    this.width = workers * BLOCKS_PER_WORKER;
    // A worker that replaces a dead one needs the keys, too: they stay until the pool is closed.
    this.#data = { module, kernel: kernelModule(), keys: ring?.forWorker() ?? null };
    this.#workers = workers;
    this.#pool = this.#open();
  }

  /** The threads at work now. */
  get threads(): readonly Worker[] {
    return this.#pool.threads.threads;
  }

  async run(block: Block, { universe, cancel, tails, ...rest }: Pass): Promise<BlockResult> {
    const buffers = this.#stock.take();
    const pass = { ...rest, cancel: cancel?.flag, tails: tails?.terms ?? null };
    let isWhole = false;
    for (let attempt = 1; ; ) {
      const { threads, end } = this.#pool;
      let answer: WorkerAnswer;
      try {
        const { key } = universe;
        isWhole = isWhole || this.#sendsWhole(key);
        const task = { block, pass, key, shared: isWhole ? universe.share() : null, buffers: buffers.memory };
        answer = await threads.run(task, { signal: end.signal });
      } catch (error) {
        const waited = end.signal.aborted && (error as Error).name === 'AbortError';
        if (!waited) attempt++;
        // A dead worker writes no more: its columns are there for the next one.
        if (attempt <= ATTEMPTS && this.#dead <= POOLS_MAX && !this.#closed) continue;
        this.#stock.give(buffers);
        throw workerFailed(block, error as Error);
      }
      this.#dead = 0;
      if ('asks' in answer) {
        // It came late, or in the place of one that died.
        isWhole = true;
        continue;
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
    await this.#pool.threads.destroy();
    if (this.#data.keys) zeroSecrets(this.#data.keys);
  }

  /** Whether a task must bring the universe: until each worker will have had one of its first tasks. */
  #sendsWhole(key: string): boolean {
    if (this.#sent.key !== key) this.#sent = { key, times: 0 };
    return this.#sent.times++ < this.width;
  }

  #open(): Pool {
    const threads = new Piscina<WorkerTask, WorkerAnswer>({
      // The build's one file of ./worker.ts and all that it imports.
      filename: new URL('./pool/worker.cjs', import.meta.url).href,
      minThreads: this.#workers,
      maxThreads: this.#workers,
      // Each run has at most `width` blocks under way; how many runs there are is for the caller to bound.
      maxQueue: Number.POSITIVE_INFINITY,
      idleTimeout: Number.POSITIVE_INFINITY,
      workerData: this.#data,
      // A worker's objects are few and short-lived; a young generation of the usual size would only fill memory.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    const pool: Pool = { threads, end: new AbortController() };
    setMaxListeners(0, pool.end.signal);
    // A worker that dies between two tasks is replaced; there is nothing to redo and nobody to tell.
    threads.on('error', () => undefined);
    // Piscina replaces no worker that dies while it starts: when all have, what waits would wait for ever.
    threads.on('workerDestroy', () => setImmediate(() => this.#replace(pool)));
    return pool;
  }

  #replace(pool: Pool): void {
    if (this.#closed || this.#pool !== pool || pool.threads.threads.length > 0) return;
    this.#dead++;
    this.#pool = this.#open();
    pool.end.abort();
    void pool.threads.destroy();
  }
}

function workerFailed(block: Block, error: Error): TamgaError {
  const place =
    'range' in block ? `bytes ${block.range.start} to ${block.range.end}` : `block ${block.block + 1} of the lines`;
  const detail = `${place}: the workers that had them died, the last one of: ${error.message}`;
  return new TamgaError('WORKER_FAILED', { path: block.path, detail }, { cause: error });
}
