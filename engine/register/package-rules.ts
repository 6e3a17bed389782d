/** Operations on packages: §2 of domain/inventory-and-acceptance, rows S0-8, S0-39, S3-66 and X-2 of domain/systems. */
import { PACKAGE_CONTENTS_MAX, TREE_DEPTH_MAX } from './limits.js';
import type { Operation } from './operation.js';
import type { Rule } from './operation-rules.js';
import { FLAG, WORD } from './record.js';
import { type Refusal, refusal } from './rejections.js';
import { STATE_NUMBER } from './states.js';

/** States in which a code is put into a package. */
const PACKABLE: ReadonlySet<number> = new Set([STATE_NUMBER.UNKNOWN, STATE_NUMBER.APPLIED, STATE_NUMBER.INTRODUCED]);
/** A package in one of these takes over the state of what is first put into it. */
const UNSETTLED: ReadonlySet<number> = new Set([STATE_NUMBER.UNKNOWN, STATE_NUMBER.DISAGGREGATED]);
const GONE: ReadonlySet<number> = new Set([STATE_NUMBER.RETIRED, STATE_NUMBER.WITHDRAWN, STATE_NUMBER.WRITTEN_OFF]);

/** The package that the event puts its code i into; -1: none. */
function packageOf(operation: Operation, i: number): number {
  const index = operation.says('parent', i);
  return index === null || index < 0 ? -1 : (operation.subject.parents[index] ?? -1);
}

/** Owner, or receiver on the way. */
function holder(operation: Operation, row: number): Refusal | null {
  const actor = operation.actor();
  const owner = operation.word(row, WORD.owner);
  if (!operation.checksOwner || owner === 0 || owner === actor) return null;
  if (operation.state(row) === STATE_NUMBER.SHIPPED && actor !== 0 && operation.word(row, WORD.receiver) === actor)
    return null;
  return refusal('OTHER_OWNER', operation.ownerName(row));
}

/** Levels of a tree: 1 for a unit; one more than may be when it is deeper. */
function levels(operation: Operation, row: number): number {
  let level = [row];
  let count = 0;
  while (level.length > 0 && count <= TREE_DEPTH_MAX) {
    count++;
    level = level.filter((at) => operation.has(at, FLAG.package)).flatMap((at) => operation.contents(at));
  }
  return count;
}

function refusesFit(operation: Operation, row: number, into: number): Refusal | null {
  const above = operation.around(into);
  if (above.includes(row)) return refusal('PACKAGE_CYCLE', operation.text(into));
  if (above.length + levels(operation, row) > TREE_DEPTH_MAX) return refusal('PACKAGE_TOO_DEEP', `${TREE_DEPTH_MAX}`);
  if (!UNSETTLED.has(operation.state(into)) && operation.state(into) !== operation.state(row))
    return refusal('PACKAGE_DIFFERS', `${operation.text(into)}: ${operation.stateName(into)}`);
  const owner = operation.word(into, WORD.owner);
  if (owner !== 0 && owner !== operation.word(row, WORD.owner))
    return refusal('MIXED_OWNERS', `${operation.text(into)}: ${operation.ownerName(into)}`);
  return operation.contents(into).length >= PACKAGE_CONTENTS_MAX
    ? refusal('PACKAGE_FULL', `${PACKAGE_CONTENTS_MAX}`)
    : null;
}

export const PACKAGE_RULES = {
  /** МДЛП 911, 914, 915; free codes of one owner and state. */
  aggregate: {
    says: ['parent'],
    refuses(operation, row, i) {
      const into = packageOf(operation, i);
      if (into < 0) return refusal('PACKAGE_MISSING');
      const parent = operation.parent(row);
      if (parent >= 0) return refusal('IN_PACKAGE', operation.text(parent));
      if (!PACKABLE.has(operation.state(row))) return refusal('STATE_FORBIDS', operation.stateName(row));
      return holder(operation, row) ?? refusesFit(operation, row, into);
    },
    does(operation, row, i) {
      const into = packageOf(operation, i);
      operation.setFlag(into, FLAG.package, true);
      if (operation.state(into) === STATE_NUMBER.DISAGGREGATED) operation.setFlag(into, FLAG.opened, false);
      if (UNSETTLED.has(operation.state(into))) operation.setState(into, operation.state(row));
      if (operation.word(into, WORD.owner) === 0) operation.setWord(into, WORD.owner, operation.word(row, WORD.owner));
      operation.putInto(row, into);
    },
  },

  /** МДЛП 912: the contents are free, and the packages around the dissolved one are opened; its siblings stay whole. */
  disaggregate: {
    says: [],
    leavesPackage: true,
    refuses(operation, row) {
      if (!operation.has(row, FLAG.package)) return refusal('NOT_A_PACKAGE');
      const state = operation.state(row);
      if (state === STATE_NUMBER.DISAGGREGATED || GONE.has(state))
        return refusal('STATE_FORBIDS', operation.stateName(row));
      return holder(operation, row);
    },
    does(operation, row) {
      for (const child of operation.contents(row)) operation.release(child);
      operation.setState(row, STATE_NUMBER.DISAGGREGATED);
      operation.setWord(row, WORD.receiver, 0);
    },
  },

  /** МДЛП 913. */
  extract: {
    says: [],
    leavesPackage: true,
    refuses: (operation, row) => (operation.parent(row) < 0 ? refusal('NOT_IN_PACKAGE') : holder(operation, row)),
    does: () => undefined,
  },
} as const satisfies Record<string, Rule>;
