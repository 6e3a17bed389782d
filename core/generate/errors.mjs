// Reads the registry of what can be wrong with a code.
import { checkKeys, refuse } from './refuse.mjs';

const FILE = 'errors.json';
const LANGUAGES = ['en', 'ru', 'uz'];
const PLACEHOLDERS = ['ai', 'found', 'limit', 'needed', 'other', 'position'];

/** `[{ code, number, en, ru, uz }]`, numbered 1, 2, 3 … in order: the numbers stand in the error column. */
export function readErrors(errors) {
  if (!Array.isArray(errors) || errors.length > 255) refuse(FILE, 'top', 'an array of at most 255 errors is expected');
  const codes = new Set();
  errors.forEach((error, index) => {
    const place = `error ${index + 1}`;
    checkKeys(FILE, place, error, ['code', 'number', ...LANGUAGES]);
    if (error.number !== index + 1) refuse(FILE, place, `number ${index + 1} is expected`);
    if (!/^[A-Z][A-Z_]+$/.test(error.code) || codes.has(error.code)) refuse(FILE, place, `code "${error.code}"`);
    codes.add(error.code);
    const wanted = placeholders(error.en, place);
    for (const language of LANGUAGES) {
      if (typeof error[language] !== 'string' || error[language] === '') refuse(FILE, place, `text "${language}"`);
      if (placeholders(error[language], place) !== wanted) refuse(FILE, place, `placeholders of "${language}"`);
    }
  });
  return errors;
}

function placeholders(text, place) {
  const names = [...text.matchAll(/\{(\w*)\}/g)].map(([, name]) => name);
  for (const name of names) if (!PLACEHOLDERS.includes(name)) refuse(FILE, place, `placeholder "{${name}}"`);
  return [...new Set(names)].sort().join();
}
