/**
 * Bench ids `server/ws-1` and `server/ws-50`: scans over WebSockets, each judged, journaled and acknowledged behind a flush, beside a bare `ws` echo of the
 * same frames. Both servers are processes of their own; rounds alternate.
 */
import { type BenchOptions, type BenchResult, shown } from '../result.js';
import { startEcho, startTamga } from './child.js';
import { type Load, openEchoes, openStreams, pump, waits } from './load.js';

const CONNECTIONS = 50;
/** Scans on their way on one connection: a device that resends has about so many. */
const WINDOW = 32;
const ROUNDS = 7;

/** Connections of ours and of the echo, by turns; `measure` gives a figure of one round. */
async function alternate(
  connections: number,
  rounds: number,
  measure: (loads: Load[], codes: readonly string[], isEcho: boolean) => Promise<number>,
): Promise<{ ours: number[]; bare: number[] }> {
  const codes = Array.from({ length: 20_000 }, (_, i) => `010952000000606821BENCH${String(i).padStart(8, '0')}`);
  // Half of what is scanned is registered.
  const [tamga, echo] = await Promise.all([startTamga(codes.slice(0, 10_000)), startEcho()]);
  try {
    const streams = await openStreams(tamga, 'bench', connections);
    const echoes = await openEchoes(echo, connections);
    const figures = { ours: [] as number[], bare: [] as number[] };
    // The first round warms up.
    for (let round = -1; round < rounds; round++) {
      const ours = await measure(streams, codes, false);
      const bare = await measure(echoes, codes, true);
      if (round < 0) continue;
      figures.ours.push(ours);
      figures.bare.push(bare);
    }
    for (const { socket } of [...streams, ...echoes]) socket.close();
    return figures;
  } finally {
    await Promise.all([tamga.stop(), echo.stop()]);
  }
}

export async function oneStream({ small }: BenchOptions): Promise<BenchResult[]> {
  const scans = small ? 200 : 3_000;
  const { ours, bare } = await alternate(1, small ? 1 : ROUNDS, async ([load], codes) =>
    p99(await waits(load!, codes, scans)),
  );
  return [shown(result('server/ws-1', 'ms, 99th percentile', ours, median(bare) / median(ours), 3))];
}

export async function fiftyStreams({ small }: BenchOptions): Promise<BenchResult[]> {
  const each = small ? 200 : 2_000;
  const { ours, bare } = await alternate(CONNECTIONS, small ? 1 : ROUNDS, (loads, codes, isEcho) =>
    pump(loads, codes, each, WINDOW, isEcho),
  );
  return [shown(result('server/ws-50', 'scans/s', ours, median(ours) / median(bare), 0))];
}

const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)]!;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function result(id: string, unit: string, values: readonly number[], bareWs: number, digits: number): BenchResult {
  const rounded = (value: number): number => Number(value.toFixed(digits));
  return {
    id,
    unit,
    median: rounded(median(values)),
    spread: [rounded(Math.min(...values)), rounded(Math.max(...values))],
    ratios: { bareWs: Math.round(bareWs * 100) / 100 },
  };
}
