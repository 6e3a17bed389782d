/** Applying an operation: every precondition for every code, then every effect. Pure: it changes rows in memory, or tells why not. */
import { ATTRIBUTES, type RegisterEvent } from './event.js';
import { Operation } from './operation.js';
import { RULES } from './operation-rules.js';
import { type Refusal, refusal } from './rejections.js';
import type { Subject } from './subject.js';
import type { Rejection } from './transition.js';

/**
 * Does what the event says to the rows it names, in their order. Codes that are refused stay as they were while the others change,
 * so that the list of rejections is complete; with any rejection the caller keeps nothing of it.
 */
export function operate(event: RegisterEvent, subject: Subject): Rejection[] {
  if (event.kind === 'restate') throw new RangeError('a restate is a statement');
  const rule = RULES[event.kind];
  const operation = new Operation(event, subject);
  const rejections: Rejection[] = [];
  const codes = Array.from(subject.codes);
  const reject = (row: number, { reason, detail }: Refusal): void => {
    rejections.push({ row, reason, detail });
  };
  // Most sales say nothing but their codes.
  const saysMore = Object.keys(event.columns).length > 0;
  const unsayable = saysMore
    ? ATTRIBUTES.find((attribute) => event.columns[attribute] && !rule.says.some((own) => own === attribute))
    : undefined;
  if (unsayable !== undefined) {
    for (const row of codes) reject(row, refusal('ATTRIBUTE_FORBIDS', unsayable));
    return rejections;
  }

  const named = new Set(codes);
  const met = new Set<number>();
  /** Packages that this event brings are known from the first code that is put into them. */
  const brought = new Set<number>();
  const attempt = (row: number, i: number): Refusal | null => {
    if (!rule.makesKnown && subject.isNew(row) && !brought.has(row)) return refusal('NOT_KNOWN');
    const around = rule.wholeTree ? operation.around(row).find((at) => at !== row && named.has(at)) : undefined;
    if (around !== undefined) return refusal('WITH_PACKAGE', operation.text(around));
    const tree = rule.wholeTree ? operation.tree(row) : [row];
    if (tree === null) return refusal('PACKAGE_TOO_LARGE');
    for (const at of tree) {
      const isNamed = at === row;
      const found = rule.refuses(operation, at, i, isNamed);
      if (found) return isNamed ? found : inside(operation, at, found);
    }
    if (rule.leavesPackage) operation.takeOut(row);
    for (const at of tree) rule.does(operation, at, i, at === row);
    const into = event.kind === 'aggregate' ? operation.parent(row) : -1;
    if (into >= 0) brought.add(into);
    return null;
  };
  codes.forEach((row, i) => {
    const found = met.has(row) ? refusal('REPEATED') : attempt(row, i);
    met.add(row);
    if (found) reject(row, found);
  });
  return rejections;
}

/** What stands against something in a package names it. */
function inside(operation: Operation, row: number, { reason, detail }: Refusal): Refusal {
  return refusal(reason, detail === '' ? operation.text(row) : `${operation.text(row)}: ${detail}`);
}
