import { InvalidArgumentError } from 'commander';
import { GROUP_MAX } from '../../engine/jobs/limits.js';
import type { RegisterSetQuery } from '../../engine/reconcile/expected-set.js';
import { integerIn, moment } from './options.js';

/** Names that a set of the register is asked by, but for the moment. */
export const SET_QUERY_FIELDS = ['owner', 'state', 'group', 'gtin', 'series', 'document'] as const;

/** A comma ends a value only where the next name begins, so that a document's number may hold one. */
const NEXT = /,(?=(?:owner|state|group|gtin|series|document|at)=)/;

/** `owner=300000001,state=INTRODUCED,at=2026-03-16` as a query. */
export function setQuery(text: string): RegisterSetQuery {
  const query: RegisterSetQuery = {};
  for (const part of text.split(NEXT)) {
    const at = part.indexOf('=');
    const name = part.slice(0, Math.max(0, at));
    const value = part.slice(at + 1).trim();
    if (value === '') throw new InvalidArgumentError(`Expected name=value, as in owner=300000001; "${part}" is none.`);
    if (name in query) throw new InvalidArgumentError(`${name} is given twice.`);
    if (name === 'at') query.at = moment(value);
    else if (name === 'group') query.group = integerIn(1, GROUP_MAX)(value);
    else if (name === 'gtin') query.gtin = gtin(value);
    else if (isTextField(name)) query[name] = value;
    else
      throw new InvalidArgumentError(
        `"${name}" is no part of a set; there are ${[...SET_QUERY_FIELDS, 'at'].join(', ')}.`,
      );
  }
  if (!SET_QUERY_FIELDS.some((field) => query[field] !== undefined)) {
    throw new InvalidArgumentError(`A moment alone is no set; name one of ${SET_QUERY_FIELDS.join(', ')}.`);
  }
  return query;
}

const isTextField = (name: string): name is 'owner' | 'state' | 'series' | 'document' =>
  ['owner', 'state', 'series', 'document'].includes(name);

function gtin(text: string): string {
  if (!/^\d{8}$|^\d{12,14}$/.test(text)) throw new InvalidArgumentError(`A GTIN has 14 digits; "${text}" has not.`);
  return text.padStart(14, '0');
}
