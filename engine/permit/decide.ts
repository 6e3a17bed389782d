/** May this line of a receipt be sold, or taken back: the table over the facts. */
import type { Facts, ReceiptLine } from './facts.js';
import { type PermitPolicy, policyAt } from './policy.js';
import { type Reason, type Row, TABLE } from './rules.js';

export interface Decision {
  /** `unknown`: nothing that is known stands against it, but not everything could be asked. */
  allow: 'yes' | 'no' | 'unknown';
  /** The first row that forbids; `null` when none does. */
  row: number | null;
  reason: Reason | null;
  /** Rows that could not be decided for want of a fact; empty when `allow` is `no`. */
  open: readonly number[];
}

const NONE: readonly number[] = [];

/** Deterministic: time is part of the line. */
export function decide(facts: Facts, line: ReceiptLine, policies: readonly PermitPolicy[]): Decision {
  const policy = policyAt(policies, line.at);
  const open: number[] = [];
  for (const row of TABLE) {
    const forbids = row.forbids(facts, line, policy);
    if (forbids === true) return refused(row);
    if (forbids === undefined) open.push(row.row);
  }
  return { allow: open.length > 0 ? 'unknown' : 'yes', row: null, reason: null, open };
}

function refused({ row, reason }: Row): Decision {
  return { allow: 'no', row, reason, open: NONE };
}
