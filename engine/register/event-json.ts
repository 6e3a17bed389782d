/** Events from JSON: checked against the schema, codes as keys, names and dates as columns. */
import { hash } from 'node:crypto';
import { Compile } from 'typebox/compile';
import type { Core } from '../../core/host/index.js';
import { TamgaError } from '../errors.js';
import { wallClockMinutes } from '../wall-clock.js';
import {
  ATTRIBUTES,
  type Attribute,
  type Checks,
  type EventColumns,
  NOT_STATED,
  type RegisterEvent,
  STATED_KINDS,
  writeEvent,
} from './event.js';
import { keysOf, type NamedCode } from './event-keys.js';
import { type CodeStatement, EventStatement } from './event-schema.js';
import { EVENT_BYTES_MAX } from './limits.js';
import { type Moment, readMoment } from './moment.js';
import { packKeyList } from './packed-keys.js';
import { STATE_NUMBER, stateByName } from './states.js';
import { WITHDRAWAL_REASONS, withdrawalReasonByName } from './withdrawal.js';

export interface EventDefaults {
  /** Time of events that say none. */
  now: Date;
  /** Whether an actor must be entitled to what it does, in events that don't say; default: yes. */
  strictOwnership?: boolean;
}

const ID_BYTES = 16;
const schema = Compile(EventStatement);
/** Errors of one event that are told: the first says enough, and a union has one a branch. */
const ERRORS_SHOWN = 3;

/** What a field of a code may hold. */
type Said = Exclude<CodeStatement[keyof CodeStatement], undefined>;

/**
 * The event that a parsed JSON value states. `core` reads its codes.
 * Throws EVENT_INVALID, whose `detail` names the field, what was met and what is expected.
 */
export function eventFromJson(value: unknown, core: Core, defaults: EventDefaults): RegisterEvent {
  if (!schema.Check(value)) throw invalid(schemaFaults(value));
  const statement: EventStatement = value;
  const { kind, actor = '', party = '', document = '' } = statement;
  const codes = statement.codes.map((code): CodeStatement => (typeof code === 'string' ? { code } : code));
  const saysOfEach = statement.codes.some((code) => typeof code !== 'string');
  const columns = new Columns(codes.length);
  const packages = new Texts();
  for (const attribute of ATTRIBUTES) {
    const field = attribute === 'parent' ? 'package' : attribute;
    const ofAll = statement[field];
    if (ofAll === undefined && !saysOfEach) continue;
    codes.forEach((code, i) => {
      const said = code[field] === undefined ? ofAll : code[field];
      if (said !== undefined) columns.set(attribute, i, wordOf(attribute, said, columns.texts, packages, i));
    });
  }
  const event: RegisterEvent = {
    id: NO_ID,
    kind,
    checks: checksOf(statement, defaults.strictOwnership ?? true),
    ...momentOf(statement.at, defaults.now),
    actor,
    party,
    document,
    reason: reasonOf(statement.reason),
    count: codes.length,
    keys: packKeyList(keysOf(codes, core, 'codes')),
    texts: columns.texts.all,
    parents: packKeyList(keysOf(packages.all.map(namedPackage), core, 'package')),
    columns: columns.packed(),
  };
  const encoded = writeEvent(event, 0);
  const size = encoded.length;
  if (size > EVENT_BYTES_MAX)
    throw invalid(`${size} bytes; send its codes in several events`, `${EVENT_BYTES_MAX} bytes`);
  event.id = statement.id === undefined ? contentId(encoded) : bytesOfId(statement.id);
  return event;
}

/** In place of an id that is made of what the event says. */
const NO_ID = new Uint8Array(ID_BYTES);

/** An event without an id is known by what it says, its time included; `encoded` is the event with {@link NO_ID}. */
const contentId = (encoded: Buffer): Uint8Array => hash('sha256', encoded, 'buffer').subarray(0, ID_BYTES);

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
    for (const [attribute, column] of Object.entries(this.#columns) as [Attribute, Int32Array][]) {
      packed[attribute] = column.every((value) => value === column[0]) ? column.slice(0, 1) : column;
    }
    return packed;
  }
}

/** The 32-bit word that a column has for what is said of code `i`. */
function wordOf(attribute: Attribute, said: Said, texts: Texts, packages: Texts, i: number): number {
  switch (attribute) {
    case 'parent':
      return said === null ? -1 : packages.index(JSON.stringify(said));
    case 'owner':
    case 'series':
      return texts.index(said as string);
    case 'state':
      return typeof said === 'string' ? stateOf(said, i) : Number(said);
    case 'expiry':
    case 'produced':
      return typeof said === 'string' ? minutesOf(said, `codes/${i}/${attribute}`) : Number(said);
    default:
      // Yes and no are 1 and 0.
      return Number(said);
  }
}

function stateOf(word: string, i: number): number {
  const name = stateByName(word);
  if (name === null) throw invalid(`codes/${i}/state: “${word}” is no state`);
  return STATE_NUMBER[name];
}

function minutesOf(clock: string, place: string): number {
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
function momentOf(at: string | undefined, now: Date): Moment {
  if (at === undefined) return { at: now.getTime(), zone: -now.getTimezoneOffset() };
  const moment = readMoment(at);
  if (!moment) throw invalid(`at: “${at}” is no moment; expected one such as 2026-03-16T09:00:00+03:00`);
  return moment;
}

function namedPackage(said: string): NamedCode {
  const code = JSON.parse(said) as string | { key: string };
  return typeof code === 'string' ? { code } : code;
}

const bytesOfId = (id: string): Uint8Array => Uint8Array.from(Buffer.from(id.replaceAll('-', ''), 'hex'));

function schemaFaults(value: unknown): string {
  const faults = schema.Errors(value).map(({ instancePath, message, params }) => {
    const allowed = 'allowedValues' in params ? `: ${String(params.allowedValues)}` : '';
    return `${instancePath.slice(1) || 'the event'} ${message}${allowed}`;
  });
  return [...new Set(faults)].slice(0, ERRORS_SHOWN).join('; ');
}

const invalid = (detail: string, limit?: string): TamgaError => new TamgaError('EVENT_INVALID', { detail, limit });
