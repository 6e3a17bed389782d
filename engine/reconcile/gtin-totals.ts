/** Totals by GTIN: the register's sets of each GTIN against the sets of a run. */

import type { Universe } from '../bulk/universe.js';
import type { Register } from '../register/register.js';
import { RoaringBitmap32 } from '../roaring.js';
import type { GtinTotals } from './report.js';
import type { UnitSets } from './units.js';

const UNIT_KEY = 1;
const ORDINAL_END = 2 ** 32;

/** Codes of each GTIN, ascending: the register's, and those of `codes` that only the run knows. */
export function gtinSets(
  codes: RoaringBitmap32,
  universe: Universe,
  register: Register | null,
): [gtin: string, set: RoaringBitmap32][] {
  const byGtin = new Map<string, RoaringBitmap32>();
  if (register) {
    for (const { id, text } of register.names.all('gtin')) {
      const set = register.set('gtin', id);
      // Codes that came since: their ordinals are those of other codes here.
      set.removeRange(universe.codes, ORDINAL_END);
      byGtin.set(text, set);
    }
  }
  const extra = RoaringBitmap32.fromRange(universe.codes, universe.size);
  extra.andInPlace(codes);
  for (const ordinal of extra) {
    const key = universe.extraKey(ordinal);
    if (key[0] !== UNIT_KEY) continue;
    const gtin = String(Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUIntBE(1, 6)).padStart(14, '0');
    const set = byGtin.get(gtin);
    if (set) set.add(ordinal);
    else byGtin.set(gtin, new RoaringBitmap32([ordinal]));
  }
  return [...byGtin].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** GTINs with at least one unit expected or surplus, ascending. `surplus` are the ordinals that count as surplus. */
export function gtinTotals(
  sets: UnitSets,
  surplus: RoaringBitmap32,
  universe: Universe,
  register: Register | null,
): GtinTotals[] {
  const totals: GtinTotals[] = [];
  for (const [gtin, set] of gtinSets(RoaringBitmap32.or(sets.expected, surplus), universe, register)) {
    const expected = set.andCardinality(sets.expected);
    const shortage = set.andCardinality(sets.missing);
    const count = {
      gtin,
      expected,
      matched: expected - shortage,
      shortage,
      surplus: set.andCardinality(surplus),
    };
    if (count.expected > 0 || count.surplus > 0) totals.push(count);
  }
  return totals;
}
