// Where faults go: the first one into the line, or all of them into FAULTS.
import { FAULT_BYTES, FAULTS, FAULTS_MAX, LINE_ERROR, LINE_ERROR_AT, LINE_ERROR_LENGTH } from '../layout';
import { fail } from '../line';

let listing: bool = false;
let start: usize = 0;
let count: u32 = 0;

/** From here on faults of the line at `at` are listed, until {@link endListing}. */
export function beginListing(at: usize): void {
  listing = true;
  start = at;
  count = 0;
}

/** Number of faults in FAULTS. */
export function endListing(): u32 {
  listing = false;
  return count;
}

/**
 * Reports a fault at an address, of `length` bytes, and where another AI begins that it is about (0 for none). True when there
 * may be more to say: of a list, always; otherwise the first is enough.
 */
export function report(error: u32, at: usize, length: usize, other: usize): bool {
  if (!listing) return fail(error, at, length);
  if (count === FAULTS_MAX) return true;
  const row = FAULTS + <usize>(count++ * FAULT_BYTES);
  store<u32>(row, error);
  store<u32>(row, <u32>(at - start), 4);
  store<u32>(row, <u32>length, 8);
  store<u32>(row, other === 0 ? 0 : <u32>(other - start), 12);
  return true;
}

/** Lists the error that was noted last. */
export function reportNoted(): void {
  report(load<u32>(LINE_ERROR), <usize>load<u32>(LINE_ERROR_AT), <usize>load<u32>(LINE_ERROR_LENGTH), 0);
}
