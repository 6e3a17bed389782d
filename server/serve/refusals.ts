/**
 * Every way in which the server refuses a request: its code and HTTP status. A bad *code of goods* is never one of these: it is a verdict.
 * `docs/server.md` lists them; a test keeps the two equal.
 */
export const REFUSALS = {
  BAD_REQUEST: 400, // the body, query or path doesn't fit the schema; the message names the place
  BAD_JSON: 400, // the body is no JSON
  BAD_EVENT: 400, // no event, or one whose codes are none; nothing of it was applied
  BAD_CODE: 400, // the path names something that is no code
  NO_KEY: 401, // no API key, or one that is not known
  KEY_REVOKED: 401, // the key was revoked
  SCOPE_MISSING: 403, // the key may not do this
  OTHER_PARTICIPANT: 403, // the key is bound to another participant
  FOREIGN_ORIGIN: 403, // a page of another site
  NOT_FOUND: 404, // no such route, code, job, session
  WRONG_METHOD: 405, // the route has no such method
  TOO_SLOW: 408, // the head did not come in time; when a body does not come, the connection is closed
  CONFLICT: 409, // a job that is not in a state for that
  TOO_LARGE: 413, // body, upload, number of codes
  WRONG_TYPE: 415, // a content type that the route doesn't read
  UPLOAD_BROKEN: 422, // a file that can't be read; the message names it and why
  TOO_MANY_REQUESTS: 429, // of this key, or of this address without a good one; retry-after says when
  INTERNAL: 500, // the server's own fault; its log says why under the request's id
  BUSY: 503, // more events wait to be written than the queue takes; send it again
  NOT_READY: 503, // starting, draining, or the register can't be read
  DISK_FULL: 507,
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** The body of every refusal. */
export interface RefusalBody {
  error: { code: string; message: string; requestId: string };
}

/** Thrown by routes; the server's error handler writes it. The message is for whoever asks: no paths, no stacks. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly statusCode: number;
  constructor(
    readonly code: RefusalCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.statusCode = REFUSALS[code];
  }
}
