/** The contract of bulk work: a byte range of a file in, one {@link BlockResult} out. Two implementations: in this thread, and in a pool. */
import type { BlockResult, ClassifyOptions } from './classify.js';
import type { ByteRange } from './range-reader.js';
import type { Universe } from './universe.js';

/** What all ranges of a pass have in common. */
export interface Pass {
  universe: Universe;
  options: ClassifyOptions;
  /** Key of the fingerprints, 16 bytes. */
  seed: Uint8Array;
  /** Lists may have blanks around a code. */
  trim: boolean;
  country?: 'RU' | 'UZ';
}

/** A plain text file, one code a line. */
export interface RangeFile {
  path: string;
  /** Changes when the file does. */
  stamp: string;
}

export interface Runner {
  /** Ranges that are worth having under way at once. */
  readonly width: number;
  run(file: RangeFile, range: ByteRange, pass: Pass): Promise<BlockResult>;
  close(): Promise<void>;
}
