/**
 * `npm run fuzz [-- --inputs N --seed S --batch B --workers W]`: hostile inputs by the million, many in a batch. Checked: the
 * core never traps and never loops; every row keeps the promises of promises.ts; a batch says of a code what the code alone
 * gets; recovery leaves valid codes alone; no tail is valid that wasn't issued, among keys of four kinds. A failure prints the batch that shows it again.
 *
 * Exit code 0 when all is well, 1 after a failure, 2 on a wrong option.
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { WorkerMessage, WorkerTask } from './worker.js';

/** Inputs of a batch: about two megabytes, which stay in the processor's cache. */
const INPUTS_PER_BATCH = 20_000;
const INPUTS_DEFAULT = 50_000_000;
/** A batch takes some 30 ms; a worker that is silent for so long is in a loop. */
const SILENCE_MAX_MS = 60_000;
const PROGRESS_MS = 5_000;

const options = readOptions();
const batches = options.batch === null ? Math.ceil(options.inputs / INPUTS_PER_BATCH) : options.batch + 1;
const total = { inputs: 0, bytes: 0, wellFormed: 0, identified: 0, alone: 0, recovered: 0, decided: 0, genuine: 0 };
const started = performance.now();
let told = started;

process.stdout.write(`fuzz: seed ${options.seed}, ${options.workers} worker(s)\n`);
const results = await Promise.all(Array.from({ length: options.workers }, (_, first) => runWorker(first)));
process.stdout.write(`${summary()}\n`);
if (results.includes(false)) {
  process.stdout.write('fuzz: FAILED\n');
  process.exit(1);
}
process.stdout.write('fuzz: no trap, no loop, every promise kept\n');

/** Runs a worker to its end; false after a failure. */
function runWorker(first: number): Promise<boolean> {
  const from = options.batch ?? first;
  const task: WorkerTask = {
    seed: options.seed,
    first: from,
    step: options.workers,
    batches,
    inputs: INPUTS_PER_BATCH,
  };
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: task });
  return new Promise((resolve) => {
    let batch = from;
    let well = true;
    const fail = (text: string): void => {
      well = false;
      process.stdout.write(
        `batch ${batch}: ${text}\n  again: npm run fuzz -- --seed ${options.seed} --batch ${batch}\n`,
      );
    };
    const silence = setTimeout(() => {
      fail(`no answer for ${SILENCE_MAX_MS / 1000} s`);
      void worker.terminate();
    }, SILENCE_MAX_MS);
    worker.on('message', (message: WorkerMessage) => {
      silence.refresh();
      batch = message.batch;
      add(message);
      const { failure } = message;
      if (failure !== null)
        fail(`${failure.what}\n  options ${JSON.stringify(failure.options)}\n  input ${failure.input ?? '(all)'}`);
      batch += options.workers;
    });
    worker.on('error', (error) => fail(String(error)));
    worker.on('exit', () => {
      clearTimeout(silence);
      resolve(well);
    });
  });
}

function add(message: WorkerMessage): void {
  for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += message[name];
  if (performance.now() - told < PROGRESS_MS) return;
  told = performance.now();
  process.stdout.write(`${summary()}\n`);
}

function summary(): string {
  const seconds = (performance.now() - started) / 1000;
  const million = (count: number): string => (count / 1e6).toFixed(1);
  return (
    `${million(total.inputs)} M inputs, ${million(total.bytes)} MB in ${seconds.toFixed(1)} s: ` +
    `${million(total.inputs / seconds)} M/s; ${million(total.wellFormed)} M well formed, ` +
    `${million(total.identified)} M identified; ${total.alone} parsed alone, ${total.recovered} recovered; ` +
    `${total.decided} tails decided, ${total.genuine} genuine`
  );
}

function readOptions(): { inputs: number; seed: number; batch: number | null; workers: number } {
  try {
    const { values } = parseArgs({
      options: {
        inputs: { type: 'string', default: String(INPUTS_DEFAULT) },
        seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
        batch: { type: 'string' },
        workers: { type: 'string' },
      },
    });
    const batch = values.batch === undefined ? null : whole('batch', values.batch, 0);
    const workers = batch === null ? whole('workers', values.workers ?? '1', 1) : 1;
    return { inputs: whole('inputs', values.inputs, 1), seed: whole('seed', values.seed, 0), batch, workers };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} ${text}: a whole number from ${least} is expected`);
  return value;
}
