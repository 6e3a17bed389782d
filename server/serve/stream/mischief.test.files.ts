/** Clients that misbehave, each in its own way, until they are told that it is over. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { ChildServer } from './child-server.test.files.js';

export interface Mischief {
  readonly server: ChildServer;
  isOver: boolean;
  /** Errors are what it is all about: they go nowhere. */
  open(protocol?: string): WebSocket;
}

export function mischief(server: ChildServer): Mischief {
  return {
    server,
    isOver: false,
    open(protocol = 'tamga.v1') {
      const socket = new WebSocket(`${server.address.replace('http', 'ws')}/v1/stream`, [
        protocol,
        `tamga.key.${server.key}`,
      ]);
      return socket.on('error', () => undefined);
    },
  };
}

function rawSocket({ server }: Mischief): Socket {
  const { hostname, port } = new URL(server.address);
  return connect(Number(port), hostname).on('error', () => undefined);
}

const gone = (socket: WebSocket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

/** Connections that are opened and dropped: greeted and welcomed, dropped at once or behind nonsense. Gives how many were welcomed. */
export async function comeAndGo(given: Mischief, rounds: number): Promise<number> {
  let welcomed = 0;
  const open = new Set<Promise<void>>();
  for (let i = 0; i < rounds && !given.isOver; i++) {
    const socket = given.open();
    socket.on('open', () => socket.send('{"type":"hello"}'));
    socket.once('message', () => {
      welcomed++;
      if (i % 2 === 0) socket.terminate();
      else socket.send(randomBytes(50), () => socket.terminate());
    });
    const closed = gone(socket);
    open.add(closed);
    void closed.then(() => open.delete(closed));
    await setTimeout(3);
  }
  await Promise.all(open);
  return welcomed;
}

/** Connections that break off in the middle of their handshake. */
export async function breakOff(given: Mischief): Promise<void> {
  while (!given.isOver) {
    const socket = rawSocket(given);
    socket.on('connect', () =>
      socket.write('GET /v1/stream HTTP/1.1\r\nHost: x\r\nUpgr', () => setImmediate(() => socket.destroy())),
    );
    await setTimeout(10);
  }
}

/** Peers that are gone without a word: nothing is read, no ping answered. The server has to cut them. Gives how many it cut. */
export async function goSilent(given: Mischief): Promise<number> {
  let cut = 0;
  const sockets: WebSocket[] = [];
  const raw: Socket[] = [];
  while (!given.isOver) {
    if (sockets.length < 200) {
      const socket = given.open();
      socket.on('open', () => {
        socket.send('{"type":"hello"}', () => socket.pause());
      });
      socket.on('close', () => {
        cut++;
        sockets.splice(sockets.indexOf(socket), 1);
      });
      sockets.push(socket);
      // One that never says anything at all.
      if (raw.length < 100) raw.push(rawSocket(given));
    }
    await setTimeout(20);
    // A paused socket doesn't see its own end.
    for (const socket of sockets) if (Math.random() < 0.002) socket.resume();
  }
  for (const socket of sockets) socket.terminate();
  for (const socket of raw) socket.destroy();
  return cut;
}

/** Bytes behind a handshake that are no frames of WebSocket (RFC 6455 §5), or not allowed ones. */
const NO_FRAMES: readonly Buffer[] = [
  Buffer.from([0x81, 0x01, 0x41]), // not masked
  Buffer.from([0x83, 0x80, 0, 0, 0, 0]), // a reserved opcode
  Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), // a reserved bit
  Buffer.concat([Buffer.from([0x89, 0xfe, 0, 200, 0, 0, 0, 0]), Buffer.alloc(200)]), // a ping that is too long
  Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), // a length of 2^63
  Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x41]), // a fragment, and no other
  Buffer.from([0x80, 0x81, 0, 0, 0, 0, 0x41]), // the end of none
  Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xec]), // a close code that is never sent
  Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]), // no UTF-8
  Buffer.from([0x08]), // half of a head
];

/** Frames of every wrong kind, and frames of ten megabytes. */
export async function speakNonsense(given: Mischief): Promise<void> {
  const tenMegabytes = Buffer.alloc(10 << 20);
  for (let i = 0; !given.isOver; i++) {
    const socket = given.open(i % 2 === 0 ? 'tamga.v1.bin' : 'tamga.v1');
    socket.on('open', () => {
      for (let n = 0; n < 20; n++) socket.send(randomBytes(1 + Math.floor(Math.random() * 200)));
      socket.send('{"type":"scan","seq":1,"code":"before any hello"}');
      socket.send('{"type":"hello","session":"../x"}');
      if (i % 4 === 0) socket.send(tenMegabytes);
    });
    const raw = rawSocket(given);
    raw.on('connect', () => {
      const head = [
        'GET /v1/stream HTTP/1.1',
        'Host: x',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ];
      raw.write(`${head.join('\r\n')}\r\n\r\n`);
      raw.once('data', () => raw.write(NO_FRAMES[i % NO_FRAMES.length]!));
    });
    await setTimeout(100);
    socket.terminate();
    raw.destroy();
  }
}

/** Readers that ask and ask, and hardly read what is answered. */
export async function readSlowly(given: Mischief, readers: number): Promise<void> {
  const read = async (): Promise<void> => {
    while (!given.isOver) {
      const socket = given.open();
      await new Promise<void>((resolve) => socket.once('open', () => resolve()).once('close', () => resolve()));
      if (socket.readyState !== WebSocket.OPEN) continue;
      socket.send('{"type":"hello"}');
      socket.pause();
      for (let seq = 1; !given.isOver && socket.readyState === WebSocket.OPEN; seq += 10) {
        for (let i = 0; i < 10 && socket.bufferedAmount < 1 << 20; i++) {
          socket.send(JSON.stringify({ type: 'scan', seq: seq + i, code: `010952000000606821SLOW${seq + i}` }));
        }
        await setTimeout(5);
        if (seq % 1000 === 1) {
          socket.resume();
          await setTimeout(1);
          socket.pause();
        }
      }
      socket.terminate();
    }
  };
  await Promise.all(Array.from({ length: readers }, read));
}
