/** The pure step of every bulk run: a parsed batch and a universe in, one ordinal and one outcome a line out. Shared by all threads. */

import { type Batch, CODE_ERRORS, type Core, FLAGS } from '../../core/host/index.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { RoaringBitmap32 } from '../roaring.js';
import { type RuleContext, registerOutcome, structureOutcome } from '../verdict/rules.js';
import { type BufferStock, LineBuffers } from './line-buffers.js';
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
}

const NOTHING = new Uint8Array(0);
const NO_OFFSETS = new Uint32Array(1);
const NO_KIND = 0;
const PACKAGE_KIND = 2;

/** Outcome of each core error, by its number. */
const OUTCOME_OF_ERROR = Uint8Array.from(CODE_ERRORS, structureOutcome);

/** Classifies a batch into `buffers`, or into larger ones when its lines don't fit. */
export function classify(
  core: Core,
  batch: Batch,
  universe: Universe,
  options: ClassifyOptions,
  given: LineBuffers,
): BlockParts {
  const { count } = batch;
  const buffers = count <= given.capacity ? given : LineBuffers.withRoomFor(count);
  const { kind, error, flags, fingerprint } = batch.columns;
  const { ordinals, parents, outcomes, strayLines, strayPrints } = buffers;
  let strayCount = 0;
  for (let i = 0; i < count; i++) {
    ordinals[i] = 0;
    parents[i] = 0;
    if (error[i] !== 0) {
      outcomes[i] = OUTCOME_OF_ERROR[error[i]];
    } else if (kind[i] === NO_KIND) {
      outcomes[i] = OUTCOME_NUMBER.UNKNOWN_CODE_TYPE;
    } else if (flags[i] & FLAGS.templateMismatch) {
      outcomes[i] = OUTCOME_NUMBER.TEMPLATE_MISMATCH;
    } else {
      const ordinal = universe.find(fingerprint, i * 4);
      if (ordinal === 0) {
        for (let w = 0; w < 4; w++) strayPrints[strayCount * 4 + w] = fingerprint[i * 4 + w];
        strayLines[strayCount++] = i;
        outcomes[i] = kind[i] === PACKAGE_KIND ? options.unknownPackage : options.unregistered;
      } else {
        ordinals[i] = ordinal;
        parents[i] = universe.parent(ordinal);
        outcomes[i] = outcomeOf(universe, ordinal, options);
      }
    }
  }
  const parts: BlockParts = {
    lines: count,
    strays: strayCount,
    buffers,
    found: NOTHING,
    keys: NOTHING,
    keyOffsets: NO_OFFSETS,
  };
  if (!options.forSets) return parts;
  const set = new RoaringBitmap32(ordinals.subarray(0, count));
  set.delete(0);
  return {
    ...parts,
    found: Uint8Array.from(set.serialize('portable')),
    ...strayKeys(core, batch, strayLines, strayCount),
  };
}

/** The parts as columns of the right length; `release` gives their buffers back. */
export function blockResult(
  { lines, strays, buffers, found, keys, keyOffsets }: BlockParts,
  stock: BufferStock,
): BlockResult {
  return {
    lines,
    ordinals: buffers.ordinals.subarray(0, lines),
    parents: buffers.parents.subarray(0, lines),
    outcomes: buffers.outcomes.subarray(0, lines),
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

function strayKeys(
  core: Core,
  batch: Batch,
  lines: Uint32Array,
  count: number,
): Pick<BlockParts, 'keys' | 'keyOffsets'> {
  if (count === 0) return { keys: NOTHING, keyOffsets: NO_OFFSETS };
  const { bytes, offsets } = core.keys(batch);
  const keyOffsets = new Uint32Array(count + 1);
  for (let s = 0; s < count; s++) keyOffsets[s + 1] = keyOffsets[s] + offsets[lines[s] + 1] - offsets[lines[s]];
  const keys = new Uint8Array(keyOffsets[count]);
  for (let s = 0; s < count; s++) keys.set(bytes.subarray(offsets[lines[s]], offsets[lines[s] + 1]), keyOffsets[s]);
  return { keys, keyOffsets };
}
