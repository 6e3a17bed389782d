/** What the register says of a code, on the wire: names for numbers, and nothing that is not stated. */
import Type, { type Static } from 'typebox';
import type { RecordView, Register } from '../../../engine/index.js';
import { dateOf } from '../../../engine/wall-clock.js';
import type { Client } from '../access/access.js';
import { Refusal } from '../refusals.js';

export const CodeRecord = Type.Object({
  code: Type.String({
    description: 'GTIN and serial, 18 digits of an SSCC, or the text of another code; never a tail',
  }),
  state: Type.String(),
  package: Type.Boolean({ description: 'it is a package' }),
  blocked: Type.Boolean(),
  customs: Type.Boolean({ description: 'imported, not through customs' }),
  opened: Type.Boolean({ description: 'a package from which something was taken' }),
  reason: Type.Optional(Type.String({ description: 'why it was sold or withdrawn' })),
  group: Type.Optional(Type.Integer()),
  owner: Type.Optional(Type.String()),
  receiver: Type.Optional(Type.String({ description: 'to whom it is shipped' })),
  inPackage: Type.Optional(Type.String()),
  expiry: Type.Optional(Type.String({ description: 'ISO date' })),
  produced: Type.Optional(Type.String({ description: 'ISO date' })),
  series: Type.Optional(Type.String()),
  price: Type.Optional(Type.Integer({ description: 'kopecks or tiyin' })),
  inner: Type.Optional(Type.Integer({ description: 'parts that the pack is divided into' })),
  sold: Type.Optional(Type.Integer({ description: 'parts that were sold' })),
  document: Type.Optional(Type.String()),
  lastEvent: Type.Integer(),
});
export type CodeRecord = Static<typeof CodeRecord>;

export function codeRecord(register: Register, record: RecordView): CodeRecord {
  const { parent, parts, expiry, produced } = record;
  return {
    code: register.textOf(record.ordinal),
    state: record.state,
    package: record.package,
    blocked: record.blocked,
    customs: record.customs,
    opened: record.opened,
    reason: record.reason ?? undefined,
    group: record.group ?? undefined,
    owner: record.owner ?? undefined,
    receiver: record.receiver ?? undefined,
    inPackage: parent === null ? undefined : register.textOf(parent),
    expiry: expiry === null ? undefined : dateOf(expiry),
    produced: produced === null ? undefined : dateOf(produced),
    series: record.series ?? undefined,
    price: record.price ?? undefined,
    inner: parts?.inner,
    sold: parts?.sold,
    document: record.document ?? undefined,
    lastEvent: record.lastEvent,
  };
}

/** True for a key of nobody, for the owner, for whom the code is shipped to, and for a code of nobody. */
export function maySeeRecord(
  client: Client | null,
  { owner, receiver }: Pick<RecordView, 'owner' | 'receiver'>,
): boolean {
  const bound = client?.participant ?? null;
  return bound === null || owner === null || owner === bound || receiver === bound;
}

/** @throws Refusal OTHER_PARTICIPANT. */
export function demandSeen(client: Client | null, record: RecordView): void {
  if (!maySeeRecord(client, record)) throw new Refusal('OTHER_PARTICIPANT', 'The code is another participant’s.');
}
