// Blocks of 64 bytes, moved by vectors: for so few bytes memory.copy costs more than what it moves.

/** Room that {@link padBlock} writes in. */
export const PADDED_BYTES: u32 = 128;

export function copyBlock(into: usize, from: usize): void {
  v128.store(into, v128.load(from));
  v128.store(into, v128.load(from, 16), 16);
  v128.store(into, v128.load(from, 32), 32);
  v128.store(into, v128.load(from, 48), 48);
}

export function xorBlocks(into: usize, a: usize, b: usize): void {
  v128.store(into, v128.xor(v128.load(a), v128.load(b)));
  v128.store(into, v128.xor(v128.load(a, 16), v128.load(b, 16)), 16);
  v128.store(into, v128.xor(v128.load(a, 32), v128.load(b, 32)), 32);
  v128.store(into, v128.xor(v128.load(a, 48), v128.load(b, 48)), 48);
}

/**
 * The last block of a message: `length` bytes (0 … 63) at `from`, `mark`, zeros. Reads 64 bytes whatever the length is, and
 * writes up to PADDED_BYTES at `into`, of which 64 are the block. `from` may be `into`.
 */
export function padBlock(into: usize, from: usize, length: usize, mark: u8): void {
  copyBlock(into, from);
  const end = into + length;
  store<u8>(end, mark);
  const zero = i64x2.splat(0);
  v128.store(end, zero, 1);
  v128.store(end, zero, 17);
  v128.store(end, zero, 33);
  v128.store(end, zero, 49);
}
