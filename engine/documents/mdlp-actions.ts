import Type from 'typebox';
import { checkGtin, gtinOf } from './codes.js';
import { bareRecord, fieldsOf, invalid } from './family.js';
import { type ElementRule, element } from './grammar.js';
import { shown } from './issues.js';
import type { MdlpAction } from './mdlp-action.js';
import type { MdlpState } from './mdlp-state.js';
import { DATE, GTIN, INSTANT, MDLP_PRICE, oneOf, SUBJECT, text } from './scalars.js';

/** Items in one message of the common kind. */
const ITEMS_MAX = 25_000;

type Rule = ElementRule<MdlpState>;

/** A scalar child of the action: kept by name, checked at the action's end. */
function scalar(name: string): Rule {
  return {
    text(state, value, line) {
      if (state.fields[name] !== undefined) throw invalid(state.context, line, `${name}: stands twice`);
      state.fields[name] = value;
    },
  };
}

function scalars(...names: string[]): Record<string, Rule> {
  return Object.fromEntries(names.map((name) => [name, scalar(name)]));
}

const HEAD = { subject_id: SUBJECT, operation_date: INSTANT };

/** The head that all actions share. */
function head(state: MdlpState, fields: { subject_id: string; operation_date: string }, line: number): void {
  state.model.operationAt = state.instant(fields.operation_date, 'operation_date', line);
  state.model.sender = { mdlpSubjectId: fields.subject_id };
}

// ── 311, 10311: packed and serialised ────────────────────────────────────────────────────────────────────────────────

function endPacking(id: string, name: string, itemsMax: number): MdlpAction {
  const check = fieldsOf(
    name,
    Type.Object({
      ...HEAD,
      order_type: oneOf('1', '2'),
      owner_id: Type.Optional(SUBJECT),
      series_number: text(20),
      expiration_date: DATE,
      gtin: GTIN,
    }),
  );
  return {
    id,
    element: name,
    kind: 'endPacking',
    itemsMax,
    body: {
      ...scalars(
        'subject_id',
        'operation_date',
        'order_type',
        'owner_id',
        'series_number',
        'expiration_date',
        'gtin',
        'device_info',
      ),
      signs: element({
        sgtin: {
          text: (state, code, line) => state.addUnit(state.line().codes, code, line),
        },
      }),
    },
    finish(state, at) {
      const fields = check(state.context, state.fields, at);
      head(state, fields, at);
      const line = state.line();
      line.gtin = fields.gtin;
      line.series = fields.series_number;
      line.expiry = state.date(fields.expiration_date, 'expiration_date', at);
      checkGtin(state.context.issues, fields.gtin, at);
      const rows = line.codes.rows();
      for (let i = 0; i < line.codes.count; i++) {
        const code = line.codes.at(i);
        if (code.startsWith(fields.gtin)) continue;
        state.context.issues.add('CODE_OF_OTHER_GTIN', `${shown(code)} under gtin ${fields.gtin}`, rows[i]!);
      }
      state.flag('order_type', 'owner_id');
    },
  };
}

// ── 415, 416: dispatch and receipt ───────────────────────────────────────────────────────────────────────────────────

const checkDetail = fieldsOf(
  'detail',
  Type.Object({
    gtin: GTIN,
    series_number: text(20),
    cost: MDLP_PRICE,
    vat_value: MDLP_PRICE,
  }),
);
const checkUnion = fieldsOf(
  'union',
  Type.Object({
    sgtin: Type.Optional(text(255)),
    sscc: Type.Optional(text(255)),
    cost: MDLP_PRICE,
    vat_value: MDLP_PRICE,
  }),
);

function unionScalar(name: string): Rule {
  return {
    text(state, value, line) {
      if (state.union[name] !== undefined) throw invalid(state.context, line, `union: ${name} stands twice`);
      state.union[name] = value;
    },
  };
}

function detailScalar(name: string): Rule {
  return {
    text(state, value) {
      state.detail[name] = value;
    },
  };
}

const UNION: Rule = element(
  {
    sgtin: unionScalar('sgtin'),
    sscc_detail: element({
      sscc: unionScalar('sscc'),
      detail: element(
        {
          gtin: detailScalar('gtin'),
          series_number: detailScalar('series_number'),
          cost: detailScalar('cost'),
          vat_value: detailScalar('vat_value'),
        },
        {
          open(state) {
            state.detail = bareRecord();
          },
          close(state, line) {
            state.details.push(checkDetail(state.context, state.detail, line));
          },
        },
      ),
    }),
    cost: unionScalar('cost'),
    vat_value: unionScalar('vat_value'),
  },
  {
    open(state, _attributes, line) {
      state.union = bareRecord();
      state.unionLine = line;
      state.details = [];
    },
    close: endUnion,
  },
);

function endUnion(state: MdlpState): void {
  const at = state.unionLine;
  const { sgtin, sscc, cost, vat_value } = checkUnion(state.context, state.union, at);
  if ((sgtin === undefined) === (sscc === undefined))
    throw invalid(state.context, at, 'union: expected either sgtin or sscc_detail');
  if (sgtin !== undefined) {
    state.addUnit(state.line(gtinOf(sgtin), undefined, cost, vat_value).codes, sgtin, at);
    return;
  }
  const [first, ...others] = state.details;
  const line =
    first === undefined
      ? state.line(undefined, undefined, cost, vat_value)
      : state.line(first.gtin, first.series_number, first.cost, first.vat_value);
  const before = line.packages.count;
  state.addPackage(line.packages, sscc!, at);
  if (line.packages.count === before) return;
  // A package of several goods is named under each of their lines; it is one item, and repeats nothing.
  for (const { gtin, series_number, cost: detailCost, vat_value: detailVat } of others) {
    const other = state.line(gtin, series_number, detailCost, detailVat);
    if (other !== line) other.packages.append(sscc!, at);
  }
}

const TRADE = {
  ...HEAD,
  doc_num: text(200),
  doc_date: DATE,
  source: oneOf('1', '2', '3', '4', '5'),
  contract_type: oneOf('1', '2', '3', '4', '5', '6', '7', '8'),
};
const TRADE_FLAGS = [
  'source',
  'contract_type',
  'contract_num',
  'contract_gos_num',
  'contract_gos_date',
  'turnover_type',
  'receive_type',
];

function trade(state: MdlpState, fields: { doc_num: string; doc_date: string }, at: number): void {
  state.model.number = fields.doc_num;
  state.model.date = state.date(fields.doc_date, 'doc_date', at);
  state.flag(...TRADE_FLAGS);
}

const TRADE_BODY = {
  ...scalars('subject_id', 'operation_date', 'doc_num', 'doc_date', ...TRADE_FLAGS),
  order_details: element({ union: UNION }),
};

const checkMoveOrder = fieldsOf(
  'move_order',
  Type.Object({
    ...TRADE,
    receiver_id: SUBJECT,
    turnover_type: oneOf('1', '2'),
  }),
);
const moveOrder: MdlpAction = {
  id: '415',
  element: 'move_order',
  kind: 'dispatch',
  itemsMax: ITEMS_MAX,
  body: { ...TRADE_BODY, ...scalars('receiver_id') },
  finish(state, at) {
    const fields = checkMoveOrder(state.context, state.fields, at);
    head(state, fields, at);
    trade(state, fields, at);
    state.model.receiver = { mdlpSubjectId: fields.receiver_id };
  },
};

const checkReceiveOrder = fieldsOf(
  'receive_order',
  Type.Object({ ...TRADE, shipper_id: SUBJECT, receive_type: oneOf('1', '2') }),
);
const receiveOrder: MdlpAction = {
  id: '416',
  element: 'receive_order',
  kind: 'receipt',
  itemsMax: ITEMS_MAX,
  body: { ...TRADE_BODY, ...scalars('shipper_id') },
  finish(state, at) {
    const fields = checkReceiveOrder(state.context, state.fields, at);
    head(state, fields, at);
    trade(state, fields, at);
    state.model.sender = { mdlpSubjectId: fields.shipper_id };
    state.model.receiver = { mdlpSubjectId: fields.subject_id };
  },
};

// ── 911 to 915: packages ─────────────────────────────────────────────────────────────────────────────────────────────

const CONTENT: Rule = element({
  sgtin: {
    text: (state, code, line) => state.addUnit(state.children, code, line),
  },
  sscc: {
    text: (state, code, line) => state.addPackage(state.children, code, line),
  },
});
const PARENT: Rule = {
  text: (state, code, line) => state.setParent(code, line),
};

function packing(id: string, name: string, kind: 'aggregation' | 'append'): MdlpAction {
  const check = fieldsOf(name, Type.Object(HEAD));
  return {
    id,
    element: name,
    kind,
    itemsMax: ITEMS_MAX,
    body: {
      ...scalars('subject_id', 'operation_date'),
      sscc: PARENT,
      content: CONTENT,
    },
    finish(state, at) {
      head(state, check(state.context, state.fields, at), at);
      state.endStatement(name, at);
      dateStatements(state);
    },
  };
}

/** The operation's time stands after the first statements in some orders of elements, so it is written at the end. */
function dateStatements(state: MdlpState): void {
  for (const statement of state.model.tree) statement.at = state.model.operationAt!;
}

const checkUnpack = fieldsOf(
  'unit_unpack',
  Type.Object({
    ...HEAD,
    is_recursive: Type.Optional(oneOf('true', 'false', '1', '0')),
  }),
);
const unitUnpack: MdlpAction = {
  id: '912',
  element: 'unit_unpack',
  kind: 'disaggregation',
  itemsMax: 1500,
  body: {
    ...scalars('subject_id', 'operation_date', 'is_recursive'),
    sscc: {
      text: (state, code, line) => state.addPackage(state.line().packages, code, line),
    },
  },
  finish(state, at) {
    head(state, checkUnpack(state.context, state.fields, at), at);
    state.flag('is_recursive');
  },
};

const checkExtract = fieldsOf('unit_extract', Type.Object(HEAD));
const unitExtract: MdlpAction = {
  id: '913',
  element: 'unit_extract',
  kind: 'extract',
  itemsMax: ITEMS_MAX,
  body: {
    ...scalars('subject_id', 'operation_date'),
    content: element({
      sgtin: {
        text: (state, code, line) => state.addUnit(state.line().codes, code, line),
      },
      sscc: {
        text: (state, code, line) => state.addPackage(state.line().packages, code, line),
      },
    }),
  },
  finish(state, at) {
    head(state, checkExtract(state.context, state.fields, at), at);
  },
};

const MULTI_DETAIL: Rule = element(
  { sscc: PARENT, content: CONTENT },
  { close: (state, line) => state.endStatement('detail', line) },
);
const checkMultiPack = fieldsOf('multi_pack', Type.Object(HEAD));
const multiPack: MdlpAction = {
  id: '915',
  element: 'multi_pack',
  kind: 'aggregation',
  body: {
    ...scalars('subject_id', 'operation_date'),
    by_sgtin: element({ detail: MULTI_DETAIL }),
    by_sscc: element({ detail: MULTI_DETAIL }),
  },
  finish(state, at) {
    head(state, checkMultiPack(state.context, state.fields, at), at);
    dateStatements(state);
  },
};

/** The actions that are read. A new one is a row here. */
export const ACTIONS: readonly MdlpAction[] = [
  endPacking('311', 'register_end_packing', 150_000),
  endPacking('10311', 'skzkm_register_end_packing', 30_000),
  moveOrder,
  receiveOrder,
  packing('911', 'unit_pack', 'aggregation'),
  unitUnpack,
  unitExtract,
  packing('914', 'unit_append', 'append'),
  multiPack,
];
