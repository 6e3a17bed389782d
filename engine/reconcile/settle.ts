/**
 * Settling lines: what a line comes to in the light of the lines before it. Blocks come in the order of the input, whatever thread
 * classified them, so the result doesn't depend on the number of workers.
 */
import type { BlockResult } from '../bulk/classify.js';
import { RoaringBitmap32 } from '../roaring.js';
import { MARK, type Marks } from './marks.js';
import { OUTCOME_NUMBER, OUTCOMES } from './outcomes.js';

const O = OUTCOME_NUMBER;

/** Lines of a count against expected codes: repetitions, packages that stand for their contents, surplus. */
export function settleCounted({ ordinals, parents, outcomes }: BlockResult, marks: Marks): void {
  const { bits } = marks;
  for (let i = 0; i < ordinals.length; i++) {
    const ordinal = ordinals[i];
    if (ordinal === 0) continue;
    const mark = bits[ordinal];
    const parent = parents[i];
    if (mark & MARK.seen) {
      outcomes[i] = O.DUPLICATE;
      continue;
    }
    if (parent !== 0 && marks.hasFrom(parent, MARK.seen)) {
      outcomes[i] = O.COVERED_BY_PACKAGE;
      bits[ordinal] = mark | MARK.seen;
      continue;
    }
    if (mark & MARK.package) {
      outcomes[i] = packageLine(mark, outcomes[i]);
      bits[ordinal] = mark | MARK.seen;
    } else {
      outcomes[i] = mark & MARK.expected ? expectedUnit(marks, mark, parent, outcomes[i]) : unexpected(outcomes[i]);
      bits[ordinal] = mark | MARK.seen | MARK.loose;
    }
    if (parent !== 0) marks.setFrom(parent, MARK.loose);
  }
}

function packageLine(mark: number, byRegister: number): number {
  // A named package that holds no expected unit is one whose contents nobody knows.
  const isExpected = (mark & MARK.expected) !== 0;
  if (!isExpected && mark & MARK.named) return O.UNKNOWN_PACKAGE;
  const outcome = isExpected ? O.PACKAGE_ACCEPTED : unexpected(byRegister);
  // What may not be taken at all is worse than a package that was opened.
  const isTakeable = isExpected || outcome === O.SURPLUS;
  return isTakeable && mark & MARK.loose ? O.OPENED_PACKAGE_USED_AS_WHOLE : outcome;
}

/** Outcome of an expected unit that was scanned on its own; `parent` is the package it is in, or 0. */
export function expectedUnit(marks: Marks, mark: number, parent: number, byRegister: number): number {
  if (byRegister !== O.OK) return byRegister;
  const throughPackage = parent !== 0 && (marks.bits[parent] & MARK.inside) !== 0;
  return throughPackage && !(mark & MARK.named) ? O.MATCHED_PACKAGE_OPENED : O.MATCHED;
}

/** Outcome of a code that is here and was not expected, from what the register says of it. */
export function unexpected(byRegister: number): number {
  // A warning is the lesser news of what isn't expected.
  if (byRegister === O.OK || byRegister === O.EXPIRES_SOON || byRegister === O.GROUP_NOT_DECLARED) return O.SURPLUS;
  return byRegister === O.OTHER_OWNER ? O.SURPLUS_FOREIGN : byRegister;
}

/** The codes that stand in more than one line. */
export class RepeatedCodes {
  readonly set = new RoaringBitmap32();
  #scratch = new Uint32Array(0);

  /** Takes in the repetitions of a settled block. */
  add({ ordinals, outcomes }: BlockResult): void {
    if (this.#scratch.length < ordinals.length) this.#scratch = new Uint32Array(ordinals.length);
    let count = 0;
    for (let i = 0; i < outcomes.length; i++) {
      if (outcomes[i] === O.DUPLICATE && ordinals[i] !== 0) this.#scratch[count++] = ordinals[i];
    }
    this.set.addMany(this.#scratch.subarray(0, count));
  }
}

/** Lines of an input, blank ones apart. */
export interface LineCount {
  codes: number;
  /** Lines that are neither codes nor blank. */
  notCodes: number;
  /** Lines of codes that repeat an earlier one. */
  duplicates: number;
}

const NOT_CODES = [O.NOT_DATAMATRIX, O.BAD_CHARACTERS, O.UNKNOWN_CODE_TYPE, O.BAD_CHECK_DIGIT, O.TEMPLATE_MISMATCH];

/** Counts outcomes by name. */
export class OutcomeCounts {
  readonly #counts = new Float64Array(OUTCOMES.length);

  addAll(outcomes: Uint8Array): void {
    const counts = this.#counts;
    for (let i = 0; i < outcomes.length; i++) counts[outcomes[i]]++;
  }

  add(outcome: number, count = 1): void {
    this.#counts[outcome] += count;
  }

  of(outcome: number): number {
    return this.#counts[outcome];
  }

  total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** The counts as counts of lines. */
  lineCount(): LineCount {
    const notCodes = NOT_CODES.reduce((sum, outcome) => sum + this.#counts[outcome], 0);
    const codes = this.total() - notCodes - this.#counts[O.BLANK_LINE_SKIPPED];
    return { codes, notCodes, duplicates: this.#counts[O.DUPLICATE] };
  }

  /** The counts that are not zero, in the order of OUTCOMES. */
  byName(): Partial<Record<(typeof OUTCOMES)[number], number>> {
    return Object.fromEntries(
      OUTCOMES.map((name, number) => [name, this.#counts[number]] as const).filter(([, count]) => count !== 0),
    );
  }
}
