// Digests of tails: eight bytes by which a register knows a tail again without keeping it.
import { columnAt } from '../batch';
import { fingerprintBytes } from '../fingerprint';
import { COLUMN_TAIL_LENGTH, COLUMN_TAIL_OFFSET } from '../layout';

const PRINT: usize = memory.data(16, 16);

/**
 * Writes eight bytes for each of `rows` rows: the first half of the fingerprint (SipHash-1-3 under SEED) of the tail's bytes, with
 * the lowest bit of each word set, so that no word is zero or the least of signed ones; zeros for a code without a tail.
 */
export function digestTails(rows: u32, input: usize, into: usize): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    const length = <u32>load<u8>(columnAt(COLUMN_TAIL_LENGTH) + row);
    let digest: u64 = 0;
    if (length !== 0) {
      fingerprintBytes(input + load<u32>(columnAt(COLUMN_TAIL_OFFSET) + (row << 2)), length, PRINT);
      digest = load<u64>(PRINT) | 0x0000_0001_0000_0001;
    }
    store<u64>(into + (row << 3), digest);
  }
}
