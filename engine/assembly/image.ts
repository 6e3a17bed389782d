/**
 * Looking codes up in a register's image, for many codes at a time: AssemblyScript, a module of its own, because its memory is the image's.
 * Each of the image's two parts, the table of fingerprints and the rows, is one shared memory with an instance of this module in each
 * thread; what a thread hands in and gets back stands in an area of that memory which it has for itself, see image-kernel.
 *
 * What is read at random is touched some hundreds of codes ahead, so that the processor waits for many cache misses at once.
 */

/** Codes whose slots or rows are on their way to the cache at once. */
const AHEAD: i32 = 256;
const SLOT: usize = 16;
const ROW: usize = 16;
/** Of a slot: the fingerprint is its first three words. */
const PRINT_LANES: i32 = 7;

// The layouts that the host knows, exported so that it can see that they are the same.

/** Byte of each part in the terms of {@link judge}. */
export const TERMS_ALLOWED: i32 = 0;
export const TERMS_MINUTE: i32 = 256;
export const TERMS_SOON: i32 = 260;
export const TERMS_OWNERS: i32 = 264;
export const TERMS_OUTCOMES: i32 = 268;
/** Written, not read. */
export const TERMS_TOUCHED: i32 = 276;
export const TERMS_OWNER: i32 = 280;

/** Byte of each field of a row. */
export const ROW_HEAD: i32 = 0;
export const ROW_OWNER: i32 = 4;
export const ROW_PARENT: i32 = 8;
export const ROW_EXPIRY: i32 = 12;
/** Flags of packages and of blocked codes in the head. */
export const HEAD_PACKAGE: i32 = 0x100;
export const HEAD_BLOCKED: i32 = 0x200;

/** The slot that a fingerprint is looked for from. The same double arithmetic as in fingerprint-table. */
function slotOf(table: usize, scale: f64, print: usize): usize {
  return table + <usize>u32(f64(load<u32>(print)) * scale) * SLOT;
}

/**
 * Ordinals of `count` fingerprints of four words each; 0 for those that the table doesn't have or whose ordinal isn't below `codes`.
 * `ahead` is room for {@link AHEAD} words. The memory goes on for at least two slots behind the table.
 */
export function find(
  table: usize,
  slots: u32,
  codes: u32,
  prints: usize,
  count: i32,
  ahead: usize,
  ordinals: usize,
): i32 {
  const scale = f64(slots) / 4294967296.0;
  const end = table + <usize>slots * SLOT;
  let touched = 0;
  for (let first = 0; first < count; first += AHEAD) {
    const some = min(AHEAD, count - first);
    const from = prints + <usize>first * SLOT;
    for (let i = 0; i < some; i++) {
      const slot = slotOf(table, scale, from + <usize>i * SLOT);
      store<u32>(ahead + ((<usize>i) << 2), slot);
      // Of four fingerprints one stands in the cache line behind that of its first slot.
      touched ^= load<i32>(slot) ^ load<i32>(slot, 2 * SLOT);
    }
    for (let i = 0; i < some; i++) {
      const print = v128.load(from + <usize>i * SLOT);
      let slot = <usize>load<u32>(ahead + ((<usize>i) << 2));
      let ordinal: u32 = 0;
      for (;;) {
        const found = v128.load(slot);
        ordinal = i32x4.extract_lane(found, 3);
        if (ordinal === 0 || (i32x4.bitmask(i32x4.eq(found, print)) & PRINT_LANES) === PRINT_LANES) break;
        slot += SLOT;
        if (slot === end) slot = table;
      }
      store<u32>(ordinals + ((<usize>(first + i)) << 2), ordinal < codes ? ordinal : 0);
    }
  }
  // Given, so that the touching is not optimized away.
  return touched;
}

/**
 * Adds `count` fingerprints, none of which is in the table, with ordinals that count on from `ordinal`; while nobody reads, and when there is
 * room for all.
 */
export function fill(table: usize, slots: u32, prints: usize, count: i32, ahead: usize, ordinal: u32): i32 {
  const scale = f64(slots) / 4294967296.0;
  const end = table + <usize>slots * SLOT;
  let touched = 0;
  for (let first = 0; first < count; first += AHEAD) {
    const some = min(AHEAD, count - first);
    const from = prints + <usize>first * SLOT;
    for (let i = 0; i < some; i++) {
      const slot = slotOf(table, scale, from + <usize>i * SLOT);
      store<u32>(ahead + ((<usize>i) << 2), slot);
      touched ^= load<i32>(slot);
    }
    for (let i = 0; i < some; i++) {
      let slot = <usize>load<u32>(ahead + ((<usize>i) << 2));
      while (load<u32>(slot, 12) !== 0) {
        slot += SLOT;
        if (slot === end) slot = table;
      }
      v128.store(slot, i32x4.replace_lane(v128.load(from + <usize>i * SLOT), 3, ordinal + first + i));
    }
  }
  return touched;
}

/**
 * Outcome and parent of each of `count` ordinals that are neither 0 nor past `codes`; those of the others stay as they are. What the register
 * has against a code is what verdict/rule-table says. Gives whether one of the codes is a package: not 0.
 */
export function judge(
  rows: usize,
  codes: u32,
  ordinals: usize,
  count: i32,
  terms: usize,
  outcomes: usize,
  parents: usize,
): i32 {
  const minute = load<i32>(terms, TERMS_MINUTE);
  const soon = load<i32>(terms, TERMS_SOON);
  const owners = load<i32>(terms, TERMS_OWNERS);
  let touched = 0;
  let heads: u32 = 0;
  for (let first = 0; first < count; first += AHEAD) {
    const until = min(first + AHEAD, count);
    for (let i = first; i < until; i++) {
      const ordinal = load<u32>(ordinals + ((<usize>i) << 2));
      if (ordinal < codes) touched ^= load<i32>(rows + <usize>ordinal * ROW);
    }
    for (let i = first; i < until; i++) {
      const ordinal = load<u32>(ordinals + ((<usize>i) << 2));
      if (ordinal === 0 || ordinal >= codes) continue;
      const row = rows + <usize>ordinal * ROW;
      store<u32>(parents + ((<usize>i) << 2), load<u32>(row, ROW_PARENT));
      const head = load<u32>(row, ROW_HEAD);
      heads |= head;
      const outcome = outcomeOf(
        head,
        load<i32>(row, ROW_OWNER),
        load<i32>(row, ROW_EXPIRY),
        terms,
        minute,
        soon,
        owners,
      );
      store<u8>(outcomes + i, load<u8>(terms + outcome, TERMS_OUTCOMES));
    }
  }
  // Kept, so that the touching is not optimized away.
  store<i32>(terms, touched, TERMS_TOUCHED);
  return heads & HEAD_PACKAGE;
}

/** A bit for each of `words` · 32 rows from `rows` on: whether it is a package. */
export function packages(rows: usize, words: i32, bits: usize): void {
  for (let w = 0; w < words; w++) {
    const group = rows + <usize>w * 32 * ROW;
    let word: u32 = 0;
    for (let i = 0; i < 32; i++) {
      word |= ((load<u32>(group + <usize>i * ROW, ROW_HEAD) & HEAD_PACKAGE) >> 8) << i;
    }
    store<u32>(bits + ((<usize>w) << 2), word);
  }
}

/** Place of the outcome in the terms: OK, STATE_FORBIDS, OTHER_OWNER, EXPIRED, BLOCKED, EXPIRES_SOON. */
function outcomeOf(head: u32, owner: i32, expiry: i32, terms: usize, minute: i32, soon: i32, owners: i32): usize {
  if (load<u8>(terms + (head & 0xff), TERMS_ALLOWED) === 0) return 1;
  if (owners !== 0 && owner !== 0 && !isAmong(owner, terms, owners)) return 2;
  if (expiry !== 0 && expiry < minute) return 3;
  if ((head & HEAD_BLOCKED) !== 0) return 4;
  return expiry !== 0 && expiry < soon ? 5 : 0;
}

function isAmong(owner: i32, terms: usize, owners: i32): bool {
  for (let i = 0; i < owners; i++) if (load<i32>(terms + ((<usize>i) << 2), TERMS_OWNER) === owner) return true;
  return false;
}
