// Reads the GS1 Barcode Syntax Dictionary; its header defines the syntax.
import { refuse } from './refuse.mjs';

const FILE = 'gs1-syntax-dictionary.txt';

/** Types of a component, in the order of their numbers. */
export const COMPONENT_TYPES = ['N', 'X', 'Y', 'Z'];

/** Content checks the dictionary may name, in the order of their numbers; 0 is none. */
export const LINTS = [
  '',
  'csum',
  'yymmd0',
  'yymmdd',
  'yyyymmdd',
  'hh',
  'mi',
  'ss',
  'hhmi',
  'gcppos1',
  'gcppos2',
  'csumalpha',
  'couponcode',
  'couponposoffer',
  'hasnondigit',
  'hyphen',
  'iban',
  'importeridx',
  'iso3166',
  'iso3166999',
  'iso3166alpha2',
  'iso4217',
  'iso5218',
  'latitude',
  'longitude',
  'mediatype',
  'nonzero',
  'nozeroprefix',
  'packagetype',
  'pcenc',
  'pieceoftotal',
  'posinseqslash',
  'winding',
  'yesno',
  'zero',
];

/** The most checks one component names; the width of the generated row. */
export const LINTS_MAX = 3;

const LINE = /^(\d{2,4})(?:-(\d{2,4}))?\s+(?:([*?]+)\s+)?(.+)$/;
const COMPONENT = /^(\[)?([NXYZ])(\.\.)?(\d{1,2})(\])?((?:,[a-z0-9]+)*)$/;
const ATTRIBUTE = /^(?:dlpkey(?:=[0-9,|]+)?|req=[0-9n,+]+|ex=[0-9n,]+)$/;

/**
 * Entries of the dictionary, one per AI, ranges spread:
 * `{ ai, line, predefined, components: [{ type, min, max, optional, lints }], specification, attributes, title }`;
 * `line` is the number of its line.
 */
export function readDictionary(text) {
  const entries = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const place = `line ${index + 1}`;
    const [content, title = ''] = splitTitle(line);
    if (content.trim() === '') return;
    const match = LINE.exec(content.trimEnd());
    if (match === null) refuse(FILE, place, `"${content}" is no entry`);
    const [, first, last = first, flags = '', rest] = match;
    const { components, attributes, specification } = readSpecification(rest, place);
    for (const ai of range(first, last, place)) {
      const predefined = flags.includes('*');
      entries.push({ ai, line: index + 1, predefined, components, specification, attributes, title });
    }
  });
  if (entries.length === 0) refuse(FILE, 'line 1', 'no entries');
  checkPrefixes(entries);
  return entries;
}

function splitTitle(line) {
  const hash = line.indexOf('#');
  return hash < 0 ? [line] : [line.slice(0, hash), line.slice(hash + 1).trim()];
}

function range(first, last, place) {
  if (first.length !== last.length || first > last) refuse(FILE, place, `"${first}-${last}" is no range of AIs`);
  const ais = [];
  for (let ai = Number(first); ai <= Number(last); ai++) ais.push(String(ai).padStart(first.length, '0'));
  return ais;
}

function readSpecification(text, place) {
  const components = [];
  const attributes = [];
  for (const word of text.trim().split(/\s+/)) {
    const match = COMPONENT.exec(word);
    if (match === null) {
      if (!ATTRIBUTE.test(word)) refuse(FILE, place, `"${word}" is neither a component nor an attribute`);
      attributes.push(word);
      continue;
    }
    if (attributes.length > 0) refuse(FILE, place, `component "${word}" follows an attribute`);
    components.push(readComponent(match, place));
  }
  const specification = text.trim().split(/\s+/).slice(0, components.length).join(' ');
  if (components.length === 0) refuse(FILE, place, 'no component');
  components.forEach((component, index) => {
    const next = components[index + 1];
    if (next === undefined) return;
    if (component.min !== component.max) refuse(FILE, place, 'only the last component may have a variable length');
    if (component.optional && !next.optional) refuse(FILE, place, 'a mandatory component follows an optional one');
  });
  return { components, attributes, specification };
}

function readComponent([word, open, type, dots, digits, close, checks], place) {
  if ((open === undefined) !== (close === undefined)) refuse(FILE, place, `unbalanced brackets in "${word}"`);
  const max = Number(digits);
  const lints = checks.split(',').slice(1);
  for (const lint of lints) if (!LINTS.includes(lint)) refuse(FILE, place, `unknown check "${lint}"`);
  if (lints.length > LINTS_MAX) refuse(FILE, place, `more than ${LINTS_MAX} checks in "${word}"`);
  if (max < 1) refuse(FILE, place, `length of "${word}"`);
  return { type, min: dots === undefined ? max : 1, max, optional: open !== undefined, lints };
}

/** An AI is read by its first two digits, which must therefore fix its length. */
function checkPrefixes(entries) {
  const lengths = new Map();
  const seen = new Set();
  for (const { ai, predefined, components } of entries) {
    const prefix = ai.slice(0, 2);
    const length = lengths.get(prefix) ?? ai.length;
    if (length !== ai.length) refuse(FILE, `AI ${ai}`, `AIs that begin with ${prefix} have ${length} digits elsewhere`);
    if (seen.has(ai)) refuse(FILE, `AI ${ai}`, 'twice');
    if (predefined && components.some(({ min, max, optional }) => min !== max || optional)) {
      refuse(FILE, `AI ${ai}`, 'an AI of predefined length has a component of variable length');
    }
    lengths.set(prefix, length);
    seen.add(ai);
  }
}
