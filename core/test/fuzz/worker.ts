// Runs every n-th batch and tells of each. A trap or a broken promise ends it.
import { parentPort, workerData } from 'node:worker_threads';
import { loadCore } from '../../host/index.js';
import { InputSource } from './inputs.js';
import { type RoundReport, runRound } from './round.js';

export interface WorkerTask {
  seed: number;
  /** The first batch, the step to the next, and the number of batches of all workers. */
  first: number;
  step: number;
  batches: number;
  inputs: number;
}

export interface WorkerMessage extends RoundReport {
  batch: number;
}

const { seed, first, step, batches, inputs } = workerData as WorkerTask;
const core = await loadCore();
const other = await loadCore();
const source = new InputSource(inputs);
for (let batch = first; batch < batches; batch += step) {
  const report = runRound(core, other, source, seed, batch);
  parentPort!.postMessage({ batch, ...report } satisfies WorkerMessage);
  if (report.failure !== null) break;
}
