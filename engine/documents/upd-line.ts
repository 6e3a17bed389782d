import Type from 'typebox';
import { CodeList } from './code-list.js';
import { checkGtin, checkSscc, collect, isOfOtherGtin } from './codes.js';
import { fieldsOf, invalid } from './family.js';
import { type ElementRule, element } from './grammar.js';
import { shown } from './issues.js';
import { checkRnpt } from './rnpt.js';
import { GTIN, text, UPD_AMOUNT, UPD_DECIMAL } from './scalars.js';
import { checkLine } from './upd-checks.js';
import type { OpenLine, UpdState } from './upd-state.js';

type Rule = ElementRule<UpdState>;

const checkGoods = fieldsOf(
  'СведТов',
  Type.Object({
    НомСтр: Type.String({ pattern: '^\\d{1,6}$', title: 'up to 6 digits' }),
    НаимТов: Type.Optional(Type.String({ maxLength: 2000, title: 'up to 2000 characters' })),
    ОКЕИ_Тов: Type.Optional(text(4)),
    КолТов: Type.Optional(UPD_DECIMAL),
    ЦенаТов: Type.Optional(UPD_DECIMAL),
    СтТовБезНДС: Type.Optional(UPD_AMOUNT),
    СтТовУчНал: Type.Optional(UPD_AMOUNT),
  }),
);
const checkExtra = fieldsOf(
  'ДопСведТов',
  Type.Object({ ГТИН: Type.Optional(GTIN), СерияТов: Type.Optional(text(50)) }),
);
const checkTrace = fieldsOf(
  'СведПрослеж',
  Type.Object({
    НомТовПрослеж: text(255),
    ЕдИзмПрослеж: text(4),
    КолВЕдПрослеж: UPD_DECIMAL,
    СтТовБезНДСПрослеж: Type.Optional(UPD_AMOUNT),
  }),
);

function current(state: UpdState): OpenLine {
  return state.goods!;
}

const CODE: Rule = {
  text(state, code, at) {
    const { line } = current(state);
    const block = state.block!;
    block.codes++;
    if (!collect(state.context, line.codes, code, at)) return;
    if (block.transport !== undefined) block.children.append(code, at);
    if (line.gtin !== undefined && isOfOtherGtin(code, line.gtin)) {
      state.context.issues.add('CODE_OF_OTHER_GTIN', `${shown(code)} in line ${line.no} of ГТИН ${line.gtin}`, at);
    }
  },
};

const PACKAGE: Rule = {
  text(state, code, at) {
    const { line } = current(state);
    const block = state.block!;
    // 5.01 has no field for goods accounted by quantity: they are written as a package "02 GTIN 37 count".
    const counted = /^02(\d{14})37(\d{1,8})$/.exec(code);
    if (counted !== null) {
      addQuantity(state, counted[1]!, counted[2]!, at);
      block.counted = true;
      return;
    }
    block.packages++;
    if (!collect(state.context, line.packages, code, at)) return;
    if (/^(00)?\d{18}$/.test(code)) checkSscc(state.context.issues, code, at);
    if (block.transport !== undefined) block.children.append(code, at);
  },
};

function addQuantity(state: UpdState, gtin: string | undefined, count: string, at: number): void {
  const open = current(state);
  const { line } = open;
  const quantity = Number(count) + (line.byQuantity?.quantity ?? 0);
  if (gtin === undefined) {
    open.uncounted = true;
    state.context.issues.add('GTIN_MISSING', `line ${line.no}: КолВедМарк ${shown(count)} without ГТИН`, at);
  } else if (!/^\d{1,26}$/.test(count) || !Number.isSafeInteger(quantity)) {
    open.uncounted = true;
    state.context.issues.add(
      'QUANTITY_FORM',
      `line ${line.no}: КолВедМарк "${shown(count)}"; expected a whole number`,
      at,
    );
  } else if (line.byQuantity !== undefined && line.byQuantity.gtin !== gtin) {
    open.uncounted = true;
    state.context.issues.add(
      'CODE_OF_OTHER_GTIN',
      `line ${line.no}: quantities of ${line.byQuantity.gtin} and ${gtin}`,
      at,
    );
  } else {
    line.byQuantity = { gtin, quantity };
  }
}

/** НомСредИдентТов: units, packages, or a quantity. With a transport package its codes are the package's contents. */
const BLOCK: Rule = element(
  { КИЗ: CODE, НомУпак: PACKAGE },
  {
    open(state, attributes, at) {
      const count = attributes.КолВедМарк;
      if (count !== undefined) addQuantity(state, current(state).line.gtin, count, at);
      state.block = {
        at,
        transport: attributes.ИдентТрансУпак,
        codes: 0,
        packages: 0,
        counted: count !== undefined,
        children: new CodeList(),
      };
    },
    close(state) {
      const { at, transport, codes, packages, counted, children } = state.block!;
      const { line } = current(state);
      const { issues } = state.context;
      if (codes > 0 && packages > 0) {
        issues.add(
          'CODES_AND_PACKAGES_MIXED',
          `line ${line.no}: ${codes} КИЗ and ${packages} НомУпак in one НомСредИдентТов`,
          at,
        );
      }
      if (transport !== undefined) {
        // With contents it only says where they are; alone it stands for all that is in it.
        if (children.count > 0) state.model.tree.push({ parent: transport, children });
        else if (!counted) collect(state.context, line.packages, transport.trim(), at);
      } else if (codes === 0 && packages === 0 && !counted) {
        issues.add(
          'CODES_MISSING',
          `line ${line.no}: НомСредИдентТов without КИЗ, НомУпак, ИдентТрансУпак or КолВедМарк`,
          at,
        );
      }
      state.block = undefined;
    },
  },
);

const TRACE: Rule = {
  open(state, attributes, at) {
    const fields = checkTrace(state.context, attributes, at);
    const { line } = current(state);
    checkRnpt(
      state.context.issues,
      fields.НомТовПрослеж,
      state.version === '5.01' ? '5.01' : '5.03',
      state.model.date,
      at,
    );
    line.traceability ??= [];
    line.traceability.push({
      rnpt: fields.НомТовПрослеж,
      unit: fields.ЕдИзмПрослеж,
      quantity: fields.КолВЕдПрослеж,
      ...(fields.СтТовБезНДСПрослеж !== undefined && {
        valueWithoutVat: fields.СтТовБезНДСПрослеж,
      }),
    });
  },
};

/** СведТов: one line of goods. */
export const LINE: Rule = element(
  {
    СвДТ: {
      open(state, attributes) {
        const number = attributes.НомерДТ;
        if (number === undefined) return;
        const { line } = current(state);
        const country = attributes.КодПроисх;
        line.customsDeclarations ??= [];
        line.customsDeclarations.push({
          number,
          ...(country !== undefined && { country }),
        });
      },
    },
    ДопСведТов: element(
      { СведПрослеж: TRACE, НомСредИдентТов: BLOCK },
      {
        open(state, attributes, at) {
          const { line } = current(state);
          const fields = checkExtra(state.context, attributes, at);
          if (fields.ГТИН !== undefined) {
            line.gtin = fields.ГТИН;
            checkGtin(state.context.issues, fields.ГТИН, at);
          }
          if (fields.СерияТов !== undefined) line.series = fields.СерияТов;
        },
      },
    ),
    СумНал: element({
      СумНал: {
        text(state, value) {
          current(state).line.vat = value;
        },
      },
    }),
  },
  {
    open(state, attributes, at) {
      const fields = checkGoods(state.context, attributes, at);
      const no = Number(fields.НомСтр);
      if (state.numbers.has(no)) throw invalid(state.context, at, `СведТов: НомСтр ${no} stands twice`);
      state.numbers.add(no);
      const line: OpenLine['line'] = {
        no,
        codes: new CodeList(),
        packages: new CodeList(),
        priceIncludesVat: false,
      };
      if (fields.НаимТов !== undefined) line.name = fields.НаимТов;
      if (fields.ОКЕИ_Тов !== undefined) line.unit = fields.ОКЕИ_Тов;
      if (fields.КолТов !== undefined) line.quantity = fields.КолТов;
      if (fields.ЦенаТов !== undefined) line.price = fields.ЦенаТов;
      if (fields.СтТовБезНДС !== undefined) line.totalWithoutVat = fields.СтТовБезНДС;
      if (fields.СтТовУчНал !== undefined) line.total = fields.СтТовУчНал;
      state.goods = { line, at, uncounted: false };
      state.model.lines.push(line);
    },
    close(state) {
      checkLine(state, current(state));
    },
  },
);
