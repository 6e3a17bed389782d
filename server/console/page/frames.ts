/** Frames of the stream `tamga.v1` that this page reads. */
export interface WireVerdict {
  seq: number;
  outcome: string;
  allow: 'yes' | 'no' | 'unknown';
  key: string | null;
  error?: { code: string; position: number; message: string };
  state?: string;
  owner?: string;
  expiry?: string;
  /** The session has this code already. */
  repeated?: boolean;
  replay?: boolean;
}

export interface LiveItem {
  device: string;
  seq: number;
  outcome: string;
  allow: 'yes' | 'no' | 'unknown';
  key: string | null;
  time: number;
  repeated?: boolean;
}

export interface Counts {
  scans: number;
  repeated: number;
  devices: number;
  outcomes: Record<string, number>;
  expected?: { total: number; found: number; missing: number; surplus: number };
}

export type ServerFrame =
  | { type: 'welcome' | 'hello'; session?: string; device?: string; lastSeq?: number; heartbeatMs?: number }
  | ({ type: 'verdict' } & WireVerdict)
  | { type: 'verdicts'; items: WireVerdict[] }
  | { type: 'ack'; seq: number }
  | { type: 'live'; session: string; items: LiveItem[]; skipped?: number; counts: Counts }
  | { type: 'session'; session: string; state: 'open' | 'closed'; counts: Counts }
  | { type: 'error'; code: string; message?: string; seq?: number; expected?: number }
  | { type: 'goodbye'; reason: string; retryAfterMs: number }
  | { type: 'pong' };
