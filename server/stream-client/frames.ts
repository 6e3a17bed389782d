/** Frames of `tamga.v1` as a client sees them. No imports: this folder runs in browsers as it is. */

/** What a session or stream checks for. */
export interface ClientContext {
  operation?: 'sale' | 'return' | 'accept' | 'count';
  participant?: string;
  /** ISO 8601 with an offset; default: now. */
  at?: string;
  country?: 'RU' | 'UZ';
}

/** The answer to one scan. */
export interface ClientVerdict {
  seq: number;
  outcome: string;
  allow: 'yes' | 'no' | 'unknown';
  /** GTIN and serial, SSCC, or the text of another code; `null` for what is no code. */
  key: string | null;
  error?: { code: string; position: number; message: string };
  state?: string;
  owner?: string;
  /** ISO date. */
  expiry?: string;
  /** The session has this code already. */
  repeated?: boolean;
  /** Told again after a reconnect. */
  replay?: boolean;
}

export interface ClientCounts {
  scans: number;
  repeated: number;
  devices: number;
  outcomes: Record<string, number>;
  expected?: { total: number; found: number; missing: number; surplus: number };
}

export interface WelcomeFrame {
  type: 'welcome';
  protocol: string;
  session?: string;
  device?: string;
  lastSeq: number;
  durable: number;
  context: { operation: string; participant?: string; at?: number; country?: string };
  register: { codes: number; lastEvent: number; lastEventAt: string | null } | null;
  heartbeatMs: number;
}

export interface LiveFrame {
  type: 'live';
  session: string;
  items: {
    device: string;
    seq: number;
    outcome: string;
    allow: 'yes' | 'no' | 'unknown';
    key: string | null;
    /** Milliseconds since 1970. */
    time: number;
    repeated?: true;
  }[];
  /** Scans beside `items` that came too fast to be told one by one. */
  skipped?: number;
  counts: ClientCounts;
}

export interface SessionFrame {
  type: 'session';
  session: string;
  state: 'open' | 'closed';
  counts: ClientCounts;
}

/** `job` is what `GET /v1/jobs/{id}` gives. */
export interface JobFrame {
  type: 'job';
  job: {
    id: string;
    kind: string;
    state: string;
    progress: { codes: number; bytes: number | null; bytesTotal: number | null; etaSeconds?: number };
  } & Record<string, unknown>;
}

export interface ErrorFrame {
  type: 'error';
  code: string;
  message: string;
  seq?: number;
  /** With SEQ_GAP: the number that the next scan must have. */
  expected?: number;
}

export type ServerFrame =
  | WelcomeFrame
  | ({ type: 'verdict' } & ClientVerdict)
  | { type: 'verdicts'; items: ClientVerdict[] }
  | { type: 'ack'; seq: number }
  | LiveFrame
  | SessionFrame
  | JobFrame
  | ErrorFrame
  | { type: 'goodbye'; reason: string; retryAfterMs: number }
  | { type: 'pong' };

export type ClientTopic =
  | { topic: 'session'; session?: string }
  | { topic: 'device'; session?: string; device: string }
  | { topic: 'job'; job: string };
