/** Packages that were named or scanned, with their units. */
import { RoaringBitmap32 } from '../roaring.js';
import type { PackageRow } from './report.js';
import type { Run, Settled } from './run.js';
import { CodeTexts } from './texts.js';

const DEPTH_MAX = 32;

/** In the order of ordinals. */
export function* packageRows({ universe, register }: Run, { units, surplus }: Settled): Generator<PackageRow> {
  const { decisions, sets } = units;
  if (decisions.length === 0) return;
  const places = new Map(decisions.map(({ ordinal }, place) => [ordinal, place]));
  const counts = new Uint32Array(decisions.length * 3);
  const tally = (set: RoaringBitmap32, column: number): void => {
    for (const unit of set) {
      let at = universe.parent(unit);
      for (let depth = 0; at !== 0 && depth < DEPTH_MAX; depth++) {
        const place = places.get(at);
        if (place !== undefined) counts[place * 3 + column]++;
        at = universe.parent(at);
      }
    }
  };
  tally(sets.expected, 0);
  tally(RoaringBitmap32.andNot(sets.expected, sets.missing), 1);
  tally(surplus, 2);
  const texts = new CodeTexts(universe, register);
  for (const [place, { ordinal, decision, state }] of decisions.entries()) {
    const [expected, matched, more] = counts.subarray(place * 3, place * 3 + 3);
    yield { package: texts.text(ordinal), decision, state, expected, matched, surplus: more };
  }
}

/** Those that differ most come first. */
export function byDifference(a: PackageRow, b: PackageRow): number {
  return differenceOf(b) - differenceOf(a) || (a.package < b.package ? -1 : 1);
}

const differenceOf = ({ expected, matched, surplus }: PackageRow): number => expected - matched + surplus;
