/** A load client for WebSockets: so many connections, each with so many scans on their way. It counts answers and looks into none. */
import { WebSocket } from 'ws';
import type { Child } from './child.js';

/** What is sent and what counts as an answer. */
export interface Load {
  socket: WebSocket;
  /** Numbers go on where they were: a session's do. */
  seq: number;
}

/** Connections to the stream, each a device of the session, welcomed. */
export async function openStreams(child: Child, session: string, connections: number): Promise<Load[]> {
  return Promise.all(
    Array.from({ length: connections }, async (_, i) => {
      const socket = await open(`${child.address.replace('http', 'ws')}/v1/stream`, [
        'tamga.v1',
        `tamga.key.${child.key}`,
      ]);
      const welcomed = new Promise((resolve) => socket.once('message', resolve));
      socket.send(JSON.stringify({ type: 'hello', session, device: `device-${i}` }));
      await welcomed;
      return { socket, seq: 0 };
    }),
  );
}

export async function openEchoes(child: Child, connections: number): Promise<Load[]> {
  return Promise.all(
    Array.from({ length: connections }, async () => ({
      socket: await open(child.address.replace('http', 'ws'), []),
      seq: 0,
    })),
  );
}

function open(address: string, protocols: string[]): Promise<WebSocket> {
  const socket = new WebSocket(address, protocols, { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Scans `each` codes on every connection, `window` of them on their way at once; gives answers a second, until all are there (and kept, by those that acknowledge). */
export async function pump(
  loads: readonly Load[],
  codes: readonly string[],
  each: number,
  window: number,
  isEcho: boolean,
): Promise<number> {
  const started = performance.now();
  await Promise.all(loads.map((load) => pumpOne(load, codes, each, window, isEcho)));
  return (loads.length * each) / ((performance.now() - started) / 1000);
}

function pumpOne(load: Load, codes: readonly string[], each: number, window: number, isEcho: boolean): Promise<void> {
  const { socket } = load;
  const last = load.seq + each;
  let answered = load.seq;
  return new Promise((resolve) => {
    const send = (): void => {
      while (load.seq < last && load.seq - answered < window) {
        load.seq++;
        socket.send(`{"type":"scan","seq":${load.seq},"code":"${codes[load.seq % codes.length]}"}`);
      }
    };
    const receive = (data: Buffer): void => {
      if (isEcho) answered++;
      else {
        const frame = data.toString('latin1');
        if (frame.startsWith('{"type":"ack"')) {
          if (Number(frame.slice(20, -1)) < last) return;
          socket.off('message', receive);
          resolve();
          return;
        }
        for (let at = frame.indexOf('"seq":'); at >= 0; at = frame.indexOf('"seq":', at + 6)) answered++;
      }
      if (isEcho && answered === last) {
        socket.off('message', receive);
        resolve();
      } else send();
    };
    socket.on('message', receive);
    send();
  });
}

/** Waits of `count` scans, one after the other, in milliseconds, ascending. */
export async function waits(load: Load, codes: readonly string[], count: number): Promise<number[]> {
  const { socket } = load;
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    load.seq++;
    const answered = new Promise<void>((resolve) => {
      const receive = (data: Buffer): void => {
        if (data.toString('latin1', 0, 13) === '{"type":"ack"') return;
        socket.off('message', receive);
        resolve();
      };
      socket.on('message', receive);
    });
    const at = performance.now();
    socket.send(`{"type":"scan","seq":${load.seq},"code":"${codes[load.seq % codes.length]}"}`);
    await answered;
    times.push(performance.now() - at);
  }
  return times.sort((a, b) => a - b);
}
