/** A process that runs a job and says when it gets on, for tests that kill it: `node job-process.test.data.js REGISTER|- JOBS start SPEC | resume ID`. */
import { readFileSync } from 'node:fs';
import { openEngine } from '../engine.js';
import type { JobSpec } from './job-spec.js';

const [register = '-', folder = '', order, operand = ''] = process.argv.slice(2);
const engine = await openEngine({ register: register === '-' ? undefined : register, workers: 2 });
const jobs = engine.openJobs(folder, { checkpointMs: 0 });
jobs.onProgress(({ state, progress }) => process.stdout.write(`${state} ${progress.done}\n`));
const before = bytesRead();
const { id } = order === 'start' ? await jobs.start(JSON.parse(operand) as JobSpec) : await jobs.resume(operand);
process.stdout.write(`id ${id}\n`);
await jobs.wait(id);
process.stdout.write(`read ${bytesRead() - before}\n`);
await jobs.close();
await engine.close();

/** Bytes that this process has read from files so far, where the system tells. */
function bytesRead(): number {
  try {
    return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
  } catch {
    return 0;
  }
}
