/** Scans of one device that the server hasn't acknowledged yet, in the order of their numbers. */
import type { ClientVerdict } from './frames.js';

/** A scan on its way; what is known of it grows. */
export interface ClientScan {
  readonly code: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Its number; `null` until the server has told what the device's next one is. */
  seq: number | null;
  verdict: ClientVerdict | null;
  /** It is on the server's disk; without a session: it has its verdict. */
  durable: boolean;
}

/** What to keep of a queue, so that another run of the program can go on with it. */
export interface QueueState {
  device: string;
  lastSeq: number;
  scans: { seq: number; code: string; time: number }[];
}

export class ScanQueue {
  #scans: ClientScan[] = [];
  /** Number of the last scan; `null` until it is known. */
  #lastSeq: number | null;
  /** All scans up to here have their verdicts. */
  #answered: number;

  constructor(restored?: QueueState) {
    this.#lastSeq = restored ? restored.lastSeq : null;
    this.#scans = (restored?.scans ?? []).map((scan) => ({ ...scan, verdict: null, durable: false }));
    this.#answered = restored ? (this.#scans[0]?.seq ?? restored.lastSeq + 1) - 1 : 0;
  }

  get scans(): readonly ClientScan[] {
    return this.#scans;
  }

  get answered(): number {
    return this.#answered;
  }

  /** All scans up to here are acknowledged. */
  get kept(): number {
    return (this.#scans[0]?.seq ?? (this.#lastSeq ?? 0) + 1) - 1;
  }

  get lastSeq(): number | null {
    return this.#lastSeq;
  }

  add(code: string, time: number): ClientScan {
    const seq = this.#lastSeq === null ? null : ++this.#lastSeq;
    const scan: ClientScan = { code, time, seq, verdict: null, durable: false };
    this.#scans.push(scan);
    return scan;
  }

  /** The server's last scan of the device: numbers the scans that came before it was known. */
  begin(lastSeq: number): void {
    if (this.#lastSeq !== null) return;
    this.#answered = lastSeq;
    for (const scan of this.#scans) scan.seq = ++lastSeq;
    this.#lastSeq = lastSeq;
  }

  /** Scans behind a number. */
  behind(seq: number): ClientScan[] {
    return this.#scans.filter((scan) => scan.seq !== null && scan.seq > seq);
  }

  /** Takes a verdict; `null` for one that is known already, or nobody's. */
  answer(verdict: ClientVerdict): ClientScan | null {
    const first = this.#scans[0]?.seq ?? 0;
    // Numbers have no gaps: the place follows from the number.
    const scan = this.#scans[verdict.seq - first];
    if (!scan || scan.verdict) return null;
    scan.verdict = verdict;
    while (this.#scans[this.#answered + 1 - first]?.verdict) this.#answered++;
    return scan;
  }

  /** Takes an acknowledgement: gives the scans that it is about and forgets them. Those without a verdict stay until they have one. */
  acknowledge(seq: number): ClientScan[] {
    const kept: ClientScan[] = [];
    while (this.#scans.length > 0) {
      const [first] = this.#scans as [ClientScan];
      if (first.seq === null || first.seq > seq || !first.verdict) break;
      first.durable = true;
      kept.push(first);
      this.#scans.shift();
    }
    return kept;
  }

  state(device: string): QueueState | null {
    if (this.#lastSeq === null) return null;
    const scans = this.#scans.map(({ seq, code, time }) => ({ seq: seq ?? 0, code, time }));
    return { device, lastSeq: this.#lastSeq, scans };
  }
}
