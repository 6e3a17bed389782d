import { DOCUMENT_LIMITS } from './limits.js';

/** Structural findings: the document was read, but something in it does not fit together. */
export const ISSUE_CODES = [
  'CODE_REPEATED', // the same code twice in the document
  'CODE_OF_OTHER_GTIN', // a code of another GTIN than its line
  'CODE_FORM', // not the form that the place requires
  'CODE_CHECK_DIGIT', // SSCC or GTIN
  'CODE_EMPTY',
  'CODE_TOO_LONG',
  'CODE_CONTROL_CHARACTER', // refused: not among the codes
  'CODES_AND_PACKAGES_MIXED', // units and packages in one block
  'CODES_MISSING', // a block that names nothing
  'QUANTITY_DIFFERS', // stated quantity and number of codes
  'QUANTITY_FORM',
  'GTIN_MISSING', // quantity accounting without GTIN
  'TOTALS_DIFFER',
  'FILE_NAME_DIFFERS', // from the file's own id
  'RNPT_FORM',
  'RNPT_DATE',
  'RNPT_QUANTITY_DIFFERS',
  'RNPT_VALUE_DIFFERS',
  'CONTENT_FORM', // an optional field with an impossible value
  'LIMIT_EXCEEDED', // more items than the operator accepts in one message
  'GS_SUBSTITUTED', // a printed stand-in of the separator was turned into 0x1D
  'MORE_ISSUES', // count of findings that were not kept
] as const;
export type IssueCode = (typeof ISSUE_CODES)[number];

export interface DocumentIssue {
  code: IssueCode;
  /** 1-based line of the source. */
  line?: number;
  /** English: what was met and what was expected. */
  detail: string;
}

/** Findings of one document, at most {@link DOCUMENT_LIMITS.issues} and one that counts the rest. */
export class Issues {
  readonly #kept: DocumentIssue[] = [];
  #dropped = 0;

  add(code: IssueCode, detail: string, line?: number): void {
    if (this.#kept.length >= DOCUMENT_LIMITS.issues) this.#dropped++;
    else this.#kept.push(line === undefined ? { code, detail } : { code, line, detail });
  }

  list(): DocumentIssue[] {
    if (this.#dropped === 0) return this.#kept;
    return [
      ...this.#kept,
      {
        code: 'MORE_ISSUES',
        detail: `${this.#dropped} further findings were not kept`,
      },
    ];
  }
}

/** A piece of outside text for a message: control characters shown, cut at 80 characters. */
export function shown(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return cut.replace(/[\x00-\x1f\x7f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
