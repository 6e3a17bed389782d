// Writes the tables of content checks: lists of codes as bitmaps or sorted words, and numbers of characters.
import { constant, table } from './write-table.mjs';

/** Longest value a pair of check characters ends; the dictionary's is 25. */
const PRIMES = 97;

/** Bitmaps have bit n % 8 of byte n / 8. A package type is three bytes, the first most significant, zeros behind. */
export function codeListTables(lists, set82) {
  const numbers = (check) => lists.get(check).map(Number);
  const letters = (code) => (code.charCodeAt(0) - 65) * 26 + code.charCodeAt(1) - 65;
  const packages = lists.get('packagetype').map((code) => bytesOf(code));
  return [
    '/** Bit of the number of a country. */',
    table('COUNTRY', 'u8', bitmap(numbers('iso3166'), 1000)),
    '/** Bit of the two letters of a country as digits to base 26. */',
    table('COUNTRY_LETTERS', 'u8', bitmap(lists.get('iso3166alpha2').map(letters), 676)),
    '/** Bit of the number of a currency. */',
    table('CURRENCY', 'u8', bitmap(numbers('iso4217'), 1000)),
    '/** Bit of the number of a media type. */',
    table('MEDIA_TYPE', 'u8', bitmap(numbers('mediatype'), 100)),
    '/** Package types in ascending order. */',
    table('PACKAGE_TYPE', 'u32', packages),
    constant('PACKAGE_TYPES', packages.length),
    '/** Place of a character in set 82, 255 when it has none. */',
    table('SET_82_VALUE', 'u8', placesIn(set82)),
    '/** The first primes: weights of check characters, the last first. */',
    table('PRIME', 'u16', primes(PRIMES)),
  ];
}

function bytesOf(code) {
  const [a, b = 0, c = 0] = [...code].map((character) => character.charCodeAt(0));
  return a * 0x1_0000 + b * 0x100 + c;
}

function bitmap(numbers, size) {
  const bytes = new Array(Math.ceil(size / 8)).fill(0);
  for (const number of numbers) bytes[number >> 3] |= 1 << (number & 7);
  return bytes;
}

function placesIn(expression) {
  let place = 0;
  return Array.from({ length: 256 }, (_, code) => (expression.test(String.fromCharCode(code)) ? place++ : 255));
}

function primes(count) {
  const found = [];
  for (let number = 2; found.length < count; number++)
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  return found;
}
