// Goal: clients that misbehave in every way are no trouble to the others: those wait at most three times as long, and the server's memory comes back.
// Method: the server that ships, as a child process; waits are measured in a process of their own. A short form, whose bounds leave room for what else runs
// on the machine; `npm run chaos` for all of it, with the bounds as they are promised.
import { execFile } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildServer } from './child-server.test.files.js';
import { breakOff, comeAndGo, goSilent, mischief, readSlowly, speakNonsense } from './mischief.test.files.js';

const LONG = process.env.TAMGA_LONG === '1';
const CONNECTIONS = LONG ? 10_000 : 600;
/** Times that others may wait longer. */
const LONGER_MAX = 3;
/** Milliseconds that a wait may always take in the short form. */
const ROOM_MS = LONG ? 0 : 250;
const MEMORY_BYTES_MAX = 96 << 20;

const server = new ChildServer(['--stall-seconds', '1', '--heartbeat-seconds', '2']);
beforeAll(() => server.start());
afterAll(() => server.stop());

interface Waits {
  p50: number;
  p99: number;
}

async function waits(count: number): Promise<Waits> {
  const script = fileURLToPath(new URL('./latency-process.test.data.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, server.address, server.key, String(count)]);
  return JSON.parse(stdout) as Waits;
}

/** The middle one of several measurements. */
function middle(measured: readonly Waits[]): Waits {
  const of = (pick: (waits: Waits) => number): number => {
    const sorted = measured.map(pick).sort((a, b) => a - b);
    return sorted[sorted.length >> 1]!;
  };
  return { p50: of(({ p50 }) => p50), p99: of(({ p99 }) => p99) };
}

describe('other clients', () => {
  it('hardly notice those that misbehave, and memory comes back', async () => {
    await waits(300);
    const samples = LONG ? 2000 : 600;
    const quietly: Waits[] = [];
    for (let i = 0; i < (LONG ? 5 : 1); i++) quietly.push(await waits(samples));
    const before = await server.metric('process_resident_memory_bytes');
    // Those who misbehave are elsewhere, and take no processor from the server.
    setPriority(constants.priority.PRIORITY_LOW);
    const given = mischief(server);
    let hasComeAndGone = false;
    const coming = comeAndGo(given, CONNECTIONS).finally(() => {
      hasComeAndGone = true;
    });
    const silent = goSilent(given);
    const others = [breakOff(given), speakNonsense(given), readSlowly(given, LONG ? 5 : 1)];
    const busily: Waits[] = [];
    do busily.push(await waits(samples));
    while (!hasComeAndGone);
    const welcomed = await coming;
    given.isOver = true;
    await Promise.all(others);
    const cut = await silent;
    const [quiet, busy] = [middle(quietly), middle(busily)];
    for (let waited = 0; waited < 10_000 && (await server.metric('tamga_stream_connections')) > 0; waited += 100)
      await setTimeout(100);
    const after = await server.metric('process_resident_memory_bytes');
    if (LONG) {
      const told = {
        welcomed,
        cut,
        quiet,
        busy,
        rounds: busily.length,
        memoryMiB: [before, after].map((n) => n >> 20),
      };
      process.stderr.write(`${JSON.stringify(told)}\n`);
    }
    expect(welcomed).toBe(CONNECTIONS);
    expect(await server.metric('tamga_stream_connections')).toBe(0);
    expect(after - before).toBeLessThan(MEMORY_BYTES_MAX);
    expect(busy.p50).toBeLessThan(Math.max(quiet.p50 * LONGER_MAX, ROOM_MS));
    expect(busy.p99).toBeLessThan(Math.max(quiet.p99 * LONGER_MAX, ROOM_MS));
  }, 600_000);
});
