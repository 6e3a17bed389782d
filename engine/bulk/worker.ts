/** A worker of the pool: it holds a core and sees the shared universe; it decides nothing. */
import { workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { CoreModule } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { transferList } from './classify.js';
import type { WorkerAnswer, WorkerTask } from './pool-runner.js';
import { RangeWork } from './range-task.js';
import { Universe } from './universe.js';

const work = new RangeWork((workerData as { module: CoreModule }).module);

export default async function run({ shared, ...task }: WorkerTask): Promise<WorkerAnswer> {
  try {
    const result = await work.run(task, Universe.over(shared));
    const answer: WorkerAnswer = { result };
    return move({
      [transferableSymbol]: transferList(result),
      [valueSymbol]: answer,
    }) as unknown as WorkerAnswer;
  } catch (error) {
    if (error instanceof TamgaError) return { error: { code: error.code, data: error.data } };
    throw error;
  }
}
