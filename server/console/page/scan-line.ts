/** The stream's client with an outbox behind it: what it has not delivered outlives the page. */
import { type ClientScan, type QueueState, StreamClient, type StreamClientOptions } from '../../stream-client/index.js';
import type { Kept, Outbox, Seat, Waiting } from './outbox.js';

/** `stopped` doesn't come back by itself; its code says why. */
export type LinkState = { name: 'connecting' | 'open' | 'offline' } | { name: 'stopped'; code: number };

export interface LineOptions
  extends Pick<StreamClientOptions, 'key' | 'context' | 'expected' | 'onVerdict' | 'onLive' | 'onSession' | 'onError'> {
  seat: Seat;
  outbox: Outbox | null;
  kept: Kept;
  onState(state: LinkState): void;
  /** More or fewer scans wait. */
  onWaiting(count: number): void;
  /** The outbox fails: scans that wait are in memory only. */
  onForgetful(): void;
}

/** The server says that it doesn't know so many scans of this device, or that the session is closed. */
const CONFLICT = 4409;

export class ScanLine {
  readonly #options: LineOptions;
  #client: StreamClient;
  /** What a scan is kept under. */
  readonly #ids = new WeakMap<ClientScan, Promise<number>>();
  #state: LinkState = { name: 'connecting' };
  #begun = false;
  #closed = false;

  constructor(options: LineOptions) {
    this.#options = options;
    const { kept, seat } = options;
    const { restored, others } = restoredOf(kept, seat.device);
    this.#client = this.#open(restored);
    const numbered = kept.scans.filter((scan) => !others.includes(scan));
    this.#client.waiting.forEach((scan, i) => {
      this.#ids.set(scan, Promise.resolve(numbered[i]!.id));
    });
    for (const { id, code, time } of others) this.#ids.set(this.#client.scan(code, time), Promise.resolve(id));
    this.#count();
  }

  /** Scans that the server has not confirmed. */
  get waiting(): number {
    return this.#client.waiting.length;
  }

  /** Takes a scan; it goes out now or when there is a connection. @throws RangeError when too many wait. */
  scan(code: string): ClientScan {
    const scan = this.#client.scan(code);
    const { outbox, seat, onForgetful } = this.#options;
    if (outbox) {
      const id = outbox.add(seat, scan);
      id.catch(onForgetful);
      this.#ids.set(scan, id);
    }
    this.#count();
    return scan;
  }

  /** Tries again now, not when the pause ends. */
  retry(): void {
    this.#client.retry();
  }

  close(): void {
    this.#closed = true;
    this.#client.close();
  }

  #open(restored: QueueState | undefined): StreamClient {
    const { seat, onState, outbox, kept, ...rest } = this.#options;
    const client: StreamClient = new StreamClient({
      ...rest,
      ...seat,
      restored,
      url: location.origin,
      onState: (state) => {
        if (this.#closed) return;
        switch (state.name) {
          case 'connecting':
            // While it is tried again and again, there is no connection.
            if (this.#state.name !== 'offline') this.#become({ name: 'connecting' });
            break;
          case 'waiting':
            this.#become({ name: 'offline' });
            break;
          case 'open':
            // Another page of this device went on from there, or this one could not write down what it had sent.
            if (restored && state.welcome.lastSeq > (client.queueState?.lastSeq ?? 0)) this.#restart();
            else this.#welcomed(client);
            break;
          case 'closed':
            // A server whose sessions were removed knows fewer scans than this page.
            if (state.code === CONFLICT && restored && !this.#begun && state.reason.includes('last scan'))
              this.#restart();
            else this.#become({ name: 'stopped', code: state.code });
        }
      },
      onKept: (scans) => void this.#forget(scans),
    });
    client.follow({ topic: 'session' });
    return client;
  }

  #welcomed(client: StreamClient): void {
    this.#begun = true;
    this.#become({ name: 'open' });
    // What was scanned before the first number was known has numbers now.
    void this.#writeNumbers(client);
  }

  async #writeNumbers(client: StreamClient): Promise<void> {
    const { outbox, seat, onForgetful } = this.#options;
    const lastSeq = client.queueState?.lastSeq;
    if (!outbox || lastSeq === undefined) return;
    try {
      const scans = await Promise.all(
        client.waiting.map(async ({ seq, code, time }, i): Promise<Waiting | null> => {
          const id = await this.#ids.get(client.waiting[i]!);
          return id === undefined ? null : { id, seq, code, time };
        }),
      );
      await outbox.renumber(
        seat,
        scans.filter((scan) => scan !== null),
        lastSeq,
      );
    } catch {
      onForgetful();
    }
  }

  /** Begins again with the server's number; what waits is scanned once more, and counted once, since the session knows the code. */
  #restart(): void {
    const old = this.#client;
    this.#client = this.#open(undefined);
    for (const scan of old.waiting) {
      const id = this.#ids.get(scan);
      const again = this.#client.scan(scan.code, scan.time);
      if (id) this.#ids.set(again, id);
    }
    old.close();
  }

  async #forget(scans: readonly ClientScan[]): Promise<void> {
    this.#count();
    const { outbox, onForgetful } = this.#options;
    if (!outbox) return;
    try {
      const ids = await Promise.all(scans.map((scan) => this.#ids.get(scan)));
      await outbox.remove(ids.filter((id) => id !== undefined));
    } catch {
      onForgetful();
    }
  }

  #become(state: LinkState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  #count(): void {
    this.#options.onWaiting(this.#client.waiting.length);
  }
}

/** What a client goes on with: the numbered scans up to the last one without a gap; the others are scanned again. */
function restoredOf({ scans, lastSeq }: Kept, device: string): { restored: QueueState | undefined; others: Waiting[] } {
  if (lastSeq === null) return { restored: undefined, others: scans };
  const numbered: { seq: number; code: string; time: number }[] = [];
  const others: Waiting[] = [];
  let next = lastSeq;
  for (const scan of scans.toReversed()) {
    if (scan.seq === next) {
      numbered.unshift({ seq: next, code: scan.code, time: scan.time });
      next--;
    } else others.unshift(scan);
  }
  return { restored: { device, lastSeq, scans: numbered }, others };
}
