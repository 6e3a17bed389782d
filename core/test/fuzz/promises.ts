// What every row of a batch promises to its readers, whatever the input was.
import { CODE_ERRORS, type Columns, type ElementColumns, FLAGS, structureId } from '../../host/index.js';

/** The first promise that a row breaks. */
export interface BrokenPromise {
  row: number;
  promise: string;
}

const QUANTITIES = ['expiry', 'production', 'weight', 'volume', 'price'] as const;
const FORMAT_NAMED = Uint8Array.from({ length: 256 }, (_, number) => (structureId(number) === null ? 0 : 1));

/** Looks at the first `count` rows of a batch of `size` bytes; null when all promises are kept. */
export function brokenPromise(columns: Columns, count: number, size: number): BrokenPromise | null {
  for (let row = 0; row < count; row++) {
    const promise = brokenBy(columns, row, size);
    if (promise !== null) return { row, promise };
  }
  return null;
}

/** The same for the elements of a batch that keeps them. */
export function brokenElements(elements: ElementColumns, columns: Columns, count: number): BrokenPromise | null {
  const { first, ai, offset, length } = elements;
  for (let row = 0; row < count; row++) {
    const from = first[row]!;
    const to = first[row + 1]!;
    const well = columns.error[row] === 0;
    if (row === 0 && from !== 0) return { row, promise: 'elements begin at 0' };
    if (to < from || to > ai.length) return { row, promise: 'elements are in order' };
    if (well !== to > from) return { row, promise: 'a row has elements or an error' };
    let end = columns.offset[row]!;
    for (let i = from; i < to; i++) {
      if (length[i] === 0 || offset[i]! < end + 2) return { row, promise: 'an element is behind the one before' };
      end = offset[i]! + length[i]!;
    }
    if (end > columns.offset[row]! + columns.length[row]!) return { row, promise: 'elements are inside the code' };
  }
  return null;
}

function brokenBy(c: Columns, row: number, size: number): string | null {
  const offset = c.offset[row]!;
  const length = c.length[row]!;
  const end = offset + length;
  if (end > size) return 'the code is inside the input';
  if (c.errorPosition[row]! + c.errorLength[row]! > length) return 'the error is inside the code';
  if (!within(c.serialOffset[row]!, c.serialLength[row]!, offset, end)) return 'the serial is inside the code';
  if (!within(c.keyIdOffset[row]!, c.keyIdLength[row]!, offset, end)) return 'the key id is inside the code';
  if (!within(c.tailOffset[row]!, c.tailLength[row]!, offset, end)) return 'the tail is inside the code';
  const kind = c.kind[row]!;
  const gtin = c.gtin[row]!;
  if (kind > 2) return 'the kind is one of three';
  if (gtin !== -1 && !(Number.isInteger(gtin) && gtin >= 0 && gtin < 1e14)) return 'the GTIN has 14 digits';
  if (((c.flags[row]! & FLAGS.tail) !== 0) !== c.tailLength[row]! > 0) return 'the flag tells of a tail';
  const words = c.fingerprint;
  const at = row * 4;
  const printed = (words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) !== 0;
  if ((kind !== 0) !== printed) return 'what has a key has a fingerprint';
  for (const name of QUANTITIES) if (c[name][row]! < -1) return `${name} is −1 or more`;
  const error = c.error[row]!;
  if (error === 0) {
    if (FORMAT_NAMED[c.format[row]!] === 0) return 'the format has a name';
    if (kind !== 0 && c.serialLength[row] === 0) return 'what is identified has its characters';
    if (c.errorPosition[row] !== 0 || c.errorLength[row] !== 0) return 'no error has no place';
    return null;
  }
  if (error >= CODE_ERRORS.length) return 'the error has a name';
  if (kind !== 0 || c.format[row] !== 0 || c.flags[row] !== 0 || gtin !== -1) return 'an error is nothing else';
  return null;
}

function within(at: number, length: number, from: number, to: number): boolean {
  return length === 0 || (at >= from && at + length <= to);
}
