/**
 * The LMDB environment of a register: which databases there are, and nothing of what they mean.
 *
 * | database | key | value |
 * | --- | --- | --- |
 * | meta | `register` | {@link Meta} as JSON |
 * | units, packages | canonical key | ordinal, 4 bytes |
 * | records | page number | 64 records, see record |
 * | keys | page number | 64 front-coded keys |
 * | children | ordinal of a package | ordinals of its direct contents, ascending, 4 bytes each |
 * | sets | kind, id, chunk | serialized roaring bitmap of the low 16 bits of ordinals |
 * | names | `t` kind text, or `i` kind id | id, or text |
 * | events | sequence number | an event, see event |
 * | eventIds | event id | sequence number, 4 bytes |
 */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { TamgaError } from '../errors.js';

/** Version of the layout of records, keys, sets and events; a register with a larger one is refused untouched. */
export const SCHEMA_VERSION = 1;

export interface Meta {
  schema: number;
  /** 16 bytes, hexadecimal: the key of the fingerprints of this register. */
  seed: string;
  nextOrdinal: number;
  units: number;
  packages: number;
  /** Sequence number of the last event; 0 before the first. */
  lastEvent: number;
  /** Milliseconds since 1970 of the last event. */
  lastEventAt: number;
  nextName: number;
}

export interface Store {
  readonly path: string;
  readonly root: RootDatabase;
  readonly meta: Database<Meta, string>;
  readonly units: Database<Buffer, Buffer>;
  readonly packages: Database<Buffer, Buffer>;
  readonly records: Database<Buffer, number>;
  readonly keys: Database<Buffer, number>;
  readonly children: Database<Buffer, number>;
  readonly sets: Database<Buffer, Buffer>;
  readonly names: Database<Buffer, Buffer>;
  readonly events: Database<Buffer, number>;
  readonly eventIds: Database<Buffer, Buffer>;
}

const DATA_FILE = 'data.mdb';
/** LMDB's magic number, in the first page after its header of 24 bytes. LMDB maps a file without looking, and a wrong one ends the process. */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
/** An LMDB environment has two description pages. */
const FILE_BYTES_MIN = 8192;
const DATABASES = new Set([
  'meta',
  'units',
  'packages',
  'records',
  'keys',
  'children',
  'sets',
  'names',
  'events',
  'eventIds',
]);
/** With less than this left, an I/O error is a write that was cut short by a full disk. */
const ROOM_MIN = 1 << 20;

/** Opens a register's environment; with `create`, makes it when the folder is empty or absent. */
export function openStore(path: string, create: boolean): Store {
  const exists = existsSync(join(path, DATA_FILE));
  if (!exists && !create) throw new TamgaError('REGISTER_NOT_FOUND', { path });
  if (exists) checkFile(path);
  else prepareFolder(path);
  let root: RootDatabase;
  try {
    root = open({
      path,
      noSubdir: false,
      maxDbs: 16,
      maxReaders: 256,
      // A commit returns when it is flushed: what is acknowledged is on disk.
      overlappingSync: false,
    });
  } catch (error) {
    throw registerError(path, error);
  }
  try {
    // Before anything of ours is made in it. One whose making was cut short has some of our databases.
    if (exists && [...root.getKeys()].some((name) => !DATABASES.has(String(name)))) {
      throw new TamgaError('REGISTER_BROKEN', { path, detail: 'an LMDB environment that is not a register' });
    }
    const meta = root.openDB<Meta, string>({ name: 'meta', encoding: 'json' });
    const known = meta.get('register');
    if (known && known.schema > SCHEMA_VERSION) {
      throw new TamgaError('REGISTER_NEWER', {
        path,
        detail: `schema ${known.schema}, this Tamga reads ${SCHEMA_VERSION}`,
      });
    }
    const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
    const numbered = { encoding: 'binary', keyEncoding: 'uint32' } as const;
    const store: Store = {
      path,
      root,
      meta,
      units: root.openDB<Buffer, Buffer>({ name: 'units', ...binary }),
      packages: root.openDB<Buffer, Buffer>({ name: 'packages', ...binary }),
      records: root.openDB<Buffer, number>({ name: 'records', ...numbered }),
      keys: root.openDB<Buffer, number>({ name: 'keys', ...numbered }),
      children: root.openDB<Buffer, number>({ name: 'children', ...numbered }),
      sets: root.openDB<Buffer, Buffer>({ name: 'sets', ...binary }),
      names: root.openDB<Buffer, Buffer>({ name: 'names', ...binary }),
      events: root.openDB<Buffer, number>({ name: 'events', ...numbered }),
      eventIds: root.openDB<Buffer, Buffer>({ name: 'eventIds', ...binary }),
    };
    if (!known) {
      root.transactionSync(() => {
        meta.putSync('register', {
          schema: SCHEMA_VERSION,
          seed: randomBytes(16).toString('hex'),
          nextOrdinal: 1,
          units: 0,
          packages: 0,
          lastEvent: 0,
          lastEventAt: 0,
          nextName: 1,
        });
        // Ordinal 0 means "none": its place in the first page holds an empty key.
        store.keys.putSync(0, Buffer.from([0, 0]));
      });
    }
    return store;
  } catch (error) {
    void root.close();
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

/** Makes what LMDB or the system threw into an error that says what to do. */
export function registerError(path: string, error: unknown): Error {
  if (error instanceof TamgaError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const system = error instanceof Error && 'code' in error ? (error as NodeJS.ErrnoException).code : undefined;
  const cutShort = /input\/output error/i.test(detail) && isFull(path);
  if (system === 'ENOSPC' || cutShort || /no space left|ENOSPC|MDB_MAP_FULL|disk quota/i.test(detail)) {
    return new TamgaError('DISK_FULL', { path, detail }, { cause: error });
  }
  if (system === 'EACCES' || system === 'EROFS' || /permission denied|read-only file system/i.test(detail)) {
    return new TamgaError('FILE_UNREADABLE', { path, detail }, { cause: error });
  }
  if (/MDB_|corrupt|invalid|not an LMDB/i.test(detail)) {
    return new TamgaError('REGISTER_BROKEN', { path, detail }, { cause: error });
  }
  return error instanceof Error ? error : new Error(detail);
}

function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize < ROOM_MIN;
  } catch {
    return false;
  }
}

/** Refuses a file that is no LMDB environment; an empty one is an environment to be made. */
function checkFile(path: string): void {
  const file = join(path, DATA_FILE);
  const head = Buffer.alloc(MAGIC_AT + 4);
  let size: number;
  try {
    size = statSync(file).size;
    const descriptor = openSync(file, 'r');
    try {
      readSync(descriptor, head, 0, head.length, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw registerError(path, error);
  }
  if (size > 0 && (size < FILE_BYTES_MIN || head.readUInt32LE(MAGIC_AT) !== MAGIC)) {
    throw new TamgaError('REGISTER_BROKEN', { path, detail: `${DATA_FILE} is no LMDB file` });
  }
}

function prepareFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
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
