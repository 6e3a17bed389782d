/**
 * The log: events by sequence number, from 1 on without a gap.
 *
 * ```
 * | checksum 4 | appliedAt 8, double, milliseconds since 1970 | the event, see event |
 * ```
 */
import { TamgaError } from '../errors.js';
import { CHECKSUM_BYTES, sealed, unsealed } from './checksum.js';
import { decodeEvent, type RegisterEvent, writeEvent } from './event.js';
import { EVENT_BYTES_MAX } from './limits.js';
import type { Store } from './store.js';
import { type Undo, unpackUndo } from './undo.js';

/** An event and when the register applied it, by its own clock; never earlier than the event before it. */
export interface LogEntry {
  sequence: number;
  /** Milliseconds since 1970. */
  appliedAt: number;
  event: RegisterEvent;
}

const HEAD_BYTES = CHECKSUM_BYTES + 8;

/** The stored form of an event; good until the next call. Throws a RangeError for one that is too large. */
export function packLogged(event: RegisterEvent, appliedAt: number): Buffer {
  const value = writeEvent(event, HEAD_BYTES);
  const size = value.length - HEAD_BYTES;
  if (size > EVENT_BYTES_MAX) throw new RangeError(`an event of ${size} bytes; at most ${EVENT_BYTES_MAX} are kept`);
  value.writeDoubleLE(appliedAt, CHECKSUM_BYTES);
  return sealed(value, value.length);
}

/** Event by sequence number; `null` when there is none. Throws REGISTER_BROKEN. */
export function readLogged(store: Store, sequence: number): LogEntry | null {
  const stored = store.events.getBinary(sequence);
  if (!stored) return null;
  const what = `event ${sequence}`;
  const value = unsealed(stored, store.path, what);
  try {
    return { sequence, appliedAt: value.readDoubleLE(0), event: decodeEvent(value.subarray(8)) };
  } catch (error) {
    throw new TamgaError('REGISTER_BROKEN', { path: store.path, detail: `${what}: ${String(error)}` });
  }
}

/** What an event changed; `null` when there is no such event. Throws REGISTER_BROKEN. */
export function readUndo(store: Store, sequence: number): Undo | null {
  const stored = store.undo.getBinary(sequence);
  if (!stored) return null;
  try {
    return unpackUndo(sequence, stored);
  } catch (error) {
    throw new TamgaError('REGISTER_BROKEN', { path: store.path, detail: `event ${sequence}: ${String(error)}` });
  }
}
