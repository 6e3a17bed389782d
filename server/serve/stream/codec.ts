/** What the server says, and who puts it on the wire: one encoding for people's programs, one for devices. */
import type { SessionContext, SessionCounts, Verdict } from '../../../engine/index.js';
import type { JobView } from '../jobs/schema.js';
import type { ClientMessage } from './messages.js';
import type { FrameFault } from './protocol.js';

export interface Welcome {
  session?: string;
  device?: string;
  /** Last scan that the server has; what follows it is to be sent (again). */
  lastSeq: number;
  /** Last scan that is on disk. */
  durable: number;
  context: SessionContext;
  register: { codes: number; lastEvent: number; lastEventAt: string | null } | null;
  heartbeatMs: number;
}

/** A verdict on its way. */
export interface StreamVerdict {
  seq: number;
  verdict: Verdict;
  /** Places in OUTCOMES and ALLOWS: of a verdict that is told again, as it was. */
  outcome: number;
  allow: number;
  repeated: boolean;
  /** Told again after a reconnect. */
  replay: boolean;
}

/** A scan as followers see it. */
export interface LiveScan {
  device: string;
  seq: number;
  outcome: string;
  allow: string;
  key: string | null;
  time: number;
  repeated?: true;
}

/** What only the JSON protocol has words for. */
export type TopicFrame =
  | { type: 'live'; session: string; items: LiveScan[]; skipped?: number; counts: SessionCounts }
  | { type: 'session'; session: string; state: 'open' | 'closed'; counts: SessionCounts }
  | { type: 'job'; job: JobView };

export interface Codec {
  readonly name: string;
  /** Verdicts of a frame must follow one another. */
  readonly inRuns: boolean;
  read(data: Buffer, isBinary: boolean): ClientMessage;
  welcome(welcome: Welcome): string | Uint8Array;
  /** `participant`: the only one whose codes the client may know about; `null`: all. */
  verdicts(items: readonly StreamVerdict[], participant: string | null): string | Uint8Array;
  ack(seq: number): string | Uint8Array;
  error(code: FrameFault, message: string, seq?: number, expected?: number): string | Uint8Array;
  goodbye(retryAfterMs: number): string | Uint8Array;
  pong(): string | Uint8Array;
  /** `null`: this protocol has no topics. */
  topic(frame: TopicFrame): string | Uint8Array | null;
}
