/** The rows that an event named or changed, in the order of their ordinals, and what they were. */
import { FewWords } from './few-words.js';
import { RECORD_WORDS, WORD, WORDS_USED } from './record.js';
import type { EventSubject } from './subject.js';

export interface TouchedRows {
  rows: Uint32Array;
  /** Ordinal of each row, ascending. */
  ordinals: Uint32Array;
  /** For each word that changed anywhere: its former values; one value when they are all the same. */
  former: (Int32Array | undefined)[];
  /** 1 for each row that the event named; nothing when it named all. */
  named?: Uint8Array;
}

/** Rows up to this many are sorted as one number each, of ordinal and row. */
const PAIRS_MAX = 1 << 21;

/** Arrays of events of a few codes, by what they are for; the event is done with them before the next one begins. */
const FEW = { rows: new FewWords(), ordinals: new FewWords(), isNamed: new FewWords() };

/** Finds them, and marks them: the event is their last, and its document that of the named. */
export function touchedRows(subject: EventSubject, sequence: number, document: number): TouchedRows {
  const { words, before, codes } = subject;
  const isNamed = FEW.isNamed.take(subject.rows);
  for (let i = 0; i < codes.length; i++) isNamed[codes[i]] = 1;
  const order = inOrder(subject);
  let count = 0;
  let changed = 1 << WORD.lastEvent;
  let all = true;
  for (let i = 0; i < order.length; i++) {
    const row = order[i];
    const at = row * RECORD_WORDS;
    if (document !== 0 && isNamed[row] === 1) words[at + WORD.document] = document;
    let mask = 0;
    for (let w = 0; w < WORDS_USED; w++) mask |= (words[at + w] === before[at + w] ? 0 : 1) << w;
    if (isNamed[row] === 0) {
      if (mask === 0 && !subject.isNew(row)) continue;
      all = false;
    }
    words[at + WORD.lastEvent] = sequence;
    changed |= mask;
    order[count++] = row;
  }
  const rows = count === order.length ? order : order.subarray(0, count);
  const ordinals = FEW.ordinals.take(count);
  for (let i = 0; i < count; i++) ordinals[i] = subject.ordinal(rows[i]);
  const former: (Int32Array | undefined)[] = [];
  for (let w = 0; w < WORDS_USED; w++) {
    if (changed & (1 << w)) former[w] = formerOf(subject, rows, w);
  }
  if (all) return { rows, ordinals, former };
  const named = new Uint8Array(count);
  for (let i = 0; i < count; i++) named[i] = isNamed[rows[i]];
  return { rows, ordinals, former, named };
}

/** Former values of a word; one for all rows of a load. */
function formerOf(subject: EventSubject, rows: Uint32Array, word: number): Int32Array {
  if (subject.isLoad) return new Int32Array(1);
  const column = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) column[i] = subject.before[rows[i] * RECORD_WORDS + word];
  return column;
}

/** All rows in the order of their ordinals. */
function inOrder(subject: EventSubject): Uint32Array {
  const count = subject.rows;
  const rows = FEW.rows.take(count);
  let ascends = true;
  for (let i = 0; i < count; i++) {
    rows[i] = i;
    if (i > 0 && subject.ordinal(i - 1) >= subject.ordinal(i)) ascends = false;
  }
  if (ascends) return rows;
  if (count > PAIRS_MAX) return rows.sort((a, b) => subject.ordinal(a) - subject.ordinal(b));
  const pairs = new Float64Array(count);
  for (let i = 0; i < count; i++) pairs[i] = subject.ordinal(i) * PAIRS_MAX + i;
  pairs.sort();
  for (let i = 0; i < count; i++) rows[i] = pairs[i] % PAIRS_MAX;
  return rows;
}
