// The core: what the host calls. The constants of layout.ts are exported as globals; the host knows no number of its own.
import { columnAt, placeBatch } from './batch';
import { placeElementColumns } from './element-columns';
import { listElements as listElementsOf } from './elements';
import { elementsListed as elementsListedOf, listFaults as listFaultsOf } from './faults';
import { writeKeys as writeKeysOf } from './keys';
import { COLUMN_LENGTH, COLUMN_OFFSET } from './layout';
import { countFrames, countLines, framesEnd, sumBytes } from './scan';

export { parseFrames, parseLines, parseWhole } from './batch';
export * from './crypto/exports';
export { fingerprintKeys, sizeOfKeys } from './keys';
export * from './layout';
export { RUN_MIN, sortKeys } from './sort';
export { digestTails } from './tails/digest';
export { beginTails, failGroup, nextTails, tailGroups, tailWorkBytes } from './tails/group';
export {
  macScratchBytes,
  macStateBytes,
  prepareMac,
  signatureScratchBytes,
  verifyMacs,
  verifySignatures,
} from './tails/verify';

/** First address of the input: what lies before is the module's own. */
export function inputStart(): usize {
  return (__heap_base + 63) & ~63;
}

/** Number of lines in the first `length` bytes of the input. */
export function inputLines(length: u32): u32 {
  return countLines(inputStart(), inputStart() + length);
}

/** Number of whole frames in the first `length` bytes of the input. */
export function inputFrames(length: u32): u32 {
  return countFrames(inputStart(), inputStart() + length);
}

/** Offset in the input where the last {@link inputFrames} stopped: its length, or a frame that is cut off. */
export function inputFramesEnd(): usize {
  return framesEnd - inputStart();
}

/** Lays the columns out for `rows` rows at `columns`. What was parsed before is lost. */
export function place(columns: usize, rows: u32): void {
  placeBatch(inputStart(), columns, rows);
}

/** Writes the keys of the first `count` rows; see keys.ts. */
export function writeKeys(count: u32, into: usize, offsets: usize): void {
  writeKeysOf(count, inputStart(), into, offsets);
}

/** Lists the elements of a row's line; see elements.ts. */
export function listElements(row: u32): u32 {
  const at = inputStart() + load<u32>(columnAt(COLUMN_OFFSET) + ((<usize>row) << 2));
  return listElementsOf(at, at + load<u32>(columnAt(COLUMN_LENGTH) + ((<usize>row) << 2)));
}

/** Lists the faults of a row's line as an element string; see faults.ts. */
export function listFaults(row: u32): u32 {
  const at = inputStart() + load<u32>(columnAt(COLUMN_OFFSET) + ((<usize>row) << 2));
  return listFaultsOf(at, at + load<u32>(columnAt(COLUMN_LENGTH) + ((<usize>row) << 2)));
}

/** Number of elements whose AI is known, in ELEMENTS after {@link listFaults}. */
export function elementsListed(): u32 {
  return elementsListedOf;
}

/** Tells where the columns of elements of the next batch lie; see element-columns.ts. */
export function placeElements(first: usize, ais: usize, offsets: usize, lengths: usize): void {
  placeElementColumns(inputStart(), first, ais, offsets, lengths);
}

/** Reads each of the first `length` bytes of the input; benchmarks compare with it. */
export function byteScan(length: u32): u32 {
  return sumBytes(inputStart(), inputStart() + length);
}
