/** What a hello comes to: the context that a session keeps, or the close that a client is refused with. */
import { isTamgaError } from '../../../engine/errors.js';
import type { SessionContext, VerifyContext } from '../../../engine/index.js';
import { publicMessage } from '../engine-errors.js';
import { Refusal } from '../refusals.js';
import { CLOSE, type CloseCode } from './protocol.js';

const CLOSE_OF_ERROR: Partial<Record<string, CloseCode>> = {
  SESSION_REFUSED: CLOSE.forbidden,
  JOB_NOT_FOUND: CLOSE.notFound,
};

/** Why a hello could not be answered with a welcome; `isOurs`: it is the server's own trouble. */
export function closeOf(error: unknown): { code: CloseCode; reason: string; isOurs: boolean } {
  if (error instanceof Refusal) {
    const codes: Partial<Record<number, CloseCode>> = { 401: CLOSE.noKey, 403: CLOSE.forbidden };
    return { code: codes[error.statusCode] ?? CLOSE.badFrames, reason: error.message, isOurs: false };
  }
  if (!isTamgaError(error)) return { code: CLOSE.unavailable, reason: 'the session can’t be opened', isOurs: true };
  const code = CLOSE_OF_ERROR[error.code];
  return { code: code ?? CLOSE.unavailable, reason: publicMessage(error), isOurs: code === undefined };
}

/** A context as it is stored and told. */
export function storedContext(context: VerifyContext): SessionContext {
  const { operation, participant, at, country, expiresSoonDays, groups } = context;
  return {
    operation,
    ...(participant !== undefined && { participant }),
    ...(at !== undefined && { at: at.getTime() }),
    ...(country !== undefined && { country }),
    ...(expiresSoonDays !== undefined && { expiresSoonDays }),
    ...(groups !== undefined && { groups }),
  };
}
