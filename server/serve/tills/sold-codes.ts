/** What a till sold, as the register has it: codes whose last document is the till's, and which are sold. */
import type { Engine } from '../../../engine/index.js';
import { TOBACCO } from '../../../engine/permit/policy.js';
import { STATE_NUMBER } from '../../../engine/register/states.js';
import { RoaringBitmap32 } from '../../../engine/roaring.js';

const PACK_SERIAL = 7;
const GTIN_DIGITS = 14;
const SOLD_STATES = [STATE_NUMBER.RETIRED, STATE_NUMBER.PARTIALLY_SOLD] as const;

/** A page of КИ in the register's order. A code that was taken back, or that another till sold since, is not among them. */
export function pageOfSold(
  { register }: Engine,
  document: string,
  skip: number,
  limit: number,
): { total: number; codes: string[] } {
  register?.refresh();
  const number = register?.names.find('document', document) ?? 0;
  if (!register || number === 0) return { total: 0, codes: [] };
  const named = register.set('document', number);
  const codes: string[] = [];
  let total = 0;
  for (const state of SOLD_STATES) {
    for (const ordinal of RoaringBitmap32.and(named, register.set('state', state))) {
      const record = register.record(ordinal);
      if (record.document !== document) continue;
      if (total >= skip && codes.length < limit) codes.push(cisOf(register.textOf(ordinal), record));
      total++;
    }
  }
  return { total, codes };
}

/** КИ of a key's text: a tobacco pack has it without AIs, and of a register's codes only those of group 3 are told to be such. */
function cisOf(key: string, { group, package: isPackage }: { group: number | null; package: boolean }): string {
  const serial = key.slice(GTIN_DIGITS);
  if (isPackage || serial === '' || !/^\d{14}/.test(key)) return key;
  if (group === TOBACCO && serial.length === PACK_SERIAL) return key;
  return `01${key.slice(0, GTIN_DIGITS)}21${serial}`;
}
