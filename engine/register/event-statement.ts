/** Events as JSON: what an export writes, and a register of the same events is made from. */
import { DateTime, FixedOffsetZone } from 'luxon';
import type { Core } from '../../core/host/index.js';
import { wallClockMinutes } from '../wall-clock.js';
import { ATTRIBUTES, type Attribute, NOT_STATED, type RegisterEvent } from './event.js';
import { namesOf } from './event-keys.js';
import type { CodeStatement, EventStatement } from './event-schema.js';
import { unpackKeys } from './packed-keys.js';
import { STATES } from './states.js';
import { withdrawalReasonOf } from './withdrawal.js';

const MINUTE_MS = 60_000;
type Values = Omit<CodeStatement, 'code' | 'key'>;

/** The event as a JSON value that eventFromJson reads as the same event. */
export function eventToJson(event: RegisterEvent, core: Core): EventStatement {
  const codes = namesOf(keysOf(event.keys), core);
  const parents = namesOf(keysOf(event.parents), core);
  const said = ATTRIBUTES.flatMap((attribute): Column[] => {
    const column = event.columns[attribute];
    return column ? [[attribute, column]] : [];
  });
  const ofAll = said.filter(([, column]) => column.length === 1);
  const ofEach = said.filter(([, column]) => column.length !== 1);
  const common: Values = {};
  for (const [attribute, column] of ofAll) say(common, attribute, column[0], event, parents);
  return {
    id: Buffer.from(event.id).toString('hex'),
    kind: event.kind,
    checks: event.checks,
    at: DateTime.fromMillis(event.at, { zone: FixedOffsetZone.instance(event.zone) }).toISO() ?? undefined,
    ...optional('actor', event.actor),
    ...optional('party', event.party),
    ...optional('document', event.document),
    ...(event.reason === 0 ? {} : { reason: withdrawalReasonOf(event.reason) ?? event.reason }),
    ...common,
    codes: codes.map((code, i) => {
      const own: CodeStatement = typeof code === 'string' ? { code } : { ...code };
      for (const [attribute, column] of ofEach) say(own, attribute, column[i], event, parents);
      return typeof code === 'string' && Object.keys(own).length === 1 ? code : own;
    }),
  };
}

type Column = [Attribute, Int32Array];

function say(
  values: Values,
  attribute: Attribute,
  value: number,
  { texts }: RegisterEvent,
  parents: ReturnType<typeof namesOf>,
): void {
  if (value === NOT_STATED) return;
  switch (attribute) {
    case 'parent':
      values.package = value < 0 ? null : parents[value];
      break;
    case 'owner':
    case 'series':
      values[attribute] = texts[value] ?? '';
      break;
    case 'state':
      values.state = STATES[value] ?? value;
      break;
    case 'blocked':
    case 'customs':
      values[attribute] = value === 0 || value === 1 ? value === 1 : value;
      break;
    case 'expiry':
    case 'produced':
      values[attribute] = clockOf(value);
      break;
    default:
      values[attribute] = value;
  }
}

/** A wall clock to the minute; the number itself where years have no four digits. */
function clockOf(minutes: number): string | number | null {
  if (minutes === 0) return null;
  const text = new Date(minutes * MINUTE_MS).toISOString().slice(0, 16);
  return wallClockMinutes(text) === minutes ? text : minutes;
}

function keysOf(packed: Uint8Array): Uint8Array[] {
  const { bytes, offsets } = unpackKeys(packed);
  return Array.from({ length: offsets.length - 1 }, (_, i) => bytes.subarray(offsets[i], offsets[i + 1]));
}

const optional = <Name extends string>(name: Name, text: string): { [key in Name]?: string } =>
  (text === '' ? {} : { [name]: text }) as { [key in Name]?: string };
