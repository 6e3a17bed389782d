import Type from 'typebox';
import { fieldsOf, invalid } from './family.js';
import { type ElementRule, element } from './grammar.js';
import type { Party } from './model.js';
import { UPD_AMOUNT } from './scalars.js';
import { checkTotals } from './upd-checks.js';
import { LINE } from './upd-line.js';
import { paperOf, type UpdState } from './upd-state.js';

type Rule = ElementRule<UpdState>;

/** Whoever stands in ИдСв: a company, an entrepreneur, a person or a foreigner, under several element names. */
const IDENTITY: Rule = element(
  {
    // The name of a person.
    ФИО: {
      open(state, attributes) {
        state.party.name = [attributes.Фамилия, attributes.Имя, attributes.Отчество].filter(Boolean).join(' ');
      },
    },
  },
  {
    open(state, attributes) {
      const tin = attributes.ИННЮЛ ?? attributes.ИННФЛ;
      if (tin !== undefined) state.party.tin = tin;
      if (attributes.КПП !== undefined) state.party.kpp = attributes.КПП;
      if (attributes.НаимОрг !== undefined) state.party.name = attributes.НаимОрг;
    },
  },
);

function party(side: 'sender' | 'receiver'): Rule {
  return element(
    { ИдСв: { anyChild: IDENTITY } },
    {
      open(state) {
        state.party = {};
      },
      close(state) {
        // A document may name several sellers; the first is the one who ships.
        const known: Party | undefined = state.model[side];
        if (known?.tin === undefined && known?.name === undefined) state.model[side] = { ...known, ...state.party };
      },
    },
  );
}

const INVOICE: Rule = element(
  {
    СвПрод: party('sender'),
    СвПокуп: party('receiver'),
    // A corrected document keeps its number and gets a number of correction.
    ИспрДок: { open: correction },
    ИспрСчФ: { open: correction },
    ИнфПолФХЖ1: element({
      ТекстИнф: {
        open(state, attributes) {
          if (attributes.Идентиф === 'СвВыбытияМАРК' && attributes.Значен !== undefined) {
            state.model.flags.СвВыбытияМАРК = attributes.Значен;
          }
        },
      },
    }),
  },
  {
    open(state, attributes, line) {
      state.met.add('СвСчФакт');
      const number = attributes.НомерДок ?? attributes.НомерСчФ;
      const date = attributes.ДатаДок ?? attributes.ДатаСчФ;
      if (number === undefined || number === '') throw invalid(state.context, line, 'СвСчФакт: НомерДок is missing');
      if (date === undefined) throw invalid(state.context, line, 'СвСчФакт: ДатаДок is missing');
      state.model.number = number;
      state.model.date = state.date(date, 'СвСчФакт: ДатаДок', line);
    },
  },
);

function correction(state: UpdState, attributes: Record<string, string>): void {
  const number = attributes.НомИспр ?? attributes.НомИспрСчФ;
  // 5.01 writes the element with dashes when there is no correction.
  if (number === undefined || !/\d/.test(number)) return;
  if (state.model.number !== undefined) state.model.revisionOf = state.model.number;
  state.model.flags.НомИспр = number;
}

const checkTotal = fieldsOf(
  'ВсегоОпл',
  Type.Object({
    СтТовБезНДСВсего: Type.Optional(UPD_AMOUNT),
    СтТовУчНалВсего: Type.Optional(UPD_AMOUNT),
  }),
);

const TOTAL: Rule = element(
  {
    СумНалВсего: element({
      СумНал: {
        text(state, value) {
          state.model.totals!.vat = value;
        },
      },
    }),
  },
  {
    open(state, attributes, line) {
      const fields = checkTotal(state.context, attributes, line);
      state.model.totals = {};
      if (fields.СтТовБезНДСВсего !== undefined) state.model.totals.withoutVat = fields.СтТовБезНДСВсего;
      if (fields.СтТовУчНалВсего !== undefined) state.model.totals.withVat = fields.СтТовУчНалВсего;
    },
  },
);

const TRANSFER: Rule = element({
  СвПер: element({
    ОснПер: {
      open(state, attributes, line) {
        state.model.basis ??= [];
        // Bounded by the size of any sensible document, not by the schema.
        if (state.model.basis.length === 1000) throw invalid(state.context, line, 'СвПер: more than 1000 ОснПер');
        state.model.basis.push(
          paperOf(
            state,
            attributes,
            {
              name: ['РеквНаимДок', 'НаимОсн'],
              number: ['РеквНомерДок', 'НомОсн'],
              date: ['РеквДатаДок', 'ДатаОсн'],
            },
            line,
          ),
        );
      },
    },
  }),
});

/** `Файл/Документ` with КНД 1115131. */
export const SELLER_DOCUMENT: Rule = element(
  {
    СвСчФакт: INVOICE,
    ТаблСчФакт: element(
      { СведТов: LINE, ВсегоОпл: TOTAL },
      {
        open(state) {
          state.met.add('ТаблСчФакт');
        },
      },
    ),
    СвПродПер: TRANSFER,
  },
  {
    open(state, attributes) {
      if (attributes.Функция !== undefined) state.model.flags.Функция = attributes.Функция;
    },
  },
);

/** What must be there at the end, and whether it adds up. */
export function checkSeller(state: UpdState): void {
  state.require('СвСчФакт');
  const { flags, lines } = state.model;
  // A plain invoice's status document may come without a table; a transfer may not.
  if (!state.met.has('ТаблСчФакт') || lines.length === 0) {
    throw invalid(
      state.context,
      state.documentLine,
      `Документ${flags.Функция === undefined ? '' : ` ${flags.Функция}`}: ТаблСчФакт/СведТов is missing`,
    );
  }
  checkTotals(state);
}
