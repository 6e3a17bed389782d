import { TamgaError } from '../errors.js';
import { DOCUMENT_LIMITS } from './limits.js';
import type { XmlSink } from './xml.js';

/** What to do at an element of a known format. A child that is not named is passed over with all that is in it. */
export interface ElementRule<State> {
  readonly children?: ReadonlyMap<string, ElementRule<State>>;
  /** Stands for every child that {@link children} does not name. */
  readonly anyChild?: ElementRule<State>;
  open?(state: State, attributes: Record<string, string>, line: number): void;
  /** The element's own character data without white space at its ends; called just before `close`, also when empty. */
  text?(state: State, text: string, line: number): void;
  close?(state: State, line: number): void;
  /** Decides by the attributes what the element really is; called in place of everything else here. */
  choose?(state: State, attributes: Record<string, string>, line: number): ElementRule<State>;
  /** A child that is not named; may throw. Its contents are passed over. */
  unknown?(state: State, name: string, line: number): void;
}

/** A rule with its children by name. */
export function element<State>(
  children: Record<string, ElementRule<State>>,
  rule: Omit<ElementRule<State>, 'children'> = {},
): ElementRule<State> {
  return { ...rule, children: new Map(Object.entries(children)) };
}

/** Walks a grammar along the elements of a document. The first element opened is the one that `root` describes. */
export class GrammarWalker<State> implements XmlSink {
  readonly #rules: ElementRule<State>[] = [];
  #rule: ElementRule<State> | undefined;
  /** Depth inside an element that is passed over. */
  #passing = 0;
  #text = '';

  constructor(
    private readonly root: ElementRule<State>,
    private readonly state: State,
    private readonly path: string,
  ) {}

  open(name: string, attributes: Record<string, string>, line: number): void {
    if (this.#passing > 0) {
      this.#passing++;
      return;
    }
    const parent = this.#rule;
    let rule = parent === undefined ? this.root : (parent.children?.get(name) ?? parent.anyChild);
    if (rule === undefined) {
      parent?.unknown?.(this.state, name, line);
      this.#passing = 1;
      return;
    }
    if (rule.choose !== undefined) rule = rule.choose(this.state, attributes, line);
    if (parent !== undefined) this.#rules.push(parent);
    this.#rule = rule;
    this.#text = '';
    rule.open?.(this.state, attributes, line);
  }

  text(piece: string): void {
    if (this.#passing > 0 || this.#rule?.text === undefined) return;
    this.#text += piece;
    if (this.#text.length > DOCUMENT_LIMITS.xmlText) {
      throw new TamgaError('XML_FORBIDDEN', {
        path: this.path,
        detail: 'text too long',
        limit: `${DOCUMENT_LIMITS.xmlText}`,
      });
    }
  }

  close(line: number): void {
    if (this.#passing > 0) {
      this.#passing--;
      return;
    }
    const rule = this.#rule;
    rule?.text?.(this.state, this.#text.trim(), line);
    rule?.close?.(this.state, line);
    this.#text = '';
    this.#rule = this.#rules.pop();
  }
}
