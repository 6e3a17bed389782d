/** True when the `n` bytes at `a` and `b` agree; reads all of them wherever they differ. */
export function isEqualConstantTime(a: usize, b: usize, n: u32): bool {
  let difference: u32 = 0;
  for (let i: usize = 0; i < n; i++) difference |= load<u8>(a + i) ^ load<u8>(b + i);
  return difference === 0;
}
