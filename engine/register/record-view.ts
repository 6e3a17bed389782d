/** A record in the words that people read. */
import type { Names } from './names.js';
import { FLAG, flagsOf, groupOf, type RecordView, reasonOf, stateOf, WORD } from './record.js';
import { STATES } from './states.js';
import { withdrawalReasonOf } from './withdrawal.js';

/** The view of a record's words; `ordinal` is only passed on. */
export function viewOf(ordinal: number, words: Int32Array, names: Names): RecordView {
  const orNull = (word: number): number | null => (words[word] === 0 ? null : words[word]);
  const flags = flagsOf(words[WORD.head]);
  const parts = words[WORD.parts];
  return {
    ordinal,
    state: STATES[stateOf(words[WORD.head])] ?? 'UNKNOWN',
    package: (flags & FLAG.package) !== 0,
    blocked: (flags & FLAG.blocked) !== 0,
    customs: (flags & FLAG.customs) !== 0,
    opened: (flags & FLAG.opened) !== 0,
    reason: withdrawalReasonOf(reasonOf(words[WORD.details])),
    group: groupOf(words[WORD.head]) || null,
    owner: names.text('owner', words[WORD.owner]),
    receiver: names.text('owner', words[WORD.receiver]),
    parent: words[WORD.parent] === 0 ? null : words[WORD.parent] >>> 0,
    expiry: orNull(WORD.expiry),
    produced: orNull(WORD.produced),
    series: names.text('series', words[WORD.series]),
    price: orNull(WORD.price),
    parts: parts === 0 ? null : { inner: parts & 0xffff, sold: parts >>> 16 },
    document: names.text('document', words[WORD.document]),
    lastEvent: words[WORD.lastEvent] >>> 0,
  };
}

/** What of a record can change, by name; see {@link changesBetween}. */
export type RecordField =
  | Exclude<keyof RecordView, 'ordinal' | 'lastEvent' | 'parent' | 'parts'>
  | 'inPackage'
  | 'inner'
  | 'sold';
export type RecordValue = string | number | boolean | null;

export interface RecordChange {
  field: RecordField;
  before: RecordValue;
  after: RecordValue;
}

/** The fields in which two views of one code differ; `textOf` names packages. */
export function changesBetween(
  before: RecordView,
  after: RecordView,
  textOf: (ordinal: number) => string,
): RecordChange[] {
  const was = fieldsOf(before, textOf);
  const is = fieldsOf(after, textOf);
  return (Object.keys(is) as RecordField[])
    .filter((field) => was[field] !== is[field])
    .map((field) => ({ field, before: was[field], after: is[field] }));
}

function fieldsOf(view: RecordView, textOf: (ordinal: number) => string): Record<RecordField, RecordValue> {
  const { ordinal: _, lastEvent: __, parent, parts, ...fields } = view;
  return {
    ...fields,
    inPackage: parent === null ? null : textOf(parent),
    inner: parts?.inner ?? 0,
    sold: parts?.sold ?? 0,
  };
}
