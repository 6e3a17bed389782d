/** A set of the register as what is expected: codes of an owner, in a state, of a group, product, series or document. */
import type { Universe } from '../bulk/universe.js';
import { TamgaError } from '../errors.js';
import type { CodeFilter } from '../register/as-of.js';
import { FLAG, flagsOf, groupOf, WORD } from '../register/record.js';
import type { Register } from '../register/register.js';
import type { SetKind } from '../register/sets.js';
import { STATE_NUMBER, type State, stateByName } from '../register/states.js';
import { RoaringBitmap32 } from '../roaring.js';
import { packageBits } from './package-set.js';
import type { Then } from './then.js';

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
  { at, ...query }: RegisterSetQuery,
  register: Register,
  universe: Universe,
  then: Then,
): RoaringBitmap32 {
  const { group, state } = query;
  const filter: CodeFilter = { ...query, state: state === undefined ? undefined : stateOfText(state) };
  if (SET_QUERY_FIELDS.every((field) => filter[field] === undefined)) {
    throw new TamgaError('USAGE', { detail: `an expected set needs one of ${SET_QUERY_FIELDS.join(', ')}` });
  }
  if (at !== undefined) {
    const asked = register.asOf(at);
    const past = asked.sequence > then.lastEvent && then.asOf ? then.asOf : asked;
    return past.where(past.select(filter), (head) => (flagsOf(head) & FLAG.package) === 0);
  }
  let set = whole(universe);
  for (const kind of NAMED) {
    const text = filter[kind];
    if (text !== undefined) set.andInPlace(setOf(kind, register.names.demand(kind, text), register, then));
  }
  if (filter.state !== undefined) set.andInPlace(setOf('state', STATE_NUMBER[filter.state], register, then));
  if (group !== undefined) set = ofGroup(set, group, universe);
  return RoaringBitmap32.andNot(set, packageBits(universe, then.lastEvent).toRoaring());
}

const whole = ({ codes }: Universe): RoaringBitmap32 => RoaringBitmap32.fromRange(1, codes);

/** A set of the register as the run sees it: events that came since have no place in it. */
function setOf(kind: SetKind, id: number, register: Register, then: Then): RoaringBitmap32 {
  const isMoved = register.view().lastEvent !== then.lastEvent;
  return ((isMoved && then.asOf) || register).set(kind, id);
}

function stateOfText(text: string): State {
  const state = stateByName(text);
  if (state === null) throw new TamgaError('USAGE', { detail: `the state "${text}" is none that Tamga knows` });
  return state;
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
