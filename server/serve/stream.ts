/** One client of `/v1/stream`: scans in, verdicts out, several to a frame when they come fast. */
import type { Engine, VerifyContext } from '../../engine/index.js';
import { type FrameFault, readFrame, SUBPROTOCOL } from './frames.js';
import type { WireVerdict } from './schema.js';
import { contextOf, wireVerdict } from './verdicts.js';

/** Verdicts of one frame: more gain nothing, and the first would wait for the last. */
export const ITEMS_MAX = 64;
/** Unsent bytes at which reading stops: a client that doesn't read its answers isn't asked for more questions. */
const UNSENT_HIGH = 1 << 20;
/** Unsent bytes at which it goes on. */
const UNSENT_LOW = 1 << 18;
/** A client that takes nothing for so long is gone, whatever its socket says. */
const STALLED_MS = 30_000;
/** Between two signs of life that are asked for. */
const PING_MS = 30_000;

/** A WebSocket, as much of it as the stream needs. */
export interface StreamSocket {
  readonly bufferedAmount: number;
  send(data: string, done?: (error?: Error) => void): void;
  ping(): void;
  pause(): void;
  resume(): void;
  terminate(): void;
  on(event: 'message', listener: (data: Buffer, binary: boolean) => void): unknown;
  on(event: 'pong' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

type StreamVerdict = { seq: number } & WireVerdict;

export class Stream {
  readonly #socket: StreamSocket;
  readonly #engine: Engine;
  #context: VerifyContext = contextOf();
  #items: StreamVerdict[] = [];
  #scheduled = false;
  #paused = false;
  #stalled: NodeJS.Timeout | undefined;
  #alive = true;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(socket: StreamSocket, engine: Engine) {
    this.#socket = socket;
    this.#engine = engine;
    this.#heartbeat = setInterval(() => this.#beat(), PING_MS);
    socket.on('message', (data, binary) => this.#receive(data, binary));
    socket.on('pong', () => {
      this.#alive = true;
    });
    socket.on('close', () => this.#end());
    // A socket's error is followed by its close, which is all that matters here.
    socket.on('error', () => undefined);
  }

  #receive(data: Buffer, binary: boolean): void {
    this.#alive = true;
    if (binary) {
      this.#fail('BAD_JSON');
      return;
    }
    const frame = readFrame(data.toString('utf8'));
    if (frame.type === 'fault') this.#fail(frame.code, frame.seq);
    else if (frame.type === 'hello') this.#greet(contextOf(frame.context));
    else this.#scan(frame.seq, frame.code);
  }

  #greet(context: VerifyContext): void {
    this.#context = context;
    this.#flush();
    const view = this.#engine.register?.view() ?? null;
    const register = view && { codes: view.codes, lastEvent: view.lastEvent, lastEventAt: view.lastEventAt };
    this.#send({ type: 'hello', protocol: SUBPROTOCOL, register });
  }

  #scan(seq: number, code: string): void {
    try {
      this.#items.push({ seq, ...wireVerdict(this.#engine.verify(code, this.#context)) });
    } catch {
      this.#fail('INTERNAL', seq);
      return;
    }
    if (this.#items.length >= ITEMS_MAX) this.#flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#flush());
    }
  }

  #fail(code: FrameFault, seq?: number): void {
    // Answers keep the order of what they answer.
    this.#flush();
    this.#send({ type: 'error', code, seq });
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#send(items.length === 1 ? { type: 'verdict', ...items[0] } : { type: 'verdicts', items });
  }

  #send(frame: object): void {
    this.#socket.send(JSON.stringify(frame), () => this.#sent());
    if (this.#paused || this.#socket.bufferedAmount < UNSENT_HIGH) return;
    this.#paused = true;
    this.#socket.pause();
    this.#stalled = setTimeout(() => this.#socket.terminate(), STALLED_MS);
  }

  #sent(): void {
    if (!this.#paused) return;
    this.#stalled?.refresh();
    if (this.#socket.bufferedAmount > UNSENT_LOW) return;
    this.#paused = false;
    clearTimeout(this.#stalled);
    this.#socket.resume();
  }

  #beat(): void {
    // While reading is stopped no pong can arrive; the other timer watches then.
    if (this.#paused) return;
    if (!this.#alive) {
      this.#socket.terminate();
      return;
    }
    this.#alive = false;
    this.#socket.ping();
  }

  #end(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#stalled);
    this.#items = [];
  }
}
