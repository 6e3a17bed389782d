/**
 * The pure step of every bulk run: a parsed batch and a universe in, one ordinal and one outcome a line out. Shared by all threads.
 * It goes over the batch column by column: what the lines are by their form, which codes are known, what the register has against them.
 */

import { type Batch, CODE_ERRORS, type Core, FLAGS } from '../../core/host/index.js';
import { TAIL_NOT_TESTED, type TailCheck } from '../keys/tail-check.js';
import { REGISTERED_TAIL_NUMBER, TAIL_PASSES } from '../keys/tail-outcome.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { RuleTable } from '../verdict/rule-table.js';
import { type RuleContext, registerOutcome, structureOutcome } from '../verdict/rules.js';
import type { BufferStock, LineBuffers } from './line-buffers.js';
import { TailComparison } from './registered-tails.js';
import { serializedSet } from './serialized-set.js';
import type { Universe } from './universe.js';

/** Codes that nobody knows: where they stand, and what they are. */
export interface Strays {
  /** Line within the block. */
  lines: Uint32Array;
  /** Four words each. */
  prints: Uint32Array;
  /** Canonical keys, asked for when the run takes strays into its universe; else empty. */
  keys: Uint8Array;
  keyOffsets: Uint32Array;
}

/** What a block of lines comes to. Its columns are good until it is released. */
export interface BlockResult {
  lines: number;
  /** Ordinal of each line's code; 0: no code, or nobody knows it. */
  ordinals: Uint32Array;
  /** Ordinal of the package that each line's code is in; 0: none. Read here, where the record is at hand. */
  parents: Uint32Array;
  /** Outcome number of each line by structure and register; what depends on the lines before is settled later. */
  outcomes: Uint8Array;
  /** Number of each line's tail result, TAIL_NOT_TESTED where there is none; empty when the run checks no tails. */
  tails: Uint8Array;
  /** One of the codes is a package of the register's. */
  packages: boolean;
  /** Lines by how their tails compare with those that the register has seen, see {@link TailComparison.counts}; only when that was asked. */
  registeredTails?: readonly number[] | undefined;
  /** The ordinals as a serialized roaring bitmap (portable form); empty when the run keeps no sets. */
  found: Uint8Array;
  strays: Strays;
  /** Gives the memory of the columns back for a later block. */
  release: () => void;
}

/** A block as it crosses between threads: the columns stay where they are, in shared memory. */
export interface BlockParts {
  lines: number;
  strays: number;
  /** Tails were checked, and their results stand in the buffers. */
  tailed: boolean;
  packages: boolean;
  registeredTails?: readonly number[] | undefined;
  buffers: LineBuffers;
  found: Uint8Array;
  keys: Uint8Array;
  keyOffsets: Uint32Array;
}

export interface ClassifyOptions {
  context: RuleContext;
  /** Hand back the set of ordinals and the keys of strays, for a run that compares sets. */
  forSets: boolean;
  /** What a code comes to that the register doesn't have, or that has no register: NOT_FOUND, WELL_FORMED or OK. */
  unregistered: number;
  /** The same for a package. */
  unknownPackage: number;
  /** Compare tails that no key decides with those that the register has seen: another one is TAIL_DIFFERS. */
  registeredTails?: boolean;
}

const NOTHING = new Uint8Array(0);
const NO_OFFSETS = new Uint32Array(1);
const NO_KIND = 0;
const PACKAGE_KIND = 2;
const DIFFERS = REGISTERED_TAIL_NUMBER.DIFFERS_FROM_REGISTERED;

/** Outcome of each core error, by its number. */
const OUTCOME_OF_ERROR = Uint8Array.from(CODE_ERRORS, structureOutcome);

/** Classifies the batches of a block one after the other into one set of columns. */
export class BlockClassifier {
  readonly #rules: RuleTable;
  readonly #keys: Uint8Array[] = [];
  readonly #keyEnds: number[] = [0];
  readonly #comparison: TailComparison | null;
  #buffers: LineBuffers;
  #lines = 0;
  #strays = 0;
  #packages = false;

  /** Fills `buffers`, or larger ones when the lines don't fit. `tails`: the check of tails, null without keys. */
  constructor(
    readonly core: Core,
    readonly universe: Universe,
    readonly options: ClassifyOptions,
    buffers: LineBuffers,
    readonly tails: TailCheck | null = null,
  ) {
    this.#buffers = buffers;
    this.#rules = new RuleTable(options.context);
    this.#comparison = options.registeredTails ? new TailComparison() : null;
  }

  /** Lines so far. */
  get lines(): number {
    return this.#lines;
  }

  add(batch: Batch): void {
    const { count } = batch;
    const from = this.#lines;
    const until = from + count;
    this.#buffers = this.#buffers.withRoom(until, from, this.#strays);
    const { ordinals, parents, outcomes } = this.#buffers;
    const results = this.tails?.results(this.core, batch) ?? null;
    this.universe.findMany(batch.columns.fingerprint, count, ordinals, from);
    const firstStray = this.#strays;
    // Before refused lines lose their ordinals: theirs are counted, too.
    const compared = this.#comparison?.of(this.core, batch, this.universe, ordinals, from);
    this.#structure(batch, results);
    if (compared) this.#refuseDiffering(batch, results, compared);
    const { unregistered } = this.options;
    const packages = this.universe.judge(this.#rules, unregistered, ordinals, from, until, outcomes, parents);
    this.#packages = this.#packages || packages;
    this.#lines = until;
    if (this.options.forSets) this.#keepKeys(batch, from, firstStray);
  }

  finish(): BlockParts {
    const parts: BlockParts = {
      lines: this.#lines,
      strays: this.#strays,
      tailed: this.tails !== null,
      packages: this.#packages,
      registeredTails: this.#comparison?.counts,
      buffers: this.#buffers,
      found: NOTHING,
      keys: NOTHING,
      keyOffsets: NO_OFFSETS,
    };
    if (!this.options.forSets) return parts;
    parts.found = serializedSet(this.#buffers.ordinals.subarray(0, this.#lines));
    if (this.#strays > 0) {
      parts.keys = Uint8Array.from(Buffer.concat(this.#keys));
      parts.keyOffsets = Uint32Array.from(this.#keyEnds);
    }
    return parts;
  }

  /**
   * What each line is by its form and its tail; lines that are no code, or none of the code they show, lose the ordinal, codes that
   * nobody knows are put among the strays.
   */
  #structure(batch: Batch, results: Uint8Array | null): void {
    const { count } = batch;
    const { kind, error, flags, fingerprint } = batch.columns;
    const { ordinals, parents, outcomes, strayLines, strayPrints } = this.#buffers;
    const { unregistered, unknownPackage } = this.options;
    const from = this.#lines;
    const { templateMismatch } = FLAGS;
    const tails = this.#buffers.tails;
    const refusals = this.tails?.outcomes;
    if (refusals) tails.fill(TAIL_NOT_TESTED, from, from + count);
    let strays = this.#strays;
    for (let i = 0; i < count; i++) {
      const line = from + i;
      if (error[i] === 0 && kind[i] !== NO_KIND && (flags[i] & templateMismatch) === 0) {
        if (results && refusals && kind[i] !== PACKAGE_KIND) {
          const result = results[i];
          tails[line] = result;
          if (refusals[result] !== TAIL_PASSES) {
            ordinals[line] = 0;
            outcomes[line] = refusals[result];
            parents[line] = 0;
            continue;
          }
        }
        // A known code gets its outcome and its parent from the register.
        if (ordinals[line] !== 0) continue;
        for (let w = 0; w < 4; w++) strayPrints[strays * 4 + w] = fingerprint[i * 4 + w];
        strayLines[strays++] = line;
        outcomes[line] = kind[i] === PACKAGE_KIND ? unknownPackage : unregistered;
      } else {
        ordinals[line] = 0;
        outcomes[line] = malformed(error[i], kind[i]);
      }
      parents[line] = 0;
    }
    this.#strays = strays;
  }

  /** Lines that show another tail than the register has seen, and that no key decides, lose the ordinal. */
  #refuseDiffering(batch: Batch, results: Uint8Array | null, compared: Uint8Array): void {
    const { kind, error, flags } = batch.columns;
    const { ordinals, parents, outcomes } = this.#buffers;
    for (let i = 0; i < batch.count; i++) {
      if (error[i] !== 0 || kind[i] === NO_KIND || (flags[i] & FLAGS.templateMismatch) !== 0) continue;
      const line = this.#lines + i;
      if (this.#comparison?.take(compared[i], results, i) !== DIFFERS || ordinals[line] === 0) continue;
      ordinals[line] = 0;
      outcomes[line] = OUTCOME_NUMBER.TAIL_DIFFERS;
      parents[line] = 0;
    }
  }

  #keepKeys(batch: Batch, from: number, firstStray: number): void {
    if (this.#strays === firstStray) return;
    const { bytes, offsets } = this.core.keys(batch);
    const { strayLines } = this.#buffers;
    let end = this.#keyEnds[this.#keyEnds.length - 1];
    for (let s = firstStray; s < this.#strays; s++) {
      const row = strayLines[s] - from;
      const key = bytes.slice(offsets[row], offsets[row + 1]);
      end += key.length;
      this.#keys.push(key);
      this.#keyEnds.push(end);
    }
  }
}

/** Classifies one batch. */
export function classify(
  core: Core,
  batch: Batch,
  universe: Universe,
  options: ClassifyOptions,
  buffers: LineBuffers,
  tails: TailCheck | null = null,
): BlockParts {
  const block = new BlockClassifier(core, universe, options, buffers, tails);
  block.add(batch);
  return block.finish();
}

/** The parts as columns of the right length; `release` gives their buffers back. */
export function blockResult(
  { lines, strays, tailed, packages, registeredTails, buffers, found, keys, keyOffsets }: BlockParts,
  stock: BufferStock,
): BlockResult {
  return {
    lines,
    ordinals: buffers.ordinals.subarray(0, lines),
    parents: buffers.parents.subarray(0, lines),
    outcomes: buffers.outcomes.subarray(0, lines),
    tails: buffers.tails.subarray(0, tailed ? lines : 0),
    packages,
    registeredTails,
    found,
    strays: {
      lines: buffers.strayLines.subarray(0, strays),
      prints: buffers.strayPrints.subarray(0, strays * 4),
      keys,
      keyOffsets,
    },
    release: () => stock.give(buffers),
  };
}

/** What the register has against a code, as an outcome number. */
export function outcomeOf(universe: Universe, ordinal: number, { context, unregistered }: ClassifyOptions): number {
  if (ordinal >= universe.codes) return unregistered;
  return registerOutcome(universe.rowsOf(ordinal), universe.rowAt(ordinal), context);
}

function malformed(error: number, kind: number): number {
  if (error !== 0) return OUTCOME_OF_ERROR[error];
  return kind === NO_KIND ? OUTCOME_NUMBER.UNKNOWN_CODE_TYPE : OUTCOME_NUMBER.TEMPLATE_MISMATCH;
}
