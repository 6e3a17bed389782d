import { createRequire } from 'node:module';

/** A client's WebSocket, as much of it as the tests need. */
export interface ClientSocket {
  send(data: string | Uint8Array): void;
  close(): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  readonly protocol: string;
  on(event: 'message', listener: (data: Buffer) => void): unknown;
  on(event: 'open', listener: () => void): unknown;
  on(event: 'close', listener: (code: number) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

type ClientConstructor = new (
  address: string,
  protocols: string[],
  options?: { headers?: Record<string, string> },
) => ClientSocket;

// The client is the library that the server's own plugin brings.
const { WebSocket } = createRequire(createRequire(import.meta.url).resolve('@fastify/websocket'))('ws') as {
  WebSocket: ClientConstructor;
};

/** An open stream: sends frames, and gives what comes back in order. */
export class Client {
  readonly socket: ClientSocket;
  readonly opened: Promise<void>;
  readonly closed: Promise<number>;
  readonly #frames: Record<string, unknown>[] = [];
  #wake: () => void = () => undefined;

  constructor(address: string, protocols: string[] = ['tamga.v1'], headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`${address.replace('http', 'ws')}/v1/stream`, protocols, { headers });
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', resolve);
      this.socket.on('error', reject);
    });
    this.closed = new Promise((resolve) => this.socket.on('close', resolve));
    this.socket.on('message', (data) => {
      this.#frames.push(JSON.parse(data.toString('utf8')));
      this.#wake();
    });
  }

  send(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The next frame. */
  async next(): Promise<Record<string, unknown>> {
    while (this.#frames.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#frames.shift()!;
  }
}
