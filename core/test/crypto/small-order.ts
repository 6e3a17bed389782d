// Points that are on tc26-256-A, whose cofactor is 4, and not of the order q: no public keys, and alone or added to one easily overlooked.
import { add, CURVES, type Curve, mod, multiply, type Point } from './reference.js';

export const TC26_A: Curve = CURVES.find(({ name }) => name === 'tc26-256-A')!;

/** A point of order 2 and one of order 4. */
export function pointsOfSmallOrder(): { two: NonNullable<Point>; four: NonNullable<Point> } {
  for (let x = 1n; ; x++) {
    const point = pointAt(x);
    // q times it; the factor of multiply() is one modulo q.
    const four = add(TC26_A, multiply(TC26_A, TC26_A.q - 1n, point), point);
    const two = add(TC26_A, four, four);
    if (four !== null && two !== null) return { two, four };
  }
}

/** A point with this x; null when there is none. */
function pointAt(x: bigint): Point {
  const { p, a, b } = TC26_A;
  const square = mod(x ** 3n + a * x + b, p);
  // A root, as p is 3 modulo 4.
  let y = 1n;
  let power = square;
  for (let exponent = (p + 1n) / 4n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) y = (y * power) % p;
    power = (power * power) % p;
  }
  return (y * y) % p === square ? [x, y] : null;
}
