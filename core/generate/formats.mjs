// Reads the formats of marking codes; the file says at its top what its parts mean.
import { checkKeys, refuse } from './refuse.mjs';

const FILE = 'marking-formats.json';

/** What an AI or a part of a code means, in the order of the generated numbers; 0 is nothing in particular. */
export const FIELDS = [
  '',
  'sscc',
  'gtin',
  'serial',
  'keyId',
  'tail',
  'production',
  'expiryDay',
  'expiryMinute',
  'weight',
  'volume',
  'price',
];

/** Parts of a code without AIs, in the order of their numbers. */
export const PARTS = ['text', 'sscc', 'gtin', 'serial', 'price', 'check', 'notCode'];

/** Countries, by the bit of the option. */
export const COUNTRIES = { RU: 1, UZ: 2 };

/** Classes of characters, by bit; `classOf` in write-assembly.mjs fills the table. */
export const ALPHABETS = { digits: 1, capitals: 2, hyphen: 4, set82: 8, price80: 16, set39: 32, set64: 64 };
ALPHABETS.capitalsAndDigits = ALPHABETS.digits | ALPHABETS.capitals;

/** Number of the format `gs1`: any well-formed element string that has no structure of its own. */
export const GS1_NUMBER = 1;
const FIRST_NUMBER = 2;

const PART_ALPHABETS = { sscc: 'digits', gtin: 'digits', price: 'price80' };
const PART_LENGTHS = { sscc: 18, gtin: 14, price: 4 };

/**
 * `{ structures: [{ id, number, elements, readings }], formats, fields, price80 }`;
 * `elements` are sequences with every `n` of an AI spread, `readings` have numbers for names.
 */
export function readFormats(data) {
  checkKeys(FILE, 'top', data, ['about', 'version', 'alphabets', 'fields', 'notCodes', 'structures', 'formats']);
  if (data.version !== 1) refuse(FILE, 'version', `1 is expected, ${data.version} found`);
  checkKeys(FILE, 'alphabets', data.alphabets, ['price80']);
  const { price80 } = data.alphabets;
  if (!/^[\x21-\x7e]{80}$/.test(price80) || new Set(price80).size !== 80)
    refuse(FILE, 'alphabets', 'price80: 80 characters');
  const structures = data.structures.map((structure, index) => readStructure(structure, index));
  checkUnique(
    structures.map(({ id }) => id),
    'structures',
  );
  if (structures.length + FIRST_NUMBER > 255) refuse(FILE, 'structures', 'the format column holds one byte');
  return {
    structures,
    formats: data.formats.map((format, index) => readFormat(format, index, structures)),
    fields: readFields(data.fields),
    notCodes: data.notCodes.map((length) => ({ number: 0, countries: 3, parts: [part('notCode', length, 'digits')] })),
    price80,
  };
}

function readFields(fields) {
  const spread = new Map();
  for (const [pattern, name] of Object.entries(fields)) {
    if (!FIELDS.includes(name) || name === '') refuse(FILE, `fields ${pattern}`, `unknown field "${name}"`);
    for (const ai of spreadAi(pattern, `fields ${pattern}`)) spread.set(ai, name);
  }
  return spread;
}

function readStructure(structure, index) {
  const place = `structure ${index + 1} (${structure.id})`;
  checkKeys(FILE, place, structure, ['id', 'elements?', 'readings?']);
  if (!/^[a-z0-9.-]{1,40}$/.test(structure.id) || structure.id === 'gs1') refuse(FILE, place, 'id');
  if (structure.elements === undefined && structure.readings === undefined)
    refuse(FILE, place, 'neither elements nor readings');
  const number = index + FIRST_NUMBER;
  return {
    id: structure.id,
    number,
    elements: structure.elements === undefined ? [] : spreadElements(structure.elements, place),
    readings: (structure.readings ?? []).map((reading) => readReading(reading, number, place)),
  };
}

function spreadElements(elements, place) {
  let sequences = [[]];
  for (const element of elements) {
    const [pattern, length] = element;
    if (element.length !== 2 || !Number.isInteger(length) || length < 1 || length > 90)
      refuse(FILE, place, `element ${element}`);
    const ais = spreadAi(pattern, place);
    sequences = sequences.flatMap((sequence) => ais.map((ai) => [...sequence, { ai, length }]));
  }
  return sequences;
}

function spreadAi(pattern, place) {
  if (!/^\d{2,4}$|^\d{3}n$/.test(pattern)) refuse(FILE, place, `AI "${pattern}"`);
  return pattern.endsWith('n') ? [0, 1, 2, 3, 4, 5].map((digit) => pattern.slice(0, 3) + digit) : [pattern];
}

function readReading(reading, number, place) {
  checkKeys(FILE, place, reading, ['countries', 'parts']);
  const parts = reading.parts.map((each) => {
    checkKeys(FILE, place, each, ['part', 'length', 'alphabet']);
    return part(each.part, each.length, each.alphabet, place);
  });
  if (parts.findLastIndex(({ part }) => part === PARTS.indexOf('gtin')) > 0)
    refuse(FILE, place, 'a GTIN must come first');
  return { number, countries: countryMask(reading.countries, place), parts };
}

function part(name, length, alphabet, place) {
  if (!PARTS.includes(name)) refuse(FILE, place, `unknown part "${name}"`);
  if (!(alphabet in ALPHABETS)) refuse(FILE, place, `unknown alphabet "${alphabet}"`);
  if (!Number.isInteger(length) || length < 1 || length > 255) refuse(FILE, place, `length of "${name}"`);
  if (name in PART_LENGTHS && (PART_LENGTHS[name] !== length || PART_ALPHABETS[name] !== alphabet)) {
    refuse(FILE, place, `"${name}" has ${PART_LENGTHS[name]} characters of ${PART_ALPHABETS[name]}`);
  }
  return { part: PARTS.indexOf(name), length, alphabet: ALPHABETS[alphabet] };
}

function countryMask(countries, place) {
  if (!Array.isArray(countries) || countries.length === 0) refuse(FILE, place, 'countries');
  let mask = 0;
  for (const country of countries) {
    if (!(country in COUNTRIES)) refuse(FILE, place, `unknown country "${country}"`);
    mask |= COUNTRIES[country];
  }
  return mask;
}

function readFormat(format, index, structures) {
  const place = `format ${index + 1} (${format.group})`;
  const texts = ['group', 'levels', 'source'];
  const optional = ['productGroup', 'template', 'structure', 'example', 'from', 'until'];
  checkKeys(FILE, place, format, [...texts, ...optional, 'countries', 'status']);
  for (const key of texts) if (typeof format[key] !== 'string') refuse(FILE, place, `"${key}" is no text`);
  for (const key of optional) {
    if (format[key] !== null && typeof format[key] !== 'string')
      refuse(FILE, place, `"${key}" is neither text nor null`);
  }
  for (const key of ['from', 'until']) {
    if (format[key] !== null && new Date(`${format[key]}T00:00Z`).toISOString().slice(0, 10) !== format[key]) {
      refuse(FILE, place, `"${key}" is no date`);
    }
  }
  if (!['documented', 'recalled'].includes(format.status)) refuse(FILE, place, `status "${format.status}"`);
  countryMask(format.countries, place);
  if (format.structure !== null && !structures.some(({ id }) => id === format.structure)) {
    refuse(FILE, place, `unknown structure "${format.structure}"`);
  }
  return format;
}

function checkUnique(ids, place) {
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) refuse(FILE, place, `"${twice}" twice`);
}
