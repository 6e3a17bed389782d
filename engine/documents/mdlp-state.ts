import { TamgaError } from '../errors.js';
import { CodeList } from './code-list.js';
import { checkSgtin, checkSscc, collect } from './codes.js';
import { isInstant, isoDate } from './dates.js';
import { bareRecord, invalid, type ReadContext } from './family.js';
import { shown } from './issues.js';
import type { MdlpAction } from './mdlp-action.js';
import type { DocumentModel, Line } from './model.js';

/** What is known of an MDLP document while it is read. */
export class MdlpState {
  readonly model: DocumentModel = {
    id: '',
    kind: 'dispatch',
    format: '',
    lines: [],
    tree: [],
    flags: bareRecord(),
    issues: [],
  };
  version = '';
  action: MdlpAction | undefined;
  actionLine = 0;
  /** Scalar children of the action's element by name. */
  readonly fields = bareRecord();
  /** Items that count towards MDLP's limit. */
  items = 0;

  /** The `union` that is being read, and its `detail`s. */
  union = bareRecord();
  unionLine = 0;
  details: Record<string, string>[] = [];
  detail = bareRecord();

  /** The package whose content is being read. */
  parent: string | undefined;
  children = new CodeList();

  /** Packages named as parents: each once, and not as its own content. */
  readonly #parents = new CodeList();
  readonly #lines = new Map<string, Line>();

  constructor(readonly context: ReadContext) {}

  begin(action: MdlpAction, line: number): void {
    this.action = action;
    this.actionLine = line;
    this.model.kind = action.kind;
    this.model.format = `mdlp:${action.id}@${this.version}`;
  }

  unknownAction(name: string, line: number, reads: string): never {
    if (this.action !== undefined)
      throw invalid(this.context, line, `documents: a second child, ${shown(name)}; expected exactly one`);
    throw new TamgaError('DOCUMENT_UNKNOWN', {
      path: this.context.path,
      line,
      detail: `MDLP action ${shown(name)}; expected ${reads}`,
    });
  }

  /** The line of goods with these attributes; made at the first call. */
  line(gtin?: string, series?: string, price?: string, vat?: string): Line {
    const key = `${gtin ?? ''}|${series ?? ''}|${price ?? ''}|${vat ?? ''}`;
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = {
        no: this.#lines.size + 1,
        codes: new CodeList(),
        packages: new CodeList(),
      };
      if (gtin !== undefined) line.gtin = gtin;
      if (series !== undefined) line.series = series;
      if (price !== undefined) {
        line.price = price;
        line.priceIncludesVat = true;
      }
      if (vat !== undefined) line.vat = vat;
      this.#lines.set(key, line);
      this.model.lines.push(line);
    }
    return line;
  }

  addUnit(list: CodeList, sgtin: string, line: number): void {
    this.items++;
    if (collect(this.context, list, sgtin, line)) checkSgtin(this.context.issues, sgtin, line);
  }

  addPackage(list: CodeList, sscc: string, line: number): void {
    this.items++;
    if (collect(this.context, list, sscc, line)) checkSscc(this.context.issues, sscc, line);
  }

  /** Names the package of a statement; `children` may come before or after. */
  setParent(sscc: string, line: number): void {
    if (this.parent !== undefined)
      throw invalid(this.context, line, `sscc: a second package, ${shown(sscc)}, in one statement`);
    if (!/^\d{18}$/.test(sscc)) throw invalid(this.context, line, `sscc is "${shown(sscc)}"; expected 18 digits`);
    collect(this.context, this.#parents, sscc, line);
    checkSscc(this.context.issues, sscc, line);
    this.parent = sscc;
  }

  /** Ends a statement "this package holds these". */
  endStatement(where: string, line: number): void {
    if (this.parent === undefined) throw invalid(this.context, line, `${where}: sscc is missing`);
    if (this.children.count === 0) throw invalid(this.context, line, `${where}: content is missing`);
    this.model.tree.push({ parent: this.parent, children: this.children });
    this.parent = undefined;
    this.children = new CodeList();
  }

  /** ISO form of a `DD.MM.YYYY` field. */
  date(text: string, name: string, line: number): string {
    const date = isoDate(text);
    if (date === undefined)
      throw invalid(this.context, line, `${name} is "${shown(text)}"; expected a day as DD.MM.YYYY`);
    return date;
  }

  instant(text: string, name: string, line: number): string {
    if (!isInstant(text))
      throw invalid(this.context, line, `${name} is "${shown(text)}"; expected an ISO date-time with an offset`);
    return text;
  }

  /** Copies optional fields into the model's flags. */
  flag(...names: string[]): void {
    for (const name of names) {
      const value = this.fields[name];
      if (value !== undefined) this.model.flags[name] = value;
    }
  }
}
