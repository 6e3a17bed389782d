/** `loadKeyRing` for those who mostly open an engine without keys: what checks a key file is loaded when the first one comes. */
import type { KeyRing } from '../../core/host/index.js';
import type { LoadKeysOptions } from './load-key-ring.js';

/**
 * The ring of a key file. Codes of MAC keys whose secret isn't found are UNVERIFIABLE.
 * @throws TamgaError KEYS_INVALID, SECRETS_INVALID, SECRETS_EXPOSED, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE.
 */
export async function openKeyRing(path: string, options: LoadKeysOptions = {}): Promise<KeyRing> {
  const { loadKeyRing } = await import('./load-key-ring.js');
  return loadKeyRing(path, options);
}
