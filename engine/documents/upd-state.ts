import type { CodeList } from './code-list.js';
import { isoDate } from './dates.js';
import { bareRecord, invalid, type ReadContext } from './family.js';
import { shown } from './issues.js';
import type { DocumentModel, Line, Party } from './model.js';

/** One line while it is read: the model's line and where it stands. */
export interface OpenLine {
  readonly line: Line;
  /** 1-based line of the source. */
  readonly at: number;
  /** Quantity accounting without a number that can be used was met. */
  uncounted: boolean;
}

/** One block of identification (НомСредИдентТов) while it is read. */
export interface OpenBlock {
  readonly at: number;
  /** ИдентТрансУпак. */
  readonly transport: string | undefined;
  codes: number;
  packages: number;
  counted: boolean;
  readonly children: CodeList;
}

/** What is known of a UPD while it is read. */
export class UpdState {
  readonly model: DocumentModel = {
    id: '',
    kind: 'upd',
    format: '',
    lines: [],
    tree: [],
    flags: bareRecord(),
    issues: [],
  };
  version: '5.01' | '5.03' | (string & {}) = '';
  fileId = '';
  documentLine = 0;
  /** Required parts that were met. */
  readonly met = new Set<string>();
  readonly numbers = new Set<number>();
  /** Line of goods that is being read. */
  goods: OpenLine | undefined;
  block: OpenBlock | undefined;
  /** Party that is being read. */
  party: Party = {};
  #begun = false;

  constructor(readonly context: ReadContext) {}

  beginDocument(kind: 'upd' | 'updBuyer', line: number): void {
    if (this.#begun) throw invalid(this.context, line, 'Файл: a second Документ; expected exactly one');
    this.#begun = true;
    this.documentLine = line;
    this.model.kind = kind;
    this.model.format = `${kind === 'upd' ? 'upd' : 'upd-buyer'}:${this.version}`;
  }

  requireDocument(line: number): void {
    if (!this.#begun) throw invalid(this.context, line, 'Файл: Документ is missing');
  }

  /** Throws DOCUMENT_INVALID when a part of the document was not met. */
  require(...names: string[]): void {
    for (const name of names) {
      if (!this.met.has(name)) throw invalid(this.context, this.documentLine, `Документ: ${name} is missing`);
    }
  }

  /** Participants of the exchange, unless they are known already. */
  ediIds(receiver: string | undefined, sender: string | undefined): void {
    if (sender !== undefined) this.model.sender = { ediId: sender.slice(0, 255), ...this.model.sender };
    if (receiver !== undefined)
      this.model.receiver = {
        ediId: receiver.slice(0, 255),
        ...this.model.receiver,
      };
  }

  /** ISO form of a date that must be there. */
  date(text: string, name: string, line: number): string {
    const date = isoDate(text);
    if (date === undefined)
      throw invalid(this.context, line, `${name} is "${shown(text)}"; expected a day as DD.MM.YYYY`);
    return date;
  }

  /** ISO form of an optional date; a finding when it is none. */
  dateOrIssue(text: string | undefined, name: string, line: number): string | undefined {
    if (text === undefined) return undefined;
    const date = isoDate(text);
    if (date === undefined)
      this.context.issues.add('CONTENT_FORM', `${name} is "${shown(text)}"; expected a day as DD.MM.YYYY`, line);
    return date;
  }
}

/** A paper named by name, number and date, each under one of two attribute names (5.03, 5.01). */
export function paperOf(
  state: UpdState,
  attributes: Record<string, string>,
  names: { name: string[]; number: string[]; date: string[] },
  line: number,
): { name: string; number?: string; date?: string } {
  const first = (keys: string[]) => keys.map((key) => attributes[key]).find((value) => value !== undefined);
  const number = first(names.number);
  const date = state.dateOrIssue(first(names.date), names.date[0]!, line);
  return {
    name: first(names.name) ?? '',
    ...(number !== undefined && { number }),
    ...(date !== undefined && { date }),
  };
}
