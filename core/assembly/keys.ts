// Canonical keys of the rows of a batch, packed one after the other:
//
//   unit      01 │ GTIN, 6 bytes big-endian │ serial
//   package   02 │ SSCC, 8 bytes big-endian
//   other     03 │ the bytes of the line
import { columnAt } from './batch';
import { fingerprintBytes } from './fingerprint';
import { readDigits } from './gs1/check-digit';
import {
  COLUMN_GTIN,
  COLUMN_KIND,
  COLUMN_SERIAL_LENGTH,
  COLUMN_SERIAL_OFFSET,
  KEY_OTHER,
  KEY_PACKAGE,
  KEY_UNIT,
  KIND_NONE,
  KIND_PACKAGE,
} from './layout';

/** Bytes of the keys of all `count` rows. */
export function sizeOfKeys(count: u32): u32 {
  let size: u32 = 0;
  for (let row: usize = 0; row < <usize>count; row++) size += keyLength(row);
  return size;
}

function keyLength(row: usize): u32 {
  const kind = <u32>load<u8>(columnAt(COLUMN_KIND) + row);
  if (kind === KIND_NONE) return 0;
  if (kind === KIND_PACKAGE) return 9;
  const identity = <u32>load<u8>(columnAt(COLUMN_SERIAL_LENGTH) + row);
  return load<f64>(columnAt(COLUMN_GTIN) + (row << 3)) < 0 ? 1 + identity : 7 + identity;
}

/** Writes the keys to `into` and their `count` + 1 offsets to `offsets`. `input` is where the rows' input begins. */
export function writeKeys(count: u32, input: usize, into: usize, offsets: usize): void {
  let at = into;
  for (let row: usize = 0; row < <usize>count; row++) {
    store<u32>(offsets + (row << 2), <u32>(at - into));
    at = writeKey(row, input, at);
  }
  store<u32>(offsets + ((<usize>count) << 2), <u32>(at - into));
}

function writeKey(row: usize, input: usize, at: usize): usize {
  const kind = <u32>load<u8>(columnAt(COLUMN_KIND) + row);
  if (kind === KIND_NONE) return at;
  const identity = input + load<u32>(columnAt(COLUMN_SERIAL_OFFSET) + (row << 2));
  const length = <usize>load<u8>(columnAt(COLUMN_SERIAL_LENGTH) + row);
  if (kind === KIND_PACKAGE) {
    store<u8>(at, KEY_PACKAGE);
    store<u64>(at + 1, bswap<u64>(readDigits(identity, 18)));
    return at + 9;
  }
  const gtin = load<f64>(columnAt(COLUMN_GTIN) + (row << 3));
  if (gtin < 0) {
    store<u8>(at, KEY_OTHER);
    at += 1;
  } else {
    store<u64>(at, <u64>KEY_UNIT | ((bswap<u64>(<u64>gtin) >> 16) << 8));
    at += 7;
  }
  memory.copy(at, identity, length);
  return at + length;
}

/** Fingerprints of `count` packed keys, 16 bytes each. Reads up to 7 bytes past a key. */
export function fingerprintKeys(keys: usize, offsets: usize, count: u32, into: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const start = load<u32>(offsets + (i << 2));
    const end = load<u32>(offsets + (i << 2), 4);
    fingerprintBytes(keys + start, end - start, into + (i << 4));
  }
}
