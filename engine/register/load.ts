/** Which events are loads: they say the same of all their codes, so that one record stands for all. */
import type { RegisterEvent } from './event.js';
import { RECORD_WORDS, stateOf, WORD } from './record.js';
import type { SetChanges, SetKind } from './sets.js';

/** With fewer codes there is nothing to gain. */
const CODES_MIN = 256;

/** True for a statement that names no packages and says one value of every attribute. */
export function isUniform({ kind, checks, count, parents, columns }: RegisterEvent): boolean {
  if (kind !== 'restate' || checks !== 'stated' || count < CODES_MIN || parents.length > 0 || columns.parent)
    return false;
  return Object.values(columns).every((column) => column.length === 1);
}

/** Adds new ordinals [first, until) to the sets that follow from their record. */
export function addToSets(sets: SetChanges, record: Int32Array, first: number, until: number): void {
  if (record.length < RECORD_WORDS) throw new RangeError('less than a record');
  sets.addRange('state', stateOf(record[WORD.head]), first, until);
  const named: [SetKind, number][] = [
    ['owner', record[WORD.owner]],
    ['series', record[WORD.series]],
    ['document', record[WORD.document]],
  ];
  for (const [kind, id] of named) if (id !== 0) sets.addRange(kind, id, first, until);
}
