/** Names, numbers and limits of the stream `/v1/stream`; `docs/stream.md` tells what they mean in order. */

/** JSON objects, one a message. */
export const JSON_PROTOCOL = 'tamga.v1';
/** The same in bytes, for devices. */
export const BINARY_PROTOCOL = 'tamga.v1.bin';
/** A browser can't set headers: it offers its key as a second subprotocol that begins with this. */
export const KEY_PROTOCOL = 'tamga.key.';

/** What the server answers to what a client offers; `false`: none of it. */
export function chooseProtocol(offered: ReadonlySet<string>): string | false {
  return [JSON_PROTOCOL, BINARY_PROTOCOL].find((name) => offered.has(name)) ?? false;
}

/** Why the server closes a connection. Codes up to 1015 are RFC 6455's. */
export const CLOSE = {
  /** The server failed; its log says why. */
  internal: 1011,
  /** The server stops; come back after what `goodbye` says. */
  restart: 1012,
  /** Scans can't be kept now, for want of disk or because another process has the session: resume later. */
  unavailable: 1013,
  /** Too many bad frames, or a first frame that is no hello. */
  badFrames: 4400,
  /** No key, an unknown one or a revoked one. */
  noKey: 4401,
  /** The key may not do this, or the session is another participant's. */
  forbidden: 4403,
  /** There is no such job to count against. */
  notFound: 4404,
  /** No hello came in time. */
  helloTimeout: 4408,
  /** The session is closed, or the client has acknowledgements that the server doesn't know. */
  conflict: 4409,
  /** Another connection speaks for the device now. */
  replaced: 4410,
  /** What is sent isn't read: resume. */
  slowReader: 4429,
} as const;
export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** What a frame is refused with; the number stands in the binary protocol. The connection goes on. */
export const FRAME_FAULTS = {
  BAD_JSON: 1, // no JSON, or bytes where text belongs
  BAD_FRAME: 2, // JSON or bytes, but no frame that a client sends
  SEQ_GAP: 3, // a scan's number doesn't follow the last one's; `expected` says which does
  NOT_FOUND: 4, // no such session or job to follow
  OTHER_PARTICIPANT: 5,
  TOO_MANY_TOPICS: 6,
} as const;
export type FrameFault = keyof typeof FRAME_FAULTS;

/** Bytes of one frame of a client: a scan is a few hundred. */
export const FRAME_BYTES_MAX = 64 * 1024;
/** Scans of one frame of a client. */
export const SCANS_MAX = 256;
/** Verdicts of one frame: more gain nothing, and the first would wait for the last. */
export const VERDICTS_MAX = 64;
/** A connection that sends this many bad frames has another protocol in mind. */
export const FAULTS_MAX = 100;
/** Topics that a connection follows at once. */
export const TOPICS_MAX = 16;
/** Within this time after the handshake the hello must come. */
export const HELLO_MS_MAX = 5_000;
/** Unsent bytes at which reading stops: a client that doesn't read its answers isn't asked for more questions. */
export const UNSENT_HIGH = 1 << 20;
/** Unsent bytes at which it goes on. */
export const UNSENT_LOW = 1 << 18;
/** What was sent must have been taken so long after the close frame; a peer that is gone takes nothing. */
export const CLOSE_MS_MAX = 2_000;
/** Milliseconds between two frames of a topic: a person reads no faster. */
export const TOPIC_MS = 100;
/** Scans of one frame of a topic; what came beside them is counted. */
export const TOPIC_SCANS_MAX = 64;
/** After so long a client may come back to a server that restarts. */
export const RETRY_AFTER_MS = 1_000;
/** What a session's or device's name looks like. */
export const NAME_PATTERN = '^[A-Za-z0-9._-]{1,64}$';
