// Numbers of curves in the module, by their names; a curve of two names has one number.
import type { GostCurve, SignatureKey } from './tail-key.js';

const NUMBERS: Readonly<Record<GostCurve, number>> = {
  Test: 0,
  'CryptoPro-A': 1,
  'tc26-256-B': 1,
  'CryptoPro-B': 2,
  'tc26-256-C': 2,
  'CryptoPro-C': 3,
  'tc26-256-D': 3,
  'tc26-256-A': 4,
};
const P256 = 5;

/** Number of the curve that a signature key is on. */
export function curveNumber({ algorithm, curve }: SignatureKey): number {
  return algorithm === 'ecdsa-p256-sha256' || curve === undefined ? P256 : NUMBERS[curve];
}
