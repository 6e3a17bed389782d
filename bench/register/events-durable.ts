/**
 * Single events of 100 concurrent callers through the public interface, each acknowledged when it is on disk: sales, each of another code, with
 * their preconditions (known, in circulation, the actor's own); and what a flush takes on this disk.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStatement, openEngine } from '../../engine/index.js';
import { type BenchOptions, type BenchResult, shown } from '../result.js';
import { random } from './load-sorted.js';

const SELLER = '7700000001';
const CALLERS = 100;
const GTIN = '04600000000015';
const AT = '2026-08-01T09:00:00Z';

export async function eventsDurable({ small }: BenchOptions): Promise<BenchResult[]> {
  const events = small ? 500 : 60_000;
  const rounds = small ? 1 : 3;
  const folder = mkdtempSync(join(tmpdir(), 'tamga-bench-events-'));
  const rates: number[] = [];
  try {
    const engine = await openEngine({ register: join(folder, 'register'), create: true, workers: 0 });
    try {
      const codes = Array.from({ length: events * rounds }, (_, i) => `01${GTIN}21S${String(i).padStart(9, '0')}`);
      const list = join(folder, 'codes.txt');
      writeFileSync(list, `${codes.join('\n')}\n`);
      await engine.import([list], { state: 'INTRODUCED', owner: SELLER });
      shuffle(codes);
      for (let round = 0; round < rounds; round++) {
        // Made before the clock starts: what is measured is what a server does with an event that it has.
        const sales = codes.slice(round * events, (round + 1) * events).map(saleOf);
        let taken = 0;
        let applied = 0;
        const caller = async (): Promise<void> => {
          while (taken < sales.length) if ((await engine.submit(sales[taken++])).applied) applied++;
        };
        const started = performance.now();
        const cpu = process.cpuUsage();
        await Promise.all(Array.from({ length: CALLERS }, caller));
        rates.push((events / (performance.now() - started)) * 1000);
        const { user, system } = process.cpuUsage(cpu);
        process.stderr.write(`events: ${((user + system) / events).toFixed(1)} µs of processor time an event\n`);
        if (applied !== events) throw new Error(`${applied} sales applied of ${events}`);
      }
    } finally {
      await engine.close();
    }
    process.stderr.write(`events: a flush of 4 KiB takes ${flushMilliseconds(folder).toFixed(3)} ms here (median)\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const sorted = rates.map(Math.round).sort((a, b) => a - b);
  return [
    shown({
      id: 'register/events-durable',
      unit: `events/s, ${CALLERS} callers`,
      median: sorted[Math.floor(sorted.length / 2)],
      spread: [sorted[0], sorted[sorted.length - 1]],
      ratios: {},
    }),
  ];
}

const saleOf = (code: string): EventStatement => ({
  kind: 'sell',
  at: AT,
  actor: SELLER,
  codes: [code],
});

/** Tills sell in no order of keys. */
function shuffle(codes: string[]): void {
  const next = random(3);
  for (let i = codes.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [codes[i], codes[j]] = [codes[j], codes[i]];
  }
}

/** Median time of fdatasync after a write of one page. */
function flushMilliseconds(folder: string): number {
  const file = openSync(join(folder, 'flush'), 'w');
  const page = Buffer.alloc(4096, 1);
  const times: number[] = [];
  for (let i = 0; i < 101; i++) {
    writeSync(file, page, 0, page.length, i * page.length);
    const started = performance.now();
    fdatasyncSync(file);
    times.push(performance.now() - started);
  }
  closeSync(file);
  return times.sort((a, b) => a - b)[50];
}
