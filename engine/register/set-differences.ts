/** Sets follow from records: what an event changed in its rows is changed in the sets of states, owners, series and documents. */
import { RECORD_WORDS, stateOf, WORD } from './record.js';
import type { SetChanges, SetKind } from './sets.js';
import type { Store } from './store.js';
import type { EventSubject } from './subject.js';
import type { TouchedRows } from './touched-rows.js';

/**
 * Changes the sets; gives 1 for each touched row that was in the document's set before, or nothing when none was.
 */
export function changeSets(
  store: Store,
  sets: SetChanges,
  subject: EventSubject,
  touched: TouchedRows,
  document: number,
): Uint8Array | undefined {
  changeSet(sets, 'state', subject, touched, WORD.head, stateOf, true);
  const asIs = (id: number): number => id;
  changeSet(sets, 'owner', subject, touched, WORD.owner, asIs, false);
  changeSet(sets, 'series', subject, touched, WORD.series, asIs, false);
  return document === 0 ? undefined : addToDocument(store, sets, subject, touched, document);
}

/** `hasZero`: number 0 has a set too, and a new row comes into it. */
function changeSet(
  sets: SetChanges,
  kind: SetKind,
  subject: EventSubject,
  { rows, ordinals, former }: TouchedRows,
  word: number,
  idOf: (value: number) => number,
  hasZero: boolean,
): void {
  if (!former[word] && !hasZero) return;
  const { words, before } = subject;
  // −1 stands for no set at all.
  const none = hasZero ? -1 : 0;
  for (let from = 0; from < rows.length; ) {
    const at = rows[from] * RECORD_WORDS + word;
    const old = subject.isNew(rows[from]) ? none : idOf(before[at]);
    const now = idOf(words[at]);
    let until = from + 1;
    for (; until < rows.length && ordinals[until] === ordinals[until - 1] + 1; until++) {
      const next = rows[until] * RECORD_WORDS + word;
      if (idOf(words[next]) !== now || (subject.isNew(rows[until]) ? none : idOf(before[next])) !== old) break;
    }
    if (old !== now) {
      const behind = ordinals[until - 1] + 1;
      if (old !== none) sets.removeRange(kind, old, ordinals[from], behind);
      if (now !== none) sets.addRange(kind, now, ordinals[from], behind);
    }
    from = until;
  }
}

function addToDocument(
  store: Store,
  sets: SetChanges,
  subject: EventSubject,
  { rows, ordinals, named }: TouchedRows,
  document: number,
): Uint8Array | undefined {
  let inDocument: Uint8Array | undefined;
  for (let i = 0; i < rows.length; i++) {
    if (named && !named[i]) continue;
    const last = subject.before[rows[i] * RECORD_WORDS + WORD.document];
    // A code that no document named can't be in a set; of one that another named last only the set knows.
    const was = last === document || (last !== 0 && sets.has(store, 'document', document, ordinals[i]));
    if (was) {
      inDocument ??= new Uint8Array(rows.length);
      inDocument[i] = 1;
    } else {
      sets.add('document', document, ordinals[i]);
    }
  }
  return inDocument;
}
