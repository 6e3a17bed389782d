/** Making an image of a register's pages, and bringing the later events into one. */
import type { Core } from '../../core/host/index.js';
import { RoaringBitmap32 } from '../roaring.js';
import type { Sliced } from '../sliced.js';
import type { FingerprintTable } from './fingerprint-table.js';
import { kernelOf } from './image-kernel.js';
import { readKeyPages } from './key-pages.js';
import { PAGE_CODES } from './limits.js';
import { HOT_WORDS, PAGE_WORDS, RECORD_WORDS } from './record.js';
import { readHotRows, readRecords } from './record-pages.js';
import type { Register } from './register.js';
import { copyImage, IMAGE, imageCapacity, SharedImage } from './shared-image.js';
import { readMeta } from './store.js';

/** Pages whose keys are fingerprinted in one call to the core: some milliseconds. */
const PAGES_AT_ONCE = 256;
/** An event that is brought in costs a few microseconds, a code of a new image a fraction of one. */
const CODES_AN_EVENT = 16;
/** Events that are brought in whatever the size of the register. */
const EVENTS_MIN = 1000;

/**
 * An image of the register. What commits between slices may be in it or not: {@link catchUp} must bring it up from the event
 * that it says, and writes every row that was touched since as it is then.
 */
export function* buildImage(register: Register, core: Core): Sliced<SharedImage> {
  const { nextOrdinal, lastEvent } = readMeta(register.store);
  const image = SharedImage.withRoomFor(imageCapacity(nextOrdinal));
  const kernel = image.memory && kernelOf(image.memory);
  const pages = Math.ceil(nextOrdinal / PAGE_CODES);
  for (let first = 0; first < pages; first += PAGES_AT_ONCE) {
    if (first > 0) yield;
    const until = Math.min(pages, first + PAGES_AT_ONCE);
    readHotRows(register.store, image.rows, nextOrdinal, first, until);
    const prints = printsOf(register, core, first, until);
    // Ordinal 0 is none, and nobody reads the table yet.
    const from = first === 0 ? 1 : 0;
    const base = first * PAGE_CODES;
    const end = Math.min(until * PAGE_CODES, nextOrdinal) - base;
    if (kernel) kernel.fill(prints, from, end, image.table.slots, base + from);
    else image.table.fill(prints, from, end, base + from);
  }
  image.table.counted(nextOrdinal - 1);
  image.set(nextOrdinal, lastEvent);
  return image;
}

/** An image of a later event, and how many of its rows changed. */
export interface CaughtUp {
  image: SharedImage;
  changed: number;
}

/**
 * Brings an image up to the register's last event, where it stands, or as a copy of it when it `isHeld`. Gives `null` when a new image is
 * due: it has no room, is of a later event (the register was restored), or is so far behind that a new one is made sooner.
 */
export function catchUp(before: SharedImage, isHeld: boolean, register: Register, core: Core): CaughtUp | null {
  const { nextOrdinal, lastEvent } = readMeta(register.store);
  const { codes } = before;
  const behind = lastEvent - before.lastEvent;
  if (behind < 0 || nextOrdinal < codes || nextOrdinal > before.capacity) return null;
  if (behind > EVENTS_MIN + nextOrdinal / CODES_AN_EVENT) return null;
  if (behind === 0) return { image: before, changed: 0 };
  const touched = new RoaringBitmap32();
  for (let sequence = before.lastEvent + 1; sequence <= lastEvent; sequence++) {
    const undo = register.undo(sequence);
    if (!undo) return null;
    touched.addMany(undo.ordinals);
  }
  const image = isHeld ? copyImage(before) : before;
  writeRows(image, register, touched);
  if (nextOrdinal > codes) {
    const first = Math.floor(codes / PAGE_CODES);
    const pages = Math.ceil(nextOrdinal / PAGE_CODES);
    for (let page = first; page < pages; page += PAGES_AT_ONCE) {
      insertKeys(register, core, image.table, page, Math.min(pages, page + PAGES_AT_ONCE), codes, nextOrdinal);
    }
  }
  image.set(nextOrdinal, lastEvent);
  return { image, changed: touched.size };
}

/** Writes rows under the sequence lock, a page of records at a time. */
function writeRows({ header, rows }: SharedImage, register: Register, touched: RoaringBitmap32): void {
  const page = new Int32Array(PAGE_WORDS);
  let number = -1;
  let isOpen = false;
  for (const ordinal of touched) {
    const of = Math.floor(ordinal / PAGE_CODES);
    if (of !== number) {
      if (isOpen) Atomics.add(header, IMAGE.version, 1);
      readRecords(register.store, of, page);
      number = of;
      Atomics.add(header, IMAGE.version, 1);
      isOpen = true;
    }
    const from = (ordinal % PAGE_CODES) * RECORD_WORDS;
    for (let w = 0; w < HOT_WORDS; w++) Atomics.store(rows, ordinal * HOT_WORDS + w, page[from + w]);
  }
  if (isOpen) Atomics.add(header, IMAGE.version, 1);
}

/** Puts the keys of pages [from, until) that belong to ordinals [first, codes) into the table. */
function insertKeys(
  register: Register,
  core: Core,
  table: FingerprintTable,
  from: number,
  until: number,
  first: number,
  codes: number,
): void {
  const prints = printsOf(register, core, from, until);
  const base = from * PAGE_CODES;
  const end = Math.min(until * PAGE_CODES, codes);
  for (let ordinal = Math.max(first, base); ordinal < end; ordinal++)
    table.insert(prints, (ordinal - base) * 4, ordinal);
}

/** Fingerprints of the keys of pages [from, until). */
function printsOf(register: Register, core: Core, from: number, until: number): Uint32Array {
  const { bytes, offsets } = readKeyPages(register.store, from, until);
  return core.fingerprintKeys(bytes, offsets);
}
