/** `engine.verify(code)` in the calling thread, from the image of a register: codes that it has, codes that it doesn't have, and what is no code. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { openEngine } from '../../engine/index.js';
import { benchCorpus } from '../corpus.js';
import { type BenchOptions, type BenchResult, measure, shown } from '../result.js';

/** Of a mix, one code in this many is unknown to the register, and one is of another kind. */
const UNKNOWN_EVERY = 10;
const FOREIGN_EVERY = 25;
const FOREIGN = ['4601234567893', 'https://example.com/01/09520000001018', '00195200000000000117', ''];
/** Calls that warm the compiler up; after them latency is the work's. */
const WARM_UP = 200_000;

export async function verifySingle(options: BenchOptions): Promise<BenchResult[]> {
  const { corpus, register } = await benchCorpus(
    options.small ? 20_000 : 2_000_000,
    options.small ? 10_000 : 1_000_000,
  );
  const codes = await mixOf(corpus.paths.scans, options.small ? 5000 : 500_000);
  const at = new Date(`${corpus.today}T12:00:00`);
  const context = { operation: 'sale', participant: corpus.supplier, at } as const;
  const engine = await openEngine({ register, workers: 0 });
  try {
    engine.warmUp();
    let allowed = 0;
    const run = (): void => {
      for (const code of codes) if (engine.verify(code, context).allow === 'yes') allowed++;
    };
    for (let i = 0; i < WARM_UP; i++) engine.verify(codes[i % codes.length], context);
    const rate = await measure('register/verify-single', [{ name: 'ours', codes: codes.length, run }], options);
    process.stderr.write(`${allowed} verdicts allowed\n`);
    const latency = percentiles(codes.map((code) => microseconds(() => engine.verify(code, context))));
    return [rate, ...latency];
  } finally {
    await engine.close();
  }
}

/** Codes of a scan file with others among them, in an order without any locality. */
async function mixOf(path: string, count: number): Promise<string[]> {
  const codes: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path, 'latin1') })) {
    if (codes.length === count) break;
    const i = codes.length;
    if (i % FOREIGN_EVERY === 1) codes.push(FOREIGN[(i / FOREIGN_EVERY) & 3]);
    else if (i % UNKNOWN_EVERY === 2) codes.push(line.replace(/^(01\d{14}21.)./, '$1~'));
    else codes.push(line);
  }
  // A fixed walk through all of them: the step is a prime that divides no count.
  return codes.map((_, i) => codes[(i * 7_368_787) % codes.length]);
}

function microseconds(work: () => unknown): number {
  const started = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - started) / 1000;
}

function percentiles(times: number[]): BenchResult[] {
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] * 100) / 100;
  return [
    shown({
      id: 'register/verify-single-p99',
      unit: 'µs a code, 99th percentile; spread: median and 99.9th',
      median: at(0.99),
      spread: [at(0.5), at(0.999)],
      ratios: {},
    }),
  ];
}
