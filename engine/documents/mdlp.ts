import { type DocumentBuilder, type DocumentFamily, invalid, type ReadContext } from './family.js';
import { type ElementRule, element, GrammarWalker } from './grammar.js';
import { shown } from './issues.js';
import type { MdlpAction } from './mdlp-action.js';
import { ACTIONS } from './mdlp-actions.js';
import { MdlpState } from './mdlp-state.js';
import type { DocumentModel } from './model.js';

/** Documents of MDLP (medicines): root `documents`, one action in it. */
export const MDLP: DocumentFamily = {
  root: 'documents',
  reads: `MDLP ${ACTIONS.map((action) => action.id).join(', ')}`,
  begin: (context) => new MdlpBuilder(context),
};

class MdlpBuilder extends GrammarWalker<MdlpState> implements DocumentBuilder {
  readonly #state: MdlpState;

  constructor(context: ReadContext) {
    const state = new MdlpState(context);
    super(DOCUMENTS, state, context.path);
    this.#state = state;
  }

  finish(): DocumentModel {
    const { model, context } = this.#state;
    model.issues = context.issues.list();
    return model;
  }
}

/** An action's element: its own parts, and the checks at its end. */
function actionRule(action: MdlpAction): ElementRule<MdlpState> {
  return element(action.body, {
    open(state, attributes, line) {
      const id = attributes.action_id;
      if (state.action !== undefined)
        throw invalid(state.context, line, `documents: a second action, ${action.element}; expected exactly one`);
      if (id !== action.id) {
        throw invalid(
          state.context,
          line,
          `${action.element}: action_id is "${shown(id ?? '')}"; expected ${action.id}`,
        );
      }
      state.begin(action, line);
    },
    close(state, line) {
      const items = state.items;
      action.finish(state, state.actionLine);
      if (items === 0) throw invalid(state.context, line, `${action.element}: it names no codes`);
      if (action.itemsMax !== undefined && items > action.itemsMax) {
        state.context.issues.add(
          'LIMIT_EXCEEDED',
          `${items} items; MDLP takes at most ${action.itemsMax} in one ${action.id}`,
          state.actionLine,
        );
      }
    },
  });
}

const DOCUMENTS: ElementRule<MdlpState> = element(
  Object.fromEntries(ACTIONS.map((action) => [action.element, actionRule(action)])),
  {
    open(state, attributes, line) {
      const version = attributes.version;
      if (version === undefined || !/^\d{1,3}(\.\d{1,3}){0,2}$/.test(version)) {
        throw invalid(
          state.context,
          line,
          `documents: version is "${shown(version ?? '')}"; expected a number like 1.37`,
        );
      }
      state.version = version;
      const original = attributes.original_id;
      if (original !== undefined) state.model.revisionOf = original.slice(0, 200);
    },
    unknown(state, name, line) {
      state.unknownAction(name, line, MDLP.reads);
    },
    close(state, line) {
      if (state.action === undefined) throw invalid(state.context, line, 'documents: no action in it');
    },
  },
);
