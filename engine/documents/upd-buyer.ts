import Type from 'typebox';
import { fieldsOf, invalid } from './family.js';
import { type ElementRule, element } from './grammar.js';
import { oneOf, text } from './scalars.js';
import { paperOf, type UpdState } from './upd-state.js';

type Rule = ElementRule<UpdState>;

const checkSellerFile = fieldsOf('ИдИнфПрод', Type.Object({ ИдФайлИнфПр: text(255) }));
const checkResult = fieldsOf('КодСодОпер', Type.Object({ КодИтога: oneOf('1', '2', '3') }));

const DIFFERENCES: Rule = {
  open(state, attributes, line) {
    state.model.acceptance!.differences = paperOf(
      state,
      attributes,
      {
        name: ['РеквНаимДок', 'НаимДокРасх'],
        number: ['РеквНомерДок', 'НомДокРасх'],
        date: ['РеквДатаДок', 'ДатаДокРасх'],
      },
      line,
    );
  },
};

const RESULT: Rule = element(
  { РеквДокРасх: DIFFERENCES },
  {
    open(state, attributes, line) {
      const { КодИтога } = checkResult(state.context, attributes, line);
      state.model.acceptance!.result = Number(КодИтога) as 1 | 2 | 3;
      state.model.flags.КодИтога = КодИтога;
      // 5.01 has the paper on differences in attributes of this element.
      if (attributes.НаимДокРасх !== undefined) DIFFERENCES.open!(state, attributes, line);
    },
  },
);

const ACCEPTED: Rule = element(
  { КодСодОпер: RESULT },
  {
    open(state, attributes, line) {
      state.met.add('СвПрин');
      const acceptance = state.model.acceptance!;
      const operation = attributes.СодОпер;
      if (operation !== undefined) acceptance.operation = operation;
      const date = state.dateOrIssue(attributes.ДатаПрин, 'ДатаПрин', line);
      if (date !== undefined) acceptance.acceptedAt = date;
    },
    close(state, line) {
      const { result, operation } = state.model.acceptance!;
      if (result === undefined && operation === undefined) {
        throw invalid(state.context, line, 'СвПрин: КодСодОпер is missing, and so is СодОпер');
      }
      if (result === 3 && operation !== undefined) {
        state.context.issues.add(
          'CONTENT_FORM',
          'СодОпер is not formed when the goods are not accepted (КодИтога 3)',
          line,
        );
      }
    },
  },
);

const PARTS: Record<string, Rule> = {
  ИдИнфПрод: {
    open(state, attributes, line) {
      state.met.add('ИдИнфПрод');
      state.model.acceptance!.sellerFileId = checkSellerFile(state.context, attributes, line).ИдФайлИнфПр;
    },
  },
  СодФХЖ4: element(
    { СвПрин: ACCEPTED },
    {
      open(state, attributes, line) {
        state.met.add('СодФХЖ4');
        const number = attributes.ПорНомДокИнфПр ?? attributes.НомСчФИнфПр;
        if (number !== undefined) state.model.number = number;
        const date = state.dateOrIssue(attributes.ДатаДокИнфПр ?? attributes.ДатаСчФИнфПр, 'ДатаДокИнфПр', line);
        if (date !== undefined) state.model.date = date;
        if (attributes.Функция !== undefined) state.model.flags.Функция = attributes.Функция;
      },
    },
  ),
};

function begin(state: UpdState, attributes: Record<string, string>): void {
  state.model.acceptance = { sellerFileId: '' };
  const name = attributes.НаимЭконСубСост;
  if (name !== undefined) state.model.sender = { name };
}

/** 5.03: `Файл/Документ` with КНД 1115132. */
export const BUYER_DOCUMENT: Rule = element(PARTS, { open: begin });
/** 5.01: `Файл/ИнфПок`. */
export const BUYER_PART_501: Rule = BUYER_DOCUMENT;

/** What must be there at the end. */
export function checkBuyer(state: UpdState): void {
  state.require('ИдИнфПрод', 'СодФХЖ4', 'СвПрин');
}
