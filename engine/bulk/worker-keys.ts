/** Keys on their way to the workers of a pool. */
import { isMacKey, type TailKey } from '../../core/host/index.js';

/** Overwrites the secrets of keys that {@link KeyRing.forWorker} gave. */
export function zeroSecrets(keys: readonly TailKey[]): void {
  for (const key of keys) if (isMacKey(key)) key.secret?.fill(0);
}
