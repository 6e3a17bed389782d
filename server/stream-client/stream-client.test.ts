// Goal: the client numbers, queues and resends so that nothing is lost or told twice. Method: a server that is played by the test, frame by frame.
import { describe, expect, it, vi } from 'vitest';
import type { ClientVerdict, ServerFrame } from './frames.js';
import { ScanQueue } from './scan-queue.js';
import {
  type SocketConstructor,
  type SocketLike,
  StreamClient,
  type StreamClientOptions,
  type StreamState,
} from './stream-client.js';

type Frame = Record<string, unknown> & { type: string };

/** The server's end of a socket. */
class Played implements SocketLike {
  static readonly all: Played[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: Frame[] = [];

  constructor(
    readonly address: string,
    readonly protocols: string[],
  ) {
    Played.all.push(this);
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Frame);
  }

  close(): void {
    this.onclose?.({ code: 1000, reason: '' });
  }

  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  welcome(lastSeq: number, durable = lastSeq): void {
    this.onopen?.();
    const welcome: ServerFrame = {
      type: 'welcome',
      protocol: 'tamga.v1',
      lastSeq,
      durable,
      context: { operation: 'count' },
      register: null,
      heartbeatMs: 1000,
    };
    this.say(welcome);
  }

  verdict(seq: number): void {
    this.say({ type: 'verdict', seq, outcome: 'OK', allow: 'yes', key: `${seq}` });
  }

  cut(code = 1006): void {
    this.onclose?.({ code, reason: 'cut' });
  }
}

function play(options: Partial<StreamClientOptions> = {}) {
  Played.all.length = 0;
  const states: StreamState[] = [];
  const verdicts: number[] = [];
  const kept: (number | null)[] = [];
  const client = new StreamClient({
    url: 'https://tamga.example/',
    key: 'secret',
    session: 's',
    device: 'd',
    WebSocket: Played as unknown as SocketConstructor,
    retryMs: { first: 10, most: 20 },
    onState: (state) => states.push(state),
    onVerdict: ({ seq }: ClientVerdict) => verdicts.push(seq),
    onKept: (scans) => kept.push(...scans.map(({ seq }) => seq)),
    ...options,
  });
  return { client, states, verdicts, kept, socket: () => Played.all.at(-1)! };
}

const scans = ({ sent }: Played): unknown[] =>
  sent.flatMap((frame) =>
    frame.type === 'scan'
      ? [frame.seq]
      : frame.type === 'scans'
        ? (frame.items as { seq: number }[]).map(({ seq }) => seq)
        : [],
  );

describe('the client of the stream', () => {
  it('keeps its key out of the address, and greets', () => {
    const { socket } = play({ context: { operation: 'sale' }, expected: 'job' });
    expect([socket().address, socket().protocols]).toEqual([
      'wss://tamga.example/v1/stream',
      ['tamga.v1', 'tamga.key.secret'],
    ]);
    socket().welcome(0);
    expect(socket().sent).toEqual([
      { type: 'hello', session: 's', device: 'd', after: 0, kept: 0, expected: 'job', context: { operation: 'sale' } },
    ]);
  });

  it('numbers what was scanned before the welcome behind what the server has', () => {
    const { client, socket } = play();
    const early = client.scan('a');
    expect(early.seq).toBeNull();
    socket().welcome(40);
    client.scan('b');
    expect(early.seq).toBe(41);
    expect(scans(socket())).toEqual([41, 42]);
  });

  it('resumes behind a broken connection: resends what the server lacks, tells each verdict once', () => {
    vi.useFakeTimers();
    try {
      const { client, socket, states, verdicts, kept } = play();
      socket().welcome(0);
      for (const code of ['a', 'b', 'c', 'd', 'e']) client.scan(code);
      for (const seq of [1, 2, 3]) socket().verdict(seq);
      socket().say({ type: 'ack', seq: 2 });
      socket().cut();
      client.scan('f');
      expect(states.at(-1)?.name).toBe('waiting');
      vi.advanceTimersByTime(50);
      socket().welcome(4, 4);
      expect(socket().sent[0]).toMatchObject({ type: 'hello', after: 3, kept: 2 });
      expect(scans(socket())).toEqual([5, 6]);
      for (const seq of [3, 4]) socket().verdict(seq);
      socket().say({ type: 'ack', seq: 4 });
      for (const seq of [5, 6]) socket().verdict(seq);
      socket().say({ type: 'ack', seq: 6 });
      expect([verdicts, kept]).toEqual([
        [1, 2, 3, 4, 5, 6],
        [1, 2, 3, 4, 5, 6],
      ]);
      expect(client.waiting).toEqual([]);
      client.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('sends again from where the server says that there is a gap', () => {
    const { client, socket } = play();
    socket().welcome(0);
    for (const code of ['a', 'b', 'c']) client.scan(code);
    socket().sent.length = 0;
    socket().say({ type: 'error', code: 'SEQ_GAP', message: '', seq: 3, expected: 2 });
    expect(scans(socket())).toEqual([2, 3]);
  });

  it('gives up for reasons that trying again does not mend, and waits as it is told', () => {
    vi.useFakeTimers();
    try {
      const { socket, states } = play();
      socket().welcome(0);
      socket().say({ type: 'goodbye', reason: 'restart', retryAfterMs: 5000 });
      socket().cut(1012);
      expect(states.at(-1)).toMatchObject({ name: 'waiting', retryMs: expect.any(Number) });
      vi.advanceTimersByTime(4900);
      expect(Played.all.length).toBe(1);
      vi.advanceTimersByTime(200);
      expect(Played.all.length).toBe(2);
      socket().cut(4401);
      expect(states.at(-1)).toEqual({ name: 'closed', code: 4401, reason: 'cut' });
      vi.advanceTimersByTime(60_000);
      expect(Played.all.length).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('notices a connection that is half open', () => {
    vi.useFakeTimers();
    try {
      const { socket, states } = play();
      socket().welcome(0);
      vi.advanceTimersByTime(1000);
      expect(socket().sent.at(-1)).toEqual({ type: 'ping' });
      socket().say({ type: 'pong' });
      vi.advanceTimersByTime(1000);
      expect(states.at(-1)?.name).toBe('open');
      vi.advanceTimersByTime(1000);
      expect(states.at(-1)).toMatchObject({ name: 'waiting', code: 1001 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('goes on with the queue of an earlier run', () => {
    const first = play();
    first.socket().welcome(0);
    for (const code of ['a', 'b', 'c']) first.client.scan(code);
    first.socket().verdict(1);
    first.socket().say({ type: 'ack', seq: 1 });
    const restored = JSON.parse(JSON.stringify(first.client.queueState)) as NonNullable<
      StreamClientOptions['restored']
    >;
    first.client.close();
    const { client, socket } = play({ restored, device: undefined });
    expect(client.device).toBe('d');
    socket().welcome(2, 2);
    expect(socket().sent[0]).toMatchObject({ after: 1, kept: 1 });
    expect(scans(socket())).toEqual([3]);
    expect(client.scan('d').seq).toBe(4);
  });

  it('without a session is done with a scan when it has its verdict', () => {
    const { client, socket, kept } = play({ session: undefined });
    socket().welcome(0);
    client.scan('a');
    client.scan('b');
    socket().verdict(1);
    expect(kept).toEqual([1]);
    expect(client.waiting.length).toBe(1);
  });

  it('refuses what the server would refuse, and more than it can hold', () => {
    const { client } = play({ queuedMax: 2 });
    expect(() => client.scan('x'.repeat(4097))).toThrow(RangeError);
    client.scan('a');
    client.scan('b');
    expect(() => client.scan('c')).toThrow(RangeError);
  });
});

describe('a queue of scans', () => {
  it('keeps a scan that is acknowledged until its verdict is here', () => {
    const queue = new ScanQueue();
    queue.begin(0);
    queue.add('a', 0);
    expect(queue.acknowledge(1)).toEqual([]);
    queue.answer({ seq: 1, outcome: 'OK', allow: 'yes', key: null });
    expect(queue.acknowledge(1).map(({ durable }) => durable)).toEqual([true]);
    expect(queue.kept).toBe(1);
  });
});
