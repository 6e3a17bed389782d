// The one representative of a field element that is compared and written out.
const LIMB: i64 = (1 << 29) - 1;

const DIFFERENCE: usize = memory.data(36, 4);

/**
 * The representative in 0 … m − 1, limbs of 29 bits, of an element (36 bytes, not a pair) between −16m and 16m, whose limbs
 * may be any signed numbers. `modulus` points at the nine limbs of m. `out` may be `a`.
 */
export function canonical(out: usize, a: usize, modulus: usize): void {
  let carry: i64 = 0;
  for (let i: usize = 0; i < 36; i += 4) {
    carry += <i64>load<i32>(a + i) + ((<i64>load<i32>(modulus + i)) << 4);
    store<u32>(out + i, <u32>(i < 32 ? carry & LIMB : carry));
    carry >>= 29;
  }
  for (let shift: i64 = 4; shift >= 0; shift--) {
    carry = 0;
    for (let i: usize = 0; i < 36; i += 4) {
      carry += <i64>load<u32>(out + i) - ((<i64>load<i32>(modulus + i)) << shift);
      store<u32>(DIFFERENCE + i, <u32>(i < 32 ? carry & LIMB : carry));
      carry >>= 29;
    }
    if (carry >= 0) memory.copy(out, DIFFERENCE, 36);
  }
}
