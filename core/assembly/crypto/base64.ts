// Decoding of base64 (RFC 4648), strict: what decodes is what an encoder writes, and no two texts decode to the same bytes.
// Signatures are public, so tables are looked up freely.

/** Section 4: + and /. */
export const BASE64_STANDARD: u32 = 0;
/** Section 5: - and _. */
export const BASE64_URL: u32 = 1;
/** Or-ed to an alphabet: the padding may be missing. */
export const BASE64_UNPADDED: u32 = 2;

const PAD: u8 = 0x3d;
/** Marks a character that has no value: above every value, so that the values of four can be checked together. */
const NONE: u8 = 0x80;

/** Values of the 256 bytes in each alphabet; filled at first use. */
const VALUES: usize = memory.data(512, 16);

let filled = false;

function needValues(): void {
  if (filled) return;
  filled = true;
  memory.fill(VALUES, NONE, 512);
  for (let alphabet: usize = 0; alphabet < 512; alphabet += 256) {
    const values = VALUES + alphabet;
    for (let i: usize = 0; i < 26; i++) {
      store<u8>(values + 0x41 + i, <u8>i);
      store<u8>(values + 0x61 + i, <u8>(i + 26));
    }
    for (let i: usize = 0; i < 10; i++) store<u8>(values + 0x30 + i, <u8>(i + 52));
  }
  store<u8>(VALUES + 0x2b, 62);
  store<u8>(VALUES + 0x2f, 63);
  store<u8>(VALUES + 256 + 0x2d, 62);
  store<u8>(VALUES + 256 + 0x5f, 63);
}

/**
 * Decodes the `length` bytes of text at `at` into `outAt` (room for three bytes of every four) and returns the number of
 * bytes; or −1 − p when the byte at position p is wrong: outside the alphabet, padding where none may be, bits set that
 * belong to no byte; p = length when more was expected.
 */
export function decodeBase64(at: usize, length: u32, alphabet: u32, outAt: usize): i32 {
  needValues();
  const values = VALUES + ((<usize>(alphabet & BASE64_URL)) << 8);
  let end = length;
  if (end > 0 && (end & 3) === 0 && load<u8>(at + end - 1) === PAD) end -= load<u8>(at + end - 2) === PAD ? 2 : 1;
  let written: u32 = 0;
  let read: u32 = 0;
  for (; read + 4 <= end; read += 4, written += 3) {
    const a = sextet(values, at, read);
    const b = sextet(values, at, read + 1);
    const c = sextet(values, at, read + 2);
    const d = sextet(values, at, read + 3);
    if (((a | b | c | d) & NONE) !== 0) return firstWrong(values, at, read, end);
    store<u8>(outAt + written, (a << 2) | (b >> 4));
    store<u8>(outAt + written, (b << 4) | (c >> 2), 1);
    store<u8>(outAt + written, (c << 6) | d, 2);
  }
  const left = end - read;
  if (left === 0) return <i32>written;
  const wrong = firstWrong(values, at, read, end);
  if (wrong !== 0) return wrong;
  // One character more holds six bits, less than a byte; and padding is owed unless it was taken off or may be missing.
  if (left === 1 || (end === length && (alphabet & BASE64_UNPADDED) === 0)) return -1 - <i32>length;
  const last = sextet(values, at, end - 1);
  if ((last & (left === 2 ? 15 : 3)) !== 0) return -(<i32>end);
  const a = sextet(values, at, read);
  const b = sextet(values, at, read + 1);
  store<u8>(outAt + written++, (a << 2) | (b >> 4));
  if (left === 3) store<u8>(outAt + written++, (b << 4) | (last >> 2));
  return <i32>written;
}

function sextet(values: usize, at: usize, position: u32): u32 {
  return load<u8>(values + load<u8>(at + position));
}

/** −1 − the position of the first character without a value from `from` to `end`; 0 when all have one. */
function firstWrong(values: usize, at: usize, from: u32, end: u32): i32 {
  for (let i = from; i < end; i++) {
    if ((sextet(values, at, i) & NONE) !== 0) return -1 - <i32>i;
  }
  return 0;
}
