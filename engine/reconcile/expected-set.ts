/** A set of the register as what is expected: codes of an owner, in a state, of a group, product, series or document. */
import type { Universe } from '../bulk/universe.js';
import { TamgaError } from '../errors.js';
import { groupOf, WORD } from '../register/record.js';
import type { Register } from '../register/register.js';
import type { SetKind } from '../register/sets.js';
import { STATE_NUMBER, stateByName } from '../register/states.js';
import { RoaringBitmap32 } from '../roaring.js';
import { packageBits } from './package-set.js';

/** Units that have all of what is named here; at least one of them must be. */
export interface RegisterSetQuery {
  /** Tax number or place of activity. */
  owner?: string;
  /** A name of `STATES`, or a national system's word for one. */
  state?: string;
  /** Number of a product group, 1 to 65535. */
  group?: number;
  /** 14 digits. */
  gtin?: string;
  series?: string;
  /** Number or id of a document, as the register has it. */
  document?: string;
  /** As the register was at this moment, by its own time of applying; default: as it is. */
  at?: Date;
}

export const SET_QUERY_FIELDS = ['owner', 'state', 'group', 'gtin', 'series', 'document'] as const;
export type SetQueryField = (typeof SET_QUERY_FIELDS)[number];

const NAMED = ['owner', 'gtin', 'series', 'document'] as const;

/** The query as people write it: `owner=300000001,state=INTRODUCED`. */
export function setQueryText(query: RegisterSetQuery): string {
  return SET_QUERY_FIELDS.filter((field) => query[field] !== undefined)
    .map((field) => `${field}=${query[field]}`)
    .join(',');
}

/**
 * Ordinals of the units of a set, packages left out: a package is expected through the units that it holds.
 * A name that the register never met gives the empty set. @throws TamgaError USAGE for an empty query or an unknown state.
 */
export function unitsOfSet(
  query: RegisterSetQuery,
  register: Register,
  universe: Universe,
  lastEvent: number,
): RoaringBitmap32 {
  // Events that came after the image have no place in the run.
  const isMoved = register.view().lastEvent !== lastEvent;
  const then = query.at ? register.asOf(query.at) : isMoved ? register.asOf({ sequence: lastEvent }) : null;
  let set: RoaringBitmap32 | null = null;
  const narrow = (kind: SetKind, id: number): void => {
    const other = (then ?? register).set(kind, id);
    if (set === null) set = other;
    else set.andInPlace(other);
  };
  for (const kind of NAMED) {
    const text = query[kind];
    if (text !== undefined) narrow(kind, register.names.demand(kind, text));
  }
  if (query.state !== undefined) narrow('state', stateNumber(query.state));
  const whole = (): RoaringBitmap32 => then?.select({}) ?? RoaringBitmap32.fromRange(1, universe.codes);
  if (query.group !== undefined) set = ofGroup(set ?? whole(), query.group, universe);
  if (set === null) {
    throw new TamgaError('USAGE', { detail: `an expected set needs one of ${SET_QUERY_FIELDS.join(', ')}` });
  }
  return RoaringBitmap32.andNot(set, packageBits(universe, lastEvent).toRoaring());
}

function stateNumber(text: string): number {
  const state = stateByName(text);
  if (state === null) throw new TamgaError('USAGE', { detail: `the state "${text}" is none that Tamga knows` });
  return STATE_NUMBER[state];
}

/** The register keeps no set of a group: it stands in the records. */
function ofGroup(set: RoaringBitmap32, group: number, universe: Universe): RoaringBitmap32 {
  const ordinals = set.toUint32Array();
  let count = 0;
  for (const ordinal of ordinals) {
    if (groupOf(universe.rowsOf(ordinal)[universe.rowAt(ordinal) + WORD.head]) === group) ordinals[count++] = ordinal;
  }
  return new RoaringBitmap32(ordinals.subarray(0, count));
}
