/** Codes that an import has read and not yet written: sorted by key, they become events. */
import { createHash } from 'node:crypto';
import { type Core, textToKey } from '../../core/host/index.js';
import {
  ATTRIBUTES,
  type Attribute,
  type EventColumns,
  type EventKind,
  encodeEvent,
  NOT_STATED,
  type RegisterEvent,
  STATED,
} from '../register/event.js';
import { EVENT_BYTES_MAX, EVENT_CODES_MAX } from '../register/limits.js';
import { compareKeys, type KeyColumn, packKeys } from '../register/packed-keys.js';
import { StagedColumn } from './staged-column.js';

/** What one run of an import says of all its codes. */
export interface Statement {
  kind: EventKind;
  at: number;
  actor: string;
  document: string;
  /** The receiver of a shipment. */
  party?: string;
}

/** Attributes whose values are indices into texts or parents, and have to be renumbered for each event. */
const TEXT_ATTRIBUTES: ReadonlySet<Attribute> = new Set(['owner', 'series']);

/** Bytes that a time and a receiver (a tax number, a place of activity) add to an encoded event, and more. */
const REST_BYTES = 1024;

export class StagedRun {
  #bytes = new Uint8Array(1 << 20);
  #offsets = new Uint32Array(1 << 16);
  #count = 0;
  /** Each code is greater than the one before. */
  #ascends = true;
  readonly #columns: Partial<Record<Attribute, StagedColumn>> = {};
  readonly #texts = new Map<string, number>();
  readonly #parents = new Map<string, number>();

  get count(): number {
    return this.#count;
  }

  /** Some of its codes are stated to be in a package. */
  get hasPackages(): boolean {
    return this.#parents.size > 0;
  }

  /** Stages the codes of a batch: key i of `keys` unless it is empty. Returns the place of the first in the run. */
  append(keys: KeyColumn): number {
    const first = this.#count;
    const { bytes, offsets } = keys;
    const rows = offsets.length - 1;
    const start = this.#offsets[this.#count];
    const length = offsets[rows] - offsets[0];
    while (start + length > this.#bytes.length) this.#bytes = grown(this.#bytes);
    while (this.#count + rows + 1 > this.#offsets.length) this.#offsets = grown(this.#offsets);
    this.#bytes.set(bytes.subarray(offsets[0], offsets[rows]), start);
    for (let i = 0; i < rows; i++) {
      if (offsets[i + 1] > offsets[i]) this.#offsets[++this.#count] = start + offsets[i + 1] - offsets[0];
    }
    const staged: KeyColumn = { bytes: this.#bytes, offsets: this.#offsets };
    for (let i = Math.max(1, first); this.#ascends && i < this.#count; i++)
      this.#ascends = compareKeys(staged, i - 1, staged, i) < 0;
    return first;
  }

  /** States an attribute of the code at `place`. */
  state(place: number, attribute: Attribute, value: number): void {
    this.#column(attribute).fill(value, place, place + 1);
  }

  /** States an attribute of `count` codes from `place` on. */
  stateAll(place: number, count: number, attribute: Attribute, value: number): void {
    this.#column(attribute).fill(value, place, place + count);
  }

  #column(attribute: Attribute): StagedColumn {
    let column = this.#columns[attribute];
    if (!column) {
      column = new StagedColumn();
      this.#columns[attribute] = column;
    }
    return column;
  }

  /** Index of a text for the attributes `owner` and `series`. */
  text(text: string): number {
    return indexIn(this.#texts, text);
  }

  /** Index of a package for the attribute `parent`. */
  parent(text: string): number {
    return indexIn(this.#parents, text);
  }

  /** The run as events, in key order; the same codes give the same events with the same ids. */
  *events(core: Core, statement: Statement): IterableIterator<RegisterEvent> {
    const offsets = this.#offsets.subarray(0, this.#count + 1);
    const keys: KeyColumn = {
      bytes: this.#bytes.subarray(0, offsets[this.#count]),
      offsets,
    };
    const order = this.#ascends ? undefined : core.sortKeys(keys.bytes, keys.offsets);
    const texts = [...this.#texts.keys()];
    const parents = [...this.#parents.keys()].map((text) => textToKey(text));
    for (let from = 0; from < this.#count; ) {
      let until = Math.min(this.#count, from + EVENT_CODES_MAX);
      let event = this.#event(keys, order, from, until, texts, parents, statement);
      let encoded = encodeContent(event);
      while (encoded.length + REST_BYTES > EVENT_BYTES_MAX && until - from > 1) {
        until = from + Math.max(1, Math.floor(((until - from) * EVENT_BYTES_MAX * 0.9) / encoded.length));
        event = this.#event(keys, order, from, until, texts, parents, statement);
        encoded = encodeContent(event);
      }
      yield { ...event, id: idOf(encoded) };
      from = until;
    }
  }

  #event(
    keys: KeyColumn,
    order: Uint32Array | undefined,
    from: number,
    until: number,
    texts: string[],
    parents: Uint8Array[],
    statement: Statement,
  ): RegisterEvent {
    const usedTexts = new Map<number, number>();
    const usedParents = new Map<number, number>();
    const columns: EventColumns = {};
    for (const attribute of ATTRIBUTES) {
      const staged = this.#columns[attribute];
      if (!staged) continue;
      const used = TEXT_ATTRIBUTES.has(attribute) ? usedTexts : attribute === 'parent' ? usedParents : null;
      // One value for all codes of the run is one for those of any event.
      const column = staged.isUniform(this.#count) ? Int32Array.of(staged.at(0)) : staged.take(from, until, order);
      if (used) for (let i = 0; i < column.length; i++) if (column[i] >= 0) column[i] = indexIn(used, column[i]);
      const same = column.every((value) => value === column[0]);
      if (!(same && column[0] === NOT_STATED)) columns[attribute] = same ? column.slice(0, 1) : column;
    }
    const eventParents = [...usedParents.keys()].map((index) => parents[index]);
    return {
      ...STATED,
      ...statement,
      id: new Uint8Array(16),
      count: until - from,
      keys: packKeys(keys, from, until, order),
      texts: [...usedTexts.keys()].map((index) => texts[index]),
      parents: packKeys(columnOf(eventParents), 0, eventParents.length),
      columns,
    };
  }
}

/** What makes an event's id: all but its time, and the receiver, which its document names. */
const encodeContent = (event: RegisterEvent): Uint8Array => encodeEvent({ ...event, ...STATED, at: 0 });

/** An event's id is its content: importing the same file again gives ids that were applied. */
function idOf(encoded: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(encoded).digest().subarray(0, 16));
}

function columnOf(keys: Uint8Array[]): KeyColumn {
  const offsets = new Uint32Array(keys.length + 1);
  keys.forEach((key, i) => {
    offsets[i + 1] = offsets[i] + key.length;
  });
  const bytes = new Uint8Array(offsets[keys.length]);
  keys.forEach((key, i) => {
    bytes.set(key, offsets[i]);
  });
  return { bytes, offsets };
}

function indexIn<K>(map: Map<K, number>, key: K): number {
  let index = map.get(key);
  if (index === undefined) {
    index = map.size;
    map.set(key, index);
  }
  return index;
}

function grown<T extends Uint8Array | Uint32Array>(array: T): T {
  const wider = new (array.constructor as new (length: number) => T)(array.length * 2);
  wider.set(array);
  return wider;
}
