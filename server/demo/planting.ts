import { OUTCOME_NUMBER, OUTCOMES, type Outcome, type PackageDecision } from '../../engine/reconcile/outcomes.js';
import type { Delivery } from './delivery.js';
import type { Random } from './random.js';
import { type LineKind, ScanLines } from './scan-lines.js';
import { boxUnits, palletUnits, type Stock } from './stock.js';

const UNLABELLED = 255;

/** A finding is planted in proportion to the delivery: so many per million units, but at least so many. */
export type Share = (perMillion: number, atLeast: number) => number;

/**
 * The state of planting: which outcome every unit must have, which units are scanned one by one, and the lines and decisions already settled.
 * It records what the planter means; nothing here looks at the written files or knows how a reconciliation is done.
 */
export class Planting {
  /** Outcome number of every unit. */
  readonly #label: Uint8Array;
  /** 1 for units that have a line of their own among the plain ones. */
  readonly #scanned: Uint8Array;
  readonly lines: ScanLines;
  readonly decisions: Partial<Record<PackageDecision, number>> = {};
  readonly share: Share;

  constructor(
    readonly stock: Stock,
    readonly delivery: Delivery,
    readonly delivered: number,
    readonly random: Random,
  ) {
    this.#label = new Uint8Array(stock.units).fill(UNLABELLED);
    this.#scanned = new Uint8Array(stock.units);
    this.lines = new ScanLines(Math.ceil(delivered * 1.02) + 1024);
    this.share = (perMillion, atLeast) => Math.max(atLeast, Math.round((perMillion * delivered) / 1e6));
  }

  /** Units that are scanned one by one. */
  scan([from, to]: readonly [number, number], outcome: Outcome): void {
    this.#label.fill(OUTCOME_NUMBER[outcome], from, to);
    this.#scanned.fill(1, from, to);
  }

  scanUnit(unit: number, outcome: Outcome): void {
    this.scan([unit, unit + 1], outcome);
  }

  /** Units without a line of their own: absent, or covered by a package. */
  leave([from, to]: readonly [number, number], outcome: Outcome): void {
    this.#label.fill(OUTCOME_NUMBER[outcome], from, to);
    this.#scanned.fill(0, from, to);
  }

  leaveUnit(unit: number, outcome: Outcome): void {
    this.leave([unit, unit + 1], outcome);
  }

  /** A line of a box or pallet scanned as a whole, by turns bare and with AI 00. */
  scanPackage(level: 'box' | 'pallet', number: number, outcome: Outcome): void {
    this.lines.add(packageKind(level, number), number, outcome);
  }

  decide(decision: PackageDecision, count = 1): void {
    if (count > 0) this.decisions[decision] = (this.decisions[decision] ?? 0) + count;
  }

  unitsOf(level: 'box' | 'pallet', number: number): [from: number, to: number] {
    return level === 'box' ? boxUnits(this.stock, number) : palletUnits(this.stock, number);
  }

  /** A unit of the range. */
  pick([from, to]: readonly [number, number]): number {
    return from + this.random.below(to - from);
  }

  outcomeOf(unit: number): Outcome | undefined {
    return OUTCOMES[this.#label[unit]!];
  }

  /** Adds the lines of all units that are scanned one by one; once, after the units are settled. */
  addUnitLines(): void {
    for (let unit = 0; unit < this.stock.units; unit++) {
      if (this.#scanned[unit] === 1) this.lines.add('unit', unit, this.outcomeOf(unit)!);
    }
  }
}

/** Form in which a package's label is scanned. */
export function packageKind(level: 'box' | 'pallet', number: number): LineKind {
  if (number % 2 === 0) return level;
  return level === 'box' ? 'boxAi00' : 'palletAi00';
}
