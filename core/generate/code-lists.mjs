// Reads the lists of codes that content checks look values up in.
import { checkKeys, refuse } from './refuse.mjs';

const FILE = 'code-lists.json';
const SHAPES = { digits: /^[0-9]+$/, capitals: /^[A-Z]+$/, capitalsAndDigits: /^[0-9A-Z]+$/ };

/** The checks that need a list. */
export const LISTED_CHECKS = ['iso3166', 'iso3166alpha2', 'iso4217', 'mediatype', 'packagetype'];

/** `Map` from the name of a check to its codes, in ascending order. */
export function readCodeLists(data) {
  checkKeys(FILE, 'top', data, ['about', 'lists']);
  const lists = new Map();
  for (const list of data.lists) {
    const place = `list "${list.check}"`;
    checkKeys(FILE, place, list, ['check', 'source', 'alphabet', 'length', 'codes']);
    if (!LISTED_CHECKS.includes(list.check) || lists.has(list.check)) refuse(FILE, place, 'unknown check, or twice');
    if (!(list.alphabet in SHAPES)) refuse(FILE, place, `unknown alphabet "${list.alphabet}"`);
    const codes = list.codes.split(' ');
    codes.forEach((code, index) => {
      if (!SHAPES[list.alphabet].test(code) || code.length > list.length) refuse(FILE, place, `code "${code}"`);
      if (index > 0 && codes[index - 1] >= code) refuse(FILE, place, `"${code}" is out of order`);
      if (list.alphabet !== 'capitalsAndDigits' && code.length !== list.length) refuse(FILE, place, `code "${code}"`);
    });
    lists.set(list.check, codes);
  }
  for (const check of LISTED_CHECKS) if (!lists.has(check)) refuse(FILE, 'lists', `no list "${check}"`);
  return lists;
}
