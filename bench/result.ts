/** From benny's samples to the figures that are reported. */
import benny from 'benny';
import { cpuTimes, foreignShare } from './foreign-cpu.js';

/** One figure. `median` and `spread` are in `unit`; a ratio is this figure by a peer's from the same run: above 1 is better than the peer. */
export interface BenchResult {
  id: string;
  unit: string;
  median: number;
  spread: [min: number, max: number];
  ratios: Record<string, number>;
}

/** A case of a suite: `run` does `codes` codes of work once. */
export interface BenchCase {
  /** `ours`, or the peer's name in the ratios. */
  name: string;
  codes: number;
  run: () => unknown | Promise<unknown>;
}

export interface BenchOptions {
  /** Few samples of little work: to see that a suite runs, not how fast. */
  small: boolean;
}

/** Samples a heavy case is given; with fewer a median says little. */
const SAMPLES_MIN = 7;
const SECONDS_MAX = 30;

/** Runs the cases of one figure one after the other in benny; the first case is ours. */
export async function measure(id: string, cases: readonly BenchCase[], { small }: BenchOptions): Promise<BenchResult> {
  const options = small ? { minSamples: 1, maxTime: 0.1 } : { minSamples: SAMPLES_MIN, maxTime: SECONDS_MAX };
  const before = cpuTimes();
  const summary = await benny.suite(
    id,
    benny.configure({ cases: options }),
    ...cases.map(({ name, run }) => benny.add(name, async () => void (await run()), options)),
  );
  const figures = summary.results.map(({ details }, i) => figure(cases[i].codes, details.sampleResults));
  const [ours, ...peers] = figures;
  const ratios = Object.fromEntries(peers.map((peer, i) => [cases[i + 1].name, round(ours.median / peer.median)]));
  process.stderr.write(`${id}: ${foreignShare(before, cpuTimes())} % of the processors' time went to other programs\n`);
  return shown({
    id,
    unit: 'codes/s',
    median: Math.round(ours.median),
    spread: ours.spread,
    ratios,
  });
}

/** Prints a figure as soon as it is there, and hands it on. */
export function shown(result: BenchResult): BenchResult {
  const { id, unit, median, spread, ratios } = result;
  const peers = Object.entries(ratios).map(([peer, ratio]) => `${ratio} × ${peer}`);
  const figures = `${median.toLocaleString('en')} ${unit}, ${spread.map((value) => value.toLocaleString('en')).join(' … ')}`;
  process.stdout.write(`${id}: ${[figures, ...peers].join('; ')}\n`);
  return result;
}

/** Codes a second, from the seconds that samples took. */
function figure(codes: number, seconds: readonly number[]): { median: number; spread: [number, number] } {
  const rates = seconds.map((time) => codes / time).sort((a, b) => a - b);
  const middle = Math.floor(rates.length / 2);
  const median = rates.length % 2 === 1 ? rates[middle] : (rates[middle - 1] + rates[middle]) / 2;
  return {
    median,
    spread: [Math.round(rates[0]), Math.round(rates[rates.length - 1])],
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
