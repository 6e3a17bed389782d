/**
 * The log: events by sequence number, from 1 on without a gap.
 *
 * ```
 * | checksum 4 | appliedAt 8, double, milliseconds since 1970 | the event, see event |
 * ```
 */
import { TamgaError } from '../errors.js';
import { CHECKSUM_BYTES, sealed, unsealed } from './checksum.js';
import { decodeEvent, type RegisterEvent } from './event.js';
import type { Store } from './store.js';
import { type Undo, unpackUndo } from './undo.js';

/** An event and when the register applied it, by its own clock; never earlier than the event before it. */
export interface LogEntry {
  sequence: number;
  /** Milliseconds since 1970. */
  appliedAt: number;
  event: RegisterEvent;
}

export function packLogged(encoded: Uint8Array, appliedAt: number): Buffer {
  const value = Buffer.allocUnsafe(CHECKSUM_BYTES + 8 + encoded.length);
  value.writeDoubleLE(appliedAt, CHECKSUM_BYTES);
  value.set(encoded, CHECKSUM_BYTES + 8);
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
