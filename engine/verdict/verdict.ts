/** A verdict for one code. What it says is fixed when it is given; strings and objects are made when they are asked for. */
import { type Core, type ParsedCode, TAIL_RESULTS, type TailResult } from '../../core/host/index.js';
import { TAIL_NOT_TESTED } from '../keys/tail-check.js';
import { isGenuine, isUndecided, type RegisteredTail } from '../keys/tail-outcome.js';
import { OUTCOMES, type Outcome } from '../reconcile/outcomes.js';
import { HOT_WORDS, type RecordView, stateOf, WORD } from '../register/record.js';
import type { Register } from '../register/register.js';
import { STATES, type State } from '../register/states.js';

/** `yes` and `no` are answers; `unknown` says that nothing stands against the code, but not everything could be asked. */
export type Allow = 'yes' | 'no' | 'unknown';

export interface Verdict {
  readonly allow: Allow;
  readonly reason: Outcome;
  /** Number of the code in the register; 0 without a register, or when it doesn't have the code. */
  readonly ordinal: number;
  /** State, owner and last minute of life (since 1970, wall clock) when the verdict was given; `null`: not known, or never stated. */
  readonly state: State | null;
  readonly owner: string | null;
  readonly expiry: number | null;
  /** What the check of the tail came to; `null` without keys, for what is no code, and for packages, which have no tail. */
  readonly tail: TailResult | null;
  /** True only when a valid key made the tail for this code. */
  readonly genuine: boolean;
  /**
   * How the tail compares with the one that the register has seen, asked when first wanted; `null` without a register or a tail tested.
   * It says nothing of genuineness: copies have the same tail.
   */
  readonly registeredTail: RegisteredTail | null;
  /** The code's parts; parsed when first asked for. */
  readonly code: ParsedCode;
  /** All that the register says of the code, read when first asked for; `null` without a register, or when it doesn't have it. */
  readonly record: RecordView | null;
  toJSON(): VerdictJson;
}

/** A verdict as JSON. What is said of tails is left out when none was tested. */
export interface VerdictJson {
  allow: Allow;
  reason: Outcome;
  tail?: TailResult;
  genuine?: boolean;
  /** Of a tail that no key could be asked about. */
  registeredTail?: RegisteredTail;
  code: ParsedCode;
  record: RecordView | null;
}

/** What verdicts are read from. */
export interface VerdictSource {
  readonly core: Core;
  readonly register: Register | null;
  /** See {@link Verdict.registeredTail}; the code is well-formed. */
  registeredTail(raw: string | Uint8Array, country: 'RU' | 'UZ' | undefined): RegisteredTail | null;
}

/** Row of a code that no record is known of. */
export const NO_RECORD = new Int32Array(HOT_WORDS);

export class CodeVerdict implements Verdict {
  readonly allow: Allow;
  readonly reason: Outcome;
  readonly ordinal: number;
  readonly tail: TailResult | null;
  readonly #source: VerdictSource;
  readonly #raw: string | Uint8Array;
  readonly #country: 'RU' | 'UZ' | undefined;
  readonly #head: number;
  readonly #owner: number;
  readonly #expiry: number;
  #registeredTail: RegisteredTail | null | undefined;
  #code: ParsedCode | undefined;
  #record: RecordView | null | undefined;

  /** `rows[row …]` are the hot words of the code's record now; `tail` is the number of the tail's result. */
  constructor(
    source: VerdictSource,
    raw: string | Uint8Array,
    country: 'RU' | 'UZ' | undefined,
    allow: Allow,
    outcome: number,
    ordinal: number,
    rows: Int32Array,
    row: number,
    tail: number = TAIL_NOT_TESTED,
  ) {
    this.allow = allow;
    this.reason = OUTCOMES[outcome];
    this.ordinal = ordinal;
    this.tail = TAIL_RESULTS[tail] ?? null;
    this.#source = source;
    // The caller's bytes may change before the code is asked for.
    this.#raw = typeof raw === 'string' ? raw : raw.slice();
    this.#country = country;
    this.#head = rows[row + WORD.head];
    this.#owner = rows[row + WORD.owner];
    this.#expiry = rows[row + WORD.expiry];
  }

  get state(): State | null {
    return this.ordinal === 0 ? null : (STATES[stateOf(this.#head)] ?? 'UNKNOWN');
  }

  get owner(): string | null {
    return this.#source.register?.names.text('owner', this.#owner) ?? null;
  }

  get expiry(): number | null {
    return this.#expiry === 0 ? null : this.#expiry;
  }

  get genuine(): boolean {
    return this.tail !== null && isGenuine(this.tail);
  }

  get registeredTail(): RegisteredTail | null {
    this.#registeredTail ??= this.#source.registeredTail(this.#raw, this.#country);
    return this.#registeredTail;
  }

  get code(): ParsedCode {
    this.#code ??= this.#source.core.parse(this.#raw, { country: this.#country, trim: true });
    return this.#code;
  }

  get record(): RecordView | null {
    if (this.#record === undefined) {
      const { register } = this.#source;
      this.#record = register && this.ordinal !== 0 ? register.record(this.ordinal) : null;
    }
    return this.#record;
  }

  toJSON(): VerdictJson {
    const { allow, reason, tail, genuine, code, record } = this;
    const json: VerdictJson = { allow, reason, code, record };
    if (tail === null) return json;
    const registeredTail = isUndecided(tail) ? this.registeredTail : null;
    return { ...json, tail, genuine, ...(registeredTail && { registeredTail }) };
  }
}
