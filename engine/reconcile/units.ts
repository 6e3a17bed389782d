/** From sets to outcomes: what is expected and here, expected and absent, here and not expected. */

import { type ClassifyOptions, outcomeOf as outcomeByRegister } from '../bulk/classify.js';
import { FLAG, flagsOf, stateOf, WORD } from '../register/record.js';
import { STATE_NUMBER } from '../register/states.js';
import { RoaringBitmap32 } from '../roaring.js';
import { MARK, type Marks } from './marks.js';
import { OUTCOME_NUMBER, type PackageDecision, type PackageState } from './outcomes.js';
import { expectedUnit, OutcomeCounts, unexpected } from './settle.js';

const O = OUTCOME_NUMBER;

export interface UnitSets {
  expected: RoaringBitmap32;
  /** Units that are here: scanned, or inside a scanned package. */
  present: RoaringBitmap32;
  missing: RoaringBitmap32;
  surplus: RoaringBitmap32;
}

export interface UnitResult {
  sets: UnitSets;
  counts: OutcomeCounts;
  /** Outcome number of a unit of the sets. */
  outcomeOf: (ordinal: number) => number;
  /** Of each package that was named or scanned. */
  decisions: { ordinal: number; decision: PackageDecision; state: PackageState }[];
}

/** `scanned` are the ordinals of all lines; `expected` those of expected units, ascending. */
export function resolveUnits(
  marks: Marks,
  expected: Uint32Array,
  scanned: RoaringBitmap32,
  options: ClassifyOptions,
): UnitResult {
  const packages = marks.packages();
  for (const package_ of packages) {
    if (marks.has(package_, MARK.seen) || marks.hasAbove(package_, MARK.seen)) marks.set(package_, MARK.covered);
  }
  const expectedSet = new RoaringBitmap32(expected);
  const present = RoaringBitmap32.andNot(scanned, new RoaringBitmap32(packages));
  present.orInPlace(coveredUnits(marks));
  for (const ordinal of present) if (marks.universe.parent(ordinal) !== 0) marks.setAbove(ordinal, MARK.present);

  const missing = RoaringBitmap32.andNot(expectedSet, present);
  const surplus = RoaringBitmap32.andNot(present, expectedSet);
  const outcomeOf = (ordinal: number): number => outcomeOfUnit(marks, ordinal, options);
  const counts = new OutcomeCounts();
  for (const ordinal of RoaringBitmap32.or(expectedSet, present)) {
    const outcome = outcomeOf(ordinal);
    counts.add(outcome);
    if (PROBLEMS.has(outcome)) marks.setAbove(ordinal, MARK.problem);
  }
  const decisions = decide(marks, packages, options.unregistered === O.NOT_FOUND);
  return {
    sets: { expected: expectedSet, present, missing, surplus },
    counts,
    outcomeOf,
    decisions,
  };
}

const PROBLEMS: ReadonlySet<number> = new Set([O.NOT_FOUND, O.STATE_FORBIDS, O.OTHER_OWNER, O.EXPIRED, O.BLOCKED]);

/** Units inside packages that were scanned as a whole. */
function coveredUnits({ universe, bits }: Marks): RoaringBitmap32 {
  const covered = new RoaringBitmap32();
  let chunk: number[] = [];
  for (let ordinal = 1; ordinal < universe.size; ordinal++) {
    const parent = universe.parent(ordinal);
    if (parent === 0 || !(bits[parent] & MARK.covered) || bits[ordinal] & MARK.package) continue;
    chunk.push(ordinal);
    if (chunk.length === 65_536) {
      covered.addMany(chunk);
      chunk = [];
    }
  }
  covered.addMany(chunk);
  return covered;
}

function outcomeOfUnit(marks: Marks, ordinal: number, options: ClassifyOptions): number {
  const { universe, bits } = marks;
  const mark = bits[ordinal];
  const parent = universe.parent(ordinal);
  const covered = parent !== 0 && (bits[parent] & MARK.covered) !== 0;
  const isHere = (mark & MARK.seen) !== 0 || covered;
  if (!isHere) {
    const box = parent === 0 ? 0 : bits[parent];
    return box & MARK.inside && box & MARK.present ? O.SHORTAGE_INSIDE_PACKAGE : O.SHORTAGE;
  }
  const byRegister = outcomeByRegister(universe, ordinal, options);
  if (!(mark & MARK.expected)) return unexpected(byRegister);
  if (mark & MARK.loose || byRegister !== O.OK) return expectedUnit(marks, mark, parent, byRegister);
  return O.MATCHED_VIA_PACKAGE;
}

/** A decision for each package that was named or scanned. */
function decide(marks: Marks, packages: Uint32Array, hasRegister: boolean): UnitResult['decisions'] {
  const { universe, bits } = marks;
  const filled = new Set<number>();
  for (let ordinal = 1; ordinal < universe.size; ordinal++) {
    if (universe.isPackage(ordinal)) continue;
    for (let at = universe.parent(ordinal); at !== 0 && !filled.has(at); at = universe.parent(at)) filled.add(at);
  }
  const decisions: UnitResult['decisions'] = [];
  for (const ordinal of packages) {
    const mark = bits[ordinal];
    if (mark & (MARK.named | MARK.seen))
      decisions.push({
        ordinal,
        decision: decision(mark, filled.has(ordinal)),
        state: packageState(marks, ordinal, filled.has(ordinal), hasRegister),
      });
  }
  return decisions;
}

function packageState(
  { universe, bits }: Marks,
  ordinal: number,
  isFilled: boolean,
  hasRegister: boolean,
): PackageState {
  const head = universe.rowsOf(ordinal)[universe.rowAt(ordinal) + WORD.head];
  if (hasRegister ? ordinal >= universe.codes : !isFilled) return 'UNKNOWN';
  if (stateOf(head) === STATE_NUMBER.DISAGGREGATED) return 'DISSOLVED';
  if (!isFilled) return 'EMPTY';
  return bits[ordinal] & MARK.loose || flagsOf(head) & FLAG.opened ? 'OPENED' : 'INTACT';
}

function decision(mark: number, isFilled: boolean): PackageDecision {
  if (!isFilled) return mark & MARK.seen ? 'UNKNOWN_PACKAGE' : 'NOT_SCANNED';
  if (!(mark & MARK.expected)) return 'UNEXPECTED';
  if (!(mark & MARK.present)) return 'NOT_SCANNED';
  return mark & MARK.covered && !(mark & (MARK.loose | MARK.problem)) ? 'ACCEPTED_WHOLE' : 'NEEDS_DISAGGREGATION';
}
