// Goal: a disk that stalls stops the devices and loses nothing: when it works again, all of them go on; a server that is told to stop meanwhile stops.
// Method: another process holds the write lock of the journal, as long as the test wants; real sockets, a real journal.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Client } from '../client.test.files.js';
import { startTestServer, type TestServer } from '../running.test.files.js';
import { CLOSE } from './protocol.js';

const LMDB = createRequire(import.meta.url).resolve('lmdb');
/** Takes the lock, says so, and holds it until its standard input ends. */
const HOLDER = `
  const { open } = await import(process.argv[1]);
  const root = open({ path: process.argv[2], noSubdir: false, maxDbs: 4, overlappingSync: false });
  root.transactionSync(() => {
    process.stdout.write('held');
    require('node:fs').readFileSync(0);
  });
`.replace('require(', 'process.getBuiltinModule(');
/** What waits at most is 32 MiB: more than that in codes of 4,000 characters. */
const SCANS = 6000;
const SCANS_UNTIL_FULL = Math.floor((32 << 20) / 4020);
const SCANS_A_FRAME = 15;

async function stall(path: string): Promise<ChildProcess> {
  const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, LMDB, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout!, 'data');
  return holder;
}

async function release(holder: ChildProcess): Promise<void> {
  const ended = once(holder, 'exit');
  holder.stdin!.end();
  await ended;
}

async function joined(server: TestServer, session: string): Promise<Client> {
  const client = new Client(server.address, ['tamga.v1'], { authorization: `Bearer ${server.key.verify}` });
  await client.opened;
  client.send({ type: 'hello', session, device: 'a' });
  expect(await client.next()).toMatchObject({ type: 'welcome', lastSeq: 0 });
  client.send({ type: 'scan', seq: 1, code: 'first' });
  await acknowledged(client, 1);
  return client;
}

async function acknowledged(client: Client, seq: number): Promise<void> {
  for (;;) {
    const frame = await client.next();
    if (frame.type === 'ack' && frame.seq === seq) return;
  }
}

function scan(client: Client, first: number, last: number): void {
  for (let seq = first; seq <= last; seq += SCANS_A_FRAME) {
    const count = Math.min(SCANS_A_FRAME, last - seq + 1);
    const items = Array.from({ length: count }, (_, i) => ({ seq: seq + i, code: String(seq + i).padEnd(4000, 'N') }));
    client.send({ type: 'scans', items });
  }
}

/** Resolves when the server takes no more scans. */
async function full(server: TestServer): Promise<void> {
  let before = -1;
  for (;;) {
    const { values } = await server.parts.metrics.scans.get();
    const taken = values[0]!.value;
    if (taken === before && taken > SCANS_UNTIL_FULL) return;
    before = taken;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

describe('a disk that stalls', () => {
  it('stops the devices, and all of them go on when it works again', async () => {
    const server = await startTestServer({ heartbeatSeconds: '1' });
    try {
      const clients = [await joined(server, 'one'), await joined(server, 'two')];
      const holder = await stall(join(server.folder, 'sessions'));
      // One scan each is on its way to the disk before the rest, which then fills what may wait by itself.
      for (const client of clients) {
        scan(client, 2, 2);
        expect(await client.next()).toMatchObject({ type: 'verdict', seq: 2 });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (const client of clients) scan(client, 3, SCANS);
      await full(server);
      await release(holder);
      await Promise.all(clients.map((client) => acknowledged(client, SCANS)));
      for (const client of clients) {
        client.send({ type: 'scan', seq: SCANS + 1, code: 'last' });
        await acknowledged(client, SCANS + 1);
        client.socket.close();
      }
    } finally {
      await server.close();
    }
  });

  it('does not keep a server from stopping', async () => {
    const server = await startTestServer({ drainSeconds: '1' });
    const client = await joined(server, 'one');
    const holder = await stall(join(server.folder, 'sessions'));
    client.send({ type: 'scan', seq: 2, code: 'second' });
    expect(await client.next()).toMatchObject({ type: 'verdict', seq: 2 });
    await server.close();
    expect([CLOSE.restart, 1006]).toContain(await client.closed);
    await release(holder);
  });
});
