/** The examination of a key file: what its form doesn't forbid but a check of tails would stumble over. */
import { type Core, isMacKey, type KeyRing, type TailKey } from '../../core/host/index.js';
import { fingerprintOf } from './fingerprint.js';
import type { KeyEntry } from './key-file.js';

/** Kinds of problems; texts are in the catalogue as `label.keys.…`. */
export const KEY_PROBLEMS = [
  'notOnCurve', // the public key is no point of its curve, or of no prime order
  'noSecret', // the secret that it names is not in the file of secrets
  'ambiguous', // another key for the same codes at the same time
  'expired', // ended before the moment of the check
  'notYet', // begins after it
  'noEnd', // of a revoked key: when it was revoked is not said
] as const;
export type KeyProblemKind = (typeof KEY_PROBLEMS)[number];

export interface KeyProblem {
  /** Number of the key in the file, from 0. */
  readonly key: number;
  readonly kind: KeyProblemKind;
  /** Whether tails are judged wrongly or not at all because of it; else it is only worth knowing. */
  readonly severity: 'error' | 'note';
  /** For `ambiguous`: fingerprint of the other key. */
  readonly other?: string;
}

/** Problems of the keys of a file at a moment. The core is asked whether public keys are points of their curves. */
export function checkKeys(entries: readonly KeyEntry[], ring: KeyRing, core: Core, at: Date): KeyProblem[] {
  const problems: KeyProblem[] = [];
  const add = (key: number, kind: KeyProblemKind, severity: 'error' | 'note', other?: string): void => {
    problems.push(other === undefined ? { key, kind, severity } : { key, kind, severity, other });
  };
  const now = at.getTime();
  for (const [index, key] of ring.keys.entries()) {
    if (!isMacKey(key) && !core.isPublicKey(key)) add(index, 'notOnCurve', 'error');
    if (!ring.isUsable(index)) add(index, 'noSecret', 'error');
    if ((key.to ?? Infinity) <= now) add(index, 'expired', 'note');
    if ((key.from ?? -Infinity) > now) add(index, 'notYet', 'note');
    if (key.revokedAt === -Infinity) add(index, 'noEnd', 'note');
  }
  for (const [one, other] of overlaps(ring.keys)) add(other, 'ambiguous', 'error', fingerprintOf(entries[one]!));
  return problems;
}

/** Pairs of keys, not revoked, of one key id that are for the same codes at the same time. */
function overlaps(keys: readonly TailKey[]): [number, number][] {
  const seen = new Map<string, number[]>();
  const pairs: [number, number][] = [];
  for (const [index, key] of keys.entries()) {
    if (key.revokedAt !== undefined) continue;
    const others = new Set<number>();
    for (const format of key.formats) {
      const name = `${format} ${key.keyId ?? ''}`;
      const list = seen.get(name) ?? [];
      for (const other of list) if (sameTime(keys[other]!, key)) others.add(other);
      seen.set(name, [...list, index]);
    }
    for (const other of others) pairs.push([other, index]);
  }
  return pairs;
}

function sameTime(one: TailKey, other: TailKey): boolean {
  return (one.from ?? -Infinity) < (other.to ?? Infinity) && (other.from ?? -Infinity) < (one.to ?? Infinity);
}
