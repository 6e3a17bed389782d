/**
 * `server/check-1`, `server/check-100`: `codes/check` with a code, and with a hundred, against Fastify that reads the same body and answers
 * nothing, or something trivial a code. The servers stand in one process and are loaded in turn, so that both meet the same machine.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { type BenchOptions, type BenchResult, shown } from '../result.js';
import { checkCorpus } from './check-corpus.js';

const PATH = '/api/v4/true-api/codes/check';
const CONNECTIONS = 32;
const REGISTERED = 100_000;
const SMALL_REGISTERED = 1_000;
/** Bodies that are sent in turn. */
const BODIES = 500;

type Server = 'ours' | 'empty' | 'trivial';

export async function check({ small }: BenchOptions): Promise<BenchResult[]> {
  const registered = small ? SMALL_REGISTERED : REGISTERED;
  const child = fork(fileURLToPath(new URL('check-servers.js', import.meta.url)), [String(registered)]);
  const [ready] = (await once(child, 'message')) as [{ addresses: Record<Server, string>; key: string }];
  try {
    const { codes } = checkCorpus(registered);
    const figures = async (id: string, count: number, peer: Server, name: string): Promise<BenchResult> => {
      const bodies = Array.from({ length: BODIES }, (_, b) =>
        JSON.stringify({
          codes: Array.from({ length: count }, (__, i) => codes[(b * count * 7 + i * 3) % codes.length]),
        }),
      );
      const load = (server: Server, seconds: number) =>
        requestsPerSecond(ready.addresses[server], ready.key, bodies, seconds);
      const rounds = small ? 1 : 5;
      const seconds = small ? 1 : 4;
      for (const server of ['ours', peer] as const) await load(server, 1);
      const rates: Record<string, number[]> = { ours: [], [peer]: [] };
      for (let round = 0; round < rounds; round++) {
        for (const server of ['ours', peer] as const) rates[server]!.push(await load(server, seconds));
      }
      const ours = rates.ours!.sort((a, b) => a - b);
      const ratio = median(rates.ours!) / median(rates[peer]!);
      return shown({
        id,
        unit: 'requests/s',
        median: Math.round(median(ours)),
        spread: [Math.round(ours[0]!), Math.round(ours.at(-1)!)],
        ratios: { [name]: Math.round(ratio * 100) / 100 },
      });
    };
    return [
      await figures('server/check-1', 1, 'empty', 'emptyRoute'),
      await figures('server/check-100', 100, 'trivial', 'trivialHandler'),
    ];
  } finally {
    const exit = once(child, 'exit');
    child.disconnect();
    await exit;
  }
}

async function requestsPerSecond(
  address: string,
  key: string,
  bodies: readonly string[],
  duration: number,
): Promise<number> {
  const result = await autocannon({
    url: address,
    connections: CONNECTIONS,
    duration,
    requests: bodies.map((body) => ({
      method: 'POST' as const,
      path: PATH,
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body,
    })),
  });
  if (result.errors > 0 || result.non2xx > 0) {
    throw new Error(`${address}: ${result.errors} errors, ${result.non2xx} answers that are none`);
  }
  return result.requests.average;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
