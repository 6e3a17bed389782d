/** Which of the register's codes are packages. */
import type { Universe } from '../bulk/universe.js';
import { Bitset } from './bitset.js';

/** Of one image; it is of one event, so a later one is counted anew. */
const known = new WeakMap<Int32Array, { codes: number; lastEvent: number; packages: Bitset }>();

/** Packages among the registered codes of a universe at `lastEvent`; kept while the register stays as it is. */
export function packageBits(universe: Universe, lastEvent: number): Bitset {
  const rows = universe.rowsOf(0);
  const before = known.get(rows);
  if (before && before.codes === universe.codes && before.lastEvent === lastEvent) return before.packages;
  const packages = new Bitset(universe.codes);
  universe.markPackages(packages.words);
  known.set(rows, { codes: universe.codes, lastEvent, packages });
  return packages;
}
