/**
 * The LMDB environment of a register: which databases there are, and nothing of what they mean.
 *
 * | database | key | value |
 * | --- | --- | --- |
 * | meta | `register` | {@link Meta} as JSON |
 * | index | first key of a block | keys in order and their ordinals, see key-index |
 * | records | page number | 64 records, see record-pages |
 * | keys | page number | 64 front-coded keys, see key-pages |
 * | children | ordinal of a package | ordinals of its direct contents, see contents |
 * | sets | kind, id, chunk | serialized roaring bitmap of the low 16 bits of ordinals, see sets |
 * | names | `t` kind text, or `i` kind id | id, or text |
 * | events | sequence number | an event, see log |
 * | undo | sequence number | what the event changed, see undo |
 * | eventIds | event id | sequence number, 4 bytes; conflicts, 4 bytes, if there were any |
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { TamgaError } from '../errors.js';
import { makeFolder, syncFolder } from '../replace-file.js';
import { firstKeyPage } from './key-pages.js';
import { registerError } from './register-error.js';
import { refuseMarked } from './sole-use.js';
import { checkStoreFile, DATA_FILE, prepareLockFile } from './store-file.js';

export { registerError } from './register-error.js';

/** Version of the layout of records, keys, sets and events; a register with a larger one is refused untouched. */
export const SCHEMA_VERSION = 2;

export interface Meta {
  schema: number;
  /** 16 bytes, hexadecimal: the key of the fingerprints of this register. */
  seed: string;
  nextOrdinal: number;
  units: number;
  packages: number;
  /** Sequence number of the last event; 0 before the first. */
  lastEvent: number;
  /** Milliseconds since 1970 of the last event, as it says itself. */
  lastEventAt: number;
  /** Milliseconds since 1970 at which the last event was applied; never goes back. */
  lastAppliedAt: number;
  nextName: number;
}

export interface Store {
  readonly path: string;
  readonly root: RootDatabase;
  readonly meta: Database<Meta, string>;
  readonly index: Database<Buffer, Buffer>;
  readonly records: Database<Buffer, number>;
  readonly keys: Database<Buffer, number>;
  readonly children: Database<Buffer, number>;
  readonly sets: Database<Buffer, Buffer>;
  readonly names: Database<Buffer, Buffer>;
  readonly events: Database<Buffer, number>;
  readonly undo: Database<Buffer, number>;
  readonly eventIds: Database<Buffer, Uint8Array>;
}

const DATABASES = new Set([
  'meta',
  'index',
  'records',
  'keys',
  'children',
  'sets',
  'names',
  'events',
  'undo',
  'eventIds',
  // Of the first schema.
  'units',
  'packages',
]);
/** A register whose layout is of an earlier schema, and closed again: it is to be migrated. */
export interface OldStore {
  schema: number;
}

/** Opens a register's environment; with `create`, makes it when the folder is empty or absent. */
export function openStore(path: string, create: boolean): Store | OldStore {
  const exists = existsSync(join(path, DATA_FILE));
  if (!exists && !create) throw new TamgaError('REGISTER_NOT_FOUND', { path });
  if (exists) checkStoreFile(path, create);
  else prepareFolder(path);
  prepareLockFile(path);
  const root = openEnvironment(path);
  try {
    // Before anything of ours is made in it.
    if (exists) refuseForeign(path, root);
    const meta = root.openDB<Meta, string>({ name: 'meta', encoding: 'json' });
    const known = meta.get('register');
    if (known && known.schema < SCHEMA_VERSION) {
      void root.close();
      return { schema: known.schema };
    }
    const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
    const numbered = { encoding: 'binary', keyEncoding: 'uint32' } as const;
    const store: Store = {
      path,
      root,
      meta,
      index: root.openDB<Buffer, Buffer>({ name: 'index', ...binary }),
      records: root.openDB<Buffer, number>({ name: 'records', ...numbered }),
      keys: root.openDB<Buffer, number>({ name: 'keys', ...numbered }),
      children: root.openDB<Buffer, number>({ name: 'children', ...numbered }),
      sets: root.openDB<Buffer, Buffer>({ name: 'sets', ...binary }),
      names: root.openDB<Buffer, Buffer>({ name: 'names', ...binary }),
      events: root.openDB<Buffer, number>({ name: 'events', ...numbered }),
      undo: root.openDB<Buffer, number>({ name: 'undo', ...numbered }),
      eventIds: root.openDB<Buffer, Uint8Array>({ name: 'eventIds', ...binary }),
    };
    if (!known) {
      if (exists) refuseUndescribed(store);
      root.transactionSync(() => {
        meta.putSync('register', {
          schema: SCHEMA_VERSION,
          seed: randomBytes(16).toString('hex'),
          nextOrdinal: 1,
          units: 0,
          packages: 0,
          lastEvent: 0,
          lastEventAt: 0,
          lastAppliedAt: 0,
          nextName: 1,
        });
        store.keys.putSync(0, firstKeyPage());
      });
      // Its files are new in it.
      syncFolder(path);
    }
    readMeta(store);
    refuseMarked(path);
    return store;
  } catch (error) {
    void root.close();
    throw registerError(path, error);
  }
}

/**
 * Refuses, untouched, what a newer Tamga made, whatever databases that has, and what is no register. One whose making was cut short has
 * some of our databases. Throws REGISTER_NEWER, REGISTER_BROKEN.
 */
function refuseForeign(path: string, root: RootDatabase): void {
  const names = [...root.getKeys()].map(String);
  const schema = names.includes('meta')
    ? root.openDB<Meta, string>({ name: 'meta', encoding: 'json' }).get('register')?.schema
    : undefined;
  if (typeof schema === 'number' && schema > SCHEMA_VERSION) {
    throw new TamgaError('REGISTER_NEWER', { path, detail: `schema ${schema}, this Tamga reads ${SCHEMA_VERSION}` });
  }
  if (names.some((name) => !DATABASES.has(name))) {
    throw new TamgaError('REGISTER_BROKEN', { path, detail: 'an LMDB environment that is not a register' });
  }
}

/** A register that lost its description isn't made anew over what is left of it; one whose making was cut short has nothing yet. */
function refuseUndescribed(store: Store): void {
  const { index, records, children, sets, names, events, undo, eventIds } = store;
  for (const database of [index, records, children, sets, names, events, undo, eventIds]) {
    if (database.getKeysCount({ limit: 1 }) > 0)
      throw new TamgaError('REGISTER_BROKEN', { path: store.path, detail: 'its description is missing' });
  }
}

function openEnvironment(path: string): RootDatabase {
  try {
    return open({
      path,
      noSubdir: false,
      maxDbs: 16,
      maxReaders: 256,
      // A commit returns, or its promise resolves, when it is flushed: what is acknowledged is on disk.
      overlappingSync: false,
      // Else lmdb keeps a promise of its own for each turn, which nobody waits for: a commit that fails would end the process.
      eventTurnBatching: false,
    });
  } catch (error) {
    throw registerError(path, error);
  }
}

export function readMeta(store: Store): Meta {
  const meta = store.meta.get('register');
  if (!meta)
    throw new TamgaError('REGISTER_BROKEN', {
      path: store.path,
      detail: 'its description is missing',
    });
  return meta;
}

function prepareFolder(path: string): void {
  try {
    makeFolder(path);
    if (!statSync(path).isDirectory())
      throw new TamgaError('REGISTER_NOT_FOUND', {
        path,
        detail: 'not a folder',
      });
    if (readdirSync(path).some((name) => name !== 'lock.mdb')) {
      throw new TamgaError('REGISTER_NOT_FOUND', {
        path,
        detail: 'the folder holds other files',
      });
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new TamgaError('REGISTER_NOT_FOUND', {
        path,
        detail: 'not a folder',
      });
    }
    throw registerError(path, error);
  }
}
