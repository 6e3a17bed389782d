// The inverse of one number of 256 bits modulo an odd one: D. J. Bernstein, B.-Y. Yang, "Fast constant-time gcd computation and
// modular inversion" (2019), thirty division steps at a time, as P. Wuille's variable-time code in libsecp256k1 does
// (doc/safegcd_implementation.md there). What is inverted here is public. A fifth of the time of Fermat's power.
//
// Numbers are nine signed limbs of 30 bits, low first. Invariants: f = d · a and g = e · a modulo m, up to one power of two
// that every round takes away from d and e; f is odd, and gcd(f, g) = gcd(m, a).

const LIMB: i32 = (1 << 30) - 1;
const LENGTH: usize = 36;

const F: usize = memory.data(36, 8);
const G: usize = memory.data(36, 8);
const D: usize = memory.data(36, 8);
const E: usize = memory.data(36, 8);
const M: usize = memory.data(36, 8);

// The matrix of thirty division steps, times 2³⁰: f ← (u·f + v·g) / 2³⁰, g ← (q·f + r·g) / 2³⁰.
let u: i32 = 1;
let v: i32 = 0;
let q: i32 = 0;
let r: i32 = 1;

/**
 * The inverse of `a` modulo `modulus`, in 0 … modulus − 1, or 0 when there is none because a is 0. Numbers are 32 bytes, least
 * significant first; the modulus is a prime above 2²⁵³, and a less than it. `out` may be `a`.
 */
export function inverseModulo(out: usize, a: usize, modulus: usize): void {
  readLimbs(M, modulus);
  readLimbs(G, a);
  memory.copy(F, M, LENGTH);
  memory.fill(D, 0, LENGTH);
  memory.fill(E, 0, LENGTH);
  store<i32>(E, 1);
  const inverse = inverseOfWord(load<u32>(M));
  let eta: i32 = -1;
  let length = LENGTH;
  while (true) {
    eta = divide(eta, load<u32>(F), load<u32>(G));
    updateCofactors(inverse);
    updateRemainders(length);
    if (isZero(G, length)) break;
    length = shorten(length);
  }
  normalize(load<i32>(F + length - 4) < 0);
  writeLimbs(out, D);
}

/** The inverse modulo 2³² of an odd number, by Newton's iteration from 5 bits that are right. */
function inverseOfWord(word: u32): u32 {
  let inverse = (word * 3) ^ 2;
  inverse *= 2 - word * inverse;
  inverse *= 2 - word * inverse;
  return inverse * (2 - word * inverse);
}

/** Thirty division steps on the low bits of f and g; leaves their matrix in u, v, q, r and gives the new eta. */
function divide(eta: i32, f: u32, g: u32): i32 {
  let a: u32 = 1;
  let b: u32 = 0;
  let c: u32 = 0;
  let d: u32 = 1;
  let left: i32 = 30;
  while (true) {
    const zeros = <i32>ctz<u32>(g | (0xffff_ffff << left));
    g >>= zeros;
    a <<= zeros;
    b <<= zeros;
    eta -= zeros;
    left -= zeros;
    if (left === 0) break;
    if (eta < 0) {
      eta = -eta;
      const f0 = f;
      f = g;
      g = -f0;
      const a0 = a;
      a = c;
      c = -a0;
      const b0 = b;
      b = d;
      d = -b0;
    }
    // Adding the right multiple of f clears as many bits of g as steps may follow without a swap; 10 of the inverse are right
    const steps = min<i32>(min<i32>(eta + 1, left), 10);
    let multiple = (f * 3) ^ 2;
    multiple *= f * multiple - 2; // −1 / f
    multiple = (g * multiple) & (0xffff_ffff >> (32 - steps));
    g += f * multiple;
    c += a * multiple;
    d += b * multiple;
  }
  u = <i32>a;
  v = <i32>b;
  q = <i32>c;
  r = <i32>d;
  return eta;
}

/** d, e ← (u·d + v·e, q·d + r·e) / 2³⁰ modulo m: multiples of m make the low 30 bits zero. Both stay within −2m … m. */
function updateCofactors(inverse: u32): void {
  const signOfD = load<i32>(D, 32) >> 31;
  const signOfE = load<i32>(E, 32) >> 31;
  let timesD = (u & signOfD) + (v & signOfE);
  let timesE = (q & signOfD) + (r & signOfE);
  const d0 = <i64>load<i32>(D);
  const e0 = <i64>load<i32>(E);
  let sumD = <i64>u * d0 + <i64>v * e0;
  let sumE = <i64>q * d0 + <i64>r * e0;
  timesD -= <i32>((inverse * <u32>sumD + <u32>timesD) & LIMB);
  timesE -= <i32>((inverse * <u32>sumE + <u32>timesE) & LIMB);
  const m0 = <i64>load<i32>(M);
  sumD = (sumD + m0 * <i64>timesD) >> 30;
  sumE = (sumE + m0 * <i64>timesE) >> 30;
  for (let i: usize = 4; i < LENGTH; i += 4) {
    const d = <i64>load<i32>(D + i);
    const e = <i64>load<i32>(E + i);
    const m = <i64>load<i32>(M + i);
    sumD += <i64>u * d + <i64>v * e + m * <i64>timesD;
    sumE += <i64>q * d + <i64>r * e + m * <i64>timesE;
    store<i32>(D + i - 4, <i32>sumD & LIMB);
    store<i32>(E + i - 4, <i32>sumE & LIMB);
    sumD >>= 30;
    sumE >>= 30;
  }
  store<i32>(D, <i32>sumD, 32);
  store<i32>(E, <i32>sumE, 32);
}

/** f, g ← (u·f + v·g, q·f + r·g) / 2³⁰, which is exact. */
function updateRemainders(length: usize): void {
  const f0 = <i64>load<i32>(F);
  const g0 = <i64>load<i32>(G);
  let sumF = (<i64>u * f0 + <i64>v * g0) >> 30;
  let sumG = (<i64>q * f0 + <i64>r * g0) >> 30;
  for (let i: usize = 4; i < length; i += 4) {
    const f = <i64>load<i32>(F + i);
    const g = <i64>load<i32>(G + i);
    sumF += <i64>u * f + <i64>v * g;
    sumG += <i64>q * f + <i64>r * g;
    store<i32>(F + i - 4, <i32>sumF & LIMB);
    store<i32>(G + i - 4, <i32>sumG & LIMB);
    sumF >>= 30;
    sumG >>= 30;
  }
  store<i32>(F + length - 4, <i32>sumF);
  store<i32>(G + length - 4, <i32>sumG);
}

function isZero(number: usize, length: usize): bool {
  let any: i32 = 0;
  for (let i: usize = 0; i < length; i += 4) any |= load<i32>(number + i);
  return any === 0;
}

/** The length without the highest limbs, when they are nothing but signs. */
function shorten(length: usize): usize {
  const f = load<i32>(F + length - 4);
  const g = load<i32>(G + length - 4);
  if (length < 8 || ((f ^ (f >> 31)) | (g ^ (g >> 31))) !== 0) return length;
  store<i32>(F + length - 8, load<i32>(F + length - 8) | (f << 30));
  store<i32>(G + length - 8, load<i32>(G + length - 8) | (g << 30));
  return length - 4;
}

/** d, from −2m … m, as what f = ±1 makes of it, to 0 … m − 1. */
function normalize(negative: bool): void {
  if (load<i32>(D, 32) < 0) add(D, 1);
  if (negative) add(D, -1);
  if (load<i32>(D, 32) < 0) add(D, 1);
}

/** number ← m + number, or with a sign of −1, −number. */
function add(number: usize, sign: i32): void {
  let carry: i32 = 0;
  for (let i: usize = 0; i < LENGTH; i += 4) {
    carry += sign < 0 ? -load<i32>(number + i) : load<i32>(number + i) + load<i32>(M + i);
    store<i32>(number + i, i < 32 ? carry & LIMB : carry);
    carry >>= 30;
  }
}

function readLimbs(limbs: usize, words: usize): void {
  let bits: u64 = 0;
  let held: u64 = 0;
  for (let i: usize = 0; i < 32; i += 4) {
    bits |= (<u64>load<u32>(words + i)) << held;
    held += 2; // 32 bits came, 30 go
    store<u32>(limbs + i, <u32>bits & LIMB);
    bits >>= 30;
  }
  store<u32>(limbs, <u32>bits, 32);
}

function writeLimbs(words: usize, limbs: usize): void {
  let bits: u64 = load<u32>(limbs);
  let held: u64 = 30;
  for (let i: usize = 0; i < 32; i += 4) {
    bits |= (<u64>load<u32>(limbs + i + 4)) << held;
    store<u32>(words + i, <u32>bits);
    bits >>= 32;
    held -= 2;
  }
}
