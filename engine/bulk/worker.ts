/** A worker of the pool: it holds a core and sees the shared universe; it decides nothing. */
import { workerData } from 'node:worker_threads';
import { createKeyRing } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { useKernelModule } from '../register/image-kernel.js';
import { BlockWork } from './block-task.js';
import { LineBuffers } from './line-buffers.js';
import type { WorkerAnswer, WorkerData, WorkerTask } from './pool-runner.js';
import { Universe } from './universe.js';
import { zeroSecrets } from './worker-keys.js';

const { module, kernel, keys } = workerData as WorkerData;
useKernelModule(kernel);
const ring = keys && createKeyRing(keys);
// The ring has copies of its own.
if (keys) zeroSecrets(keys);
const work = new BlockWork(module, ring);

/** The universe of the last task. */
let seen: { key: string; universe: Universe } | null = null;

export default async function run({ block, pass, key, shared, buffers }: WorkerTask): Promise<WorkerAnswer> {
  try {
    if (seen?.key !== key) {
      if (!shared) return { asks: key };
      seen = { key, universe: Universe.over(shared) };
    }
    const parts = await work.run(block, pass, seen.universe, new LineBuffers(buffers));
    const answer: WorkerAnswer = { parts: { ...parts, buffers: parts.buffers.memory } };
    const moved = [parts.found, parts.keys, parts.keyOffsets].filter(({ length }) => length > 1);
    return moved.length === 0 ? answer : await moving(answer, moved);
  } catch (error) {
    if (error instanceof TamgaError) return { error: { code: error.code, data: error.data } };
    throw error;
  }
}

/** The answer with buffers that go over and are not copied. Most passes have none, and need nothing of piscina in the worker. */
async function moving(answer: WorkerAnswer, columns: readonly ArrayBufferView[]): Promise<WorkerAnswer> {
  const piscina = await import('piscina');
  const moved = columns.map(({ buffer }) => buffer);
  return piscina.move({
    [piscina.transferableSymbol]: moved,
    [piscina.valueSymbol]: answer,
  }) as unknown as WorkerAnswer;
}
