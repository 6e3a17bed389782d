/** The contract of bulk work: a block of lines in, one {@link BlockResult} out. Two implementations: in this thread, and in a pool. */
import type { TailCheck } from '../keys/tail-check.js';
import type { CancelFlag } from './cancel-flag.js';
import type { BlockResult, ClassifyOptions } from './classify.js';
import type { ByteRange } from './range-reader.js';
import type { Universe } from './universe.js';

/** What all blocks of a pass have in common. */
export interface Pass {
  universe: Universe;
  options: ClassifyOptions;
  /** Key of the fingerprints, 16 bytes. */
  seed: Uint8Array;
  /** Lists may have blanks around a code. */
  trim: boolean;
  country?: 'RU' | 'UZ';
  /** Without it no tails are checked. */
  tails?: TailCheck | null;
  /** Raised when nobody wants the results any more. */
  cancel?: CancelFlag;
}

/** The same without a check of tails: for names in documents, and for a second walk, whose tails are in the logs of the first. */
export function untailed(pass: Pass): Pass {
  return { ...pass, options: { ...pass.options, registeredTails: false }, tails: null };
}

/** A plain text file, one code a line. */
export interface RangeFile {
  path: string;
  /** Changes when the file does. */
  stamp: string;
}

/** The lines that begin in a range of a file. */
export interface RangeBlock extends RangeFile {
  range: ByteRange;
}

/** Whole lines in shared memory, of an input that is no file or that is compressed. */
export interface LinesBlock {
  /** The input's name, for errors. */
  path: string;
  /** Number of the block in its input, from 0, for errors. */
  block: number;
  memory: SharedArrayBuffer;
  /** Bytes of `memory` that are lines. */
  length: number;
}

export type Block = RangeBlock | LinesBlock;

export interface Runner {
  /** Blocks that are worth having under way at once. */
  readonly width: number;
  /** Throws a TamgaError: of the input, CANCELLED, or WORKER_FAILED when two workers in a row died of the block. */
  run(block: Block, pass: Pass): Promise<BlockResult>;
  close(): Promise<void>;
}
