/** One operation over the records it names and reaches: fields by name, packages as trees, who the actor is. Rules stand in operation-rules. */
import { keyToText } from '../../core/host/index.js';
import { type Attribute, NOT_STATED, type RegisterEvent } from './event.js';
import { TREE_DEPTH_MAX } from './limits.js';
import {
  capacityOf,
  detailsOf,
  FLAG,
  flagsOf,
  groupOf,
  headOf,
  levelOf,
  RECORD_WORDS,
  reasonOf,
  stateOf,
  WORD,
} from './record.js';
import { STATES } from './states.js';
import type { Subject } from './subject.js';

const MINUTE_MS = 60_000;
/** Records that one operation may change: a lorry of pallets. More is several events. */
export const TREE_ROWS_MAX = 1 << 20;

export class Operation {
  /** The event's moment on the clock of its place, minutes since 1970-01-01T00:00. */
  readonly now: number;
  /** Moves of this event, by the ordinal of the package: storage tells the contents before it. */
  readonly #moves = new Map<number, Map<number, boolean>>();

  constructor(
    readonly event: RegisterEvent,
    readonly subject: Subject,
  ) {
    this.now = Math.floor(event.at / MINUTE_MS) + event.zone;
  }

  word(row: number, word: number): number {
    return this.subject.words[row * RECORD_WORDS + word];
  }

  setWord(row: number, word: number, value: number): void {
    this.subject.words[row * RECORD_WORDS + word] = value;
  }

  state(row: number): number {
    return stateOf(this.word(row, WORD.head));
  }

  stateName(row: number): string {
    return STATES[this.state(row)] ?? String(this.state(row));
  }

  setState(row: number, state: number): void {
    const head = this.word(row, WORD.head);
    this.setWord(row, WORD.head, headOf(state, flagsOf(head), groupOf(head)));
  }

  group(row: number): number {
    return groupOf(this.word(row, WORD.head));
  }

  setGroup(row: number, group: number): void {
    const head = this.word(row, WORD.head);
    this.setWord(row, WORD.head, headOf(stateOf(head), flagsOf(head), group));
  }

  has(row: number, flag: number): boolean {
    return (flagsOf(this.word(row, WORD.head)) & flag) !== 0;
  }

  setFlag(row: number, flag: number, on: boolean): void {
    const head = this.word(row, WORD.head);
    const flags = on ? flagsOf(head) | flag : flagsOf(head) & ~flag;
    this.setWord(row, WORD.head, headOf(stateOf(head), flags, groupOf(head)));
  }

  /** Parts of a divisible pack, and those sold of them; 0 of 0 where it was never divided. */
  parts(row: number): { inner: number; sold: number } {
    const parts = this.word(row, WORD.parts);
    return { inner: parts & 0xffff, sold: parts >>> 16 };
  }

  setParts(row: number, inner: number, sold: number): void {
    this.setWord(row, WORD.parts, (inner & 0xffff) | (sold << 16));
  }

  reason(row: number): number {
    return reasonOf(this.word(row, WORD.details));
  }

  setReason(row: number, reason: number): void {
    const details = this.word(row, WORD.details);
    this.setWord(row, WORD.details, detailsOf(reason, levelOf(details), capacityOf(details)));
  }

  /** What the event says about its code i; `null` when it says nothing. */
  says(attribute: Attribute, i: number): number | null {
    const column = this.event.columns[attribute];
    const value = column?.[column.length === 1 ? 0 : i];
    return value === undefined || value === NOT_STATED ? null : value;
  }

  /** Number of the actor as an owner; 0 when nobody is named. */
  actor(): number {
    return this.subject.name('owner', this.event.actor);
  }

  party(): number {
    return this.subject.name('owner', this.event.party);
  }

  /** Whether the actor must be entitled to what it does. */
  get checksOwner(): boolean {
    return this.event.checks === 'owner';
  }

  ownerName(row: number, word: number = WORD.owner): string {
    return this.subject.nameText('owner', this.word(row, word)) ?? '';
  }

  /** The package that a code is directly in, as a row; -1: none. */
  parent(row: number): number {
    const parent = this.word(row, WORD.parent);
    return parent === 0 ? -1 : this.subject.row(parent >>> 0);
  }

  /** A code and the packages around it from the inside out; no more than can be nested. */
  around(row: number): number[] {
    const found: number[] = [];
    for (let at = row; at >= 0 && found.length <= TREE_DEPTH_MAX; at = this.parent(at)) found.push(at);
    return found;
  }

  /** Rows of what is directly in a package now, this event's moves included. */
  contents(row: number): number[] {
    const ordinals = new Set(this.subject.contents(row));
    for (const [ordinal, isIn] of this.#moves.get(this.subject.ordinal(row)) ?? []) {
      if (isIn) ordinals.add(ordinal);
      else ordinals.delete(ordinal);
    }
    return Array.from(ordinals, (ordinal) => this.subject.row(ordinal));
  }

  /** A code and everything inside it, from the outside in; `null` when that is more than an event may change. */
  tree(row: number): number[] | null {
    const reached = [row];
    for (let at = 0; at < reached.length; at++) {
      if (!this.has(reached[at], FLAG.package)) continue;
      for (const child of this.contents(reached[at])) reached.push(child);
      if (reached.length > TREE_ROWS_MAX) return null;
    }
    return reached;
  }

  putInto(row: number, parent: number): void {
    this.#move(this.subject.ordinal(parent), row, true);
    this.setWord(row, WORD.parent, this.subject.ordinal(parent));
  }

  /** Takes a code out of its package without a word about that package. */
  release(row: number): void {
    const parent = this.word(row, WORD.parent);
    if (parent === 0) return;
    this.#move(parent >>> 0, row, false);
    this.setWord(row, WORD.parent, 0);
  }

  /** Takes a code out of its package, which is thereby opened, as is every package around it. */
  takeOut(row: number): void {
    const opened = this.parent(row);
    this.release(row);
    for (let at = opened; at >= 0; at = this.parent(at)) this.setFlag(at, FLAG.opened, true);
  }

  text(row: number): string {
    return keyToText(this.subject.key(row));
  }

  #move(parent: number, row: number, isIn: boolean): void {
    let moves = this.#moves.get(parent);
    if (!moves) {
      moves = new Map();
      this.#moves.set(parent, moves);
    }
    moves.set(this.subject.ordinal(row), isIn);
  }
}
