// What can be wrong with a code: the registry of core/data/errors.json by name.
import { ERROR_ROWS } from './generated/tables.js';

export type CodeErrorName = (typeof ERROR_ROWS)[number]['code'];

export type CodeErrorLanguage = 'en' | 'ru' | 'uz';

/** What goes into a message; what is absent shows as `?`. */
export interface CodeErrorData {
  /** Byte offset in the code, from 0. */
  position?: number;
  /** The application identifier the error is about. */
  ai?: string;
  /** What stands at the position. */
  found?: string;
  /** A limit that was exceeded, in bytes. */
  limit?: number;
  /** Another application identifier that the error is about. */
  other?: string;
  /** Application identifiers that were expected in the same code. */
  needed?: string | undefined;
}

/** Names of errors by their number in the error column; 0 is none. */
export const CODE_ERRORS: readonly (CodeErrorName | '')[] = ['', ...ERROR_ROWS.map(({ code }) => code)];

/** The text for people: what was expected, and where. */
export function codeErrorMessage(
  code: CodeErrorName,
  data: CodeErrorData = {},
  language: CodeErrorLanguage = 'en',
): string {
  const row = ERROR_ROWS.find((each) => each.code === code);
  if (row === undefined) throw new RangeError(`"${code}" is no error of codes`);
  const values: Record<string, string | number | undefined> = { ...data };
  return row[language].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '?'));
}
