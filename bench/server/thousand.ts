/**
 * Many devices for a while: `node dist/bench/server/thousand.js [--connections 1000] [--rate 10] [--seconds 60]`. Prints a line of JSON; ends with 1 when a scan was lost,
 * counted twice or not acknowledged.
 */
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { type SocketConstructor, StreamClient } from '../../server/stream-client/index.js';
import { startTamga } from './child.js';

export interface ThousandResult {
  scans: number;
  /** Scans without a verdict, without an acknowledgement, or not in the journal. */
  lost: number;
  /** Scans that the journal has more than once. */
  double: number;
  /** From scan to verdict, milliseconds; the client's own delays are in it. */
  p50: number;
  p99: number;
  /** Resident memory of the server, MiB: when a quarter of the time has gone, and at the end. */
  memory: { warm: number; end: number };
}

const DEVICES_A_SESSION = 50;

/** Puts `connections` devices with `rate` scans a second each on a server for `seconds`. */
export async function thousand(connections: number, rate: number, seconds: number): Promise<ThousandResult> {
  const codes = Array.from({ length: 20_000 }, (_, i) => `010952000000606821BENCH${String(i).padStart(8, '0')}`);
  const tamga = await startTamga(codes.slice(0, 10_000));
  try {
    const waits: number[] = [];
    let answered = 0;
    let kept = 0;
    const sentAt = new WeakMap<object, number>();
    const clients = Array.from(
      { length: connections },
      (_, i) =>
        new StreamClient({
          url: tamga.address,
          key: tamga.key,
          session: `many-${Math.floor(i / DEVICES_A_SESSION)}`,
          device: `device-${i}`,
          WebSocket: WebSocket as unknown as SocketConstructor,
          onVerdict: (_verdict, scan) => {
            answered++;
            waits.push(performance.now() - (sentAt.get(scan) ?? 0));
          },
          onKept: (scans) => {
            kept += scans.length;
          },
        }),
    );
    while (clients.some(({ state }) => state.name !== 'open')) await setTimeout(20);
    const memory = async (): Promise<number> =>
      Math.round(Number(/^process_resident_memory_bytes (\S+)$/m.exec(await tamga.get('/metrics'))?.[1]) / 2 ** 20);
    const total = Math.round(connections * rate * seconds);
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
    let journaled = 0;
    const sessions = Math.ceil(connections / DEVICES_A_SESSION);
    for (let i = 0; i < sessions; i++) {
      const { counts } = JSON.parse(await tamga.get(`/v1/sessions/many-${i}`)) as { counts: { scans: number } };
      journaled += counts.scans;
    }
    waits.sort((a, b) => a - b);
    const at = (part: number): number => Math.round((waits[Math.floor(waits.length * part)] ?? 0) * 100) / 100;
    return {
      scans: total,
      lost: total - Math.min(answered, kept, journaled),
      double: Math.max(0, journaled - total),
      p50: at(0.5),
      p99: at(0.99),
      memory: { warm, end },
    };
  } finally {
    await tamga.stop();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: {
      connections: { type: 'string', default: '1000' },
      rate: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '60' },
    },
  });
  const result = await thousand(Number(values.connections), Number(values.rate), Number(values.seconds));
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.lost === 0 && result.double === 0 ? 0 : 1;
}
