/**
 * A register of an earlier schema, made anew from its events: the log is the truth, everything else follows from it. The new one is made
 * beside the old and takes its place in one step, so that a migration that was killed is begun again and nothing is lost.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TamgaError } from '../errors.js';
import { openStore, type Store } from './store.js';
import { DATA_FILE } from './store-file.js';

const FOLDER = 'migration';

/** Migrates the register in a folder and opens it. Throws REGISTER_BROKEN when its events can't be read, DISK_FULL. */
export function migrate(path: string): Store {
  const folder = join(path, FOLDER);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  // In a process of its own: when it ends, the old environment and the new one are closed and flushed.
  const script = fileURLToPath(new URL('./migrate-process.js', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, path, folder], { encoding: 'utf8' });
  if (status !== 0 || !existsSync(join(folder, DATA_FILE))) {
    rmSync(folder, { recursive: true, force: true });
    throw new TamgaError('REGISTER_BROKEN', { path, detail: `its events can't be applied anew: ${stderr.trim()}` });
  }
  renameSync(join(folder, DATA_FILE), join(path, DATA_FILE));
  rmSync(folder, { recursive: true, force: true });
  const store = openStore(path, false);
  if ('schema' in store)
    throw new TamgaError('REGISTER_BROKEN', { path, detail: `schema ${store.schema} after migration` });
  return store;
}
