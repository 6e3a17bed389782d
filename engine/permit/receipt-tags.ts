/** Which tags a fiscal receipt takes of a marked line, by FFD 1.05 and 1.2 (cash-register services §4). */

import { DateTime } from 'luxon';
import { type Core, fiscal, type ParsedCode } from '../../core/host/index.js';
import type { Channel, ReceiptLine } from './facts.js';
import type { PermitAct, PermitPolicy } from './policy.js';

/** The answer that a check is proved by. */
export interface CheckProof {
  /** UUID. */
  reqId: string;
  /** Milliseconds since 1970. */
  reqTimestamp: number;
  /** Of a check made offline: the module and its version. */
  inst?: string;
  version?: string;
}

/** Values by the number of their tag. Structures are objects of the same kind; bytes are written in hexadecimal. */
export interface ReceiptTags {
  /** FFD 1.05: `{ 1162 }` in hexadecimal. */
  ffd105: Readonly<Record<string, string>>;
  /** FFD 1.2 of the line, and 1260, which is the same in both. */
  ffd12: Readonly<Record<string, TagValue>>;
}
export type TagValue = string | number | { readonly [tag: string]: TagValue };

/** The check that a line went through. */
export interface ReceiptCheck {
  channel: Channel;
  proof: CheckProof;
  groupIds?: readonly number[];
  /** Parts that the unit is divided into. */
  inner?: number;
}

/** Planned and assigned status, tags 2003 and 2110. */
const STATUS = { sale: { whole: 1, part: 2 }, return: { whole: 3, part: 4 } } as const;

/**
 * Tags of a line; `line.quantity` of `check.inner` parts is the share that is sold.
 * 1260 stands in the receipt only when a check was made: not in an emergency, and not when it was not possible.
 */
export function receiptTags(
  core: Pick<Core, 'parse'>,
  scan: string,
  line: ReceiptLine,
  policy: PermitPolicy,
  check: ReceiptCheck,
): ReceiptTags {
  const trimmed = scan.trim();
  const code: ParsedCode = core.parse(trimmed, { country: 'RU' });
  const { tag, value, tag1162, tag2000 } = fiscal(code, trimmed);
  const { inner = 0 } = check;
  const { quantity = inner } = line;
  const isPart = inner > 1 && quantity < inner;
  const status = STATUS[line.mode][isPart ? 'part' : 'whole'];
  const ffd12: Record<string, TagValue> = { 1163: { [tag]: value }, 2003: status, 2110: status, 2102: 0 };
  if (tag2000 !== null) ffd12[2000] = trimmed;
  if (isPart) ffd12[1291] = { 1292: `${quantity}/${inner}`, 1293: quantity, 1294: inner };
  if (check.channel !== 'emergency' && check.channel !== 'impossible') {
    ffd12[1260] = permissive(actOf(policy, check.groupIds), check.proof);
  }
  return { ffd105: { 1162: Buffer.from(tag1162).toString('hex').toUpperCase() }, ffd12 };
}

function actOf({ act, actsOfGroups }: PermitPolicy, groupIds: readonly number[] = []): PermitAct {
  for (const group of groupIds) {
    const own = actsOfGroups[group];
    if (own) return own;
  }
  return act;
}

function permissive(act: PermitAct, { reqId, reqTimestamp, inst, version }: CheckProof): TagValue {
  const offline = inst === undefined ? '' : `&Inst=${inst}&Ver=${version ?? ''}`;
  return {
    1262: act.authority,
    1263: act.date,
    1264: act.number,
    1265: `UUID=${reqId}&Time=${reqTimestamp}${offline}`,
  };
}

/** True for a date as tag 1263 has it. */
export function isActDate(text: string): boolean {
  return DateTime.fromFormat(text, 'dd.MM.yyyy').isValid && text.length === 10;
}
