/** Verdicts for a text of codes in the calling thread, as columns: the way of bulk for bodies of requests, without an object a code. */
import { type Batch, type Core, FLAGS } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { TailCheck, type TailSettings } from '../keys/tail-check.js';
import { TAIL_PASSES } from '../keys/tail-outcome.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { FingerprintTable } from '../register/fingerprint-table.js';
import { emptyImage, loadImage } from '../register/image.js';
import type { Register } from '../register/register.js';
import { soonOf } from '../verdict/rules.js';
import type { VerifyContext } from '../verdict/verify-codes.js';
import { wallClockOf } from '../wall-clock.js';
import { blockResult, type ClassifyOptions, classify } from './classify.js';
import { BufferStock, LineBuffers } from './line-buffers.js';
import { SeenCodes } from './seen-codes.js';
import { Universe } from './universe.js';

/** What the lines come to. The columns are good until the next call. */
export interface LineVerdicts {
  lines: number;
  /** Number of each line's outcome, an index of OUTCOMES. */
  outcomes: Uint8Array;
  /** Ordinal of each line's code; 0: no code, or the register doesn't have it. */
  ordinals: Uint32Array;
  /**
   * Number of each line's tail result, an index of TAIL_RESULTS; 255 where none was tested: no code, or a package. Empty when the engine has
   * no keys.
   */
  tails: Uint8Array;
}

/** A table for repetitions that is larger than this many codes is not kept for the next call. */
const CODES_KEPT = 1 << 17;
const NO_KIND = 0;

export class LineVerifier {
  readonly #core: Core;
  readonly #register: Register | null;
  readonly #tails: TailSettings | null;
  #buffers = LineBuffers.withRoomFor(0);
  #firsts = FingerprintTable.withRoomFor(0);
  #firstsRoom = 0;

  /** `core` must have the register's seed. */
  constructor(core: Core, register: Register | null, tails: TailSettings | null = null) {
    this.#core = core;
    this.#tails = tails;
    this.#register = register;
  }

  /** Loads the register's image when it isn't in memory. `bytes`: codes separated by newlines. */
  verify(bytes: Uint8Array, context: VerifyContext): LineVerdicts {
    const register = this.#register;
    const universe = new Universe(register ? loadImage(register, this.#core) : emptyImage());
    const batch = this.#core.parseBatch(bytes, { trim: true, country: context.country });
    const at = context.at ?? new Date();
    const check = TailCheck.of(this.#tails, at);
    const options = optionsOf({ ...context, at }, register);
    const parts = classify(this.#core, batch, universe, options, this.#buffers, check);
    this.#buffers = parts.buffers;
    const outcomes = parts.buffers.outcomes.subarray(0, parts.lines);
    const tails = parts.buffers.tails.subarray(0, check ? parts.lines : 0);
    this.#settle(batch, outcomes, tails, check?.outcomes);
    return { lines: parts.lines, outcomes, ordinals: parts.buffers.ordinals.subarray(0, parts.lines), tails };
  }

  /** Makes a DUPLICATE of every line whose code stands in an earlier one. */
  #settle(batch: Batch, outcomes: Uint8Array, tails: Uint8Array, refusals: Uint8Array | undefined): void {
    const firsts = this.#tableFor(batch.count);
    const { kind, error, flags, fingerprint } = batch.columns;
    for (let i = 0; i < batch.count; i++) {
      if (error[i] !== 0 || kind[i] === NO_KIND || (flags[i] & FLAGS.templateMismatch) !== 0) continue;
      if (refusals && isRefused(refusals, tails[i])) continue;
      if (firsts.insert(fingerprint, i * 4, i + 1) !== i + 1) outcomes[i] = OUTCOME_NUMBER.DUPLICATE;
    }
    if (this.#firstsRoom > CODES_KEPT) this.#firstsRoom = 0;
  }

  /** An empty table. */
  #tableFor(codes: number): FingerprintTable {
    // One that is much larger would be cleared in vain.
    if (codes > this.#firstsRoom || codes * 16 < this.#firstsRoom) {
      this.#firsts = FingerprintTable.withRoomFor(codes);
      this.#firstsRoom = codes;
    } else {
      this.#firsts.clear();
    }
    return this.#firsts;
  }
}

function isRefused(refusals: Uint8Array, result: number): boolean {
  return result < refusals.length && refusals[result] !== TAIL_PASSES;
}

/** Codes of a text that the register doesn't have, of which it is kept that they were met: up to 32 bytes each. */
export const STRAYS_MAX = 1_000_000;

/** Verdicts for a text that comes in pieces, as for one text: a code is a DUPLICATE wherever it stood before. */
export class TextVerdicts {
  readonly #core: Core;
  readonly #universe: Universe;
  readonly #options: ClassifyOptions;
  readonly #country: VerifyContext['country'];
  readonly #check: TailCheck | null;
  readonly #seen: SeenCodes;
  readonly #strays = FingerprintTable.withRoomFor(0);
  #strayCount = 0;
  #buffers = LineBuffers.withRoomFor(0);

  /** `core` must have the register's seed. The register is asked as it is now, whatever happens to it meanwhile. */
  constructor(core: Core, register: Register | null, context: VerifyContext, tails: TailSettings | null = null) {
    const at = context.at ?? new Date();
    this.#core = core;
    this.#check = TailCheck.of(tails, at);
    this.#universe = new Universe(register ? loadImage(register, core) : emptyImage());
    this.#options = optionsOf({ ...context, at }, register);
    this.#country = context.country;
    this.#seen = new SeenCodes(this.#universe.size);
  }

  /**
   * The next whole lines. The columns are good until any next call. Throws FILE_TOO_LARGE when more than {@link STRAYS_MAX} different codes
   * are not in the register: such a text is work for a file.
   */
  next(bytes: Uint8Array): LineVerdicts {
    const batch = this.#core.parseBatch(bytes, { trim: true, country: this.#country });
    const parts = classify(this.#core, batch, this.#universe, this.#options, this.#buffers, this.#check);
    this.#buffers = parts.buffers;
    const { outcomes, ordinals, tails, strayLines, strayPrints } = parts.buffers;
    this.#seen.settle(blockResult(parts, NO_STOCK));
    for (let i = 0; i < parts.strays; i++) {
      const mark = this.#strayCount + 1;
      if (this.#strays.insert(strayPrints, i * 4, mark) === mark) this.#strayCount = mark;
      else outcomes[strayLines[i]] = OUTCOME_NUMBER.DUPLICATE;
    }
    if (this.#strayCount > STRAYS_MAX) {
      throw new TamgaError('FILE_TOO_LARGE', { limit: `${STRAYS_MAX} codes that the register does not have` });
    }
    return {
      lines: parts.lines,
      outcomes: outcomes.subarray(0, parts.lines),
      ordinals: ordinals.subarray(0, parts.lines),
      tails: tails.subarray(0, this.#check ? parts.lines : 0),
    };
  }
}

/** Blocks here are never given back. */
const NO_STOCK = new BufferStock();

function optionsOf(
  { operation, at, participant, expiresSoonDays, groups }: VerifyContext,
  register: Register | null,
): ClassifyOptions {
  const now = wallClockOf(at ?? new Date());
  const owners = register && participant !== undefined ? [register.names.demand('owner', participant)] : [];
  return {
    context: { operation, now, owners, soon: soonOf(now, expiresSoonDays), groups },
    forSets: false,
    unregistered: register ? OUTCOME_NUMBER.NOT_FOUND : OUTCOME_NUMBER.WELL_FORMED,
    unknownPackage: register ? OUTCOME_NUMBER.UNKNOWN_PACKAGE : OUTCOME_NUMBER.WELL_FORMED,
  };
}
