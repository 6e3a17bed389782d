// Writes the tables of application identifiers: what an AI's value looks like, and which AIs stand together.
import { KEYS_WITH_SERIAL, SIGNATURE } from './associations.mjs';
import { COMPONENT_TYPES, LINTS, LINTS_MAX } from './dictionary.mjs';
import { FIELDS } from './formats.mjs';
import { refuse } from './refuse.mjs';
import { constant, table } from './write-table.mjs';

const FILE = 'gs1-syntax-dictionary.txt';

/** Shapes of a value that are read without a look at its components; `SHAPE_` in the tables. */
const SHAPES = ['parts', 'text', 'digits', 'gtin'];

/** Flags of a row of SPEC; `SPEC_` in the tables. */
const SPEC_FLAGS = { predefined: 1, template: 2 };

/** Flags of a row of ASSOCIATION; `ASSOCIATION_` in the tables. */
const ASSOCIATION_FLAGS = { requires: 1, family: 2, signature: 4, keyWithSerial: 8 };

/** AIs whose rows of SPEC core/assembly/marking/template.ts names: `SPEC_ROW_`. */
const TEMPLATE_AIS = ['01', '21', '91', '92', '93'];

/** The shortest GS1 Company Prefix; a value of digits that is longer always begins with one. */
const PREFIX_MIN = 4;

/**
 * AI_PREFIX by the first two digits; AI_SPEC[base + number of the remaining digits] is a row of SPEC, 0 for none.
 * SPEC row, 8 bytes: flags, field, least and greatest length, first COMPONENT, number of components, shape, 0.
 * COMPONENT row, 8 bytes: type, least and greatest length, 1 when optional, three checks, 0.
 * ASSOCIATION row, 32 bytes, of the same number as the row of SPEC: bits it provides, bits it must not stand with, bits any of
 * which is all that it requires (u64 each); flags, number of larger groups, first of them in GROUP (u16), 4 bytes of zeros.
 */
export function identifierTables(dictionary, fields, associations) {
  for (const ai of fields.keys()) {
    if (!associations.has(ai)) refuse('marking-formats.json', `fields ${ai}`, 'the dictionary has no such AI');
  }
  const length = new Array(100).fill(0);
  const base = new Array(100).fill(0);
  const rows = { spec: [new Array(8).fill(0)], association: [new Array(32).fill(0)], component: [], group: [] };
  const numbers = new Map();
  const componentsAt = new Map();
  const spec = [];
  for (const entry of dictionary) {
    const prefix = Number(entry.ai.slice(0, 2));
    if (length[prefix] === 0) {
      length[prefix] = entry.ai.length;
      base[prefix] = spec.length;
      for (let rest = 0; rest < 10 ** (entry.ai.length - 2); rest++) spec.push(0);
    }
    const field = FIELDS.indexOf(fields.get(entry.ai) ?? '');
    const association = associations.get(entry.ai);
    const key = keyOf(entry, field, association);
    if (!numbers.has(key)) {
      numbers.set(key, rows.spec.length);
      if (!componentsAt.has(entry.specification)) {
        componentsAt.set(entry.specification, rows.component.length);
        rows.component.push(...entry.components.map(componentRow));
      }
      rows.spec.push(specRow(entry, field, componentsAt.get(entry.specification)));
      rows.association.push(associationRow(entry, association, rows.group));
    }
    spec[base[prefix] + Number(entry.ai.slice(2) || 0)] = numbers.get(key);
  }
  if (rows.spec.length > 256) refuse(FILE, 'end', 'more than 255 different specifications');
  if (rows.component.length > 256) refuse(FILE, 'end', 'more than 256 components');
  return [
    '/** u32 by the first two digits: digits of the AI (8 bits, 0 for none), first entry of AI_SPEC (16), its value (8). */',
    table(
      'AI_PREFIX',
      'u32',
      length.map((digits, prefix) => prefixRow(digits, base[prefix], spec)),
    ),
    '/** Row of SPEC, 0 when there is no such AI. */',
    table('AI_SPEC', 'u8', spec),
    constant('AI_SPEC_SIZE', spec.length),
    '/** 8 bytes: flags, field, min, max, first component, components, shape, 0. */',
    table('SPEC', 'u8', rows.spec.flat()),
    '/** 8 bytes: type, min, max, optional, three checks, 0. */',
    table('COMPONENT', 'u8', rows.component.flat()),
    '/** 32 bytes: provides, conflicts, any of (u64 each), flags, larger groups, first of them (u16), zeros. */',
    table('ASSOCIATION', 'u8', rows.association.flat()),
    '/** u64: bits that must all be there. */',
    table('GROUP', 'u8', rows.group.flat()),
    ...TEMPLATE_AIS.map((ai) => constant(`SPEC_ROW_${ai}`, spec[base[Number(ai)]])),
    ...SHAPES.map((name, number) => constant(`SHAPE_${name.toUpperCase()}`, number)),
    ...Object.entries(SPEC_FLAGS).map(([name, bit]) => constant(`SPEC_${name.toUpperCase()}`, bit)),
    constant('ASSOCIATION_REQUIRES', ASSOCIATION_FLAGS.requires),
    constant('ASSOCIATION_FAMILY', ASSOCIATION_FLAGS.family),
    constant('ASSOCIATION_SIGNATURE', ASSOCIATION_FLAGS.signature),
    constant('ASSOCIATION_KEY_WITH_SERIAL', ASSOCIATION_FLAGS.keyWithSerial),
  ];
}

/** AIs with the same key share a row. Those of a family must share one with nobody else: it tells the family. */
function keyOf({ ai, line, predefined, specification }, field, { provides, conflicts, groups, family }) {
  const special = ai === SIGNATURE || KEYS_WITH_SERIAL.includes(ai) ? ai : '';
  return [predefined, field, specification, provides, conflicts, groups.join(), family ? line : '', special].join(' ');
}

const prefixRow = (digits, base, spec) => (digits === 0 ? 0 : digits + base * 0x100 + spec[base] * 0x100_0000);

const TEMPLATE_FIELDS = ['gtin', 'serial', 'keyId', 'tail'].map((name) => FIELDS.indexOf(name));

function specRow({ components, predefined }, field, first) {
  const template = TEMPLATE_FIELDS.includes(field);
  const flags = (predefined ? SPEC_FLAGS.predefined : 0) | (template ? SPEC_FLAGS.template : 0);
  const sum = (pick) => components.reduce((total, component) => total + pick(component), 0);
  const least = sum(({ min, optional }) => (optional ? 0 : min));
  const most = sum(({ max }) => max);
  if (most > 255) refuse(FILE, 'end', 'a value of more than 255 characters');
  return [flags, field, least, most, first, components.length, SHAPES.indexOf(shapeOf(components, field)), 0];
}

function shapeOf(components, field) {
  const [{ type, min, max, lints, optional }] = components;
  if (field === FIELDS.indexOf('gtin')) return 'gtin';
  if (components.length > 1 || lints.length > 0 || optional) return 'parts';
  if (type === 'X' && min === 1) return 'text';
  return type === 'N' && min === max && max <= 16 ? 'digits' : 'parts';
}

function componentRow({ type, min, max, optional, lints }) {
  const needed = lints.filter((lint) => type !== 'N' || !/^gcppos\d$/.test(lint) || min <= PREFIX_MIN);
  const checks = Array.from({ length: LINTS_MAX }, (_, index) => LINTS.indexOf(needed[index] ?? ''));
  return [COMPONENT_TYPES.indexOf(type), min, max, Number(optional), ...checks, 0];
}

function associationRow({ ai }, { provides, conflicts, groups, family }, group) {
  const single = (bits) => (bits & (bits - 1n)) === 0n;
  const any = groups.filter(single).reduce((bits, each) => bits | each, 0n);
  const larger = groups.filter((bits) => !single(bits));
  const first = group.length;
  group.push(...larger.map(bytesOf));
  let flags = groups.length > 0 ? ASSOCIATION_FLAGS.requires : 0;
  if (family) flags |= ASSOCIATION_FLAGS.family;
  if (ai === SIGNATURE) flags |= ASSOCIATION_FLAGS.signature;
  if (KEYS_WITH_SERIAL.includes(ai)) flags |= ASSOCIATION_FLAGS.keyWithSerial;
  const rest = [flags, larger.length, first & 255, first >> 8, 0, 0, 0, 0];
  return [...bytesOf(provides), ...bytesOf(conflicts), ...bytesOf(any), ...rest];
}

/** Eight bytes, the least significant first. */
const bytesOf = (bits) => Array.from({ length: 8 }, (_, index) => Number((bits >> BigInt(index * 8)) & 255n));
