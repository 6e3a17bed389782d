/** Rates of sides that take turns: ours, each peer, ours again; so that what disturbs the machine disturbs all of them alike. */
import { medianOf } from '../alternate.js';
import { cpuTimes, foreignShare } from '../foreign-cpu.js';
import { type BenchOptions, type BenchResult, shown } from '../result.js';

export interface Side {
  /** `ours`, or the peer's name in the ratios. */
  name: string;
  /** Codes of one pass. */
  codes: number;
  /** Makes one pass; seconds, when the side has its own clock. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a pass without a clock of its own returns nothing
  pass(): Promise<number> | void;
}

const ROUNDS = 21;
/** A turn is long enough that the clock and the change of turns don't count. */
const TURN_SECONDS = 0.03;

/** The first side is ours; a ratio is the median of those of the rounds. */
export async function alternate(id: string, sides: readonly Side[], { small }: BenchOptions): Promise<BenchResult> {
  const before = cpuTimes();
  const turns: { side: Side; passes: number; rates: number[] }[] = [];
  for (const side of sides) {
    await turn(side, 1);
    const once = await turn(side, 1);
    turns.push({ side, passes: small ? 1 : Math.max(1, Math.ceil(TURN_SECONDS / once)), rates: [] });
  }
  for (let round = 0; round < (small ? 1 : ROUNDS); round++) {
    for (const { side, passes, rates } of turns) rates.push((side.codes * passes) / (await turn(side, passes)));
  }
  const [ours, ...peers] = turns;
  const ratios = peers.map(({ side, rates }) => {
    const ratio = medianOf(rates.map((rate, round) => ours!.rates[round]! / rate));
    return [side.name, Math.round(ratio * 100) / 100] as const;
  });
  const sorted = [...ours!.rates].sort((a, b) => a - b);
  process.stderr.write(`${id}: ${foreignShare(before, cpuTimes())} % of the processors' time went to other programs\n`);
  return shown({
    id,
    unit: 'codes/s',
    median: Math.round(medianOf(sorted)),
    spread: [Math.round(sorted[0]!), Math.round(sorted.at(-1)!)],
    ratios: Object.fromEntries(ratios),
  });
}

/** Seconds of some passes. */
async function turn({ pass }: Side, passes: number): Promise<number> {
  let seconds = 0;
  for (let i = 0; i < passes; i++) {
    const start = performance.now();
    const own = pass();
    seconds += own === undefined ? (performance.now() - start) / 1000 : await own;
  }
  return seconds;
}
