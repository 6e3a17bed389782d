// Scalars as odd digits: z = Σ dᵢ·2^(w·i), every dᵢ odd and |dᵢ| < 2^w (Joye, Tunstall: Exponent Recoding and Regular
// Exponentiation Algorithms, 2009). No digit is zero, so that every scalar takes the same additions, and a table needs only
// the odd multiples. An even scalar has no such digits, but q − z is odd, and (q − z)·P = −(z·P) for a point of order q.

/** Bytes of a recoded scalar: 32 of an odd number, 4 of zeros, then 1 when it stands for its negative. */
export const RECODED_BYTES: usize = 40;
const NEGATED: usize = 36;

/** Windows of `width` bits that 256 bits take. */
export function windowsOf(width: u32): u32 {
  return (255 + width) / width;
}

/** Writes z (8 words, below q), or q − z when z is even. */
export function recode(out: usize, z: usize, order: usize): void {
  const negated = (load<u32>(z) & 1) ^ 1;
  let borrow: i64 = 0;
  for (let i: usize = 0; i < 32; i += 4) {
    const word = <i64>load<u32>(z + i);
    borrow += negated ? <i64>load<u32>(order + i) - word : word;
    store<u32>(out + i, <u32>borrow);
    borrow >>= 32;
  }
  store<u32>(out + 32, 0);
  store<u32>(out + NEGATED, negated);
}

/** Digit of window `at`: twice its index among the odd multiples, plus 1 when the multiple is to be negated. */
export function digitAt(recoded: usize, at: u32, width: u32, last: bool): u32 {
  const bit = at * width;
  const bits = <u32>(load<u64>(recoded + (bit >> 3)) >> (bit & 7));
  const odd = (bits & ((2 << width) - 1)) | 1;
  const value = last ? <i32>odd : <i32>odd - (1 << width);
  const sign = value >> 31;
  return (((value ^ sign) - sign) & ~1) | ((sign & 1) ^ load<u32>(recoded + NEGATED));
}
