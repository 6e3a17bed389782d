/** What is on its way to one client: bounded, so that a slow reader slows only itself. */
import { CLOSE, CLOSE_MS_MAX, type CloseCode, UNSENT_HIGH, UNSENT_LOW } from './protocol.js';

/** A WebSocket, as much of it as the stream needs. */
export interface StreamSocket {
  readonly bufferedAmount: number;
  readonly protocol: string;
  send(data: string | Uint8Array, done?: (error?: Error) => void): void;
  ping(): void;
  pause(): void;
  resume(): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown;
  on(event: 'pong' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export class Outbox {
  readonly #socket: StreamSocket;
  readonly #stallMs: number;
  /** Why nothing is read from the client now. */
  readonly #stops = new Set<string>();
  #stalled: NodeJS.Timeout | undefined;
  #closing: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];
  #isEnded = false;

  /** A client that takes nothing for `stallMs` while much waits for it is closed with 4429. */
  constructor(socket: StreamSocket, stallMs: number) {
    this.#socket = socket;
    this.#stallMs = stallMs;
  }

  /** True when more should not be sent unasked. */
  get isFull(): boolean {
    return this.#socket.bufferedAmount >= UNSENT_LOW;
  }

  get isReading(): boolean {
    return this.#stops.size === 0;
  }

  send(frame: string | Uint8Array): void {
    if (this.#isEnded || this.#closing !== undefined) return;
    this.#socket.send(frame, () => this.#sent());
    if (this.#stalled !== undefined || this.#socket.bufferedAmount < UNSENT_HIGH) return;
    this.stopReading('unsent');
    this.#stalled = setTimeout(() => this.close(CLOSE.slowReader, 'what is sent is not read'), this.#stallMs);
  }

  /** Resolves when there is room again, or nothing will be sent any more. */
  async room(): Promise<void> {
    while (!this.#isEnded && this.#socket.bufferedAmount >= UNSENT_LOW) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Nothing more is read for this reason. What has arrived already may still come. */
  stopReading(reason: string): void {
    if (this.#stops.size === 0) this.#socket.pause();
    this.#stops.add(reason);
  }

  goOnReading(reason: string): void {
    if (this.#stops.delete(reason) && this.#stops.size === 0) this.#socket.resume();
  }

  /** Sends a close frame behind what waits, and cuts the connection when that doesn't get through. */
  close(code: CloseCode, reason: string): void {
    if (this.#closing !== undefined || this.#isEnded) return;
    this.#socket.close(code, reason);
    // The answer to the close frame has to be read.
    if (this.#stops.size > 0) this.#socket.resume();
    this.#stops.clear();
    clearTimeout(this.#stalled);
    this.#closing = setTimeout(() => this.#socket.terminate(), CLOSE_MS_MAX);
  }

  /** The connection is gone. */
  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#stalled);
    clearTimeout(this.#closing);
    this.#wake();
  }

  #sent(): void {
    if (this.#socket.bufferedAmount >= UNSENT_LOW) {
      // It reads, if slowly.
      this.#stalled?.refresh();
      return;
    }
    this.#wake();
    if (this.#stalled === undefined || this.#closing !== undefined) return;
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
    this.goOnReading('unsent');
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
