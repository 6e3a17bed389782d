/**
 * An event: what somebody stated of codes, or did with them; self-contained and replayable. It names codes by key, never by ordinal.
 * Events are the register's truth; records, sets and packages follow from them. What each kind needs and does: docs/events.md.
 */
import { Packr } from 'msgpackr';
import { EVENT_CODES_MAX } from './limits.js';
import { MessagePack } from './message-pack.js';

/** Kinds of events. The first three are also what an import makes of lists and documents, see {@link CHECKS}. */
export const EVENT_KINDS = [
  'restate', // a list or snapshot says what codes are
  'aggregate', // codes are put into packages
  'ship', // codes are sent to somebody
  'introduce', // put into circulation
  'accept', // the receiver takes over what was shipped
  'refuse', // the receiver refuses, or the sender recalls, what was shipped
  'sell', // a whole pack, or parts of one
  'return', // what was sold or withdrawn comes back
  'withdraw', // taken out of circulation for a reason
  'block', // stopped by an authority
  'unblock',
  'disaggregate', // a package is dissolved
  'extract', // codes are taken out of their package
  'changeOwner', // the owner is corrected
  'correct', // price, series, expiry or production date is corrected
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * How strictly an event is met. `stated`: a list or document says so; codes that nobody knew become known, and where it doesn't fit
 * the code stays as it was and is counted. `state`: an operation; every precondition holds for every code, or nothing happens.
 * `owner`: an operation whose actor must also be entitled to it.
 */
export const CHECKS = ['stated', 'state', 'owner'] as const;
export type Checks = (typeof CHECKS)[number];

/** Kinds that a list or document can state; a `restate` is nothing else. */
export const STATED_KINDS = ['restate', 'aggregate', 'ship'] as const satisfies readonly EventKind[];

/** What an event may say about a code. Values are 32-bit integers; see {@link EventColumns}. */
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
  'sold', // parts already sold; of a sale or return: parts that it is about
  'tailLow', // digest of the crypto tail that the code was shown with, its lower word
  'tailHigh', // its upper word
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
  checks: Checks;
  /** Milliseconds since 1970, UTC: when it happened, as its document says. The register's own time is kept beside the event. */
  at: number;
  /** Minutes east of UTC of the clock that `at` was read from: packs expire by the clock of the place. */
  zone: number;
  /** Who stated or did it; empty when unknown. */
  actor: string;
  /** The other party: the receiver of a shipment, the new owner; empty when there is none. */
  party: string;
  /** The document that states it; empty when none. */
  document: string;
  /** Number of a withdrawal reason; 0: none. */
  reason: number;
  count: number;
  /** Front-coded keys, see packed-keys. */
  keys: Uint8Array;
  texts: string[];
  /** Front-coded keys of packages. */
  parents: Uint8Array;
  columns: EventColumns;
}

/** What an event of an import leaves open. */
export const STATED = { checks: 'stated', zone: 0, party: '', reason: 0 } as const;

const VERSION = 2;
/**
 * The first version had statements only, and none of the fields of {@link STATED}. What says nothing in them is still written so: an
 * imported event keeps the id that is made of its bytes.
 */
const VERSION_STATED = 1;
const FIELDS = { [VERSION_STATED]: 11, [VERSION]: 15 } as const;
const REASON_MAX = 255;
/** Clocks are at most 14 hours ahead and 12 behind; a day is safely outside. */
const ZONE_MAX = 24 * 60;
const packr = new Packr({ useRecords: false, moreTypes: false });

/** Of one event at a time. */
const out = new MessagePack();

/** The event as it stands in the log: MessagePack, columns as little-endian bytes. */
export const encodeEvent = (event: RegisterEvent): Buffer => Buffer.from(writeEvent(event, 0));

/** As {@link encodeEvent}, behind `head` bytes that are the caller's; good until the next call. */
export function writeEvent(event: RegisterEvent, head: number): Buffer {
  const { checks, zone, party, reason, texts, columns } = event;
  const isStated =
    checks === STATED.checks && zone === STATED.zone && party === STATED.party && reason === STATED.reason;
  const version = isStated ? VERSION_STATED : VERSION;
  out.begin(head);
  out.array(FIELDS[version]);
  out.number(version);
  out.binary(event.id);
  out.text(event.kind);
  out.number(event.at);
  out.text(event.actor);
  out.text(event.document);
  out.number(event.count);
  out.binary(event.keys);
  out.array(texts.length);
  for (const text of texts) out.text(text);
  out.binary(event.parents);
  const names = Object.keys(columns) as Attribute[];
  out.array(names.length);
  for (const name of names) {
    out.array(2);
    out.text(name);
    out.binary(columns[name] as Int32Array);
  }
  if (!isStated) {
    out.text(checks);
    out.number(zone);
    out.text(party);
    out.number(reason);
  }
  return out.written();
}

/** Reads a logged event of this or an earlier version. Throws a RangeError on bytes that {@link encodeEvent} didn't write. */
export function decodeEvent(bytes: Uint8Array): RegisterEvent {
  const fields = unpack(bytes);
  if (!Array.isArray(fields)) throw new RangeError('not an event');
  const version: unknown = fields[0];
  if (version !== VERSION && version !== VERSION_STATED)
    throw new RangeError(`an event of version ${String(version)}; this Tamga reads ${VERSION_STATED} to ${VERSION}`);
  if (fields.length !== FIELDS[version]) throw new RangeError('not an event');
  const [, id, kind, at, actor, document, count, keys, texts, parents, columns] = fields as unknown[];
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
    columns: decodeColumns(columns, count as number),
    ...(version === VERSION ? decodeOperation(fields.slice(FIELDS[VERSION_STATED])) : STATED),
  };
}

function decodeOperation(fields: readonly unknown[]): Pick<RegisterEvent, keyof typeof STATED> {
  const [checks, zone, party, reason] = fields;
  if (
    !CHECKS.includes(checks as Checks) ||
    !(Number.isInteger(zone) && Math.abs(zone as number) < ZONE_MAX) ||
    typeof party !== 'string' ||
    !(Number.isInteger(reason) && (reason as number) >= 0 && (reason as number) <= REASON_MAX)
  ) {
    throw new RangeError('an event with a field of the wrong kind');
  }
  return { checks: checks as Checks, zone: zone as number, party, reason: reason as number };
}

function decodeColumns(columns: readonly unknown[], count: number): EventColumns {
  const stated: EventColumns = {};
  for (const column of columns) {
    const [name, bytes] = (Array.isArray(column) ? column : []) as [Attribute, Uint8Array];
    if (!ATTRIBUTES.includes(name) || !(bytes instanceof Uint8Array))
      throw new RangeError('an event with an unknown column');
    const words = bytes.length / 4;
    if (words !== 1 && words !== count)
      throw new RangeError(`column ${name} has ${words} values for ${String(count)} codes`);
    stated[name] = new Int32Array(Uint8Array.from(bytes).buffer);
  }
  return stated;
}

function unpack(bytes: Uint8Array): unknown {
  try {
    return packr.unpack(bytes);
  } catch (error) {
    throw new RangeError('not an event', { cause: error });
  }
}
