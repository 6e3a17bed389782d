/**
 * The file of secrets: names and MAC keys, as JSON `{ "name": "hexadecimal" }`. Only its owner may read or write it. What stands in it
 * goes into no message, no output and no log; the bytes read are overwritten as soon as the keys are taken out. (The text that JSON.parse
 * works on is the engine's own and lies in its heap until that is collected: a limit that `docs/keys.md` states.)
 */
import type { Stats } from 'node:fs';
import { TamgaError } from '../errors.js';
import { parseJson } from './key-file.js';
import { readBounded } from './read-bounded.js';

/** 4096 secrets of 1024 bytes. */
const SECRETS_BYTES_MAX = 10 * 1024 * 1024;
const SECRETS_MAX = 4096;
const SECRET_HEX_MAX = 2048;

/** Secrets by name; whoever holds them overwrites them when they are no longer needed. */
export type Secrets = Map<string, Uint8Array>;

/**
 * Reads a file of secrets.
 * @throws TamgaError SECRETS_EXPOSED when others than its owner could read or change it, or it is not the owner's who runs the program;
 * SECRETS_INVALID; FILE_NOT_FOUND, FILE_UNREADABLE, FILE_TOO_LARGE.
 */
export async function readSecrets(path: string): Promise<Secrets> {
  const bytes = await readBounded(path, SECRETS_BYTES_MAX, (stats) => refuseExposed(path, stats));
  try {
    return secretsOf(parseJson(bytes.toString('utf8'), path, 'SECRETS_INVALID'), path);
  } finally {
    bytes.fill(0);
  }
}

/** Overwrites secrets with zeros. */
export function wipeSecrets(secrets: Secrets): void {
  for (const secret of secrets.values()) secret.fill(0);
  secrets.clear();
}

function refuseExposed(path: string, stats: Stats): void {
  // Windows has no such modes; there the folder's rights decide.
  if (process.getuid === undefined) return;
  if (stats.uid !== process.getuid()) {
    throw new TamgaError('SECRETS_EXPOSED', { path, detail: 'its owner is another user' });
  }
  if ((stats.mode & 0o077) !== 0) {
    throw new TamgaError('SECRETS_EXPOSED', { path, detail: `its mode is ${(stats.mode & 0o777).toString(8)}` });
  }
}

function secretsOf(content: unknown, path: string): Secrets {
  const refuse = (detail: string): never => {
    throw new TamgaError('SECRETS_INVALID', { path, detail });
  };
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return refuse('not a JSON object');
  const entries = Object.entries(content);
  if (entries.length > SECRETS_MAX) return refuse(`more than ${SECRETS_MAX} secrets`);
  const secrets: Secrets = new Map();
  try {
    for (const [index, [name, value]] of entries.entries()) {
      // A name may be a secret that was put in its place, so places are told by number.
      const place = `secret ${index + 1}`;
      if (name === '' || name.length > 100) refuse(`${place}: its name has not 1 to 100 characters`);
      if (typeof value !== 'string' || value.length > SECRET_HEX_MAX || !/^([0-9A-Fa-f]{2})+$/.test(value))
        return refuse(`${place}: not 1 to ${SECRET_HEX_MAX / 2} bytes in hexadecimal`);
      secrets.set(name, bytesOf(value));
    }
    return secrets;
  } catch (error) {
    wipeSecrets(secrets);
    throw error;
  }
}

/** Written into memory of their own: Buffer.from() would leave a copy in the pool that small buffers share. */
function bytesOf(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  Buffer.from(bytes.buffer).write(hex, 'hex');
  return bytes;
}
