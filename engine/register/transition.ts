/** What an event does to the records it is about; pure: rows in, rows out. */
import type { RegisterEvent } from './event.js';
import { operate } from './operate.js';
import type { RejectionReason } from './rejections.js';
import { applyStatement } from './statement.js';
import type { Subject } from './subject.js';

/** Why an event doesn't apply to a code. */
export interface Rejection {
  row: number;
  reason: RejectionReason;
  detail: string;
}

export interface Transition {
  /** Codes that a statement left as they were. */
  conflicts: number;
  /** When there is one, nothing of the event is kept. */
  rejections: Rejection[];
}

/** Changes the rows of a subject in place. */
export function transition(event: RegisterEvent, subject: Subject): Transition {
  if (event.checks === 'stated') return { conflicts: applyStatement(event, subject), rejections: [] };
  return { conflicts: 0, rejections: operate(event, subject) };
}
