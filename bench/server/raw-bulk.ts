/**
 * `server/raw-bulk`: a body of codes through `POST /v1/verify`, as bytes and as lines, against the same route of Fastify that reads the body and
 * answers nothing. The servers stand in one process and are asked in turn, by a client that sends a file from memory.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { benchCorpus } from '../corpus.js';
import { type BenchOptions, type BenchResult, shown } from '../result.js';

const REGISTERED = 1_000_000;
const DELIVERED = 500_000;
const SMALL_REGISTERED = 20_000;
const SMALL_DELIVERED = 10_000;
const ROUNDS = 9;
const NEWLINE = 10;

export async function rawBulk({ small }: BenchOptions): Promise<BenchResult[]> {
  const { corpus, register } = await benchCorpus(
    small ? SMALL_REGISTERED : REGISTERED,
    small ? SMALL_DELIVERED : DELIVERED,
  );
  const body = readFileSync(corpus.paths.scans);
  const lines = linesOf(body);
  const child = fork(fileURLToPath(new URL('raw-bulk-servers.js', import.meta.url)), [register]);
  const [ready] = (await once(child, 'message')) as [{ ours: string; empty: string; key: string }];
  try {
    const rates: Record<'bytes' | 'lines' | 'empty', number[]> = { bytes: [], lines: [], empty: [] };
    const rounds = small ? 1 : ROUNDS;
    for (let round = -1; round < rounds; round++) {
      for (const name of ['bytes', 'lines', 'empty'] as const) {
        const accept = name === 'bytes' ? 'application/octet-stream' : 'text/plain';
        const address = name === 'empty' ? ready.empty : ready.ours;
        const { seconds, answer } = await sent(address, ready.key, accept, body);
        const answered = name === 'bytes' ? answer.length : name === 'lines' ? linesOf(answer) : lines;
        if (answered !== lines) throw new Error(`${name}: ${answered} answers to ${lines} lines`);
        // The first round warms up.
        if (round >= 0) rates[name].push(lines / seconds);
      }
    }
    const empty = median(rates.empty);
    const figure = (id: string, all: number[]): BenchResult =>
      shown({
        id,
        unit: 'codes/s',
        median: Math.round(median(all)),
        spread: [Math.round(Math.min(...all)), Math.round(Math.max(...all))],
        ratios: { emptyRoute: Math.round((median(all) / empty) * 100) / 100 },
      });
    return [figure('server/raw-bulk', rates.bytes), figure('server/raw-bulk-lines', rates.lines)];
  } finally {
    const exit = once(child, 'exit');
    child.disconnect();
    await exit;
  }
}

function sent(
  address: string,
  key: string,
  accept: string,
  body: Buffer,
): Promise<{ seconds: number; answer: Buffer }> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const headers = { 'content-type': 'text/plain', 'content-length': body.length, 'x-api-key': key, accept };
    const asked = request(`${address}/v1/verify?operation=accept`, { method: 'POST', headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        else resolve({ seconds: (performance.now() - started) / 1000, answer: Buffer.concat(pieces) });
      });
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

function linesOf(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines + (bytes.length > 0 && bytes.at(-1) !== NEWLINE ? 1 : 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
