/** Cases that take turns, so that what else the machine does falls on all of them alike. */
import { cpuTimes, foreignShare } from './foreign-cpu.js';
import { type BenchResult, shown } from './result.js';

/** One of the cases; `run` does the work once and says how many milliseconds that took. */
export interface Turn {
  /** `ours`, or the peer's name in the ratios. */
  name: string;
  run: () => Promise<number>;
  /** Every how many rounds it has its turn; 1 when left out. Slow peers need not be asked as often. */
  every?: number;
}

/** Runs `rounds` rounds; the first case is ours. Each case has run once before. `codes` are the codes of one run of it. */
export async function alternate(
  id: string,
  codes: number,
  turns: readonly Turn[],
  rounds: number,
): Promise<BenchResult> {
  const times = new Map<string, number[]>(turns.map(({ name }) => [name, []]));
  for (const { run } of turns) await run();
  const before = cpuTimes();
  for (let round = 0; round < rounds; round++) {
    for (const { name, run, every = 1 } of turns) if (round % every === 0) times.get(name)?.push(await run());
  }
  const foreign = foreignShare(before, cpuTimes());
  const medians = new Map([...times].map(([name, list]) => [name, medianOf(list)]));
  const [{ name: ours }, ...peers] = turns;
  const own = medians.get(ours) as number;
  for (const [name, median] of medians) process.stderr.write(`  ${name}: ${median.toFixed(1)} ms (median)\n`);
  process.stderr.write(`${id}: ${foreign} % of the processors' time went to other programs\n`);
  const rates = (times.get(ours) as number[]).map((time) => Math.round((codes / time) * 1000)).sort((a, b) => a - b);
  return shown({
    id,
    unit: 'codes/s',
    median: Math.round((codes / own) * 1000),
    spread: [rates[0], rates[rates.length - 1]],
    ratios: Object.fromEntries(
      peers.map(({ name }) => [name, Math.round(((medians.get(name) as number) / own) * 100) / 100]),
    ),
  });
}

export function medianOf(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
