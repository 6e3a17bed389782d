// Numbers for tests of arithmetic: in memory, at edges, and inverted by BigInt.

/** Reads `length` bytes, least significant first. */
export function readNumber(bytes: Uint8Array, at: number, length: number): bigint {
  return BigInt(
    `0x${Buffer.from(bytes.subarray(at, at + length))
      .reverse()
      .toString('hex')}`,
  );
}

/** Writes a number below 256 ** length, least significant byte first. */
export function writeNumber(bytes: Uint8Array, at: number, value: bigint, length: number): void {
  bytes.set(Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex').reverse(), at);
}

/** 256-bit numbers near 0, the modulus and 2²⁵⁶, and those whose limbs are full or make a carry run through all of them. */
export function edgeNumbers(modulus: bigint): bigint[] {
  const top = 2n ** 256n;
  const near = [0n, modulus, 2n * modulus, 3n * modulus, modulus >> 1n, top - 1n, top - modulus, 1n << 255n];
  const limbs = Array.from({ length: 9 }, (_, index) => 1n << (29n * BigInt(index)));
  const full = limbs.map((limb) => (limb * ((1n << 29n) - 1n)) % top);
  const runs = limbs.flatMap((limb) => [limb - 1n, limb, top - limb, modulus - limb, modulus + limb]);
  return [...near, ...near.map((value) => value + 1n), ...near.map((value) => value - 1n), ...full, ...runs].filter(
    (value) => value >= 0n && value < top,
  );
}

/** The inverse modulo a prime. */
export function invert(value: bigint, modulus: bigint): bigint {
  let [r0, r1, s0, s1] = [modulus, value % modulus, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1];
  }
  return ((s0 % modulus) + modulus) % modulus;
}
