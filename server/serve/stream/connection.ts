/**
 * One client of the stream. It greets, then its scans are answered at once and acknowledged when they are on disk.
 *
 * ```
 * greeting ──hello──▶ joining ──session read, replay told──▶ open ──▶ closing
 * ```
 */
import type { FastifyRequest } from 'fastify';
import type { Device, Session, Speaker, VerifyContext } from '../../../engine/index.js';
import { ALLOWS, OUTCOMES } from '../../../engine/index.js';
import { admit, type Client, participantOf } from '../access/access.js';
import { Refusal } from '../refusals.js';
import { contextOf } from '../verdicts.js';
import { binaryCodec } from './binary-codec.js';
import type { Codec, StreamVerdict, TopicFrame } from './codec.js';
import { closeOf, storedContext } from './greeting.js';
import { jsonCodec } from './json-codec.js';
import type { ClientMessage, Hello, ScanItem } from './messages.js';
import { Outbox, type StreamSocket } from './outbox.js';
import {
  CLOSE,
  type CloseCode,
  FAULTS_MAX,
  type FrameFault,
  HELLO_MS_MAX,
  RETRY_AFTER_MS,
  VERDICTS_MAX,
} from './protocol.js';
import type { StreamParts } from './stream-parts.js';
import { FollowedTopics, type Teller } from './topics.js';

type State = 'greeting' | 'joining' | 'open' | 'closing';

/** Scans of a frame in a session. */
interface Seat {
  session: Session;
  device: Device;
  /** No longer told of the session's end. */
  unhear(): void;
}

const OUTCOME_PLACE = new Map<string, number>(OUTCOMES.map((name, i) => [name, i]));
const ALLOW_PLACE = new Map<string, number>(ALLOWS.map((name, i) => [name, i]));

export class Connection implements Speaker, Teller {
  client: Client | null;
  readonly #socket: StreamSocket;
  readonly #codec: Codec;
  readonly #outbox: Outbox;
  readonly #parts: StreamParts;
  /** As it came, to be looked at again: a key that is revoked ends its streams. */
  #key: string | undefined;
  readonly #address: string;
  #state: State = 'greeting';
  #context: VerifyContext = contextOf();
  #seat: Seat | null = null;
  #early: ClientMessage[] = [];
  #verdicts: StreamVerdict[] = [];
  #isScheduled = false;
  #acknowledged = 0;
  #gapAt = 0;
  #faults = 0;
  #isAlive = true;
  readonly #topics: FollowedTopics;
  readonly #unhearRelief: () => void;
  readonly #ended: Promise<void>;
  #tellEnded: () => void = () => undefined;
  #greeting: NodeJS.Timeout | undefined;

  /** `key`: of the handshake, when it had one; `client`: whose it is; `ip`: where it comes from. */
  constructor(
    socket: StreamSocket,
    parts: StreamParts,
    key: string | undefined,
    { client, ip }: Pick<FastifyRequest, 'client' | 'ip'>,
  ) {
    this.#socket = socket;
    this.#parts = parts;
    this.#key = key;
    this.client = client;
    this.#address = ip;
    this.#topics = new FollowedTopics(this, parts);
    this.#codec = socket.protocol === binaryCodec.name ? binaryCodec : jsonCodec;
    this.#outbox = new Outbox(socket, parts.settings.stallSeconds * 1000);
    this.#unhearRelief = parts.sessions.onRelief(() => this.#outbox.goOnReading('congested'));
    this.#ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
    this.#greeting = setTimeout(() => this.#close(CLOSE.helloTimeout, 'no hello came'), HELLO_MS_MAX);
    socket.on('message', (data, isBinary) => this.#take(data, isBinary));
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    socket.on('close', () => this.#end());
    // A socket's error is followed by its close, which is all that matters here.
    socket.on('error', () => undefined);
  }

  /** Looks for a sign of life, and asks for the next one. */
  beat(): void {
    if (this.#key !== undefined && this.#state === 'open' && !this.#isAdmitted(this.#key)) return;
    // While reading is stopped no pong can arrive; the outbox watches then.
    if (!this.#outbox.isReading) return;
    if (!this.#isAlive) {
      this.#socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.#socket.ping();
  }

  /** Takes no more scans; acknowledges those it took, says goodbye and closes. */
  async drain(): Promise<void> {
    if (this.#state === 'closing') return;
    this.#state = 'closing';
    this.#outbox.stopReading('draining');
    this.#flush();
    // A disk that hangs never lets it settle: whoever drains cuts the connection then.
    if (this.#seat) await Promise.race([this.#seat.session.settled(this.#seat.device), this.#ended]);
    this.#outbox.send(this.#codec.goodbye(RETRY_AFTER_MS));
    this.#outbox.close(CLOSE.restart, 'the server stops');
  }

  terminate(): void {
    this.#socket.terminate();
  }

  // --- Speaker: what the session says to who speaks for a device

  kept(): void {
    if (!this.#seat || this.#state === 'joining') return;
    this.#acknowledge(this.#seat.device.durableSeq);
  }

  replaced(): void {
    this.#close(CLOSE.replaced, 'another connection speaks for the device');
  }

  // --- Teller: what topics say

  get isBehind(): boolean {
    return this.#outbox.isFull;
  }

  refuseTopic(code: FrameFault, message: string): void {
    this.#refuse(code, message);
  }

  tell(frame: TopicFrame): void {
    const bytes = this.#codec.topic(frame);
    if (bytes !== null && this.#state !== 'closing') this.#outbox.send(bytes);
  }

  // --- frames of the client

  #take(data: Buffer, isBinary: boolean): void {
    try {
      this.#receive(this.#codec.read(data, isBinary));
    } catch (error) {
      this.#parts.log.error({ err: error }, 'a frame could not be answered');
      this.#close(CLOSE.internal, 'the server failed');
    }
  }

  #receive(message: ClientMessage): void {
    this.#isAlive = true;
    if (this.#state === 'closing') return;
    if (this.#state === 'joining') {
      this.#early.push(message);
      return;
    }
    if (this.#state === 'greeting' && message.type !== 'hello') {
      this.#close(CLOSE.badFrames, 'the first frame is a hello');
      return;
    }
    switch (message.type) {
      case 'scan':
        this.#scan(message);
        break;
      case 'scans':
        for (const item of message.items) this.#scan(item);
        break;
      case 'hello':
        void this.#greet(message);
        break;
      case 'ping':
        this.#flush();
        this.#outbox.send(this.#codec.pong());
        break;
      case 'follow':
        void this.#topics.follow(message, this.#seat?.session.id);
        break;
      case 'unfollow':
        this.#topics.unfollow(message, this.#seat?.session.id);
        break;
      case 'fault':
        this.#refuse(message.code, 'a frame that no client sends', message.seq);
        break;
    }
  }

  #scan({ seq, code, time }: ScanItem): void {
    const seat = this.#seat;
    if (!seat) {
      if (this.#state !== 'open') return;
      const verdict = this.#parts.engine.verify(code, this.#context);
      const outcome = OUTCOME_PLACE.get(verdict.reason) ?? 0;
      this.#answer({
        seq,
        verdict,
        outcome,
        allow: ALLOW_PLACE.get(verdict.allow) ?? 0,
        repeated: false,
        replay: false,
      });
      return;
    }
    const { session, device } = seat;
    if (!session.isOpen || this.#state !== 'open') {
      this.#close(CLOSE.conflict, 'the session is closed');
      return;
    }
    // Sent again after a reconnect; its verdict was told then.
    if (seq <= device.lastSeq) return;
    const next = device.lastSeq + 1;
    if (seq !== next) {
      // One word about a gap, not one for each scan behind it.
      if (this.#gapAt !== next) this.#refuse('SEQ_GAP', `scan ${next} is the next`, seq, next);
      this.#gapAt = next;
      return;
    }
    const { scan, verdict } = session.take(device, code, time ?? this.#parts.now().getTime());
    this.#parts.metrics.scans.inc();
    this.#answer({ seq, verdict, outcome: scan.outcome, allow: scan.allow, repeated: scan.repeated, replay: false });
    if (this.#parts.sessions.isCongested) this.#outbox.stopReading('congested');
  }

  #answer(item: StreamVerdict): void {
    const last = this.#verdicts.at(-1);
    if (last && this.#codec.inRuns && item.seq !== last.seq + 1) this.#flush();
    this.#verdicts.push(item);
    if (this.#verdicts.length >= VERDICTS_MAX) this.#flush();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        this.#flush();
      });
    }
  }

  #flush(): void {
    if (this.#verdicts.length === 0) return;
    const items = this.#verdicts;
    this.#verdicts = [];
    this.#parts.countVerdicts(items);
    this.#outbox.send(this.#codec.verdicts(items, this.client?.participant ?? null));
  }

  #acknowledge(seq: number): void {
    if (seq <= this.#acknowledged) return;
    // A verdict goes before its acknowledgement.
    this.#flush();
    this.#acknowledged = seq;
    this.#outbox.send(this.#codec.ack(seq));
  }

  #refuse(code: FrameFault, message: string, seq?: number, expected?: number): void {
    // Answers keep the order of what they answer.
    this.#flush();
    this.#outbox.send(this.#codec.error(code, message, seq, expected));
    if (++this.#faults > FAULTS_MAX) this.#close(CLOSE.badFrames, 'too many bad frames');
  }

  // --- hello

  async #greet(hello: Hello): Promise<void> {
    clearTimeout(this.#greeting);
    this.#flush();
    this.#leave();
    this.#state = 'joining';
    this.#outbox.stopReading('joining');
    try {
      const key = hello.key ?? this.#key;
      if (hello.key !== undefined || this.client === null) this.client = admit(this.#parts.keys, key, 'verify');
      this.#key = key;
      const participant = participantOf(this.client, hello.context?.participant);
      this.#context = { ...contextOf(hello.context), participant };
      const after = hello.session === undefined ? null : await this.#join(hello, hello.session, participant);
      if (!this.#isJoining()) return;
      this.#welcome();
      if (after !== null) await this.#replay(after);
      if (!this.#isJoining()) return;
      this.#state = 'open';
      this.kept();
      const early = this.#early;
      this.#early = [];
      for (const message of early) this.#receive(message);
      this.#outbox.goOnReading('joining');
    } catch (error) {
      this.#refuseHello(error);
    }
  }

  /** Takes the device's seat; gives the scan behind which verdicts are to be told again. Throws a Refusal or a TamgaError. */
  async #join(
    { after = 0, kept = 0, context, device: name, expected }: Hello,
    id: string,
    participant?: string,
  ): Promise<number | null> {
    if (name === undefined) throw new Refusal('BAD_REQUEST', 'A session needs the name of a device.');
    const { engine: _, sessions, board, now } = this.#parts;
    if (expected !== undefined) await board.demand(expected, this.client);
    const { at, country, operation = 'count', expiresSoonDays, groups } = context ?? {};
    const session = await sessions.use(
      {
        id,
        created: now().getTime(),
        owner: participant ?? null,
        context: {
          operation,
          ...(participant !== undefined && { participant }),
          ...(at !== undefined && { at: Date.parse(at) }),
          ...(country !== undefined && { country }),
          ...(expiresSoonDays !== undefined && { expiresSoonDays }),
          ...(groups !== undefined && { groups }),
        },
        expected: expected ?? null,
      },
      this.client?.participant ?? null,
    );
    if (!this.#isJoining() || !session.isOpen) {
      sessions.release(session);
      this.#close(CLOSE.conflict, 'the session is closed');
      return null;
    }
    const device = session.device(name);
    session.speakFor(device, this);
    this.#seat = { session, device, unhear: session.onEnd((error) => this.#sessionEnded(error)) };
    // What an earlier connection sent is on its way to the disk.
    await session.settled(device);
    if (kept > device.lastSeq && this.#isJoining()) {
      this.#close(
        CLOSE.conflict,
        `the last scan here is ${device.lastSeq}: what was acknowledged behind it is not known`,
      );
    }
    this.#acknowledged = 0;
    this.#gapAt = 0;
    return after;
  }

  #welcome(): void {
    const { engine, settings } = this.#parts;
    const view = engine.register?.view() ?? null;
    const seat = this.#seat;
    this.#outbox.send(
      this.#codec.welcome({
        ...(seat && { session: seat.session.id, device: seat.device.name }),
        lastSeq: seat?.device.lastSeq ?? 0,
        durable: seat?.device.durableSeq ?? 0,
        context: seat?.session.stored.context ?? storedContext(this.#context),
        register: view && { codes: view.codes, lastEvent: view.lastEvent, lastEventAt: view.lastEventAt },
        heartbeatMs: settings.heartbeatSeconds * 1000,
      }),
    );
  }

  async #replay(after: number): Promise<void> {
    const seat = this.#seat;
    if (!seat) return;
    const { session, device } = seat;
    for (const scans of this.#parts.sessions.scansOf(session, device, after)) {
      for (const scan of scans) {
        const { seq, outcome, allow, repeated } = scan;
        this.#verdicts.push({ seq, verdict: session.verdictOf(scan), outcome, allow, repeated, replay: true });
        if (this.#verdicts.length < VERDICTS_MAX) continue;
        this.#flush();
        await this.#outbox.room();
        // Others get their turn, however much there is to tell.
        await new Promise((resolve) => setImmediate(resolve));
        if (!this.#isJoining()) return;
      }
    }
    this.#flush();
  }

  #isJoining(): boolean {
    return this.#state === 'joining';
  }

  #refuseHello(error: unknown): void {
    const { code, reason, isOurs } = closeOf(error);
    if (code === CLOSE.noKey) this.#parts.failedKeys.count(this.#address);
    this.#close(code, reason);
    if (isOurs) this.#parts.log.error({ err: error }, 'a session could not be opened');
  }

  #sessionEnded(error: Error | null): void {
    if (error === null) this.#close(CLOSE.conflict, 'the session is closed');
    else {
      this.#parts.log.error({ err: error }, 'scans could not be kept');
      this.#close(CLOSE.unavailable, 'scans can’t be kept now');
    }
  }

  #isAdmitted(key: string): boolean {
    try {
      admit(this.#parts.keys, key, 'verify');
      return true;
    } catch {
      this.#close(CLOSE.noKey, 'the key is not valid any more');
      return false;
    }
  }

  // --- ends

  #close(code: CloseCode, reason: string): void {
    if (this.#state === 'closing') return;
    this.#flush();
    this.#state = 'closing';
    // A reason has at most 123 bytes (RFC 6455 §5.5).
    this.#outbox.close(
      code,
      Buffer.from(reason)
        .subarray(0, 120)
        .toString('utf8')
        .replace(/\ufffd+$/, ''),
    );
  }

  #leave(): void {
    const seat = this.#seat;
    if (!seat) return;
    this.#seat = null;
    seat.unhear();
    seat.session.leave(seat.device, this);
    this.#parts.sessions.release(seat.session);
  }

  #end(): void {
    this.#state = 'closing';
    clearTimeout(this.#greeting);
    this.#outbox.end();
    this.#unhearRelief();
    this.#tellEnded();
    this.#leave();
    this.#topics.end();
    this.#verdicts = [];
    this.#early = [];
  }
}
