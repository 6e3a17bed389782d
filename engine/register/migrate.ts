/**
 * A register of an earlier schema, made anew from its events: the log is the truth, everything else follows from it. The new one is made
 * beside the old and takes its place in one step, so that a migration that was killed is begun again and nothing is lost.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open, type RootDatabase } from 'lmdb';
import { TamgaError } from '../errors.js';
import { replaceFile } from '../replace-file.js';
import { isRunning, processOf, processText, THIS_PROCESS } from './running.js';
import { refuseOthers, takeAlone } from './sole-use.js';
import { openStore, type Store } from './store.js';
import { DATA_FILE } from './store-file.js';

/** A migration under way, with the process whose it is. It has one at a time. */
const FOLDER = /^migration(?:-(.*))?$/;

/** How long others that have the register open are waited for. */
const OTHERS_MS = 5000;
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** Migrates the register in a folder and opens it. Throws REGISTER_IN_USE, REGISTER_BROKEN when its events can't be read, DISK_FULL. */
export function migrate(path: string): Store {
  const release = takeAlone(path);
  try {
    const root = open({ path, noSubdir: false, maxDbs: 16, maxReaders: 256, overlappingSync: false });
    try {
      waitForOthers(path, root);
    } finally {
      void root.close();
    }
    return migrateAlone(path);
  } finally {
    release();
  }
}

/** Whom a killed migration had started still reads for a moment, and then ends by itself. */
function waitForOthers(path: string, root: RootDatabase): void {
  const deadline = performance.now() + OTHERS_MS;
  for (;;) {
    try {
      refuseOthers(path, root);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      Atomics.wait(PAUSE, 0, 0, OTHERS_MS / 100);
    }
  }
}

function migrateAlone(path: string): Store {
  clearMigrations(path);
  const folder = join(path, `migration-${processText(THIS_PROCESS)}`);
  const file = join(path, DATA_FILE);
  const before = statSync(file).ino;
  mkdirSync(folder);
  // In a process of its own: when it ends, the old environment and the new one are closed and flushed.
  const script = fileURLToPath(new URL('./migrate-process.js', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, path, folder], { encoding: 'utf8' });
  if (status !== 0 || !existsSync(join(folder, DATA_FILE))) {
    rmSync(folder, { recursive: true, force: true });
    throw new TamgaError('REGISTER_BROKEN', { path, detail: `its events can't be applied anew: ${stderr.trim()}` });
  }
  // Unless another process was sooner.
  if (statSync(file).ino === before) replaceFile(join(folder, DATA_FILE), file);
  rmSync(folder, { recursive: true, force: true });
  const store = openStore(path, false);
  if ('schema' in store)
    throw new TamgaError('REGISTER_BROKEN', { path, detail: `schema ${store.schema} after migration` });
  return store;
}

/** Removes what killed processes left of their migrations. */
export function clearMigrations(path: string): void {
  for (const name of readdirSync(path)) {
    const folder = FOLDER.exec(name);
    const maker = processOf(folder?.[1] ?? '');
    if (folder === null || (maker !== null && isRunning(maker))) continue;
    try {
      rmSync(join(path, name), { recursive: true, force: true });
    } catch {
      // It may not be removed here, or what the killed process started is still at it: the next one will see.
    }
  }
}
