// Numbers of curves in the module, by their names; a curve of two names has one number.
import { CURVE_P256, GOST_CURVES } from '../generated/curves.js';
import type { SignatureKey } from './tail-key.js';

/** Number of the curve that a signature key is on. */
export function curveNumber({ algorithm, curve }: Pick<SignatureKey, 'algorithm' | 'curve'>): number {
  return algorithm === 'ecdsa-p256-sha256' || curve === undefined ? CURVE_P256 : GOST_CURVES[curve];
}
