// The line being parsed: forget the last one, note an error.
import { LINE, LINE_ERROR, LINE_ERROR_AT, LINE_ERROR_LENGTH, LINE_EXPIRY, LINE_PRICE } from './layout';

/** Forgets what was found: addresses and lengths become 0, quantities −1. */
export function resetLine(): void {
  const zero = i64x2.splat(0);
  v128.store(LINE, zero);
  v128.store(LINE + 16, zero);
  v128.store(LINE + 32, zero);
  v128.store(LINE_EXPIRY, i32x4.splat(-1)); // expiry, production, weight, volume
  v128.store(LINE_PRICE, i32x4(-1, 0, 0, 0)); // price, error, its address, kind
  v128.store(LINE_PRICE + 16, zero);
}

/** Notes an error, the address of the byte that shows it, and how many bytes are wrong. Always false. */
export function fail(error: u32, at: usize, length: usize): bool {
  store<u32>(LINE_ERROR, error);
  store<u32>(LINE_ERROR_AT, <u32>at);
  store<u32>(LINE_ERROR_LENGTH, <u32>length);
  return false;
}
