/** What a session has come to, kept with each scan: outcomes, repetitions, and what it counts against. */
import { OUTCOME_NUMBER, OUTCOMES, type Outcome } from '../reconcile/outcomes.js';
import type { Register } from '../register/register.js';
import { RoaringBitmap32 } from '../roaring.js';
import type { ExpectedCodes } from './expected-codes.js';
import { contentsOf } from './expected-codes.js';

export interface SessionCounts {
  /** Scans, repetitions included. */
  scans: number;
  /** Scans of a code that the session had already. */
  repeated: number;
  devices: number;
  /** Scans by outcome. */
  outcomes: Partial<Record<Outcome, number>>;
  /** In units; a scanned package stands for the units that the register has in it. Only for sessions with something expected. */
  expected?: { total: number; found: number; missing: number; surplus: number };
}

/** Outcomes of what is a code, though the register doesn't have it. */
const STRAY: ReadonlySet<number> = new Set([
  OUTCOME_NUMBER.NOT_FOUND,
  OUTCOME_NUMBER.UNKNOWN_PACKAGE,
  OUTCOME_NUMBER.WELL_FORMED,
  OUTCOME_NUMBER.OK,
]);
/** Codes outside the register that are remembered, about 100 bytes each; later ones are not told to be repetitions. */
const STRAYS_MAX = 1_000_000;

export class Counts {
  readonly #register: Register | null;
  readonly #expected: ExpectedCodes | null;
  /** Codes of the register that were scanned. */
  readonly #seen = new RoaringBitmap32();
  /** Units that are here: scanned, or inside a scanned package. */
  readonly #present = new RoaringBitmap32();
  /** Keys of scanned codes outside the register. */
  readonly #strays = new Set<string>();
  readonly #outcomes = new Uint32Array(OUTCOMES.length);
  #scans = 0;
  #repeated = 0;
  #found = 0;
  #surplus = 0;

  constructor(register: Register | null, expected: ExpectedCodes | null) {
    this.#register = register;
    this.#expected = expected;
  }

  /** Counts a scan; true when the session has its code already. `key` is asked for codes outside the register only. */
  add(outcome: number, ordinal: number, key: () => string | null): boolean {
    this.#scans++;
    this.#outcomes[outcome]++;
    const repeated = ordinal === 0 ? STRAY.has(outcome) && this.#hadStray(key()) : this.#had(ordinal, key);
    if (repeated) this.#repeated++;
    return repeated;
  }

  /** Counts a scan that is known to be a repetition. */
  addRepeated(outcome: number): void {
    this.#scans++;
    this.#outcomes[outcome]++;
    this.#repeated++;
  }

  /** As of now, for a session of so many devices. */
  of(devices: number): SessionCounts {
    const outcomes: SessionCounts['outcomes'] = {};
    for (let i = 0; i < OUTCOMES.length; i++) if (this.#outcomes[i] > 0) outcomes[OUTCOMES[i]] = this.#outcomes[i];
    const counts: SessionCounts = { scans: this.#scans, repeated: this.#repeated, devices, outcomes };
    if (this.#expected) {
      const { total } = this.#expected;
      counts.expected = { total, found: this.#found, missing: total - this.#found, surplus: this.#surplus };
    }
    return counts;
  }

  #had(ordinal: number, key: () => string | null): boolean {
    if (!this.#seen.tryAdd(ordinal)) return true;
    // Scanned before the register took it in.
    if (this.#strays.size > 0 && this.#strays.has(key() ?? '')) return true;
    if (!this.#expected) return false;
    const units = this.#register ? contentsOf(this.#register, ordinal) : null;
    if (units === null) this.#here(ordinal, key);
    else for (const unit of units) this.#here(unit, () => this.#register?.textOf(unit) ?? null);
    return false;
  }

  /** A unit of the register is here. */
  #here(unit: number, key: () => string | null): void {
    if (!this.#expected || !this.#present.tryAdd(unit)) return;
    const { ordinals, keys } = this.#expected;
    if (ordinals.has(unit) || (keys.size > 0 && keys.has(key() ?? ''))) this.#found++;
    else this.#surplus++;
  }

  #hadStray(key: string | null): boolean {
    if (key === null) return false;
    if (this.#strays.has(key)) return true;
    if (this.#strays.size < STRAYS_MAX) this.#strays.add(key);
    if (this.#expected?.keys.has(key)) this.#found++;
    else if (this.#expected) this.#surplus++;
    return false;
  }
}
