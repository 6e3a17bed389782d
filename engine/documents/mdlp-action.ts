import type { ElementRule } from './grammar.js';
import type { MdlpState } from './mdlp-state.js';
import type { DocumentKind } from './model.js';

/** One kind of MDLP message. */
export interface MdlpAction {
  /** `action_id`. */
  readonly id: string;
  readonly element: string;
  readonly kind: DocumentKind;
  /** Items that MDLP takes in one message; undefined where its schema sets no bound. */
  readonly itemsMax?: number;
  /** Children of the action's element. */
  readonly body: Record<string, ElementRule<MdlpState>>;
  /** Checks the scalar fields and fills the model's head; `line` is where the action begins. */
  finish(state: MdlpState, line: number): void;
}
