/** Languages of every text that a person reads; Uzbek is in Latin script. */
export const LANGUAGES = ['en', 'ru', 'uz'] as const;

export type Language = (typeof LANGUAGES)[number];

/** True for `en`, `ru`, `uz`. */
export function isLanguage(text: string): text is Language {
  return (LANGUAGES as readonly string[]).includes(text);
}

/**
 * Language of a POSIX environment: the first of LC_ALL, LC_MESSAGES, LANG that is set and not empty decides (POSIX.1-2017, XBD 8.2).
 * @returns English for a locale that Tamga doesn't speak (`C`, `de_DE.UTF-8` …).
 */
export function languageFromEnvironment(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  const language = locale.split(/[_.@-]/, 1)[0]!.toLowerCase();
  return isLanguage(language) ? language : 'en';
}
