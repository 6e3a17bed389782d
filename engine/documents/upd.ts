import { basename } from 'node:path';
import Type from 'typebox';
import { TamgaError } from '../errors.js';
import { type DocumentBuilder, type DocumentFamily, fieldsOf, type ReadContext } from './family.js';
import { type ElementRule, element, GrammarWalker } from './grammar.js';
import { shown } from './issues.js';
import type { DocumentModel } from './model.js';
import { text } from './scalars.js';
import { BUYER_DOCUMENT, BUYER_PART_501, checkBuyer } from './upd-buyer.js';
import { checkSeller, SELLER_DOCUMENT } from './upd-seller.js';
import { UpdState } from './upd-state.js';

/** Universal transfer documents: the seller's title and the buyer's answer, formats 5.03 and 5.01. */
export const UPD: DocumentFamily = {
  root: 'Файл',
  reads: 'UPD 5.01 and 5.03 (КНД 1115131 of the seller, 1115132 of the buyer)',
  begin: (context) => new UpdBuilder(context),
};

/** Seller's and buyer's titles by form number. */
const FORMS = new Map<string, ElementRule<UpdState>>([
  ['1115131', SELLER_DOCUMENT],
  ['1115132', BUYER_DOCUMENT],
]);

const checkFile = fieldsOf('Файл', Type.Object({ ИдФайл: text(255), ВерсФорм: text(20) }));

const DOCUMENT: ElementRule<UpdState> = {
  choose(state, attributes, line) {
    const form = attributes.КНД ?? '';
    const rule = FORMS.get(form);
    if (rule === undefined) {
      const detail = `КНД "${shown(form)}"; expected ${[...FORMS.keys()].join(' or ')}`;
      throw new TamgaError('DOCUMENT_UNKNOWN', {
        path: state.context.path,
        line,
        detail,
      });
    }
    state.beginDocument(form === '1115132' ? 'updBuyer' : 'upd', line);
    return rule;
  },
};

const FILE: ElementRule<UpdState> = element(
  {
    СвУчДокОбор: {
      open(state, attributes) {
        // 5.01 names the exchange's participants here; 5.03 only in the file's id.
        state.ediIds(attributes.ИдПол, attributes.ИдОтпр);
      },
    },
    Документ: DOCUMENT,
    ИнфПок: {
      choose(state, _attributes, line) {
        state.beginDocument('updBuyer', line);
        return BUYER_PART_501;
      },
    },
  },
  {
    open(state, attributes, line) {
      const fields = checkFile(state.context, attributes, line);
      state.version = fields.ВерсФорм;
      state.fileId = fields.ИдФайл;
      if (state.version !== '5.01' && state.version !== '5.03') {
        const detail = `ВерсФорм ${shown(state.version)}; expected 5.03 or 5.01`;
        throw new TamgaError('DOCUMENT_UNKNOWN', {
          path: state.context.path,
          line,
          detail,
        });
      }
    },
    close(state, line) {
      state.requireDocument(line);
    },
  },
);

class UpdBuilder extends GrammarWalker<UpdState> implements DocumentBuilder {
  readonly #state: UpdState;

  constructor(context: ReadContext) {
    const state = new UpdState(context);
    super(FILE, state, context.path);
    this.#state = state;
  }

  finish(): DocumentModel {
    const state = this.#state;
    const { context, model } = state;
    const name = basename(context.path)
      .replace(/\.gz$/i, '')
      .replace(/\.xml$/i, '');
    if (name.normalize('NFC') !== state.fileId.normalize('NFC')) {
      context.issues.add('FILE_NAME_DIFFERS', `the file is ${shown(name)}, its ИдФайл ${shown(state.fileId)}`);
    }
    // `ON_NSCHFDOPPR_<recipient>_<sender>_<date>_…`
    const [, recipient, sender] = /^ON_NSCHFDOPP(?:R|OK)_([^_]+)_([^_]+)_\d{8}_/.exec(state.fileId) ?? [];
    state.ediIds(recipient, sender);
    if (model.kind === 'upd') checkSeller(state);
    else checkBuyer(state);
    model.issues = context.issues.list();
    return model;
  }
}
