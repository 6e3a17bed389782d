/**
 * What a till tells it sold or took back, as events of the register. The same КИ told twice changes nothing the second time, and so does the same
 * `id`. A code that the register never met was sold all the same: it becomes known as sold, unless the key is bound to a participant: such a one acts
 * on its own goods, and states nothing about codes that may be somebody else's.
 */
import { createHash } from 'node:crypto';
import { keyToText } from '../../../core/host/index.js';
import type { Engine, EventStatement, KnownCode } from '../../../engine/index.js';
import type { RegisterEvent } from '../../../engine/register/event.js';
import { unpackKeys } from '../../../engine/register/packed-keys.js';
import { STATE_NUMBER } from '../../../engine/register/states.js';

export type Deed = 'sell' | 'return';

/** A unit of a receipt. */
export interface SoldCode {
  cis: string;
  /** Parts of it that were sold or taken back; absent: the whole. */
  sold?: number;
  /** Parts that it is divided into, when the register doesn't know. */
  inner?: number;
}

export interface DeedRequest {
  deed: Deed;
  codes: readonly SoldCode[];
  /** UUID of the receipt; needed for parts, since a part may be sold twice. */
  id: string | undefined;
  /** Fiscal drive, or whatever the till calls itself. */
  clientId: string;
  /** The one that the key is bound to: its own goods alone, and those whose owner nobody stated. */
  participant: string | undefined;
  at: Date;
}

export interface DeedResult {
  cis: string;
  /** `null`: it is so now. Else why it is not: a reason of the register's rejections, INVALID for what is no code, CONFLICT for an id used before. */
  rejection: string | null;
  detail: string;
}

/** Name of a till's document in the register: what it sold is found by it. A client's id has no blanks, so that no two tills share a name. */
export function documentOf(clientId: string, participant: string | undefined): string {
  return participant === undefined ? `till ${clientId}` : `till ${participant} ${clientId}`;
}

const DONE: Omit<DeedResult, 'cis'> = { rejection: null, detail: '' };
const AFTER: Readonly<Record<Deed, ReadonlySet<number>>> = {
  sell: new Set([STATE_NUMBER.RETIRED]),
  return: new Set([STATE_NUMBER.INTRODUCED]),
};

/** Applies them; resolves when they are on disk or refused. `known` are the facts of the codes, in order. */
export async function applyDeed(
  engine: Engine,
  request: DeedRequest,
  known: readonly KnownCode[],
): Promise<DeedResult[]> {
  const { codes, deed, id, participant } = request;
  const results: DeedResult[] = codes.map(({ cis }) => ({ cis, ...DONE }));
  const plain: number[] = [];
  const unknown: number[] = [];
  const seen = new Set<string>();
  for (const [i, { cis, ordinal, facts, state }] of known.entries()) {
    if (cis === null || facts.valid !== true) {
      results[i] = { cis: codes[i]!.cis, rejection: 'INVALID', detail: 'no marking code' };
    } else if (seen.has(cis)) {
      results[i] = { cis: codes[i]!.cis, rejection: 'REPEATED', detail: '' };
    } else if (facts.isOwner === false) {
      // Before anything else is looked at: another one's state is not told.
      results[i] = { cis: codes[i]!.cis, rejection: 'OTHER_OWNER', detail: '' };
    } else if (ordinal === 0) {
      seen.add(cis);
      unknown.push(i);
    } else {
      seen.add(cis);
      // Told before, with another request: it is so already.
      if (codes[i]!.sold !== undefined || !AFTER[deed].has(state)) plain.push(i);
    }
  }
  if (plain.length > 0) await submit(engine, eventOf(request, plain, known), plain, known, results);
  const isStated = deed === 'sell' && participant === undefined;
  for (const i of isStated ? [] : unknown) {
    results[i] = { cis: codes[i]!.cis, rejection: 'NOT_KNOWN', detail: '' };
  }
  if (isStated && unknown.length > 0) {
    const event: EventStatement = {
      ...eventOf(request, unknown, known),
      kind: 'restate',
      checks: 'stated',
      state: 'RETIRED',
    };
    if (id !== undefined) event.id = derivedId(id);
    await submit(engine, event, unknown, known, results);
  }
  return results;
}

function eventOf(
  { deed, codes, id, clientId, participant, at }: DeedRequest,
  indices: readonly number[],
  known: readonly KnownCode[],
): EventStatement {
  const event: EventStatement = {
    kind: deed,
    checks: participant === undefined ? 'state' : 'owner',
    at: at.toISOString(),
    document: documentOf(clientId, participant),
    codes: indices.map((i) => {
      const { sold, inner } = codes[i]!;
      const code = known[i]!.cis as string;
      if (sold === undefined) return code;
      return inner === undefined ? { code, sold } : { code, sold, inner };
    }),
  };
  if (participant !== undefined) event.actor = participant;
  if (id !== undefined) event.id = id;
  return event;
}

async function submit(
  engine: Engine,
  event: EventStatement,
  indices: readonly number[],
  known: readonly KnownCode[],
  results: DeedResult[],
): Promise<void> {
  const { rejections, applied, sequence } = await engine.submit(event, { where: 'possible' });
  // An id that is known already: it stands for what was applied then, and for nothing else.
  const before = applied || sequence === 0 ? null : engine.register?.event(sequence);
  if (before) {
    const named = before.kind === event.kind ? keysOfEvent(before) : new Set<string>();
    for (const i of indices) {
      if (!named.has(known[i]!.key as string)) {
        results[i] = { cis: results[i]!.cis, rejection: 'CONFLICT', detail: 'the id is that of a receipt without it' };
      }
    }
    return;
  }
  const byKey = new Map(rejections.map((rejection) => [rejection.code, rejection]));
  for (const i of indices) {
    const rejection = byKey.get(known[i]!.key as string);
    if (!rejection) continue;
    // Its detail would name the owner.
    const detail = rejection.reason === 'OTHER_OWNER' ? '' : rejection.detail;
    results[i] = { cis: results[i]!.cis, rejection: rejection.reason, detail };
  }
}

function keysOfEvent({ keys }: RegisterEvent): Set<string> {
  const { bytes, offsets } = unpackKeys(keys);
  return new Set(
    Array.from({ length: offsets.length - 1 }, (_, i) => keyToText(bytes.subarray(offsets[i], offsets[i + 1]))),
  );
}

/** A second id from a request's, always the same. */
function derivedId(id: string): string {
  return createHash('sha256').update(`unknown ${id}`).digest('hex').slice(0, 32);
}
