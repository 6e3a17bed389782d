/** The check of tails as a part of a verdict: with which keys, what is asked of a tail, and when. */
import { createHash } from 'node:crypto';
import type { Batch, Core, KeyRing } from '../../core/host/index.js';
import { type TailPolicy, tailOutcomes } from './tail-outcome.js';

/** What of a check is the same for all runs of an engine. */
export interface TailSettings {
  readonly ring: KeyRing;
  readonly policy: TailPolicy;
}

/** What tells settings that come to the same results from others; nothing of a secret is in it but whether it is there. */
export function digestOfSettings({ ring, policy }: TailSettings): string {
  const keys = ring.keys.map((key, index) => ({ ...key, usable: ring.isUsable(index) }));
  const plain = (_: string, value: unknown): unknown => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    return value === -Infinity ? 'from ever' : value;
  };
  return createHash('sha256').update(JSON.stringify({ policy, keys }, plain)).digest('hex');
}

/** What of a check crosses to the threads of a run; each of them has the ring. */
export interface TailTerms {
  /** Moment of the check, milliseconds since 1970. */
  readonly at: number;
  readonly policy: TailPolicy;
}

/** Stands in a column of tail results where none was tested: no code, or a package, which has no tail. */
export const TAIL_NOT_TESTED = 255;

/** One check: all its codes are judged by the same keys at the same moment. */
export class TailCheck {
  /** Outcome numbers by result numbers, see {@link tailOutcomes}. */
  readonly outcomes: Uint8Array;
  readonly #ring: KeyRing;
  readonly #at: Date;

  constructor(
    ring: KeyRing,
    readonly terms: TailTerms,
  ) {
    this.outcomes = tailOutcomes(terms.policy);
    this.#ring = ring;
    this.#at = new Date(terms.at);
  }

  /** The check of an engine's settings at a moment; null without keys. */
  static of(settings: TailSettings | null, at: Date): TailCheck | null {
    return settings && new TailCheck(settings.ring, { at: at.getTime(), policy: settings.policy });
  }

  /** Numbers of tail results for the rows of a core's last batch. Its columns have to be asked for anew: memory may grow. */
  results(core: Core, batch: Batch): Uint8Array {
    return core.verifyTails(batch, this.#ring, { at: this.#at });
  }
}
