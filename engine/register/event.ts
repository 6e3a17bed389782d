/**
 * An event: what somebody stated about codes, self-contained and replayable. It names codes by key, never by ordinal.
 * Events are the register's truth; records, sets and packages follow from them.
 */
import { Packr } from 'msgpackr';
import { EVENT_CODES_MAX } from './limits.js';

/** `restate`: a list or snapshot says what codes are; `aggregate`: a package gets contents; `ship`: a document sends codes. */
export const EVENT_KINDS = ['restate', 'aggregate', 'ship'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What an event may state about a code. Values are 32-bit integers; see {@link EventColumns}. */
export const ATTRIBUTES = [
  'state', // number of STATES
  'blocked', // 0 or 1
  'customs', // 1: imported and not cleared
  'group', // product group id
  'owner', // index into texts
  'parent', // index into parents; -1: in no package
  'expiry', // minutes since 1970-01-01T00:00, wall clock; 0: none
  'produced', // as expiry
  'series', // index into texts
  'price', // kopecks
  'inner', // parts of a divisible pack
  'sold', // parts already sold
] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

/** In a column: this event says nothing about this code's attribute. */
export const NOT_STATED = -0x8000_0000;

/** One value for all codes (length 1) or one a code; an attribute without a column is not stated. */
export type EventColumns = Partial<Record<Attribute, Int32Array>>;

export interface RegisterEvent {
  /** 16 bytes; an id that was applied before changes nothing. */
  id: Uint8Array;
  kind: EventKind;
  /** Milliseconds since 1970, UTC: when it was stated. */
  at: number;
  /** Who stated it; empty when unknown. */
  actor: string;
  /** The document that states it; empty when none. */
  document: string;
  count: number;
  /** Front-coded keys, see packed-keys. */
  keys: Uint8Array;
  texts: string[];
  /** Front-coded keys of packages. */
  parents: Uint8Array;
  columns: EventColumns;
}

const VERSION = 1;
const packr = new Packr({ useRecords: false, moreTypes: false });

/** The event as it stands in the log: MessagePack, columns as little-endian bytes. */
export function encodeEvent(event: RegisterEvent): Buffer {
  const columns = Object.entries(event.columns).map(([name, values]) => [
    name,
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  ]);
  const { id, kind, at, actor, document, count, keys, texts, parents } = event;
  return packr.pack([
    VERSION,
    Buffer.from(id),
    kind,
    at,
    actor,
    document,
    count,
    Buffer.from(keys),
    texts,
    Buffer.from(parents),
    columns,
  ]);
}

/** Reads a logged event. Throws a RangeError on bytes that {@link encodeEvent} didn't write. */
export function decodeEvent(bytes: Uint8Array): RegisterEvent {
  const fields = unpack(bytes);
  if (!Array.isArray(fields) || fields.length !== 11) throw new RangeError('not an event');
  const [version, id, kind, at, actor, document, count, keys, texts, parents, columns] = fields as unknown[];
  if (version !== VERSION) throw new RangeError(`an event of version ${String(version)}; this Tamga reads ${VERSION}`);
  if (
    !(id instanceof Uint8Array && id.length === 16) ||
    !EVENT_KINDS.includes(kind as EventKind) ||
    typeof at !== 'number' ||
    typeof actor !== 'string' ||
    typeof document !== 'string' ||
    !(Number.isInteger(count) && (count as number) >= 0 && (count as number) <= EVENT_CODES_MAX) ||
    !(keys instanceof Uint8Array) ||
    !(Array.isArray(texts) && texts.every((text) => typeof text === 'string')) ||
    !(parents instanceof Uint8Array) ||
    !Array.isArray(columns)
  ) {
    throw new RangeError('an event with a field of the wrong kind');
  }
  const stated: EventColumns = {};
  for (const column of columns as unknown[]) {
    const [name, bytes] = (Array.isArray(column) ? column : []) as [Attribute, Uint8Array];
    if (!ATTRIBUTES.includes(name) || !(bytes instanceof Uint8Array))
      throw new RangeError('an event with an unknown column');
    const words = bytes.length / 4;
    if (words !== 1 && words !== count)
      throw new RangeError(`column ${name} has ${words} values for ${String(count)} codes`);
    stated[name] = new Int32Array(Uint8Array.from(bytes).buffer);
  }
  return {
    id,
    kind: kind as EventKind,
    at,
    actor,
    document,
    count: count as number,
    keys,
    texts,
    parents,
    columns: stated,
  };
}

function unpack(bytes: Uint8Array): unknown {
  try {
    return packr.unpack(bytes);
  } catch (error) {
    throw new RangeError('not an event', { cause: error });
  }
}
