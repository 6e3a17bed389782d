/** From files to a key ring. */
import { dirname, resolve } from 'node:path';
import { createKeyRing, type KeyRing, KeyRingError, type TailKey } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { isMacEntry, KEY_FILE_BYTES_MAX, type KeyEntry, type KeyFile, parseKeyFile } from './key-file.js';
import { readBounded } from './read-bounded.js';
import { readSecrets, type Secrets, wipeSecrets } from './secrets-file.js';
import { EntryFault, tailKeyOf } from './tail-key-of.js';

export interface LoadKeysOptions {
  /** File of secrets; default: the one that the key file names, beside it. */
  secrets?: string | undefined;
}

/** Reads a key file. @throws TamgaError KEYS_INVALID, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE. */
export async function readKeyFile(path: string): Promise<KeyFile> {
  return parseKeyFile((await readBounded(path, KEY_FILE_BYTES_MAX)).toString('utf8'), path);
}

/** The file of secrets that goes with a key file; undefined when none is named. */
export function secretsPath(path: string, file: KeyFile, options: LoadKeysOptions = {}): string | undefined {
  if (options.secrets !== undefined) return options.secrets;
  return file.secretsFile === undefined ? undefined : resolve(dirname(path), file.secretsFile);
}

/**
 * The ring of a key file. Codes of MAC keys whose secret isn't found are UNVERIFIABLE; `checkKeyFile` tells which these are.
 * @throws TamgaError KEYS_INVALID, SECRETS_INVALID, SECRETS_EXPOSED, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE.
 */
export async function loadKeyRing(path: string, options: LoadKeysOptions = {}): Promise<KeyRing> {
  const file = await readKeyFile(path);
  const from = file.keys.some(isMacEntry) ? secretsPath(path, file, options) : undefined;
  const secrets: Secrets = from === undefined ? new Map() : await readSecrets(from);
  try {
    return keyRingOf(file.keys, path, secrets);
  } finally {
    wipeSecrets(secrets);
  }
}

/** The ring of entries; secrets are copied. @throws TamgaError KEYS_INVALID. */
export function keyRingOf(entries: readonly KeyEntry[], path: string, secrets: Secrets): KeyRing {
  const keys = entries.map((entry, index) => keyOf(entry, index, path, secrets));
  try {
    return createKeyRing(keys);
  } catch (error) {
    if (!(error instanceof KeyRingError)) throw error;
    const { key, field, problem } = error.faults[0]!;
    throw new TamgaError('KEYS_INVALID', { path, detail: `/keys/${key}/${field}: ${problem}` });
  }
}

function keyOf(entry: KeyEntry, index: number, path: string, secrets: Secrets): TailKey {
  try {
    return tailKeyOf(entry, isMacEntry(entry) ? secrets.get(entry.secret) : undefined);
  } catch (error) {
    if (!(error instanceof EntryFault)) throw error;
    throw new TamgaError('KEYS_INVALID', { path, detail: `/keys/${index}/${error.field}: ${error.problem}` });
  }
}
