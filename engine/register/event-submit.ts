/** Handing an operation to the register; where it is asked for, again without the codes that it doesn't apply to. */
import { keyToText } from '../../core/host/index.js';
import type { ApplyResult } from './apply.js';
import type { RegisterEvent } from './event.js';
import { packKeyList, unpackKeys } from './packed-keys.js';
import type { Register } from './register.js';

export interface SubmitOptions {
  /** Apply an event to the codes that it applies to, and list the others; default: all codes or none. */
  where?: 'all' | 'possible';
  /** When the register applies it, milliseconds since 1970, unless it is there already; default: now. */
  appliedAt?: number;
}

/**
 * Submits an event; resolves when it is on disk or refused. With `where: 'possible'` what is logged is the event without the codes
 * in `rejections`; the id stays, so that the whole event again changes nothing.
 */
export function submitEvent(
  register: Register,
  event: RegisterEvent,
  { where = 'all', appliedAt }: SubmitOptions = {},
): Promise<ApplyResult> {
  return where === 'all' ? register.submit(event, appliedAt) : submitPossible(register, event, appliedAt);
}

async function submitPossible(register: Register, event: RegisterEvent, appliedAt?: number): Promise<ApplyResult> {
  const result = await register.submit(event, appliedAt);
  if (result.rejections.length === 0) return result;
  const rejections = [...result.rejections];
  // Codes that others change meanwhile may be refused next time; each time there are fewer.
  for (let narrowed = without(event, result.rejections); narrowed; ) {
    const again = await register.submit(narrowed, appliedAt);
    rejections.push(...again.rejections);
    if (again.rejections.length === 0) return { ...again, rejections };
    narrowed = without(narrowed, again.rejections);
  }
  return { ...result, rejections };
}

/** The event without refused codes; of one that was REPEATED the first stays. `null` when none is left. */
export function without(event: RegisterEvent, rejections: ApplyResult['rejections']): RegisterEvent | null {
  const refused = new Set(rejections.filter(({ reason }) => reason !== 'REPEATED').map(({ code }) => code));
  const repeated = new Set(rejections.filter(({ reason }) => reason === 'REPEATED').map(({ code }) => code));
  const keys = keysIn(event.keys);
  const texts = keys.map(keyToText);
  const met = new Set<string>();
  const kept = keys
    .map((_, i) => i)
    .filter((i) => {
      const text = texts[i];
      const isFirst = !met.has(text);
      met.add(text);
      if (refused.has(text)) return false;
      return isFirst || !repeated.has(text);
    });
  if (kept.length === 0) return null;
  const columns = Object.fromEntries(
    Object.entries(event.columns).map(([name, column]) => [
      name,
      column.length === 1 ? column : Int32Array.from(kept, (i) => column[i]),
    ]),
  );
  const used = columns.parent ? [...new Set(columns.parent)].filter((index) => index >= 0) : [];
  const parents = keysIn(event.parents);
  if (columns.parent) columns.parent = columns.parent.map((index) => (index < 0 ? index : used.indexOf(index)));
  return {
    ...event,
    count: kept.length,
    keys: packKeyList(kept.map((i) => keys[i])),
    parents: packKeyList(used.map((index) => parents[index])),
    columns,
  };
}

function keysIn(packedKeys: Uint8Array): Uint8Array[] {
  const { bytes, offsets } = unpackKeys(packedKeys);
  return Array.from({ length: offsets.length - 1 }, (_, i) => bytes.subarray(offsets[i], offsets[i + 1]));
}
