// A scanner that types on a keyboard whose layout is Cyrillic, or whose Caps Lock is on.
import { KEYS, LAYOUTS } from './generated/recovery.js';
import { type Draft, rewrite } from './recover-draft.js';
import { SPELLED_WITH_LETTERS } from './recover-separators.js';

const CYRILLIC = /\p{Script=Cyrillic}/u;
const LATIN = /[A-Za-z]/;

/** By layout: the key of every character, and of the Cyrillic letters only. */
const TABLES = Object.values(LAYOUTS).flatMap((characters) => {
  const keys = Array.from(characters, (character, index) => [character, KEYS[index]!] as const);
  return [new Map(keys), new Map(keys.filter(([character]) => CYRILLIC.test(character)))];
});

/**
 * The keys that were struck. A keyboard has one layout at a time, so a text with Latin letters (outside of the names of
 * separators, which programs put in later) was not typed on a Cyrillic one. Russian and Uzbek differ in few keys; and
 * scanners send punctuation as keys or by Alt codes, which the layout does not touch: up to four readings.
 */
export function layouts(draft: Draft): Draft[] {
  const { text } = draft;
  if (!CYRILLIC.test(text)) return [];
  const names = [...text.matchAll(SPELLED_WITH_LETTERS)].map((match) => [match.index, match.index + match[0].length]);
  const named = (index: number): boolean => names.some(([start, end]) => start! <= index && index < end!);
  const characters = text.split('');
  if (characters.some((character, index) => LATIN.test(character) && !named(index))) return [];
  return TABLES.flatMap((table) => {
    const typed = characters.map((character, index) =>
      named(index) ? character : (table.get(character) ?? character),
    );
    return typed.some((character) => CYRILLIC.test(character)) ? [] : [rewrite(draft, 'layout', typed.join(''), true)];
  });
}

/** Capitals for small letters and the other way round: Caps Lock. */
export function swapCase(draft: Draft): Draft[] {
  const swapped = swapLetters(draft.text);
  return swapped === draft.text ? [] : [rewrite(draft, 'case', swapped, true)];
}

/** The same of a text. */
export function swapLetters(text: string): string {
  return text.replace(/[A-Za-zЀ-ӿ]/g, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}
