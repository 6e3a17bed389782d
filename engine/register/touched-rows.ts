/** The rows that an event named or changed, in the order of their ordinals, and what they were. */
import { RECORD_WORDS, WORD, WORDS_USED } from './record.js';
import type { EventSubject } from './subject.js';

export interface TouchedRows {
  rows: Uint32Array;
  /** Ordinal of each row, ascending. */
  ordinals: Uint32Array;
  /** For each word that changed anywhere: its former values. */
  former: (Int32Array | undefined)[];
  /** 1 for each row that the event named; nothing when it named all. */
  named?: Uint8Array;
}

/** Rows up to this many are sorted as one number each, of ordinal and row. */
const PAIRS_MAX = 1 << 21;

/** Finds them, and marks them: the event is their last, and its document that of the named. */
export function touchedRows(subject: EventSubject, sequence: number, document: number): TouchedRows {
  const { words, before, codes } = subject;
  const isNamed = new Uint8Array(subject.rows);
  for (const row of codes) isNamed[row] = 1;
  const rows = new Uint32Array(subject.rows);
  let count = 0;
  let changed = 0;
  let all = true;
  for (const row of inOrder(subject)) {
    const at = row * RECORD_WORDS;
    if (document !== 0 && isNamed[row]) words[at + WORD.document] = document;
    let mask = 0;
    for (let w = 0; w < WORDS_USED; w++) if (words[at + w] !== before[at + w]) mask |= 1 << w;
    if (!isNamed[row]) {
      if (mask === 0 && !subject.isNew(row)) continue;
      all = false;
    }
    words[at + WORD.lastEvent] = sequence;
    changed |= mask;
    rows[count++] = row;
  }
  changed |= 1 << WORD.lastEvent;
  const touched = rows.slice(0, count);
  const former: (Int32Array | undefined)[] = [];
  for (let w = 0; w < WORDS_USED; w++) {
    if (changed & (1 << w)) former[w] = Int32Array.from(touched, (row) => before[row * RECORD_WORDS + w]);
  }
  return {
    rows: touched,
    ordinals: Uint32Array.from(touched, (row) => subject.ordinal(row)),
    former,
    named: all ? undefined : Uint8Array.from(touched, (row) => isNamed[row]),
  };
}

/** All rows in the order of their ordinals. */
function inOrder(subject: EventSubject): Uint32Array {
  const rows = Uint32Array.from({ length: subject.rows }, (_, i) => i);
  let ascends = true;
  for (let i = 1; ascends && i < rows.length; i++) ascends = subject.ordinal(i - 1) < subject.ordinal(i);
  if (ascends) return rows;
  if (rows.length > PAIRS_MAX) return rows.sort((a, b) => subject.ordinal(a) - subject.ordinal(b));
  const pairs = Float64Array.from(rows, (row) => subject.ordinal(row) * PAIRS_MAX + row).sort();
  return Uint32Array.from(pairs, (pair) => pair % PAIRS_MAX);
}
