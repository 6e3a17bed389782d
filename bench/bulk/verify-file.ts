/** Verification of a file against a register: two workers against one, one alone, and the memory of a short file against a long one. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openEngine } from '../../engine/index.js';
import { benchCorpus, repeated } from '../corpus.js';
import { type BenchOptions, type BenchResult, measure, shown } from '../result.js';

const LONGER = 10;

export async function verifyFile(options: BenchOptions): Promise<BenchResult[]> {
  const { corpus, register } = await benchCorpus(
    options.small ? 20_000 : 2_000_000,
    options.small ? 10_000 : 1_000_000,
  );
  const path = corpus.paths.scans;
  const at = new Date(`${corpus.today}T12:00:00`);
  const codes = corpus.counts.scanLines;
  const two = await openEngine({ register, workers: 2 });
  const one = await openEngine({ register, workers: 1 });
  try {
    const run = (engine: typeof two) => async (): Promise<void> => (await engine.verifyFile(path, { at })).close();
    // Warm: pools started, image in the page cache.
    await run(two)();
    await run(one)();
    const figure = await measure(
      'bulk/verify-file',
      [
        { name: 'ours', codes, run: run(two) },
        { name: 'oneWorker', codes, run: run(one) },
      ],
      options,
    );
    const worker = await measure('bulk/verify-file-worker', [{ name: 'ours', codes, run: run(one) }], options);
    return [figure, worker, await memory(path, register, options)];
  } finally {
    await two.close();
    await one.close();
  }
}

/** Peak memory of `tamga verify` on a file ten times as long, by that on the file. 1 is flat. */
async function memory(path: string, register: string, { small }: BenchOptions): Promise<BenchResult> {
  const longer = await repeated(path, LONGER);
  const ratios: number[] = [];
  let short = 0;
  for (let i = 0; i < (small ? 1 : 3); i++) {
    const peak = await peakMemory(path, register);
    short = peak;
    ratios.push((await peakMemory(longer, register)) / peak);
  }
  ratios.sort((a, b) => a - b);
  process.stderr.write(`verify: ${Math.round(short / 1024)} MB at its peak on the shorter file\n`);
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  const median = ratios[Math.floor(ratios.length / 2)];
  return shown({
    id: 'bulk/verify-memory-10x',
    unit: 'peak of 10× the lines / peak',
    median: round(median),
    spread: [round(ratios[0]), round(ratios[ratios.length - 1])],
    ratios: {},
  });
}

/** Kilobytes at the peak of a `tamga verify` of its own. */
function peakMemory(path: string, register: string): Promise<number> {
  const verify = fileURLToPath(new URL('./verify-child.js', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [verify, path, register], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve(Number(out)) : reject(new Error(`verify ended with ${code}`))));
  });
}
