/**
 * The image's file, beside the register; it can be deleted at any time.
 *
 * ```
 * | magic 4 | version 4 | codes 4 | capacity 4 | table words 4 | last event 4 | checksum of the body 4 | checksum of the last event 4 | seed 16 | 0 … |
 * | checksum of the 60 bytes before it 4 |                                                                    64 bytes
 * | rows: 16 bytes for each ordinal from 0 | table: 16 bytes a slot |                                         the body
 * ```
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  read,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { TamgaError } from '../errors.js';
import { refuseAborted, type Sliced } from '../sliced.js';
import { FingerprintTable } from './fingerprint-table.js';
import { HOT_WORDS } from './record.js';
import type { Register } from './register.js';
import { isRunning, processOf, processText, THIS_PROCESS } from './running.js';
import { SharedImage } from './shared-image.js';
import { readMeta } from './store.js';

const readInto = promisify(read);

const MAGIC = 0x474d4954; // "TIMG"
const VERSION = 3;
const HEADER_WORDS = 16;
const HEADER_BYTES = HEADER_WORDS * 4;
const SEED_AT = 32;
const FILE = 'image';
/** Bytes written by one system call, summed and flushed; large enough to cost little, small enough for some milliseconds. */
const IO_BYTES = 1 << 24;
/** A half-written image, with the process that is at it and one of its own. */
const PART = /^image\.(?:(.+)-)?[0-9a-f-]{36}$/;
/** One of a process that can't be asked for is left over when it is this old. */
const PART_MS_MAX = 600_000;

/** Pieces that are read at once by the threads of the system's calls, where the time goes into memory that is touched for the first time. */
const READS_AHEAD = 4;
/** Bytes of a piece that is read: whoever cancels waits for those that are under way. */
const READ_BYTES = 1 << 22;

/** The saved image, if there is one, it is whole and it is this register's. `notice` hears why one was refused. */
export function readImage(register: Register, notice?: (detail: string) => void): SharedImage | null {
  const saved = openSaved(register, notice);
  if (!saved) return null;
  try {
    let sum = 0;
    for (const { into, position } of saved.pieces) {
      for (let at = 0; at < into.length; ) {
        const read = readSync(saved.file, into, at, into.length - at, position + at);
        if (read === 0) return refuse(saved, 'it was cut', notice);
        at += read;
      }
      sum = crc32(into, sum);
    }
    return sum === saved.checksum ? saved.image : refuse(saved, 'it was altered', notice);
  } catch (error) {
    return refuse(saved, String(error), notice);
  } finally {
    closeSync(saved.file);
  }
}

/** The same by other threads, while this one has time for others. Throws CANCELLED by the signal. */
export async function readImageAside(register: Register, signal?: AbortSignal): Promise<SharedImage | null> {
  const saved = openSaved(register);
  if (!saved) return null;
  const { file, pieces } = saved;
  const reads: Promise<boolean>[] = [];
  try {
    let sum = 0;
    for (let i = 0; i < pieces.length; i++) {
      while (reads.length < Math.min(pieces.length, i + READS_AHEAD))
        reads.push(readPiece(file, pieces[reads.length]!));
      if (!(await reads[i])) return null;
      refuseAborted(signal, register.path);
      sum = crc32(pieces[i]!.into, sum);
    }
    return sum === saved.checksum ? saved.image : null;
  } catch (error) {
    refuseAborted(signal, register.path);
    if (error instanceof TamgaError) throw error;
    return null;
  } finally {
    // The file must stay open, and its memory be left alone, as long as somebody reads.
    await Promise.allSettled(reads);
    closeSync(file);
  }
}

/** Reads a piece; false when the file ends before it. */
async function readPiece(file: number, { into, position }: Piece): Promise<boolean> {
  for (let at = 0; at < into.length; ) {
    const { bytesRead } = await readInto(file, into, at, into.length - at, position + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}

/** A part of the body, and where it stands in the file. */
interface Piece {
  into: Uint8Array;
  position: number;
}

/** A saved image whose head is right; its body is still to be read. */
interface SavedImage {
  path: string;
  file: number;
  image: SharedImage;
  pieces: Piece[];
  checksum: number;
}

function refuse({ path }: Pick<SavedImage, 'path'>, why: string, notice?: (detail: string) => void): null {
  notice?.(`${path}: ${why}; it is made anew`);
  return null;
}

/** Opens the saved image; `null` when there is none, or its head is wrong. */
function openSaved(register: Register, notice?: (detail: string) => void): SavedImage | null {
  const path = join(register.path, FILE);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  let why: string;
  try {
    const head = readHead(file, register);
    if (typeof head !== 'string') return { path, file, ...head };
    why = head;
  } catch (error) {
    why = String(error);
  }
  closeSync(file);
  return refuse({ path }, why, notice);
}

function readHead(file: number, register: Register): Pick<SavedImage, 'image' | 'pieces' | 'checksum'> | string {
  const header = Buffer.alloc(HEADER_BYTES);
  if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return 'it was cut';
  const words = Array.from({ length: HEADER_WORDS }, (_, i) => header.readUInt32LE(i * 4));
  const [magic, version, codes, capacity, tableWords, lastEvent, checksum, lastMark] = words;
  if (magic !== MAGIC || version !== VERSION) return 'it is no image of this version';
  if (words[HEADER_WORDS - 1] !== crc32(header.subarray(0, HEADER_BYTES - 4))) return 'its head was altered';
  if (header.toString('hex', SEED_AT, SEED_AT + 16) !== readMeta(register.store).seed)
    return 'it is of another register';
  if (markOf(register, lastEvent) !== lastMark) return 'it is of events that the register does not have';
  const size = HEADER_BYTES + (codes * HOT_WORDS + tableWords) * 4;
  if (codes > capacity || tableWords !== FingerprintTable.wordsFor(capacity)) return 'its head is wrong';
  if (fstatSync(file).size !== size) return 'it was cut';
  const image = SharedImage.withRoomFor(capacity, codes);
  image.set(codes, lastEvent);
  const pieces: Piece[] = [];
  let position = HEADER_BYTES;
  for (const into of piecesOf(READ_BYTES, rowBytesOf(image), tableBytesOf(image))) {
    pieces.push({ into, position });
    position += into.length;
  }
  return { image, pieces, checksum };
}

/**
 * Saves the image beside the register; where that can't be done (a full or read-only disk) it stays in memory only. False when it was brought up to
 * a later event meanwhile: it is to be saved another time.
 */
export function* saveImage(register: Register, image: SharedImage): Sliced<boolean> {
  removeParts(register.path);
  const path = join(register.path, FILE);
  const temporary = `${path}.${processText(THIS_PROCESS)}-${randomUUID()}`;
  const { codes, lastEvent, capacity, table } = image;
  const rowBytes = rowBytesOf(image);
  const tableBytes = tableBytesOf(image);
  const header = Buffer.alloc(HEADER_BYTES);
  let checksum = 0;
  for (const piece of piecesOf(IO_BYTES, rowBytes, tableBytes)) {
    checksum = crc32(piece, checksum);
    yield;
  }
  const words = [MAGIC, VERSION, codes, capacity, table.words.length, lastEvent, checksum, markOf(register, lastEvent)];
  words.forEach((word, i) => void header.writeUInt32LE(word, i * 4));
  header.set(register.seed, SEED_AT);
  header.writeUInt32LE(crc32(header.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeBytes(file, header);
      for (const piece of piecesOf(IO_BYTES, rowBytes, tableBytes)) {
        writeBytes(file, piece);
        fsyncSync(file);
        yield;
      }
    } finally {
      closeSync(file);
    }
    if (image.lastEvent !== lastEvent) return false;
    // Whether its name is on disk matters to nobody.
    renameSync(temporary, path);
    return true;
  } catch {
    return true;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Tells an event from the one that has its number in a register that was put back and went on otherwise; 0 before the first. */
function markOf({ store }: Register, sequence: number): number {
  const stored = sequence === 0 ? undefined : store.events.getBinary(sequence);
  return stored ? crc32(stored) : 0;
}

/** Removes half-written images of processes that are gone. */
function removeParts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const part = PART.exec(name);
    if (!part) continue;
    const writer = processOf(part[1] ?? '');
    try {
      const path = join(folder, name);
      const isOld = Date.now() - statSync(path).mtimeMs > PART_MS_MAX;
      if (isOld || (writer !== null && !isRunning(writer))) rmSync(path, { force: true });
    } catch {
      // Somebody else removed it, or may not: the next one will see.
    }
  }
}

/** The body: the rows that are used, and the whole table. */
const rowBytesOf = ({ rows, codes }: SharedImage): Uint8Array =>
  new Uint8Array(rows.buffer, rows.byteOffset, codes * HOT_WORDS * 4);
const tableBytesOf = ({ table: { words } }: SharedImage): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

/** The body, some at a time. */
function* piecesOf(size: number, ...parts: Uint8Array[]): Generator<Uint8Array> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += size) yield part.subarray(at, at + size);
  }
}

function writeBytes(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
}
