/** What lists, snapshots and documents state of codes: taken as it comes; where it doesn't fit a code stays as it was and is counted. */
import { type Attribute, NOT_STATED, type RegisterEvent } from './event.js';
import { PACKAGE_CONTENTS_MAX, TREE_DEPTH_MAX } from './limits.js';
import { FLAG, flagsOf, groupOf, headOf, RECORD_WORDS, stateOf, WORD } from './record.js';
import { STATE_NUMBER } from './states.js';
import type { Subject } from './subject.js';

/** States from which a code may be shipped; UNKNOWN because a document may be all that is known of it. */
const SHIPPABLE: ReadonlySet<number> = new Set([STATE_NUMBER.UNKNOWN, STATE_NUMBER.APPLIED, STATE_NUMBER.INTRODUCED]);

/** Applies a statement to the rows; gives the number of codes that it doesn't fit. */
export function applyStatement(event: RegisterEvent, subject: Subject): number {
  let conflicts = 0;
  if (event.kind === 'ship') {
    conflicts += ship(event, subject);
  } else {
    stateHead(event, subject);
    stateName(event, subject, 'owner', WORD.owner);
  }
  stateName(event, subject, 'series', WORD.series);
  stateWord(event, subject, 'expiry', WORD.expiry);
  stateWord(event, subject, 'produced', WORD.produced);
  stateWord(event, subject, 'price', WORD.price);
  stateParts(event, subject);
  return conflicts + stateTail(event, subject) + stateParent(event, subject);
}

function stateHead({ columns: { state, blocked, customs, group } }: RegisterEvent, { words, codes }: Subject): void {
  if (!state && !blocked && !customs && !group) return;
  for (let i = 0; i < codes.length; i++) {
    const at = codes[i] * RECORD_WORDS;
    const head = words[at];
    let flags = flagsOf(head);
    flags = withFlag(flags, FLAG.blocked, stated(blocked, i, flags & FLAG.blocked));
    flags = withFlag(flags, FLAG.customs, stated(customs, i, flags & FLAG.customs));
    words[at] = headOf(stated(state, i, stateOf(head)), flags, stated(group, i, groupOf(head)));
  }
}

/** Shipping a package ships what is in it. Only what may move is moved; an owner is named where none was. */
function ship(event: RegisterEvent, subject: Subject): number {
  const rows = withContents(subject);
  const sender = subject.name('owner', event.actor);
  const receiver = subject.name('owner', event.party);
  const { words } = subject;
  let conflicts = 0;
  for (const row of rows) {
    const at = row * RECORD_WORDS;
    const head = words[at];
    const state = stateOf(head);
    if (SHIPPABLE.has(state)) {
      words[at] = headOf(STATE_NUMBER.SHIPPED, flagsOf(head), groupOf(head));
      if (receiver !== 0) words[at + WORD.receiver] = receiver;
    } else if (state !== STATE_NUMBER.SHIPPED) conflicts++;
    if (words[at + WORD.owner] === 0) words[at + WORD.owner] = sender;
  }
  return conflicts;
}

/** Rows of the codes and of everything inside those that are packages, to any depth; each once. */
export function withContents(subject: Subject): Set<number> {
  const reached = new Set<number>(subject.codes);
  // A Set may grow while it is walked, and visits what was added: breadth first, each row once.
  for (const row of reached) {
    if (!(flagsOf(subject.words[row * RECORD_WORDS]) & FLAG.package)) continue;
    for (const ordinal of subject.contents(row)) reached.add(subject.row(ordinal));
  }
  return reached;
}

function stateWord(event: RegisterEvent, { words, codes }: Subject, attribute: Attribute, word: number): void {
  const column = event.columns[attribute];
  if (!column) return;
  for (let i = 0; i < codes.length; i++) {
    const at = codes[i] * RECORD_WORDS + word;
    words[at] = stated(column, i, words[at]);
  }
}

/** The tail that a code was first shown with stands: one that differs is a copy with another, and a finding. */
function stateTail({ columns: { tailLow, tailHigh } }: RegisterEvent, { words, codes }: Subject): number {
  if (!tailLow && !tailHigh) return 0;
  let conflicts = 0;
  for (let i = 0; i < codes.length; i++) {
    const low = stated(tailLow, i, 0);
    const high = stated(tailHigh, i, 0);
    if (low === 0 && high === 0) continue;
    const at = codes[i] * RECORD_WORDS;
    if (words[at + WORD.tailLow] === 0 && words[at + WORD.tailHigh] === 0) {
      words[at + WORD.tailLow] = low;
      words[at + WORD.tailHigh] = high;
    } else if (words[at + WORD.tailLow] !== low || words[at + WORD.tailHigh] !== high) conflicts++;
  }
  return conflicts;
}

function stateParts({ columns: { inner, sold } }: RegisterEvent, { words, codes }: Subject): void {
  if (!inner && !sold) return;
  for (let i = 0; i < codes.length; i++) {
    const at = codes[i] * RECORD_WORDS + WORD.parts;
    const old = words[at];
    words[at] = (stated(inner, i, old & 0xffff) & 0xffff) | (stated(sold, i, old >>> 16) << 16);
  }
}

function stateName(event: RegisterEvent, subject: Subject, attribute: 'owner' | 'series', word: number): void {
  const column = event.columns[attribute];
  if (!column) return;
  const { words, codes } = subject;
  const ids: number[] = [];
  for (let i = 0; i < codes.length; i++) {
    const index = stated(column, i, NOT_STATED);
    if (index === NOT_STATED) continue;
    ids[index] ??= subject.name(attribute, event.texts[index] ?? '');
    words[codes[i] * RECORD_WORDS + word] = ids[index];
  }
}

/** Puts codes into packages, or takes them out. What the maker registered stands; an aggregation that says otherwise is a finding (S0-9). */
function stateParent(event: RegisterEvent, subject: Subject): number {
  const column = event.columns.parent;
  if (!column) return 0;
  const { codes, parents } = subject;
  const room = new Map<number, number>();
  /** Packages that stand above a parent, itself included; `null` when that is too deep to tell. */
  const above = new Map<number, ReadonlySet<number> | null>();
  let conflicts = 0;
  for (let i = 0; i < codes.length; i++) {
    const index = stated(column, i, NOT_STATED);
    if (index === NOT_STATED) continue;
    const parent = index < 0 ? 0 : subject.ordinal(parents[index]);
    const at = codes[i] * RECORD_WORDS + WORD.parent;
    const old = subject.words[at] >>> 0;
    if (old === parent) continue;
    if (event.kind === 'aggregate' && old !== 0) {
      conflicts++;
      continue;
    }
    if (parent !== 0) {
      const left = room.get(parent) ?? PACKAGE_CONTENTS_MAX - subject.contents(parents[index]).length;
      let holders = above.get(parent);
      if (holders === undefined) {
        holders = packagesAbove(subject, parents[index]);
        above.set(parent, holders);
      }
      if (left <= 0 || holders === null || holders.has(subject.ordinal(codes[i]))) {
        conflicts++;
        continue;
      }
      room.set(parent, left - 1);
    }
    subject.words[at] = parent;
    // What stands above others has moved.
    if (flagsOf(subject.words[codes[i] * RECORD_WORDS]) & FLAG.package) above.clear();
  }
  return conflicts;
}

/** Ordinals of a package and of those that it is in, to the top; `null` when that is deeper than {@link TREE_DEPTH_MAX}, as a cycle is. */
export function packagesAbove(subject: Subject, row: number): ReadonlySet<number> | null {
  const above = new Set<number>();
  for (let at = row; ; ) {
    above.add(subject.ordinal(at));
    if (above.size > TREE_DEPTH_MAX) return null;
    const parent = subject.words[at * RECORD_WORDS + WORD.parent] >>> 0;
    if (parent === 0) return above;
    if (above.has(parent)) return null;
    at = subject.row(parent);
  }
}

/** The value a column states for code i, or `otherwise`. */
function stated(column: Int32Array | undefined, i: number, otherwise: number): number {
  if (!column) return otherwise;
  const value = column.length === 1 ? column[0] : column[i];
  return value === NOT_STATED ? otherwise : value;
}

const withFlag = (flags: number, flag: number, on: number): number => (on ? flags | flag : flags & ~flag);
