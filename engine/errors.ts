/**
 * The registry of Tamga's errors: a broken input, file, register or call. A bad *code* is never one of these: it is a verdict.
 * Texts in three languages live in `messages/errors.json`; a test keeps the two equal.
 */
export const ERROR_CODES = [
  'USAGE', // the call or command line is wrong
  'FILE_NOT_FOUND',
  'FILE_UNREADABLE', // permission, a folder, an I/O error
  'FILE_EMPTY',
  'FILE_NOT_TEXT', // binary garbage
  'FILE_UTF16',
  'FILE_ENCODING', // bytes that the declared encoding doesn't have
  'FILE_CHANGED', // changed while it was being read
  'FILE_TOO_LARGE',
  'LINE_TOO_LONG',
  'GZIP_BROKEN', // truncated or corrupt .gz
  'XML_BROKEN',
  'XML_FORBIDDEN', // DOCTYPE, entity declarations, depth or size over the limit
  'DOCUMENT_UNKNOWN', // well-formed, but no kind that Tamga reads
  'DOCUMENT_INVALID', // a known kind with a missing or malformed field
  'CSV_BROKEN',
  'CSV_NO_CODE_COLUMN',
  'EVENT_INVALID', // an event that the schema refuses, or whose codes are none
  'REGISTER_NOT_FOUND',
  'REGISTER_NEWER', // written by a newer Tamga
  'REGISTER_BROKEN',
  'REGISTER_FULL', // it takes no more codes, names or events
  'KEYS_INVALID', // the key file
  'SECRETS_INVALID', // the file of secrets
  'SECRETS_EXPOSED', // others than its owner could read it
  'REGISTER_BUSY', // more events wait to be written than the queue takes
  'REGISTER_IN_USE', // others have it open, or one has it for itself
  'DISK_FULL',
  'OUTPUT_FAILED', // a report or output file can't be written
  'WORKER_FAILED',
  'JOB_NOT_FOUND',
  'JOB_STATE', // the job is done, waiting or at work: it can't be resumed or cancelled now
  'SESSION_NOT_FOUND',
  'SESSION_CLOSED', // it takes no more scans
  'SESSION_REFUSED', // of another participant, or with other expectations than it was made with
  'SESSION_LOST', // scans that wait for the disk could not be kept, or another process has the session; what was acknowledged is kept
  'JOB_STALE', // an input or the register isn't what it was when the job began
  'CANCELLED',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What an error is about; every field is optional and goes into the message. */
export interface ErrorData {
  /** File or register folder. */
  path?: string;
  /** 1-based line of a text or XML file. */
  line?: number;
  /** 1-based column of an XML file. */
  column?: number;
  /** What was met, or the system's own words. */
  detail?: string;
  /** A limit that was exceeded, with its unit. */
  limit?: string;
}

/** A typed failure: a stable code and data. `message` is English; {@link messages/errors.json} has the other languages. */
export class TamgaError extends Error {
  override readonly name = 'TamgaError';
  constructor(
    readonly code: ErrorCode,
    readonly data: ErrorData = {},
    options?: ErrorOptions,
  ) {
    super(plainText(code, data), options);
  }
}

/** True for a {@link TamgaError}, also one that crossed a worker boundary and lost its class. */
export function isTamgaError(error: unknown): error is TamgaError {
  return error instanceof Error && error.name === 'TamgaError' && 'code' in error && 'data' in error;
}

function plainText(code: ErrorCode, { path, line, column, detail, limit }: ErrorData): string {
  const place = [path, line, column].filter((part) => part !== undefined).join(':');
  return [code, place, detail, limit].filter((part) => part !== undefined && part !== '').join(' · ');
}
