// Separators that a scan lost, or that came as something else.
import { BLANKS, SEPARATORS, SEQUENCES } from './generated/recovery.js';
import { AI_ROWS } from './generated/tables.js';
import { type Draft, type Edit, edit } from './recover-draft.js';

export const GS = '\u001d';

/** Codes with separators have at most 129 characters; longer texts are not searched for lost ones. */
const CODE_MAX = 160;
/** With more places than this that could be separators, all of them are. */
const PLACES_MAX = 6;
/** The most separators that a structure has, and one in front. */
const CHOSEN_MAX = 3;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const anyOf = (texts: readonly string[]): string =>
  [...texts]
    .sort((a, b) => b.length - a.length)
    .map(escaped)
    .join('|');

const NAMED = new RegExp(anyOf(SEPARATORS.named), 'gi');
const SPELLED = new RegExp(anyOf(SEPARATORS.spelled), 'gi');
const SIGNS = new RegExp(anyOf(SEPARATORS.signs), 'gi');
const BLANK_RUN = new RegExp(`(?:${anyOf(BLANKS)})+`, 'g');

/** Names of separators that hold Latin letters. */
export const SPELLED_WITH_LETTERS = new RegExp(
  anyOf([...SEPARATORS.named, ...SEPARATORS.spelled].filter((text) => /[a-z]/i.test(text))),
  'gi',
);

/** Substitutes that mean nothing else. */
export const namedSeparators = (draft: Draft): Draft[] => replaceAll(draft, NAMED, false);

/** Characters that no marking code holds. */
export const signs = (draft: Draft): Draft[] => replaceAll(draft, SIGNS, true);

/** Blanks as separators. */
export const blankSeparators = (draft: Draft): Draft[] => replaceAll(draft, BLANK_RUN, true);

/** Blanks put in to make the code readable. */
export function removeBlanks(draft: Draft): Draft[] {
  const edits = places(draft.text, BLANK_RUN).map(([start, end]) => ({ start, end, text: '' }));
  return edits.length === 0 ? [] : [edit(draft, 'blanks', edits, true)];
}

/** Substitutes that could also be characters of the code, but hardly are: a device that spells one separator spells all. */
export const spelledSeparators = (draft: Draft): Draft[] => replaceAll(draft, SPELLED, true);

/** The same for some of them, and for short ones: every choice of places. */
export const someSeparators = (draft: Draft): Draft[] => choose(draft, [...SEPARATORS.spelled, ...SEPARATORS.bare]);

/** Takes the FNC1 in front away, and all but one of separators in a row. */
export function tidy(draft: Draft): Draft[] {
  const front = /^\u001d+/.exec(draft.text)?.[0].length ?? 0;
  let tidied = draft;
  const doubled = places(draft.text, /\u001d{2,}/g).filter(([start]) => start >= front);
  const edits = doubled.map(([start, end]): Edit => ({ start, end, text: GS }));
  if (edits.length > 0) tidied = edit(tidied, 'doubledSeparator', edits);
  if (front > 0) tidied = edit(tidied, 'leadingSeparator', [{ start: 0, end: front, text: '' }]);
  return tidied === draft ? [] : [tidied];
}

/** A structure's elements as a pattern, with separators where they may stand. */
const PATTERNS = SEQUENCES.map((elements) => ({
  elements,
  pattern: new RegExp(`^${elements.map(([ai, length]) => `${ai}([^${GS}]{${length}})(${GS}?)`).join('')}$`, 'd'),
}));

/** Every structure that the text would have with separators put in. */
export function lostSeparators(draft: Draft): Draft[] {
  if (draft.text.length > CODE_MAX) return [];
  return PATTERNS.flatMap(({ elements, pattern }) => {
    const indices = pattern.exec(draft.text)?.indices;
    if (indices === undefined) return [];
    const edits: Edit[] = [];
    elements.slice(0, -1).forEach(([ai], index) => {
      const [start, end] = indices[index * 2 + 2]!;
      if (start === end && AI_ROWS[ai]?.predefined !== true) edits.push({ start, end, text: GS });
    });
    return edits.length === 0 ? [] : [edit(draft, 'lostSeparator', edits, true)];
  });
}

function replaceAll(draft: Draft, pattern: RegExp, guessed: boolean): Draft[] {
  const edits = places(draft.text, pattern).map(([start, end]) => ({ start, end, text: GS }));
  return edits.length === 0 ? [] : [edit(draft, 'separator', edits, guessed)];
}

function choose(draft: Draft, texts: readonly string[]): Draft[] {
  return texts.flatMap((text) => {
    const found = places(draft.text, new RegExp(escaped(text), 'gi'));
    const choices = found.length > PLACES_MAX ? [found] : subsets(found, CHOSEN_MAX);
    return choices.map((chosen) =>
      edit(
        draft,
        'separator',
        chosen.map(([start, end]) => ({ start, end, text: GS })),
        true,
      ),
    );
  });
}

/** Every choice of one to `most` items, and of all. */
function subsets<Item>(items: readonly Item[], most: number): Item[][] {
  const all: Item[][] = [];
  for (let bits = 2 ** items.length - 1; bits > 0; bits--) {
    const chosen = items.filter((_, index) => (bits & (1 << index)) !== 0);
    if (chosen.length <= most || chosen.length === items.length) all.push(chosen);
  }
  return all;
}

function places(text: string, pattern: RegExp): [start: number, end: number][] {
  return Array.from(text.matchAll(pattern), (match) => [match.index, match.index + match[0].length]);
}
