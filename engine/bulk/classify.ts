/** The pure step of every bulk run: a parsed batch and a universe in, one ordinal and one outcome a line out. Shared by all threads. */

import { type Batch, CODE_ERRORS, type Core, FLAGS } from '../../core/host/index.js';
import { OUTCOME_NUMBER } from '../reconcile/outcomes.js';
import { RoaringBitmap32 } from '../roaring.js';
import { type RuleContext, registerOutcome, STRUCTURE_OUTCOME } from '../verdict/rules.js';
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

/** What a block of lines comes to; typed arrays of its own, which can be moved to another thread. */
export interface BlockResult {
  lines: number;
  /** Ordinal of each line's code; 0: no code, or nobody knows it. */
  ordinals: Uint32Array;
  /** Ordinal of the package that each line's code is in; 0: none. Read here, where the record is at hand. */
  parents: Uint32Array;
  /** Outcome number of each line by structure and register; what depends on the lines before is settled later. */
  outcomes: Uint8Array;
  /** The ordinals as a serialized roaring bitmap (portable form). */
  found: Uint8Array;
  strays: Strays;
}

export interface ClassifyOptions {
  context: RuleContext;
  /** Hand the keys of strays back. */
  withKeys: boolean;
  /** What a code comes to that the register doesn't have, or that has no register: NOT_FOUND, WELL_FORMED or OK. */
  unregistered: number;
  /** The same for a package. */
  unknownPackage: number;
}

const NO_KIND = 0;
const PACKAGE_KIND = 2;

/** Outcome of each core error, by its number. */
const OUTCOME_OF_ERROR = Uint8Array.from(
  CODE_ERRORS,
  (code) => STRUCTURE_OUTCOME[code] ?? OUTCOME_NUMBER.UNKNOWN_CODE_TYPE,
);

export function classify(core: Core, batch: Batch, universe: Universe, options: ClassifyOptions): BlockResult {
  const { count } = batch;
  const { kind, error, flags, fingerprint } = batch.columns;
  const ordinals = new Uint32Array(count);
  const parents = new Uint32Array(count);
  const outcomes = new Uint8Array(count);
  const found = new Uint32Array(count);
  const strayLines = new Uint32Array(count);
  let foundCount = 0;
  let strayCount = 0;
  for (let i = 0; i < count; i++) {
    if (error[i] !== 0) {
      outcomes[i] = OUTCOME_OF_ERROR[error[i]];
    } else if (kind[i] === NO_KIND) {
      outcomes[i] = OUTCOME_NUMBER.UNKNOWN_CODE_TYPE;
    } else if (flags[i] & FLAGS.templateMismatch) {
      outcomes[i] = OUTCOME_NUMBER.TEMPLATE_MISMATCH;
    } else {
      const ordinal = universe.find(fingerprint, i * 4);
      if (ordinal === 0) {
        strayLines[strayCount++] = i;
        outcomes[i] = kind[i] === PACKAGE_KIND ? options.unknownPackage : options.unregistered;
      } else {
        ordinals[i] = ordinal;
        parents[i] = universe.parent(ordinal);
        found[foundCount++] = ordinal;
        outcomes[i] = outcomeOf(universe, ordinal, options);
      }
    }
  }
  return {
    lines: count,
    ordinals,
    parents,
    outcomes,
    found: Uint8Array.from(new RoaringBitmap32(found.subarray(0, foundCount)).serialize('portable')),
    strays: straysOf(core, batch, strayLines.slice(0, strayCount), options.withKeys),
  };
}

/** What the register has against a code, as an outcome number. */
export function outcomeOf(universe: Universe, ordinal: number, { context, unregistered }: ClassifyOptions): number {
  if (ordinal >= universe.codes) return unregistered;
  return registerOutcome(universe.rowsOf(ordinal), universe.rowAt(ordinal), context);
}

function straysOf(core: Core, batch: Batch, lines: Uint32Array, withKeys: boolean): Strays {
  const { fingerprint } = batch.columns;
  const prints = new Uint32Array(lines.length * 4);
  for (let s = 0; s < lines.length; s++) {
    for (let w = 0; w < 4; w++) prints[s * 4 + w] = fingerprint[lines[s] * 4 + w];
  }
  if (!withKeys || lines.length === 0) {
    return {
      lines,
      prints,
      keys: new Uint8Array(0),
      keyOffsets: new Uint32Array(lines.length + 1),
    };
  }
  const { bytes, offsets } = core.keys(batch);
  const keyOffsets = new Uint32Array(lines.length + 1);
  for (let s = 0; s < lines.length; s++) keyOffsets[s + 1] = keyOffsets[s] + offsets[lines[s] + 1] - offsets[lines[s]];
  const keys = new Uint8Array(keyOffsets[lines.length]);
  for (let s = 0; s < lines.length; s++)
    keys.set(bytes.subarray(offsets[lines[s]], offsets[lines[s] + 1]), keyOffsets[s]);
  return { lines, prints, keys, keyOffsets };
}

/** The buffers of a result, for moving it between threads. */
export function transferList(result: BlockResult): ArrayBuffer[] {
  const { ordinals, parents, outcomes, found, strays } = result;
  return [ordinals, parents, outcomes, found, strays.lines, strays.prints, strays.keys, strays.keyOffsets].map(
    ({ buffer }) => buffer as ArrayBuffer,
  );
}
