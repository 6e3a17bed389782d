// Goal: whatever breaks, an acknowledged scan is in its session's journal exactly once, and an acknowledged event in the register's log.
// Method: the server that ships, as a child process that is killed and started again; clients whose connections are cut at random moments, and who send
// again what was not acknowledged. A short form; `npm run chaos` for all of it.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { jsonLines, tamga } from '../../cli/run-cli.test.files.js';
import { type ClientScan, type SocketConstructor, StreamClient } from '../../stream-client/index.js';
import { ChildServer } from './child-server.test.files.js';

const LONG = process.env.TAMGA_LONG === '1';
const TIMEOUT_MS = LONG ? 600_000 : 120_000;
const stray = (number: number): string => `010952000000606821STRAY${String(number).padStart(8, '0')}`;
const keyOf = (number: number): string => `09520000006068STRAY${String(number).padStart(8, '0')}`;

const server = new ChildServer(['--stall-seconds', '1', '--heartbeat-seconds', '2']);
beforeAll(() => server.start());
afterAll(() => server.stop());

/** A device that scans steadily, and whose connection can be cut. */
class ChaosDevice {
  readonly client: StreamClient;
  readonly sent: number[] = [];
  readonly verdicts = new Map<number, number>();
  kept = 0;
  readonly states: string[] = [];
  #socket: WebSocket | null = null;

  constructor(session: string, device: string) {
    const cut = (socket: WebSocket): void => {
      this.#socket = socket;
    };
    class Cuttable extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols);
        cut(this);
      }
    }
    this.client = new StreamClient({
      url: server.address,
      key: server.key,
      session,
      device,
      WebSocket: Cuttable as unknown as SocketConstructor,
      retryMs: { first: 20, most: 300 },
      onState: (state) =>
        this.states.push(state.name === 'closed' ? `closed ${state.code} ${state.reason}` : state.name),
      onVerdict: ({ seq }) => this.verdicts.set(seq, (this.verdicts.get(seq) ?? 0) + 1),
      onKept: (scans: readonly ClientScan[]) => {
        this.kept += scans.length;
      },
    });
  }

  scan(number: number): void {
    this.sent.push(number);
    this.client.scan(stray(number));
  }

  cut(): void {
    this.#socket?.terminate();
  }

  async settled(): Promise<void> {
    for (let waited = 0; this.client.waiting.length > 0 && waited < 15_000; waited += 20) await setTimeout(20);
  }
}

describe('scans', { timeout: TIMEOUT_MS }, () => {
  it('are kept exactly once, though connections are cut and the server is killed under load', async () => {
    const perDevice = LONG ? 4000 : 400;
    const devices = Array.from({ length: 8 }, (_, i) => new ChaosDevice(`chaos-${i % 3}`, `device-${i}`));
    let isOver = false;
    const scanning = devices.map(async (device, d) => {
      for (let i = 0; i < perDevice; i++) {
        device.scan(d * 1_000_000 + i);
        if (i % 3 === 0) await setTimeout(Math.random() * 10);
      }
    });
    const cutting = (async () => {
      while (!isOver) {
        await setTimeout(Math.random() * 60);
        devices[Math.floor(Math.random() * devices.length)]!.cut();
      }
    })();
    for (let kills = 0; kills < (LONG ? 8 : 2); kills++) {
      await setTimeout(400 + Math.random() * 400);
      await server.kill();
      await server.start();
    }
    await Promise.all(scanning);
    isOver = true;
    await cutting;
    for (const device of devices) {
      await device.settled();
      expect(device.client.waiting.length, device.states.slice(-3).join(', ')).toBe(0);
      expect(device.kept).toBe(perDevice);
      expect(device.verdicts.size).toBe(perDevice);
      expect(Math.max(...device.verdicts.values())).toBe(1);
      expect(device.states.filter((state) => state === 'waiting').length).toBeGreaterThan(2);
    }
    // Read back by a server that has only the disk.
    await server.kill();
    await server.start();
    const journal = (await Promise.all([0, 1, 2].map((i) => server.scans(`chaos-${i}`)))).flat();
    expect(journal.length).toBe(devices.length * perDevice);
    for (const [d, device] of devices.entries()) {
      const own = journal.filter((scan) => scan.device === `device-${d}`);
      expect(own.map(({ seq }) => seq)).toEqual(device.sent.map((_, i) => i + 1));
      expect(own.map(({ key }) => key)).toEqual(device.sent.map(keyOf));
      device.client.close();
    }
  });

  it('that are taken when the server is told to stop are acknowledged before it says goodbye', async () => {
    const device = new ChaosDevice('goodbye', 'a');
    while (device.client.state.name !== 'open') await setTimeout(5);
    for (let i = 0; i < 300; i++) device.scan(i);
    await setTimeout(5);
    await server.restart();
    await device.settled();
    expect(device.kept).toBe(300);
    expect(device.states).not.toContain('closed');
    expect((await server.scans('goodbye')).map(({ seq }) => seq)).toEqual(device.sent.map((_, i) => i + 1));
    device.client.close();
  });
});

describe('events', { timeout: TIMEOUT_MS }, () => {
  it('are in the log exactly once, though the server is killed while they are posted', async () => {
    let isOver = false;
    let sent = 0;
    const acknowledged = new Map<string, number>();
    let unanswered = 0;
    /** One introduces codes of its own, an event after the other or a few at a time, and sends again what has no answer. */
    const write = async (writer: number): Promise<void> => {
      for (let i = 0; !isOver; ) {
        const batch = Array.from({ length: 1 + (i % 3) }, (_, j) => ({
          id: randomUUID().replaceAll('-', ''),
          kind: 'introduce',
          at: '2026-03-16T09:00:00+03:00',
          actor: '300000001',
          codes: [stray(10_000_000 + writer * 1_000_000 + i + j)],
        }));
        i += batch.length;
        sent += batch.length;
        for (;;) {
          const results = await server.post<{ results: { id: string; status: string; sequence: number }[] }>(
            '/v1/events',
            batch,
          );
          if (results === null) {
            unanswered++;
            await setTimeout(50);
            continue;
          }
          for (const { id, status, sequence } of results.results) {
            expect(['applied', 'known']).toContain(status);
            acknowledged.set(id, sequence);
          }
          break;
        }
        await setTimeout(2);
      }
    };
    const writing = Promise.all([0, 1, 2, 3].map(write));
    // Some are taken before each kill, however long the server needs to start.
    for (let kills = 0; kills < (LONG ? 8 : 2); kills++) {
      const enough = acknowledged.size + (LONG ? 200 : 20);
      while (acknowledged.size < enough) await setTimeout(10);
      await setTimeout(Math.random() * 20);
      await server.kill();
      await server.start();
    }
    isOver = true;
    await writing;
    expect(acknowledged.size).toBe(sent);
    expect(unanswered).toBeGreaterThan(0);
    await server.kill();
    const { out } = await tamga(['register', 'export', join(server.folder, 'data', 'register')]);
    await server.start();
    const log = jsonLines(out).map(({ id, sequence }) => [id, sequence] as const);
    expect(log.length).toBe(acknowledged.size);
    expect(new Map(log)).toEqual(acknowledged);
    if (LONG) process.stderr.write(`${JSON.stringify({ events: log.length, unanswered })}\n`);
  });
});
