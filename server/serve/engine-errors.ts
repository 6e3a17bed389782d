/** What the engine throws, as a refusal: a code, and words without paths of this computer. */
import type { ErrorCode, TamgaError } from '../../engine/errors.js';
import { errorMessage } from '../../engine/messages/index.js';
import type { RefusalCode } from './refusals.js';

const REFUSED: Partial<Record<ErrorCode, RefusalCode>> = {
  USAGE: 'BAD_REQUEST',
  EVENT_INVALID: 'BAD_EVENT',
  REGISTER_BUSY: 'BUSY',
  REGISTER_FULL: 'DISK_FULL',
  DISK_FULL: 'DISK_FULL',
  JOB_NOT_FOUND: 'NOT_FOUND',
  JOB_STATE: 'CONFLICT',
  JOB_STALE: 'CONFLICT',
  SESSION_NOT_FOUND: 'NOT_FOUND',
  SESSION_CLOSED: 'CONFLICT',
  SESSION_REFUSED: 'CONFLICT',
  SESSION_LOST: 'BUSY',
  FILE_EMPTY: 'UPLOAD_BROKEN',
  FILE_NOT_TEXT: 'UPLOAD_BROKEN',
  FILE_UTF16: 'UPLOAD_BROKEN',
  FILE_ENCODING: 'UPLOAD_BROKEN',
  FILE_TOO_LARGE: 'UPLOAD_BROKEN',
  LINE_TOO_LONG: 'UPLOAD_BROKEN',
  GZIP_BROKEN: 'UPLOAD_BROKEN',
  XML_BROKEN: 'UPLOAD_BROKEN',
  XML_FORBIDDEN: 'UPLOAD_BROKEN',
  DOCUMENT_UNKNOWN: 'UPLOAD_BROKEN',
  DOCUMENT_INVALID: 'UPLOAD_BROKEN',
  CSV_BROKEN: 'UPLOAD_BROKEN',
  CSV_NO_CODE_COLUMN: 'UPLOAD_BROKEN',
};

/** The refusal that an error of the engine means to whoever asked; `null` for one that is the server's own trouble. */
export function refusalOf(error: TamgaError): { code: RefusalCode; message: string } | null {
  const code = REFUSED[error.code];
  return code === undefined ? null : { code, message: publicMessage(error) };
}

/** The error in words, without folders of this computer, and without the code that it is about: it may have a tail. */
export function publicMessage({ code, data }: Pick<TamgaError, 'code' | 'data'>, fileName?: string): string {
  const { path: _, detail, ...rest } = data;
  const said = detail?.replace(/“[^”]*”/g, 'the code').replace(/(?:\/[^\s/:]+){2,}/g, '…');
  const { problem, remedy } = errorMessage('en', code, { ...rest, detail: said, path: fileName });
  return `${problem} ${remedy}`;
}
