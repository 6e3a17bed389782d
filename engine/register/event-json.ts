/** Events from JSON: checked against the schema, codes as keys, names and dates as columns. */
import { createHash } from 'node:crypto';
import { DateTime } from 'luxon';
import { Compile } from 'typebox/compile';
import type { Core } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { wallClockMinutes } from '../wall-clock.js';
import {
  ATTRIBUTES,
  type Attribute,
  type Checks,
  type EventColumns,
  encodeEvent,
  NOT_STATED,
  type RegisterEvent,
  STATED_KINDS,
} from './event.js';
import { keysOf, type NamedCode } from './event-keys.js';
import { type CodeStatement, EventStatement } from './event-schema.js';
import { EVENT_BYTES_MAX } from './limits.js';
import { packKeys } from './packed-keys.js';
import { STATE_NUMBER, stateByName } from './states.js';
import { WITHDRAWAL_REASONS, withdrawalReasonByName } from './withdrawal.js';

export interface EventDefaults {
  /** Time of events that say none. */
  now: Date;
  /** Whether an actor must be entitled to what it does, in events that don't say; default: yes. */
  strictOwnership?: boolean;
}

const schema = Compile(EventStatement);
/** Errors of one event that are told: the first says enough, and a union has one a branch. */
const ERRORS_SHOWN = 3;

type Said = Omit<CodeStatement, 'code' | 'key'>;

/**
 * The event that a parsed JSON value states. `core` reads its codes.
 * Throws EVENT_INVALID, whose `detail` names the field, what was met and what is expected.
 */
export function eventFromJson(value: unknown, core: Core, defaults: EventDefaults): RegisterEvent {
  if (!schema.Check(value)) throw invalid(schemaFaults(value));
  const statement: EventStatement = value;
  const { kind, actor = '', party = '', document = '' } = statement;
  const codes = statement.codes.map((code): CodeStatement => (typeof code === 'string' ? { code } : code));
  const columns = new Columns(codes.length);
  const packages = new Texts();
  codes.forEach((own, i) => {
    const said: Said = { ...statement, ...own };
    for (const attribute of ATTRIBUTES) {
      const place = `codes/${i}/${attribute}`;
      const number = statedIn(attribute, said, columns.texts, packages, place);
      if (number !== null) columns.set(attribute, i, number);
    }
  });
  const event: RegisterEvent = {
    id: new Uint8Array(16),
    kind,
    checks: checksOf(statement, defaults.strictOwnership ?? true),
    ...momentOf(statement.at, defaults.now),
    actor,
    party,
    document,
    reason: reasonOf(statement.reason),
    count: codes.length,
    keys: packed(keysOf(codes, core, 'codes')),
    texts: columns.texts.all,
    parents: packed(keysOf(packages.all.map(namedPackage), core, 'package')),
    columns: columns.packed(),
  };
  event.id = statement.id === undefined ? contentId(event) : bytesOfId(statement.id);
  const size = encodeEvent(event).length;
  if (size > EVENT_BYTES_MAX)
    throw invalid(`${size} bytes; send its codes in several events`, `${EVENT_BYTES_MAX} bytes`);
  return event;
}

/** An event without an id is known by what it says, its time included. */
export function contentId(event: RegisterEvent): Uint8Array {
  const bytes = encodeEvent({ ...event, id: new Uint8Array(16) });
  return Uint8Array.from(createHash('sha256').update(bytes).digest().subarray(0, 16));
}

/** Indices of texts in the order they are first said. */
class Texts {
  readonly #indices = new Map<string, number>();
  get all(): string[] {
    return [...this.#indices.keys()];
  }
  index(text: string): number {
    const known = this.#indices.get(text) ?? this.#indices.size;
    this.#indices.set(text, known);
    return known;
  }
}

class Columns {
  readonly texts = new Texts();
  readonly #columns: EventColumns = {};
  constructor(readonly count: number) {}

  set(attribute: Attribute, i: number, value: number): void {
    this.#columns[attribute] ??= new Int32Array(this.count).fill(NOT_STATED);
    this.#columns[attribute][i] = value;
  }

  /** A column of one value keeps it once. */
  packed(): EventColumns {
    const packed: EventColumns = {};
    for (const attribute of ATTRIBUTES) {
      const column = this.#columns[attribute];
      if (column) packed[attribute] = column.every((value) => value === column[0]) ? column.slice(0, 1) : column;
    }
    return packed;
  }
}

function statedIn(attribute: Attribute, said: Said, texts: Texts, packages: Texts, place: string): number | null {
  switch (attribute) {
    case 'parent':
      if (said.package === undefined) return null;
      return said.package === null ? -1 : packages.index(JSON.stringify(said.package));
    case 'owner':
    case 'series':
      return said[attribute] === undefined ? null : texts.index(said[attribute]);
    case 'state':
      return said.state === undefined ? null : stateOf(said.state, place);
    case 'blocked':
    case 'customs':
      return said[attribute] === undefined ? null : Number(said[attribute]);
    case 'expiry':
    case 'produced':
      return said[attribute] === undefined ? null : minutesOf(said[attribute], place);
    default:
      return said[attribute] ?? null;
  }
}

function stateOf(state: string | number, place: string): number {
  if (typeof state === 'number') return state;
  const name = stateByName(state);
  if (name === null) throw invalid(`${place}: “${state}” is no state`);
  return STATE_NUMBER[name];
}

function minutesOf(clock: string | number | null, place: string): number {
  if (clock === null) return 0;
  if (typeof clock === 'number') return clock;
  const minutes = wallClockMinutes(clock);
  if (minutes === null)
    throw invalid(`${place}: “${clock}” is no date; expected one such as 2028-01-31 or 2028-01-31T18:00`);
  return minutes;
}

function reasonOf(reason: string | number | undefined): number {
  if (typeof reason !== 'string') return reason ?? 0;
  const name = withdrawalReasonByName(reason);
  if (name === null) throw invalid(`reason: “${reason}” is not one of ${Object.keys(WITHDRAWAL_REASONS).join(', ')}`);
  return WITHDRAWAL_REASONS[name].number;
}

function checksOf({ kind, checks }: EventStatement, strictOwnership: boolean): Checks {
  const canBeStated = STATED_KINDS.some((stated) => stated === kind);
  if (checks === 'stated' && !canBeStated) throw invalid(`checks: a ${kind} is not stated; expected state or owner`);
  if (kind === 'restate') {
    if (checks !== undefined && checks !== 'stated') throw invalid('checks: a restate is stated, and nothing else');
    return 'stated';
  }
  return checks ?? (strictOwnership ? 'owner' : 'state');
}

/** The moment and the clock that it was read from. */
function momentOf(at: string | undefined, now: Date): { at: number; zone: number } {
  if (at === undefined) return { at: now.getTime(), zone: -now.getTimezoneOffset() };
  const moment = DateTime.fromISO(at, { setZone: true });
  if (!/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}(:?\d{2})?)$/i.test(at) || !moment.isValid)
    throw invalid(`at: “${at}” is no moment; expected one such as 2026-03-16T09:00:00+03:00`);
  return { at: moment.toMillis(), zone: moment.offset };
}

function namedPackage(said: string): NamedCode {
  const code = JSON.parse(said) as string | { key: string };
  return typeof code === 'string' ? { code } : code;
}

const bytesOfId = (id: string): Uint8Array => Uint8Array.from(Buffer.from(id.replaceAll('-', ''), 'hex'));

function packed(keys: readonly Uint8Array[]): Uint8Array {
  const offsets = new Uint32Array(keys.length + 1);
  keys.forEach((key, i) => {
    offsets[i + 1] = offsets[i] + key.length;
  });
  return packKeys({ bytes: Uint8Array.from(Buffer.concat(keys)), offsets }, 0, keys.length);
}

function schemaFaults(value: unknown): string {
  const faults = schema.Errors(value).map(({ instancePath, message, params }) => {
    const allowed = 'allowedValues' in params ? `: ${String(params.allowedValues)}` : '';
    return `${instancePath.slice(1) || 'the event'} ${message}${allowed}`;
  });
  return [...new Set(faults)].slice(0, ERRORS_SHOWN).join('; ');
}

const invalid = (detail: string, limit?: string): TamgaError => new TamgaError('EVENT_INVALID', { detail, limit });
