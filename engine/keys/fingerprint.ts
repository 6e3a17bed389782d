import { createHash } from 'node:crypto';
import type { KeyEntry } from './key-file.js';

/** Hexadecimal digits of a fingerprint. */
const DIGITS = 16;

/**
 * A short name of a key that stays the same while its scheme does: SHA-256 of what the key file says of it, but for status and
 * comment. It is not made from a secret.
 */
export function fingerprintOf(entry: KeyEntry): string {
  const { status: _, revokedAt: __, comment: ___, ...scheme } = entry;
  return createHash('sha256')
    .update(JSON.stringify(sorted(scheme)))
    .digest('hex')
    .slice(0, DIGITS);
}

/** The same value with the properties of every object in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
