/**
 * A client of `/v1/stream` for browsers and Node, without dependencies: it reconnects, resumes, and sends again what was not acknowledged, so that
 * every scan is kept exactly once.
 */
import type {
  ClientContext,
  ClientTopic,
  ClientVerdict,
  ErrorFrame,
  JobFrame,
  LiveFrame,
  ServerFrame,
  SessionFrame,
  WelcomeFrame,
} from './frames.js';
import { type ClientScan, type QueueState, ScanQueue } from './scan-queue.js';

/** As much of a WebSocket as is used; that of browsers and that of the package `ws` both fit. */
export interface SocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}
export type SocketConstructor = new (address: string, protocols: string[]) => SocketLike;

export type StreamState =
  | { name: 'connecting' }
  | { name: 'open'; welcome: WelcomeFrame }
  /** The connection broke; it is tried again after `retryMs`. */
  | { name: 'waiting'; retryMs: number; code: number; reason: string }
  /** For good: closed by this side, or for a reason that trying again doesn't mend (see the close codes of docs/stream.md). */
  | { name: 'closed'; code: number; reason: string };

export interface StreamClientOptions {
  /** Address of the server (`https://host`) or of the stream (`wss://host/v1/stream`). */
  url: string;
  /** API key of scope verify. */
  key?: string;
  /** Session that scans are kept in; without it there are verdicts only. */
  session?: string;
  /** Name of the device in the session, one that no other uses; default: a random one. */
  device?: string;
  context?: ClientContext;
  /** Job whose expected codes the session counts against. */
  expected?: string;
  /** State of an earlier run of the program, see {@link StreamClient.state}. */
  restored?: QueueState;
  /** Default: that of the platform. */
  WebSocket?: SocketConstructor;
  /** Scans that wait for their acknowledgement at most; default 100,000. */
  queuedMax?: number;
  /** First and longest wait before a connection is tried again, milliseconds; default 250 and 10,000. */
  retryMs?: { first: number; most: number };
  onState?(state: StreamState): void;
  /** The verdict of a scan of this client, once. */
  onVerdict?(verdict: ClientVerdict, scan: ClientScan): void;
  /** Scans that are on the server's disk now. */
  onKept?(scans: readonly ClientScan[]): void;
  onLive?(frame: LiveFrame): void;
  onSession?(frame: SessionFrame): void;
  onJob?(frame: JobFrame): void;
  onError?(frame: ErrorFrame): void;
}

export const JSON_PROTOCOL = 'tamga.v1';
const KEY_PROTOCOL = 'tamga.key.';
const QUEUED_MAX = 100_000;
const RETRY_MS = { first: 250, most: 10_000 };
/** UTF-16 units of a code that the server takes. */
const CODE_LENGTH_MAX = 4096;
/** Scans and UTF-16 units of a frame that sends several again; the server takes 256 and 64 KiB, and a unit may become six bytes. */
const BATCH_SCANS = 128;
const BATCH_UNITS = 8_000;
const GOING_AWAY = 1001;
const NORMAL = 1000;
/** Codes from here on are the stream's own: trying again mends only a slow reader's. */
const OWN_CODES = 4000;
const SLOW_READER = 4429;
const HELLO_TIMEOUT = 4408;

export class StreamClient {
  readonly device: string;
  readonly #options: StreamClientOptions;
  readonly #address: string;
  readonly #queue: ScanQueue;
  readonly #topics = new Map<string, ClientTopic>();
  #state: StreamState = { name: 'connecting' };
  #socket: SocketLike | null = null;
  #attempts = 0;
  #retryAfterMs: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #isHeard = true;

  /** Connects at once. */
  constructor(options: StreamClientOptions) {
    this.#options = options;
    this.#address = addressOf(options.url);
    this.device = options.restored?.device ?? options.device ?? randomName();
    this.#queue = new ScanQueue(options.restored);
    this.#connect();
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Scans that are not acknowledged, oldest first. */
  get waiting(): readonly ClientScan[] {
    return this.#queue.scans;
  }

  /** What to store so that {@link StreamClientOptions.restored} can go on with it; `null` before the first welcome. */
  get queueState(): QueueState | null {
    return this.#queue.state(this.device);
  }

  /** Takes a scan; it is sent now, or when there is a connection. @throws RangeError for an endless code, or when too many wait. */
  scan(code: string, time: number = Date.now()): ClientScan {
    if (code.length > CODE_LENGTH_MAX) throw new RangeError(`a code has at most ${CODE_LENGTH_MAX} characters`);
    if (this.#queue.scans.length >= (this.#options.queuedMax ?? QUEUED_MAX))
      throw new RangeError('too many scans wait');
    const scan = this.#queue.add(code, time);
    if (this.#state.name === 'open') this.#send({ type: 'scan', seq: scan.seq, code, time });
    return scan;
  }

  follow(topic: ClientTopic): void {
    this.#topics.set(JSON.stringify(topic), topic);
    if (this.#state.name === 'open') this.#send({ type: 'follow', ...topic });
  }

  unfollow(topic: ClientTopic): void {
    if (this.#topics.delete(JSON.stringify(topic)) && this.#state.name === 'open')
      this.#send({ type: 'unfollow', ...topic });
  }

  /** Tries again now instead of later. */
  retry(): void {
    if (this.#state.name !== 'waiting') return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  /** Closes for good; what was not acknowledged is in {@link queueState}. */
  close(): void {
    const socket = this.#drop();
    if (this.#state.name !== 'closed') this.#become({ name: 'closed', code: NORMAL, reason: '' });
    socket?.close(NORMAL);
  }

  #connect(): void {
    const { WebSocket = platformSocket(), key } = this.#options;
    this.#become({ name: 'connecting' });
    const socket = new WebSocket(
      this.#address,
      key === undefined ? [JSON_PROTOCOL] : [JSON_PROTOCOL, KEY_PROTOCOL + key],
    );
    this.#socket = socket;
    this.#retryAfterMs = null;
    socket.onopen = () => this.#greet();
    socket.onmessage = ({ data }: { data: unknown }) => {
      this.#isHeard = true;
      if (this.#socket === socket && typeof data === 'string') this.#take(JSON.parse(data) as ServerFrame);
    };
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      if (this.#socket === socket) this.#closed(code, reason);
    };
    // An error is followed by its close, which is all that matters here.
    socket.onerror = () => undefined;
  }

  #greet(): void {
    const { session, context, expected } = this.#options;
    const { answered: after, kept } = this.#queue;
    const own = session === undefined ? {} : { session, device: this.device, after, kept, expected };
    this.#send({ type: 'hello', ...own, context });
  }

  #take(frame: ServerFrame): void {
    const { onLive, onSession, onJob, onError } = this.#options;
    switch (frame.type) {
      case 'welcome':
        this.#welcome(frame);
        break;
      case 'verdict':
        this.#verdict(frame);
        break;
      case 'verdicts':
        for (const item of frame.items) this.#verdict(item);
        break;
      case 'ack':
        this.#kept(frame.seq);
        break;
      case 'live':
        onLive?.(frame);
        break;
      case 'session':
        onSession?.(frame);
        break;
      case 'job':
        onJob?.(frame);
        break;
      case 'goodbye':
        this.#retryAfterMs = frame.retryAfterMs;
        break;
      case 'error':
        if (frame.code === 'SEQ_GAP' && frame.expected !== undefined) this.#resend(frame.expected - 1);
        else onError?.(frame);
        break;
      case 'pong':
        break;
    }
  }

  #welcome(frame: WelcomeFrame): void {
    this.#attempts = 0;
    this.#queue.begin(frame.lastSeq);
    this.#become({ name: 'open', welcome: frame });
    this.#resend(this.#options.session === undefined ? this.#queue.answered : frame.lastSeq);
    for (const topic of this.#topics.values()) this.#send({ type: 'follow', ...topic });
    this.#isHeard = true;
    this.#heartbeat = setInterval(() => this.#beat(), frame.heartbeatMs);
  }

  #verdict(verdict: ClientVerdict): void {
    const scan = this.#queue.answer(verdict);
    if (!scan) return;
    this.#options.onVerdict?.(verdict, scan);
    if (this.#options.session === undefined) this.#kept(this.#queue.answered);
  }

  #kept(seq: number): void {
    const scans = this.#queue.acknowledge(seq);
    if (scans.length > 0) this.#options.onKept?.(scans);
  }

  /** Sends the scans behind a number, many to a frame. */
  #resend(seq: number): void {
    let items: { seq: number | null; code: string; time: number }[] = [];
    let units = 0;
    const send = (): void => {
      if (items.length > 0) this.#send({ type: 'scans', items });
      items = [];
      units = 0;
    };
    for (const scan of this.#queue.behind(seq)) {
      if (items.length === BATCH_SCANS || units + scan.code.length > BATCH_UNITS) send();
      items.push({ seq: scan.seq, code: scan.code, time: scan.time });
      units += scan.code.length;
    }
    send();
  }

  /** A connection on which nothing is heard, not even an answer to a ping, is half open. */
  #beat(): void {
    if (!this.#isHeard) {
      const socket = this.#drop();
      this.#closed(GOING_AWAY, 'nothing is heard');
      socket?.close();
      return;
    }
    this.#isHeard = false;
    this.#send({ type: 'ping' });
  }

  #closed(code: number, reason: string): void {
    this.#drop();
    if (code >= OWN_CODES && code !== SLOW_READER && code !== HELLO_TIMEOUT) {
      this.#become({ name: 'closed', code, reason });
      return;
    }
    const { first, most } = this.#options.retryMs ?? RETRY_MS;
    // Half of the wait is chance: devices that lost one server don't come back to it all at once.
    const wait = Math.min(most, first * 2 ** Math.min(this.#attempts++, 20));
    const retryMs = Math.round(this.#retryAfterMs ?? 0) + Math.round(wait / 2 + (Math.random() * wait) / 2);
    this.#become({ name: 'waiting', retryMs, code, reason });
    this.#timer = setTimeout(() => this.#connect(), retryMs);
  }

  /** Lets go of the socket. */
  #drop(): SocketLike | null {
    const socket = this.#socket;
    this.#socket = null;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#timer);
    return socket;
  }

  #send(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #become(state: StreamState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}

function addressOf(url: string): string {
  const socket = url.replace(/^http/, 'ws').replace(/\/+$/, '');
  return /\/v1\/stream$/.test(socket) ? socket : `${socket}/v1/stream`;
}

function platformSocket(): SocketConstructor {
  const { WebSocket } = globalThis as { WebSocket?: SocketConstructor };
  if (!WebSocket) throw new Error('this platform has no WebSocket: name one in the options');
  return WebSocket;
}

function randomName(): string {
  return globalThis.crypto.randomUUID();
}
