/** One session that is open: takes the scans of its devices, counts them, and hands what is to be kept to the commits. */
import { TamgaError } from '../errors.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import type { Register } from '../register/register.js';
import type { Verdict } from '../verdict/verdict.js';
import type { VerifyContext } from '../verdict/verify-codes.js';
import { BlockWriter, type KeptScan } from './block.js';
import { Counts, type SessionCounts } from './counts.js';
import type { ExpectedCodes } from './expected-codes.js';
import type { Journal, StoredSession } from './journal.js';
import { DEVICES_MAX, READ_SLICE_MS } from './limits.js';

/** What a session asks of an engine. */
export interface Verifier {
  readonly register: Register | null;
  verify(code: string, context: VerifyContext): Verdict;
}

/** A device of a session. Only the session changes it. */
export interface Device {
  readonly name: string;
  /** Sequence number of the last scan that was taken; 0 before the first. */
  lastSeq: number;
  /** The last that is on disk. */
  durableSeq: number;
  /** Block of its last scan on disk; −1 before the first. */
  lastBlock: number;
  /** Who speaks for the device now. */
  speaker: Speaker | null;
}

/** Who speaks for a device: one at a time, so that its numbers keep their order. */
export interface Speaker {
  /** All scans up to the device's `durableSeq` are on disk. */
  kept(): void;
  /** Another speaks for the device from now on. */
  replaced(): void;
}

/** A scan with its verdict. */
export interface Scanned {
  scan: KeptScan;
  verdict: Verdict;
}

/** What a commit takes of a session. */
export interface PendingBlock {
  session: string;
  block: number;
  bytes: Buffer;
  acknowledges: readonly { device: Device; seq: number }[];
}

const ALLOW_NUMBER = { no: 0, yes: 1, unknown: 2 } as const;

export class Session {
  readonly stored: StoredSession;
  readonly #verifier: Verifier;
  readonly #counts: Counts;
  readonly #devices = new Map<string, Device>();
  readonly #writer = new BlockWriter();
  readonly #touched = new Set<Device>();
  readonly #followers = new Set<(scanned: Scanned) => void>();
  readonly #enders = new Set<(error: Error | null) => void>();
  #settling: (() => void)[] = [];
  readonly #onPending: (session: Session, bytes: number) => void;
  readonly #context: VerifyContext;
  #nextBlock = 0;
  #inFlight = 0;
  #isLost = false;
  #open: boolean;

  private constructor(
    stored: StoredSession,
    verifier: Verifier,
    expected: ExpectedCodes | null,
    onPending: (session: Session, bytes: number) => void,
  ) {
    this.stored = stored;
    this.#verifier = verifier;
    this.#counts = new Counts(verifier.register, expected);
    this.#onPending = onPending;
    const { at, ...context } = stored.context;
    this.#context = at === undefined ? context : { ...context, at: new Date(at) };
    this.#open = stored.closed === null;
  }

  /** Reads a session back from the journal. Others get their turn meanwhile. Throws REGISTER_BROKEN. */
  static async read(
    stored: StoredSession,
    journal: Journal,
    verifier: Verifier,
    expected: ExpectedCodes | null,
    onPending: (session: Session, bytes: number) => void,
  ): Promise<Session> {
    const session = new Session(stored, verifier, expected, onPending);
    let started = performance.now();
    for (let number = 0; ; number++) {
      const block = journal.block(stored.id, number);
      if (!block) break;
      if (block.kind === 'end') session.#open = false;
      else for (const scan of block.scans) session.#remember(scan, number);
      session.#nextBlock = number + 1;
      if (performance.now() - started > READ_SLICE_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        journal.refresh();
        started = performance.now();
      }
    }
    return session;
  }

  get id(): string {
    return this.stored.id;
  }

  /** True while it takes scans. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Number of the next block of the journal. */
  get nextBlock(): number {
    return this.#nextBlock;
  }

  /** True when scans wait for the disk. */
  get isPending(): boolean {
    return this.#writer.count > 0 || this.#inFlight > 0;
  }

  /** Bytes of scans that no commit has taken yet. */
  get waitingBytes(): number {
    return this.#writer.size;
  }

  get devices(): IterableIterator<Device> {
    return this.#devices.values();
  }

  get counts(): SessionCounts {
    let devices = 0;
    for (const { lastSeq } of this.#devices.values()) if (lastSeq > 0) devices++;
    return this.#counts.of(devices);
  }

  /** The device of a name; a new one has no scans. Throws SESSION_REFUSED when there are too many. */
  device(name: string): Device {
    let device = this.#devices.get(name);
    if (!device) {
      if (this.#devices.size >= DEVICES_MAX) {
        throw new TamgaError('SESSION_REFUSED', { detail: `${this.id} has ${DEVICES_MAX} devices` });
      }
      device = { name, lastSeq: 0, durableSeq: 0, lastBlock: -1, speaker: null };
      this.#devices.set(name, device);
    }
    return device;
  }

  /** True when the session knows a device of that name. */
  knows(name: string): boolean {
    return this.#devices.has(name);
  }

  /**
   * The verdict for the next scan of a device; its number is `device.lastSeq` afterwards. The scan is kept with the next commit.
   * Ask {@link isOpen} before. `time`: milliseconds since 1970.
   */
  take(device: Device, code: string, time: number): Scanned {
    const verdict = this.#verifier.verify(code, this.#context);
    const outcome = OUTCOME_NUMBER[verdict.reason];
    const repeated = this.#counts.add(outcome, verdict.ordinal, () => verdict.code.key);
    const seq = ++device.lastSeq;
    const allow = ALLOW_NUMBER[verdict.allow];
    const scan: KeptScan = { device: device.name, seq, time, code, outcome, allow, repeated, ordinal: verdict.ordinal };
    const { size } = this.#writer;
    this.#writer.add(scan);
    this.#onPending(this, this.#writer.size - size);
    this.#touched.add(device);
    const scanned = { scan, verdict };
    for (const follower of this.#followers) follower(scanned);
    return scanned;
  }

  /** A verdict that is told again: answer and outcome as they were, the rest as the register has it now. */
  verdictOf(scan: KeptScan): Verdict {
    return this.#verifier.verify(scan.code, this.#context);
  }

  /** From now on `speaker` speaks for a device; who did before is told. */
  speakFor(device: Device, speaker: Speaker): void {
    const before = device.speaker;
    device.speaker = speaker;
    if (before !== null && before !== speaker) before.replaced();
  }

  /** `speaker` is gone. */
  leave(device: Device, speaker: Speaker): void {
    if (device.speaker === speaker) device.speaker = null;
  }

  /** Calls a follower with each scan as it is taken, before it is on disk; returns what ends it. */
  follow(follower: (scanned: Scanned) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /**
   * Calls back once when the session ends: closed (`null`), or because scans could not be kept: what is not acknowledged is lost then, and
   * the session has to be opened anew. Returns what ends it.
   */
  onEnd(listener: (error: Error | null) => void): () => void {
    this.#enders.add(listener);
    return () => this.#enders.delete(listener);
  }

  /** Resolves when nothing of a device, or of any, waits for the disk any more. */
  async settled(device?: Device): Promise<void> {
    const waits = (): boolean => (device ? device.durableSeq < device.lastSeq : this.isPending) && !this.#isLost;
    while (waits()) await new Promise<void>((resolve) => this.#settling.push(resolve));
  }

  /** Takes no more scans. */
  stop(): void {
    this.#open = false;
  }

  /** @internal What waits, for a commit. */
  takeBlock(): PendingBlock {
    const block = this.#nextBlock++;
    this.#inFlight++;
    const acknowledges = [...this.#touched].map((device) => ({ device, seq: device.lastSeq }));
    this.#touched.clear();
    return { session: this.id, block, bytes: this.#writer.take(), acknowledges };
  }

  /** @internal A block is on disk. */
  committed({ acknowledges, block }: PendingBlock): void {
    this.#inFlight--;
    for (const { device, seq } of acknowledges) {
      device.durableSeq = seq;
      device.lastBlock = block;
    }
    for (const { device } of acknowledges) device.speaker?.kept();
    this.#settle();
  }

  /** @internal It is closed, or lost what waited. */
  end(error: Error | null): void {
    this.#open = false;
    this.#isLost = error !== null;
    for (const listener of [...this.#enders]) listener(error);
    this.#enders.clear();
    this.#followers.clear();
    this.#settle();
  }

  #settle(): void {
    for (const resolve of this.#settling.splice(0)) resolve();
  }

  #remember(scan: KeptScan, block: number): void {
    const device = this.device(scan.device);
    device.lastSeq = scan.seq;
    device.durableSeq = scan.seq;
    device.lastBlock = block;
    if (scan.repeated) this.#counts.addRepeated(scan.outcome);
    else this.#counts.add(scan.outcome, scan.ordinal, () => this.verdictOf(scan).code.key);
  }
}
