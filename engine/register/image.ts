/**
 * The image: what the hot path reads of a register, in shared memory. It is derived from the pages, may be thrown away at any time,
 * and knows the event it was made at: an older one is made anew.
 *
 * ```
 * file   | magic 4 | version 4 | codes 4 | table words 4 | last event 4 | 0 | seed 16 … | 64 bytes
 *        | hot rows: 16 bytes for each ordinal from 0 (state+flags+group, owner, parent, expiry: the first words of a record)
 *        | fingerprint table
 * ```
 */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Core } from '../../core/host/index.js';
import { FingerprintTable } from './fingerprint-table.js';
import { PAGE_CODES } from './limits.js';
import { HOT_WORDS, PAGE_BYTES, RECORD_WORDS } from './record.js';
import type { Register } from './register.js';
import { readMeta } from './store.js';

const MAGIC = 0x474d4954; // "TIMG"
const VERSION = 1;
const HEADER_WORDS = 16;
const FILE = 'image';
/** Bytes read or written by one system call; large enough to cost nothing, small enough for any file system. */
const IO_BYTES = 1 << 26;
/** Pages whose keys are fingerprinted in one call to the core. */
const PAGES_AT_ONCE = 256;

export interface Image {
  /** Ordinals 0 … codes − 1 have a row. */
  codes: number;
  /** {@link HOT_WORDS} words an ordinal. */
  rows: Int32Array;
  table: FingerprintTable;
  /** Sequence number of the last event that is in it. */
  lastEvent: number;
}

/** An image of nothing, for runs without a register. */
export function emptyImage(): Image {
  return {
    codes: 1,
    rows: new Int32Array(new SharedArrayBuffer(HOT_WORDS * 4)),
    table: FingerprintTable.withRoomFor(1),
    lastEvent: 0,
  };
}

/** An image, and the register's description when it was loaded. */
interface LoadedImage {
  image: Image;
  meta: Buffer;
}

/** Images of open registers; one goes with its register, or when an event makes it old. */
const images = new WeakMap<Register, LoadedImage>();

/** The register's image: the saved one when it is of the last event, else a new one, which is saved. `core` must have the register's seed. */
export function loadImage(register: Register, core: Core): Image {
  register.refresh();
  const known = currentImage(register);
  if (known) return known;
  const meta = Buffer.from(register.store.meta.getBinary('register') ?? []);
  let image = readImage(register);
  if (!image) {
    image = buildImage(register, core);
    saveImage(register, image);
  }
  images.set(register, { image, meta });
  return image;
}

/**
 * The register's image if it is in memory and of the last event, also of other processes; else `null`. Asking takes less than a
 * microsecond: the bytes of the register's description are compared, not read.
 */
export function currentImage(register: Register): Image | null {
  const known = images.get(register);
  if (!known) return null;
  register.refresh();
  const { meta, image } = known;
  const now = register.store.meta.getBinaryFast('register');
  // LMDB's buffer is longer than the value. No longer JSON object begins with this one.
  return now && meta.compare(now, 0, meta.length) === 0 ? image : null;
}

function buildImage(register: Register, core: Core): Image {
  const { nextOrdinal, lastEvent } = readMeta(register.store);
  const rows = new Int32Array(new SharedArrayBuffer(nextOrdinal * HOT_WORDS * 4));
  const table = FingerprintTable.withRoomFor(nextOrdinal);
  const pages = Math.ceil(nextOrdinal / PAGE_CODES);
  const words = new Int32Array(PAGE_CODES * RECORD_WORDS);
  for (let first = 0; first < pages; first += PAGES_AT_ONCE) {
    const until = Math.min(pages, first + PAGES_AT_ONCE);
    fingerprintPages(register, core, table, first, until, nextOrdinal);
    for (let page = first; page < until; page++) {
      const stored = register.store.records.getBinaryFast(page);
      if (!stored) continue;
      // The buffer is longer than the value and belongs to LMDB until the next call.
      new Uint8Array(words.buffer).set(stored.subarray(0, PAGE_BYTES));
      const count = Math.min(PAGE_CODES, nextOrdinal - page * PAGE_CODES);
      for (let i = 0; i < count; i++) {
        const row = (page * PAGE_CODES + i) * HOT_WORDS;
        for (let w = 0; w < HOT_WORDS; w++) rows[row + w] = words[i * RECORD_WORDS + w];
      }
    }
  }
  return { codes: nextOrdinal, rows, table, lastEvent };
}

function fingerprintPages(
  register: Register,
  core: Core,
  table: FingerprintTable,
  from: number,
  until: number,
  codes: number,
): void {
  const columns = Array.from({ length: until - from }, (_, i) => register.keyPage(from + i));
  const bytes = new Uint8Array(columns.reduce((sum, column) => sum + column.bytes.length, 0));
  const offsets = new Uint32Array((until - from) * PAGE_CODES + 1);
  let end = 0;
  columns.forEach((column, page) => {
    bytes.set(column.bytes, end);
    for (let i = 0; i < PAGE_CODES; i++) {
      offsets[page * PAGE_CODES + i + 1] = end + column.offsets[Math.min(i + 1, column.offsets.length - 1)];
    }
    end += column.bytes.length;
  });
  const prints = core.fingerprintKeys(bytes, offsets);
  const first = from * PAGE_CODES;
  const last = Math.min(until * PAGE_CODES, codes);
  for (let ordinal = Math.max(1, first); ordinal < last; ordinal++)
    table.insert(prints, (ordinal - first) * 4, ordinal);
}

function readImage(register: Register): Image | null {
  const { nextOrdinal, lastEvent, seed } = readMeta(register.store);
  let file: number;
  try {
    file = openSync(join(register.path, FILE), 'r');
  } catch {
    return null;
  }
  try {
    const header = new Uint32Array(HEADER_WORDS);
    if (!readWhole(file, new Uint8Array(header.buffer), 0)) return null;
    const [magic, version, codes, tableWords, event] = header;
    const made = Buffer.from(header.buffer, 24, 16).toString('hex');
    if (magic !== MAGIC || version !== VERSION || codes !== nextOrdinal || event !== lastEvent || made !== seed)
      return null;
    const size = header.byteLength + (codes * HOT_WORDS + tableWords) * 4;
    if (tableWords !== FingerprintTable.wordsFor(codes) || fstatSync(file).size !== size) return null;
    const rows = new Int32Array(new SharedArrayBuffer(codes * HOT_WORDS * 4));
    const words = new Uint32Array(new SharedArrayBuffer(tableWords * 4));
    const rowsAt = HEADER_WORDS * 4;
    if (!readWhole(file, new Uint8Array(rows.buffer), rowsAt)) return null;
    if (!readWhole(file, new Uint8Array(words.buffer), rowsAt + rows.byteLength)) return null;
    return { codes, rows, table: FingerprintTable.over(words), lastEvent };
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

/** Saves the image beside the register; where that can't be done (a full or read-only disk) it stays in memory only. */
function saveImage(register: Register, image: Image): void {
  const path = join(register.path, FILE);
  const temporary = `${path}.${randomUUID()}`;
  const header = new Uint32Array(HEADER_WORDS);
  header.set([MAGIC, VERSION, image.codes, image.table.words.length, image.lastEvent]);
  new Uint8Array(header.buffer).set(register.seed, 24);
  try {
    const file = openSync(temporary, 'wx');
    try {
      for (const part of [header, image.rows, image.table.words]) {
        writeWhole(file, new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true });
  }
}

function readWhole(file: number, into: Uint8Array, position: number): boolean {
  for (let at = 0; at < into.length; ) {
    const read = readSync(file, into, at, Math.min(IO_BYTES, into.length - at), position + at);
    if (read === 0) return false;
    at += read;
  }
  return true;
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(IO_BYTES, bytes.length - at));
}
