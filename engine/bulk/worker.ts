/** A worker of the pool: it holds a core and sees the shared universe; it decides nothing. */
import { workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { CoreModule } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { BlockWork } from './block-task.js';
import { LineBuffers } from './line-buffers.js';
import type { WorkerAnswer, WorkerTask } from './pool-runner.js';
import { Universe } from './universe.js';

const work = new BlockWork((workerData as { module: CoreModule }).module);

export default async function run({ block, pass, shared, buffers }: WorkerTask): Promise<WorkerAnswer> {
  try {
    const parts = await work.run(block, pass, Universe.over(shared), new LineBuffers(buffers));
    const answer: WorkerAnswer = { parts: { ...parts, buffers: parts.buffers.memory } };
    const moved = [parts.found, parts.keys, parts.keyOffsets]
      .filter(({ length }) => length > 1)
      .map(({ buffer }) => buffer);
    return move({ [transferableSymbol]: moved, [valueSymbol]: answer }) as unknown as WorkerAnswer;
  } catch (error) {
    if (error instanceof TamgaError) return { error: { code: error.code, data: error.data } };
    throw error;
  }
}
