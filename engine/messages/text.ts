/** Texts with placeholders and plural forms; reads no files, so that a page uses the catalogue as the server does. */
import { formatCount } from './format.js';
import { LANGUAGES, type Language } from './language.js';
import { visible } from './visible.js';

/** Values for the placeholders. Numbers are written with the language's grouping, so pass a line number as text. */
export type MessageData = Readonly<Record<string, string | number | undefined>>;

/** One text, or its plural forms by CLDR category, chosen by the number `count`. */
export type Text = string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;

/** A text in every language. */
export type Entry = Readonly<Record<Language, Text>>;

const plurals = new Map(LANGUAGES.map((language) => [language, new Intl.PluralRules(language)]));

/**
 * The text with `{name}` replaced by `data.name`. A part in square brackets is left out when a value that it names is missing;
 * outside brackets a missing value is `?`. Text values are made {@link visible}.
 */
export function fillText(language: Language, text: Text, data: MessageData = {}): string {
  return fill(language, form(language, text, data), data);
}

function form(language: Language, text: Text, data: MessageData): string {
  if (typeof text === 'string') return text;
  return text[plurals.get(language)!.select(Number(data.count))] ?? text.other ?? '';
}

function fill(language: Language, text: string, data: MessageData): string {
  const value = (name: string): string | undefined => {
    const raw = Object.hasOwn(data, name) ? data[name] : undefined;
    if (raw === undefined || raw === '') return undefined;
    return typeof raw === 'number' ? formatCount(language, raw) : visible(raw);
  };
  // One pass, so that braces and brackets inside a value stay what they are.
  return text.replace(/\[([^\]]*)\]|\{(\w+)\}/g, (_, optional: string | undefined, name: string) => {
    if (optional === undefined) return value(name) ?? '?';
    let complete = true;
    const part = optional.replace(/\{(\w+)\}/g, (__, inner: string) => {
      const found = value(inner);
      if (found === undefined) complete = false;
      return found ?? '';
    });
    return complete ? part : '';
  });
}
