/** Changes of a key file: read, checked, changed, checked again, and written whole or not at all; one at a time. */
import { chmod, stat } from 'node:fs/promises';
import { TamgaError } from '../errors.js';
import { writeFileAtomically } from '../reconcile/render/atomic-file.js';
import { whileLocked } from './file-lock.js';
import { fingerprintOf } from './fingerprint.js';
import { KEY_FILE_VERSION, type KeyEntry, type KeyFile, keyFileText, parseKeyEntry } from './key-file.js';
import { keyRingOf, readKeyFile } from './load-key-ring.js';

/**
 * Adds a key; the file is made when there is none. Returns the entry's fingerprint.
 * @throws TamgaError KEYS_INVALID, also when the file has this very key.
 */
export async function addKey(path: string, entry: unknown): Promise<string> {
  const added = parseKeyEntry(entry, path, '/new key');
  const fingerprint = fingerprintOf(added);
  return whileLocked(path, async () => {
    const file = await readOrBegin(path);
    if (file.keys.some((each) => fingerprintOf(each) === fingerprint)) {
      throw new TamgaError('KEYS_INVALID', { path, detail: `the file has the key ${fingerprint} already` });
    }
    await write(path, { ...file, keys: [...file.keys, added] });
    return fingerprint;
  });
}

/**
 * Marks a key as revoked from a moment on, or from ever. `name` is its key id or the beginning of its fingerprint, of 4 digits at
 * least. Returns its fingerprint.
 * @throws TamgaError USAGE when no key, or more than one, is meant.
 */
export function revokeKey(path: string, name: string, at?: Date): Promise<string> {
  return whileLocked(path, () => revoke(path, name, at));
}

async function revoke(path: string, name: string, at: Date | undefined): Promise<string> {
  const file = await readKeyFile(path);
  const meant = keysMeant(file.keys, name);
  if (meant.length !== 1) {
    const found = meant.map(fingerprintOf).join(', ');
    const detail =
      meant.length === 0 ? `${path} has no key ${name}` : `${name} is the key id of several keys: ${found}`;
    throw new TamgaError('USAGE', { detail });
  }
  const [key] = meant as [KeyEntry];
  const { revokedAt: _, ...rest } = key;
  const revoked = {
    ...rest,
    status: 'revoked',
    ...(at === undefined ? {} : { revokedAt: at.toISOString() }),
  } as KeyEntry;
  await write(path, { ...file, keys: file.keys.map((each) => (each === key ? revoked : each)) });
  return fingerprintOf(revoked);
}

function keysMeant(keys: readonly KeyEntry[], name: string): KeyEntry[] {
  const byId = keys.filter(({ keyId }) => keyId === name);
  if (byId.length > 0 || !/^[\da-f]{4,}$/i.test(name)) return byId;
  return keys.filter((key) => fingerprintOf(key).startsWith(name.toLowerCase()));
}

async function readOrBegin(path: string): Promise<KeyFile> {
  try {
    return await readKeyFile(path);
  } catch (error) {
    if (error instanceof TamgaError && error.code === 'FILE_NOT_FOUND') return { version: KEY_FILE_VERSION, keys: [] };
    throw error;
  }
}

async function write(path: string, file: KeyFile): Promise<void> {
  // What would be refused when it is read is not written.
  keyRingOf(file.keys, path, new Map()).unload();
  const mode = await stat(path).then(
    (stats) => stats.mode & 0o777,
    () => undefined,
  );
  await writeFileAtomically(path, [keyFileText(file)]);
  if (mode !== undefined) await chmod(path, mode);
}
