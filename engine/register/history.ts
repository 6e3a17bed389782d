/**
 * What happened to a code: the events that named or changed it, and those of the packages that it was in at the time, newest first.
 * Each event keeps what it changed, so the walk costs the events of the code and its packages, not the log.
 */
import { TamgaError } from '../errors.js';
import type { Checks, EventKind } from './event.js';
import { RECORD_WORDS, WORD } from './record.js';
import { changesBetween, type RecordChange, viewOf } from './record-view.js';
import type { Register } from './register.js';
import { type Undo, undoInto } from './undo.js';
import { type WithdrawalReasonName, withdrawalReasonOf } from './withdrawal.js';

export interface HistoryEntry {
  sequence: number;
  /** 32 hexadecimal digits. */
  id: string;
  kind: EventKind;
  checks: Checks;
  /** ISO 8601, UTC: when it happened, as its document says. */
  at: string;
  /** ISO 8601, UTC: when the register applied it. */
  appliedAt: string;
  actor: string | null;
  party: string | null;
  document: string | null;
  reason: WithdrawalReasonName | null;
  /** Whose record changed: the code itself, or the nearest package around it that the event touched. */
  code: string;
  /** The package that the event named and that it came through; `null` when it named the code itself. */
  through: string | null;
  changes: RecordChange[];
}

/** A record walked back to the time before an event. */
interface Past {
  ordinal: number;
  words: Int32Array;
}

/** Number of the last event that changed it, 32 bits. */
const lastEventOf = ({ words }: Past): number => words[WORD.lastEvent] >>> 0;

/** History of an ordinal, newest first. Read it without applying events in between: each step reads the register anew. */
export function* historyOf(register: Register, ordinal: number): IterableIterator<HistoryEntry> {
  if (ordinal === 0) return;
  const known = new Map<number, Past>();
  for (let before = register.view().lastEvent + 1; ; ) {
    const chain = chainOf(register, known, ordinal, before);
    const sequence = Math.max(...chain.map(lastEventOf));
    if (sequence === 0) return;
    const undo = undoOf(register, sequence);
    yield entryOf(register, chain, undo);
    for (const past of known.values()) stepBack(past, undo);
    before = sequence;
  }
}

/** A code and the packages around it, as they were before the event `before`. */
function chainOf(register: Register, known: Map<number, Past>, ordinal: number, before: number): Past[] {
  const chain: Past[] = [];
  for (let at = ordinal; at !== 0; at = chain[chain.length - 1].words[WORD.parent] >>> 0) {
    let past = known.get(at);
    if (!past) {
      past = { ordinal: at, words: Int32Array.from(register.hotWords(at)) };
      while (lastEventOf(past) >= before) stepBack(past, undoOf(register, lastEventOf(past)));
      known.set(at, past);
    }
    chain.push(past);
  }
  return chain;
}

function entryOf(register: Register, chain: readonly Past[], undo: Undo): HistoryEntry {
  const logged = register.logged(undo.sequence);
  if (!logged) throw missing(register, undo.sequence);
  const { event } = logged;
  const touched = chain.find((past) => lastEventOf(past) === undo.sequence) as Past;
  const former = { ordinal: touched.ordinal, words: Int32Array.from(touched.words) };
  stepBack(former, undo);
  const named = [...chain.map((past) => past.ordinal), former.words[WORD.parent] >>> 0].find((ordinal) => {
    const i = indexOf(undo.ordinals, ordinal);
    return i >= 0 && undo.isNamed(i);
  });
  const textOf = (ordinal: number): string => register.textOf(ordinal);
  return {
    sequence: undo.sequence,
    id: Buffer.from(event.id).toString('hex'),
    kind: event.kind,
    checks: event.checks,
    at: new Date(event.at).toISOString(),
    appliedAt: new Date(logged.appliedAt).toISOString(),
    actor: event.actor || null,
    party: event.party || null,
    document: event.document || null,
    reason: withdrawalReasonOf(event.reason),
    code: textOf(touched.ordinal),
    through: named === undefined || named === chain[0].ordinal ? null : textOf(named),
    changes: changesBetween(
      viewOf(touched.ordinal, former.words, register.names),
      viewOf(touched.ordinal, touched.words, register.names),
      textOf,
    ),
  };
}

function stepBack(past: Past, undo: Undo): void {
  const i = indexOf(undo.ordinals, past.ordinal);
  if (i < 0) return;
  if (past.ordinal >= undo.nextOrdinal) past.words = new Int32Array(RECORD_WORDS);
  else undoInto(undo, i, past.words);
}

function undoOf(register: Register, sequence: number): Undo {
  const undo = register.undo(sequence);
  if (!undo) throw missing(register, sequence);
  return undo;
}

/** Place of an ordinal in an ascending array; -1: it isn't there. */
export function indexOf(ordinals: Uint32Array, ordinal: number): number {
  let low = 0;
  let high = ordinals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ordinals[middle] < ordinal) low = middle + 1;
    else high = middle;
  }
  return ordinals[low] === ordinal ? low : -1;
}

const missing = (register: Register, sequence: number): TamgaError =>
  new TamgaError('REGISTER_BROKEN', { path: register.path, detail: `event ${sequence} is missing` });
