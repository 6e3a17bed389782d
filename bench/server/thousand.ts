/**
 * Many devices for a while: `server/thousand`, 1,000 connections with 10 scans a second each for a minute. Every scan has to be answered once, acknowledged once and
 * in the journal once, by its device and number; the server's memory has to stay flat. Else the suite fails.
 */
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type SocketConstructor, StreamClient } from '../../server/stream-client/index.js';
import { type BenchOptions, type BenchResult, shown } from '../result.js';
import { type Child, startTamga } from './child.js';

export interface ThousandResult {
  scans: number;
  /** Scans without a verdict, without an acknowledgement, or not in the journal: each by its device and number. */
  lost: number;
  /** Verdicts, acknowledgements and scans of the journal that came more than once. */
  double: number;
  /** From scan to verdict, milliseconds; the client's own delays are in it. */
  p50: number;
  p99: number;
  /** Resident memory of the server, MiB: when a quarter of the time has gone, and at the end. */
  memory: { warm: number; end: number };
}

const DEVICES_A_SESSION = 50;
/**
 * MiB that the server may grow by from the first quarter on: the journal's pages, which its memory map counts in, and the codes outside the register that sessions remember.
 * A minute at full size writes about 40 MiB of journal.
 */
const GROWTH_MAX = 96;

/** How often each scan of a device was met, by its number. */
class Tally {
  readonly #counts: Uint8Array;

  constructor(scans: number) {
    this.#counts = new Uint8Array(scans + 1);
  }

  /** Counts a number; one that was never sent counts like one that came twice. */
  add(seq: number): void {
    const at = seq < this.#counts.length ? seq : 0;
    if (this.#counts[at]! < 255) this.#counts[at]!++;
  }

  has(seq: number): boolean {
    return this.#counts[seq]! > 0;
  }

  get double(): number {
    let double = this.#counts[0]!;
    for (let seq = 1; seq < this.#counts.length; seq++) double += Math.max(0, this.#counts[seq]! - 1);
    return double;
  }
}

/** Puts `connections` devices with `rate` scans a second each on a server for `seconds`. */
export async function thousand(connections: number, rate: number, seconds: number): Promise<ThousandResult> {
  const codes = Array.from({ length: 20_000 }, (_, i) => `010952000000606821BENCH${String(i).padStart(8, '0')}`);
  const tamga = await startTamga(codes.slice(0, 10_000));
  try {
    const each = Math.round(rate * seconds);
    const tallies = (): Tally[] => Array.from({ length: connections }, () => new Tally(each));
    const [answered, acknowledged, journaled] = [tallies(), tallies(), tallies()];
    const waits: number[] = [];
    let kept = 0;
    const sentAt = new WeakMap<object, number>();
    const clients = Array.from(
      { length: connections },
      (_, i) =>
        new StreamClient({
          url: tamga.address,
          key: tamga.key,
          session: sessionOf(i),
          device: `device-${i}`,
          WebSocket: WebSocket as unknown as SocketConstructor,
          onVerdict: ({ seq }, scan) => {
            answered[i]!.add(seq);
            waits.push(performance.now() - (sentAt.get(scan) ?? 0));
          },
          onKept: (scans) => {
            kept += scans.length;
            for (const { seq } of scans) acknowledged[i]!.add(seq ?? 0);
          },
        }),
    );
    while (clients.some(({ state }) => state.name !== 'open')) await setTimeout(20);
    const memory = async (): Promise<number> =>
      Math.round(Number(/^process_resident_memory_bytes (\S+)$/m.exec(await tamga.get('/metrics'))?.[1]) / 2 ** 20);
    const total = connections * each;
    const started = performance.now();
    let warm = 0;
    for (let sent = 0; sent < total; ) {
      const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * connections * rate));
      for (; sent < due; sent++) {
        const scan = clients[sent % connections]!.scan(codes[(sent * 7) % codes.length]!);
        sentAt.set(scan, performance.now());
      }
      if (warm === 0 && sent > total / 4) warm = await memory();
      await setTimeout(5);
    }
    for (let waited = 0; kept < total && waited < 20_000; waited += 50) await setTimeout(50);
    const end = await memory();
    for (const client of clients) client.close();
    for (let i = 0; i < connections; i += DEVICES_A_SESSION) await readJournal(tamga, sessionOf(i), journaled);
    let lost = 0;
    for (let i = 0; i < connections; i++) {
      for (let seq = 1; seq <= each; seq++) {
        if (!(answered[i]!.has(seq) && acknowledged[i]!.has(seq) && journaled[i]!.has(seq))) lost++;
      }
    }
    waits.sort((a, b) => a - b);
    const at = (part: number): number => Math.round((waits[Math.floor(waits.length * part)] ?? 0) * 100) / 100;
    return {
      scans: total,
      lost,
      double: [...answered, ...acknowledged, ...journaled].reduce((sum, tally) => sum + tally.double, 0),
      p50: at(0.5),
      p99: at(0.99),
      memory: { warm, end },
    };
  } finally {
    await tamga.stop();
  }
}

const sessionOf = (device: number): string => `many-${Math.floor(device / DEVICES_A_SESSION)}`;

async function readJournal(tamga: Child, session: string, journaled: readonly Tally[]): Promise<void> {
  for (let after: string | null = '0.0'; after !== null; ) {
    const page = await tamga.page(`/v1/sessions/${session}/scans?limit=10000&after=${after}`);
    for (const line of page.text.split('\n')) {
      if (line === '') continue;
      const { device, seq } = JSON.parse(line) as { device: string; seq: number };
      journaled[Number(device.slice('device-'.length))]!.add(seq);
    }
    after = page.next;
  }
}

/** What the suite fails with; `null`: all is well. */
export function fault({ lost, double, memory: { warm, end } }: ThousandResult): string | null {
  if (lost > 0 || double > 0) return `${lost} scans were lost, ${double} came more than once`;
  return end - warm > GROWTH_MAX ? `the server grew from ${warm} to ${end} MiB` : null;
}

export async function thousandDevices({ small }: BenchOptions): Promise<BenchResult[]> {
  const result = small ? await thousand(60, 10, 3) : await thousand(1000, 10, 60);
  process.stderr.write(`server/thousand: ${JSON.stringify(result)}\n`);
  const wrong = fault(result);
  if (wrong !== null) throw new Error(`server/thousand: ${wrong}`);
  const { p50, p99 } = result;
  return [
    shown({
      id: 'server/thousand',
      unit: 'ms, median and 99th percentile',
      median: p50,
      spread: [p50, p99],
      ratios: {},
    }),
  ];
}
