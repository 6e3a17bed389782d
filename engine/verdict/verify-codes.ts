/**
 * Verdicts for single codes, in the calling thread: the same steps as in bulk, for one code at a time. They come from the register's image
 * when it is in memory and current, else from the register itself.
 */
import { type Batch, CODE_ERRORS, type Core, FLAGS, type PackedKeys } from '../../core/host/index.js';
import { TAIL_NOT_TESTED, TailCheck, type TailSettings } from '../keys/tail-check.js';
import { compareTails, type RegisteredTail, TAIL_PASSES } from '../keys/tail-outcome.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { currentImage, type Image } from '../register/image.js';
import { HOT_WORDS, stateOf, WORD } from '../register/record.js';
import type { Register } from '../register/register.js';
import { STATE_NUMBER } from '../register/states.js';
import { wallClockOf } from '../wall-clock.js';
import { OneCode } from './one-code.js';
import { RuleTable } from './rule-table.js';
import { type Operation, soonOf, structureOutcome } from './rules.js';
import { type Allow, CodeVerdict, NO_RECORD, type Verdict, type VerdictSource } from './verdict.js';

export interface VerifyContext {
  operation: Operation;
  /** Default: now. */
  at?: Date;
  /** Tax number or place of activity that the code must belong to; default: anybody. */
  participant?: string;
  country?: 'RU' | 'UZ';
  /** What expires within so many days of the check is EXPIRES_SOON, and allowed; default: nobody asks. */
  expiresSoonDays?: number;
  /** Numbers of the product groups that the participant declared: a code of another is GROUP_NOT_DECLARED, and allowed; default: any. */
  groups?: readonly number[];
}

const {
  OK,
  EXPIRES_SOON,
  GROUP_NOT_DECLARED,
  DUPLICATE,
  NOT_FOUND,
  UNKNOWN_PACKAGE,
  WELL_FORMED,
  UNKNOWN_CODE_TYPE,
  TEMPLATE_MISMATCH,
} = OUTCOME_NUMBER;
const PACKAGE_KIND = 2;
const MINUTE_MS = 60_000;
const OUTCOME_OF_ERROR = Uint8Array.from(CODE_ERRORS, structureOutcome);

/** Rules of the last call; calls one after the other mostly ask the same. */
interface PreparedRules {
  operation: Operation;
  participant: string | undefined;
  expiresSoonDays: number | undefined;
  /** As they were given, which may be changed later. */
  groups: string | undefined;
  minute: number;
  /** The participant's number was known: it never changes. */
  known: boolean;
  table: RuleTable;
}

/** Gives verdicts with one core; codes of one call are compared with each other, calls know nothing of each other. */
export class CodeVerifier {
  readonly #source: VerdictSource;
  readonly #oneCode: OneCode;
  readonly #tails: TailSettings | null;
  #rules: PreparedRules | null = null;

  /** `core` must have the register's seed. */
  constructor(core: Core, register: Register | null, tails: TailSettings | null = null) {
    this.#source = { core, register, registeredTail: (raw, country) => this.#registeredTail(raw, country) };
    this.#oneCode = new OneCode(core);
    this.#tails = tails;
  }

  verify(code: string | Uint8Array, context: VerifyContext): Verdict {
    return this.#verify(code, context, this.#rulesOf(context), this.#image(), this.#check(context), null);
  }

  /** A verdict for each code, in order; a repeated code is a DUPLICATE. */
  verifyAll(codes: readonly (string | Uint8Array)[], context: VerifyContext): Verdict[] {
    const rules = this.#rulesOf(context);
    const image = this.#image();
    const tails = this.#check(context);
    const seen = new Set<string>();
    return codes.map((code) => this.#verify(code, context, rules, image, tails, seen));
  }

  #image(): Image | null {
    const { core, register } = this.#source;
    if (!register) return null;
    const image = currentImage(register, core);
    if (!image) register.refresh();
    return image;
  }

  #verify(
    raw: string | Uint8Array,
    { country }: VerifyContext,
    rules: RuleTable,
    image: Image | null,
    tails: TailCheck | null,
    seen: Set<string> | null,
  ): Verdict {
    const source = this.#source;
    const batch = this.#oneCode.parse(raw, country);
    const { error, kind, flags } = batch.columns;
    const isPackage = kind[0] === PACKAGE_KIND;
    if (error[0] !== 0 || kind[0] === 0 || (flags[0] & FLAGS.templateMismatch) !== 0) {
      return new CodeVerdict(source, raw, country, 'no', malformed(error[0], kind[0]), 0, NO_RECORD, 0);
    }
    const tail = tails === null || isPackage ? TAIL_NOT_TESTED : tails.results(source.core, batch)[0];
    const refusal = tail === TAIL_NOT_TESTED ? TAIL_PASSES : (tails?.outcomes[tail] ?? TAIL_PASSES);
    if (refusal !== TAIL_PASSES) return new CodeVerdict(source, raw, country, 'no', refusal, 0, NO_RECORD, 0, tail);
    const { fingerprint } = batch.columns;
    const isRepeated = seen !== null && !isFirst(seen, fingerprint);
    const { register } = source;
    if (!register) {
      return isRepeated
        ? new CodeVerdict(source, raw, country, 'no', DUPLICATE, 0, NO_RECORD, 0, tail)
        : new CodeVerdict(source, raw, country, 'unknown', WELL_FORMED, 0, NO_RECORD, 0, tail);
    }
    const ordinal = image ? image.table.find(fingerprint, 0) : register.ordinalOf(onlyKey(source.core.keys(batch)));
    if (ordinal === 0) {
      const outcome = isRepeated ? DUPLICATE : isPackage ? UNKNOWN_PACKAGE : NOT_FOUND;
      return new CodeVerdict(source, raw, country, 'no', outcome, 0, NO_RECORD, 0, tail);
    }
    const rows = image ? image.rows : register.hotWords(ordinal);
    const row = image ? ordinal * HOT_WORDS : 0;
    const outcome = isRepeated ? DUPLICATE : rules.outcome(rows, row);
    const allow = allowOf(outcome, rows[row + WORD.head]);
    return new CodeVerdict(source, raw, country, allow, outcome, ordinal, rows, row, tail);
  }

  #check({ at }: VerifyContext): TailCheck | null {
    return this.#tails && TailCheck.of(this.#tails, at ?? new Date());
  }

  #registeredTail(raw: string | Uint8Array, country: 'RU' | 'UZ' | undefined): RegisteredTail | null {
    const { core, register } = this.#source;
    if (!register) return null;
    const batch: Batch = this.#oneCode.parse(raw, country);
    if (batch.columns.error[0] !== 0 || batch.columns.kind[0] === 0) return null;
    const [low, high] = core.tailDigests(batch);
    register.refresh();
    const ordinal = register.ordinalOf(onlyKey(core.keys(batch)));
    if (ordinal === 0) return 'NOT_REGISTERED';
    const words = register.hotWords(ordinal);
    return compareTails(low, high, words[WORD.tailLow], words[WORD.tailHigh]);
  }

  #rulesOf({ operation, participant, at, expiresSoonDays, groups }: VerifyContext): RuleTable {
    const minute = Math.floor((at?.getTime() ?? Date.now()) / MINUTE_MS);
    const declared = groups?.join();
    const last = this.#rules;
    if (
      last?.minute === minute &&
      last.operation === operation &&
      last.participant === participant &&
      last.expiresSoonDays === expiresSoonDays &&
      last.groups === declared &&
      last.known
    ) {
      return last.table;
    }
    const names = this.#source.register?.names;
    const owners = names && participant !== undefined ? [names.demand('owner', participant)] : [];
    const now = wallClockOf(at ?? new Date(minute * MINUTE_MS));
    const table = new RuleTable({ operation, now, owners, soon: soonOf(now, expiresSoonDays), groups });
    const known = owners.length === 0 || names?.find('owner', participant ?? '') !== 0;
    this.#rules = { operation, participant, expiresSoonDays, groups: declared, minute, known, table };
    return table;
  }
}

function malformed(error: number, kind: number): number {
  if (error !== 0) return OUTCOME_OF_ERROR[error];
  return kind === 0 ? UNKNOWN_CODE_TYPE : TEMPLATE_MISMATCH;
}

function allowOf(outcome: number, head: number): Allow {
  // Warnings are said, and stand against nothing.
  if (outcome !== OK && outcome !== EXPIRES_SOON && outcome !== GROUP_NOT_DECLARED) return 'no';
  return stateOf(head) === STATE_NUMBER.UNKNOWN ? 'unknown' : 'yes';
}

/** False for a code that is among the seen; else it is from now on. */
function isFirst(seen: Set<string>, print: Uint32Array): boolean {
  const { size } = seen;
  seen.add(`${print[0]},${print[1]},${print[2]},${print[3]}`);
  return seen.size > size;
}

const onlyKey = ({ bytes, offsets }: PackedKeys): Uint8Array => bytes.subarray(offsets[0], offsets[1]);
