// The core: what the host calls. The constants of layout.ts are exported as globals; the host knows no number of its own.
import { columnAt, placeBatch } from './batch';
import { listElements as listElementsOf } from './elements';
import { writeKeys as writeKeysOf } from './keys';
import { COLUMN_LENGTH, COLUMN_OFFSET } from './layout';
import { countLines } from './scan';

export { parseLines, parseWhole } from './batch';
export { fingerprintKeys, sizeOfKeys } from './keys';
export * from './layout';
export { RUN_MIN, sortKeys } from './sort';

/** First address of the input: what lies before is the module's own. */
export function inputStart(): usize {
  return (__heap_base + 63) & ~63;
}

/** Number of lines in the first `length` bytes of the input. */
export function inputLines(length: u32): u32 {
  return countLines(inputStart(), inputStart() + length);
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
