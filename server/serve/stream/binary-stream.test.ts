// Goal: a device that speaks bytes is served as the manual says: hello, scans, verdicts, acknowledgements, a broken connection, and what it missed.
// Method: bytes laid out by hand as docs/stream.md draws them, over real sockets; nothing of the server's own codec.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { OUTCOMES } from '../../../engine/index.js';
import { startTestServer, type TestServer } from '../running.test.files.js';

const KNOWN = '010952000000606821UZDEMO0000001';
const stray = (number: number): string => `010952000000606821STRAY${String(number).padStart(8, '0')}`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

class Device {
  readonly #socket: WebSocket;
  readonly #frames: Buffer[] = [];
  #wake: () => void = () => undefined;

  constructor() {
    this.#socket = new WebSocket(`${server.address.replace('http', 'ws')}/v1/stream`, ['tamga.v1.bin']);
    this.#socket.on('message', (data: Buffer, isBinary) => {
      expect(isBinary).toBe(true);
      this.#frames.push(data);
      this.#wake();
    });
  }

  async opened(): Promise<void> {
    await new Promise((resolve, reject) => this.#socket.once('open', resolve).once('error', reject));
    expect(this.#socket.protocol).toBe('tamga.v1.bin');
  }

  send(bytes: Buffer): void {
    this.#socket.send(bytes);
  }

  async next(): Promise<Buffer> {
    while (this.#frames.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#frames.shift()!;
  }

  /** The connection breaks, as it does. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.terminate();
    await closed;
  }
}

const text = (value: string): Buffer => Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);

function hello(session: string, after: number, kept: number): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0x01;
  head.writeUInt32LE(after, 2);
  head.writeUInt32LE(kept, 6);
  return Buffer.concat([head, ...[server.key.verify, session, 'gun', '', ''].map(text)]);
}

function scans(first: number, codes: readonly string[], time?: number): Buffer {
  const head = Buffer.alloc(5);
  head[0] = time === undefined ? 0x02 : 0x03;
  head.writeUInt32LE(first, 1);
  const items = codes.map((code) => {
    const item = Buffer.alloc(time === undefined ? 2 : 8);
    if (time !== undefined) item.writeUIntLE(time, 0, 6);
    item.writeUInt16LE(code.length, item.length - 2);
    return Buffer.concat([item, Buffer.from(code)]);
  });
  return Buffer.concat([head, ...items]);
}

interface Told {
  seq: number;
  outcome: string;
  answer: number;
}

/** Verdicts until everything up to `seq` is acknowledged. */
async function untilKept(device: Device, seq: number): Promise<Told[]> {
  const told: Told[] = [];
  for (;;) {
    const frame = await device.next();
    if (frame[0] === 0x83) {
      expect(frame.length).toBe(5);
      if (frame.readUInt32LE(1) === seq) return told;
      continue;
    }
    expect(frame[0]).toBe(0x82);
    const first = frame.readUInt32LE(1);
    expect(frame.length).toBeLessThanOrEqual(5 + 2 * 64);
    for (let at = 5; at < frame.length; at += 2) {
      told.push({ seq: first + (at - 5) / 2, outcome: OUTCOMES[frame[at]!]!, answer: frame[at + 1]! });
    }
  }
}

async function welcomed(device: Device): Promise<{ lastSeq: number; durable: number }> {
  const frame = await device.next();
  expect([frame[0], frame.length]).toEqual([0x81, 11]);
  expect(frame.readUInt16LE(9)).toBe(15);
  return { lastSeq: frame.readUInt32LE(1), durable: frame.readUInt32LE(5) };
}

describe('tamga.v1.bin', () => {
  it('scans, is acknowledged, breaks off, and is told what it missed', async () => {
    const first = new Device();
    await first.opened();
    first.send(hello('bytes', 0, 0));
    expect(await welcomed(first)).toEqual({ lastSeq: 0, durable: 0 });
    first.send(scans(1, [KNOWN, stray(2), KNOWN, 'nonsense']));
    expect(await untilKept(first, 4)).toEqual([
      { seq: 1, outcome: 'OK', answer: 1 },
      { seq: 2, outcome: 'NOT_FOUND', answer: 0 },
      { seq: 3, outcome: 'OK', answer: 1 | 4 },
      { seq: 4, outcome: 'UNKNOWN_CODE_TYPE', answer: 0 },
    ]);
    first.send(
      scans(
        5,
        Array.from({ length: 200 }, (_, i) => stray(5 + i)),
        1_700_000_000_000,
      ),
    );
    expect((await untilKept(first, 204)).map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, i) => 5 + i));
    // A number too far, a frame that is none, and a sign of life.
    first.send(scans(300, [KNOWN]));
    const gap = await first.next();
    expect([gap[0], gap[1], gap.readUInt32LE(2), gap.readUInt32LE(6)]).toEqual([0x84, 3, 300, 205]);
    first.send(Buffer.of(0x77));
    expect([...(await first.next()).subarray(0, 2)]).toEqual([0x84, 2]);
    first.send(Buffer.of(0x04));
    expect([...(await first.next())]).toEqual([0x86]);
    await first.cut();

    const again = new Device();
    await again.opened();
    again.send(hello('bytes', 2, 2));
    expect(await welcomed(again)).toEqual({ lastSeq: 204, durable: 204 });
    const missed = await untilKept(again, 204);
    expect(missed.slice(0, 3)).toEqual([
      { seq: 3, outcome: 'OK', answer: 1 | 4 | 8 },
      { seq: 4, outcome: 'UNKNOWN_CODE_TYPE', answer: 8 },
      { seq: 5, outcome: 'NOT_FOUND', answer: 8 },
    ]);
    expect(missed.map(({ seq }) => seq)).toEqual(Array.from({ length: 202 }, (_, i) => 3 + i));
    // Sent again, and one that is new: it alone counts.
    again.send(scans(204, [stray(204), KNOWN]));
    expect(await untilKept(again, 205)).toEqual([{ seq: 205, outcome: 'OK', answer: 1 | 4 }]);
    await again.cut();
    const kept = await fetch(`${server.address}/v1/sessions/bytes/scans`, {
      headers: { 'x-api-key': server.key.verify },
    });
    const lines = (await kept.text()).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(
      Array.from({ length: 205 }, (_, i) => i + 1),
    );
    expect(JSON.parse(lines[4]!)).toMatchObject({ device: 'gun', time: 1_700_000_000_000 });
  });
});
