/**
 * The connection that scans go over. It comes back by itself, and sends again what was not confirmed, under the same numbers: the server
 * counts a number once.
 */
import type { ServerFrame, WireVerdict } from './frames.js';
import type { Kept, Scan } from './outbox.js';

/** `stopped` doesn't come back by itself; its code says why. */
export type LinkState = { name: 'connecting' | 'open' | 'offline' } | { name: 'stopped'; code: number };

export interface LineOptions {
  key: string;
  session: string;
  device: string;
  operation: string;
  /** Job whose expected files the session is compared with. */
  expected: string | null;
  kept: Kept;
  onState(state: LinkState): void;
  onVerdict(verdict: WireVerdict): void;
  /** The server has stored all scans up to `seq`. */
  onConfirmed(seq: number): void;
  onLive(frame: Extract<ServerFrame, { type: 'live' | 'session' }>): void;
  onFault(code: string, seq: number | undefined): void;
}

/** Milliseconds between two attempts: doubled up to the second figure, and spread, so that fifty scanners don't come at once. */
const RETRY_MS = [500, 10_000] as const;
/** Milliseconds without any frame after which a connection counts as dead, and after which it is asked for a sign of life. */
const SILENT_MS = 20_000;
const PING_MS = 8_000;
/** Milliseconds that opening may take. */
const OPEN_MS = 8_000;
/** Scans of one frame, and unsent bytes at which sending waits. */
const SCANS_A_FRAME = 128;
const UNSENT_BYTES_MAX = 256 * 1024;
/** Closes after which coming back is no use: 4400 our frames, 4401 the key, 4403 its scope, 4404 no such job, 4409 a closed session, 4410 another window. */
const FINAL = new Set([4400, 4401, 4403, 4404, 4409, 4410]);

export class ScanLine {
  readonly #options: LineOptions;
  /** Scans that are not confirmed, by number, in order. */
  readonly #pending = new Map<number, Scan>();
  #lastSeq: number;
  #after: number;
  /** Last scan that this connection was given. */
  #sent = 0;
  #socket: WebSocket | null = null;
  #ready = false;
  #keeps = false;
  #failures = 0;
  #retryAfter = 0;
  #heard = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: LineOptions) {
    this.#options = options;
    const { scans, lastSeq, after } = options.kept;
    for (const scan of scans) this.#pending.set(scan.seq, scan);
    this.#lastSeq = lastSeq;
    this.#after = after;
    this.#connect();
  }

  /** Scans that the server has not confirmed. */
  get unconfirmed(): number {
    return this.#pending.size;
  }

  get after(): number {
    return this.#after;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Takes a scan; it goes out now or when there is a connection. */
  scan(code: string): Scan {
    const scan = { seq: ++this.#lastSeq, code, time: Date.now() };
    this.#pending.set(scan.seq, scan);
    this.#send();
    return scan;
  }

  /** Tries again now, not when the pause ends. */
  retry(): void {
    if (this.#closed || this.#socket) return;
    this.#failures = 0;
    this.#connect();
  }

  /** The network went away: the connection is not waited for. */
  drop(): void {
    if (this.#socket) this.#lose(this.#socket, 1006);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#options.onState({ name: 'connecting' });
    const address = new URL('/v1/stream', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = new WebSocket(address, ['tamga.v1', `tamga.key.${this.#options.key}`]);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#lose(socket, 1006), OPEN_MS);
    socket.onopen = () => this.#greet(socket);
    socket.onmessage = ({ data }) => this.#receive(socket, String(data));
    socket.onclose = ({ code }) => this.#lose(socket, code);
  }

  #greet(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    const { session, device, operation, expected } = this.#options;
    const hello = { type: 'hello', session, device, after: this.#after, context: { operation } };
    socket.send(JSON.stringify(expected === null ? hello : { ...hello, expected }));
  }

  #receive(socket: WebSocket, data: string): void {
    if (this.#socket !== socket) return;
    this.#heard = Date.now();
    const frame = JSON.parse(data) as ServerFrame;
    switch (frame.type) {
      case 'welcome':
      case 'hello':
        this.#welcome(socket, frame.lastSeq ?? 0, frame.session !== undefined);
        break;
      case 'verdict':
        this.#judge(frame);
        break;
      case 'verdicts':
        for (const item of frame.items) this.#judge(item);
        break;
      case 'ack':
        this.#confirm(frame.seq);
        break;
      case 'live':
      case 'session':
        this.#options.onLive(frame);
        break;
      case 'goodbye':
        this.#retryAfter = frame.retryAfterMs;
        break;
      case 'error':
        if (frame.code === 'SEQ_GAP' && frame.expected !== undefined) this.#sent = frame.expected - 1;
        else this.#options.onFault(frame.code, frame.seq);
        this.#send();
        break;
      default:
        break;
    }
  }

  #welcome(socket: WebSocket, lastSeq: number, keeps: boolean): void {
    clearTimeout(this.#timer);
    this.#ready = true;
    this.#keeps = keeps;
    this.#failures = 0;
    // Another page of this device may have gone on from where this one stopped.
    this.#lastSeq = Math.max(this.#lastSeq, lastSeq);
    this.#sent = lastSeq;
    if (keeps) socket.send(JSON.stringify({ type: 'follow', topic: 'session' }));
    this.#options.onState({ name: 'open' });
    this.#watch(socket);
    this.#send();
  }

  /** Sends what this connection has not been given yet. */
  #send(): void {
    const socket = this.#socket;
    if (!this.#ready || socket?.readyState !== WebSocket.OPEN) return;
    const items = [...this.#pending.values()].filter(({ seq }) => seq > this.#sent);
    while (items.length > 0 && socket.bufferedAmount < UNSENT_BYTES_MAX) {
      const some = items.splice(0, this.#keeps ? SCANS_A_FRAME : 1);
      const [first] = some;
      if (some.length > 1) socket.send(JSON.stringify({ type: 'scans', items: some }));
      else if (this.#keeps) socket.send(JSON.stringify({ type: 'scan', ...first }));
      else socket.send(JSON.stringify({ type: 'scan', seq: first!.seq, code: first!.code }));
      this.#sent = some.at(-1)!.seq;
    }
  }

  #judge(verdict: WireVerdict): void {
    this.#after = Math.max(this.#after, verdict.seq);
    this.#options.onVerdict(verdict);
    if (!this.#keeps) this.#confirm(verdict.seq);
  }

  #confirm(seq: number): void {
    for (const known of this.#pending.keys()) {
      if (known > seq) break;
      this.#pending.delete(known);
    }
    this.#options.onConfirmed(seq);
    this.#send();
  }

  /** Asks for signs of life, and takes silence for the end: a network that goes away says nothing. */
  #watch(socket: WebSocket): void {
    this.#timer = setTimeout(() => {
      if (this.#socket !== socket) return;
      if (Date.now() - this.#heard > SILENT_MS) {
        this.#lose(socket, 1006);
        return;
      }
      if (this.#keeps) socket.send(JSON.stringify({ type: 'ping' }));
      else this.#heard = Date.now();
      this.#send();
      this.#watch(socket);
    }, PING_MS);
  }

  #lose(socket: WebSocket, code: number): void {
    if (this.#socket !== socket) return;
    clearTimeout(this.#timer);
    this.#socket = null;
    this.#ready = false;
    socket.onclose = null;
    socket.close();
    if (this.#closed) return;
    if (FINAL.has(code)) {
      this.#options.onState({ name: 'stopped', code });
      return;
    }
    this.#options.onState({ name: 'offline' });
    const pause = Math.min(RETRY_MS[1], RETRY_MS[0] * 2 ** this.#failures++) * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => this.#connect(), Math.max(pause, this.#retryAfter));
    this.#retryAfter = 0;
  }
}
