/**
 * What an event changed: for each code that it named or changed, the words of the record as they were. Kept with the event, in the same
 * transaction, so that the register as of a past moment and the history of a code can be had by walking back.
 *
 * ```
 * | checksum 4 | version 1 | appliedAt 8, double | next ordinal 4 | document 4 | count 4 | words changed 2 | named? 1 | known in document? 1 |
 * | first ordinal 4 | steps to the next ordinals, a column of count − 1 | a column of count for each word changed |
 * | bits: named, unless all are | bits: was in the document's set, if any was |
 * ```
 */
import { CHECKSUM_BYTES, isSealed, sealed } from './checksum.js';
import { columnBytesMax, readColumn, writeColumn } from './columns.js';
import { RECORD_WORDS, WORDS_USED } from './record.js';

export interface Undo {
  sequence: number;
  /** Milliseconds since 1970 at which the register applied the event; never less than that of an earlier event. */
  appliedAt: number;
  /** Before the event: ordinals from this one on were given by it. */
  nextOrdinal: number;
  /** Number of the event's document; 0 when it has none. */
  document: number;
  /** Ordinals that the event named or changed, ascending. */
  ordinals: Uint32Array;
  /** Words that changed for at least one of them. */
  changedWords: readonly number[];
  /** A word of `ordinals[i]` before the event; 0 for a word that isn't among {@link changedWords}. */
  before(i: number, word: number): number;
  /** One of the event's own codes; false for what it reached through a package, and for packages that it only named as such. */
  isNamed(i: number): boolean;
  /** The document's set had `ordinals[i]` before the event. */
  wasInDocument(i: number): boolean;
}

/** The parts of an undo record, as applying gathers them. */
export interface UndoParts {
  appliedAt: number;
  nextOrdinal: number;
  document: number;
  ordinals: Uint32Array;
  /** For each word of a record: its former values (one when they are all the same), or nothing when it didn't change. */
  former: readonly (Int32Array | undefined)[];
  /** 1 for each ordinal that was named; nothing when all were. */
  named?: Uint8Array;
  /** 1 for each ordinal that was in the document's set; nothing when none was. */
  inDocument?: Uint8Array;
}

const VERSION = 1;
const HEAD_BYTES = CHECKSUM_BYTES + 1 + 8 + 4 + 4 + 4 + 2 + 1 + 1 + 4;

/** The stored form of an event's undo record. */
export function packUndo({ appliedAt, nextOrdinal, document, ordinals, former, named, inDocument }: UndoParts): Buffer {
  const count = ordinals.length;
  const bits = Math.ceil(count / 8);
  let changed = 0;
  let columns = 1;
  former.forEach((column, word) => {
    if (!column) return;
    changed |= 1 << word;
    columns++;
  });
  const out = Buffer.allocUnsafe(HEAD_BYTES + columns * columnBytesMax(count) + 2 * bits);
  let at = out.writeUInt8(VERSION, CHECKSUM_BYTES);
  at = out.writeDoubleLE(appliedAt, at);
  at = out.writeUInt32LE(nextOrdinal, at);
  at = out.writeUInt32LE(document, at);
  at = out.writeUInt32LE(count, at);
  at = out.writeUInt16LE(changed, at);
  at = out.writeUInt8(named ? 1 : 0, at);
  at = out.writeUInt8(inDocument ? 1 : 0, at);
  at = out.writeUInt32LE(ordinals[0] ?? 0, at);
  if (count > 1) {
    const steps = new Int32Array(count - 1);
    for (let i = 1; i < count; i++) steps[i - 1] = ordinals[i] - ordinals[i - 1];
    at = writeColumn(out, at, steps, 0, 1, count - 1);
  }
  if (count > 0) for (const column of former) if (column) at = writeColumn(out, at, column, 0, 1, column.length);
  for (const flags of [named, inDocument]) {
    if (!flags) continue;
    out.fill(0, at, at + bits);
    for (let i = 0; i < count; i++) out[at + (i >> 3)] |= flags[i] << (i & 7);
    at += bits;
  }
  return sealed(out, at);
}

/** Reads a stored undo record. Throws a RangeError on bytes that {@link packUndo} didn't write. */
export function unpackUndo(sequence: number, stored: Buffer): Undo {
  if (stored.length < HEAD_BYTES || !isSealed(stored)) throw new RangeError('an undo record with a wrong checksum');
  if (stored[CHECKSUM_BYTES] !== VERSION) throw new RangeError(`an undo record of version ${stored[CHECKSUM_BYTES]}`);
  let at = CHECKSUM_BYTES + 1;
  const appliedAt = stored.readDoubleLE(at);
  const nextOrdinal = stored.readUInt32LE(at + 8);
  const document = stored.readUInt32LE(at + 12);
  const count = stored.readUInt32LE(at + 16);
  const changed = stored.readUInt16LE(at + 20);
  const hasNamed = stored[at + 22] === 1;
  const hasInDocument = stored[at + 23] === 1;
  const first = stored.readUInt32LE(at + 24);
  at = HEAD_BYTES;
  if (changed >> WORDS_USED !== 0) throw new RangeError('an undo record of words that there are not');
  const ordinals = new Uint32Array(count);
  if (count > 0) ordinals[0] = first;
  if (count > 1) {
    const steps = new Int32Array(count - 1);
    at = readColumn(stored, at, steps, 0, 1, count - 1);
    for (let i = 1; i < count; i++) ordinals[i] = ordinals[i - 1] + steps[i - 1];
  }
  const former: (Int32Array | undefined)[] = [];
  const changedWords: number[] = [];
  for (let word = 0; word < RECORD_WORDS && count > 0; word++) {
    if (!(changed & (1 << word))) continue;
    const column = new Int32Array(count);
    at = readColumn(stored, at, column, 0, 1, count);
    former[word] = column;
    changedWords.push(word);
  }
  const bits = Math.ceil(count / 8);
  const namedAt = at;
  if (hasNamed) at += bits;
  const inDocumentAt = at;
  if (hasInDocument) at += bits;
  if (at !== stored.length) throw new RangeError('an undo record of another length');
  const bit = (from: number, i: number): boolean => ((stored[from + (i >> 3)] >> (i & 7)) & 1) === 1;
  return {
    sequence,
    appliedAt,
    nextOrdinal,
    document,
    ordinals,
    changedWords,
    before: (i, word) => former[word]?.[i] ?? 0,
    isNamed: (i) => !hasNamed || bit(namedAt, i),
    wasInDocument: (i) => hasInDocument && bit(inDocumentAt, i),
  };
}

/** Sets the changed words of a record back to what they were before the event. */
export function undoInto(undo: Undo, i: number, words: Int32Array): void {
  for (const word of undo.changedWords) words[word] = undo.before(i, word);
}
