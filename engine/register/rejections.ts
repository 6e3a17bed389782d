/** Why an operation doesn't apply to a code. Texts in three languages: messages/rejections.json; a test keeps the two equal. */
export const REJECTIONS = [
  'NOT_KNOWN', // the register doesn't have the code
  'REPEATED', // named twice (DUPLICATE_IN_DOCUMENT)
  'WITH_PACKAGE', // named by itself and with a package around it (DUPLICATE_IN_DOCUMENT)
  'STATE_FORBIDS',
  'OTHER_OWNER', // the actor doesn't own it
  'OTHER_RECEIVER', // it was shipped to somebody else
  'BLOCKED', // stopped by an authority
  'ALREADY_BLOCKED',
  'NOT_BLOCKED',
  'CUSTOMS', // imported and not cleared
  'EXPIRED',
  'RETURN_WITHOUT_SALE', // it is in circulation: there is nothing to take back
  'REASON_FORBIDS', // no such reason, or not for this kind, or what was withdrawn so stays withdrawn
  'REASON_DIFFERS', // it was withdrawn for another reason than the return says
  'PARTY_MISSING', // a change of owner that names no owner
  'ATTRIBUTE_FORBIDS', // the event says of its codes what its kind can't
  'PARTS_INVALID', // no such part: n of m with 1 ≤ n ≤ m ≤ 65535, and only of a unit
  'PARTS_DIFFER', // the pack is divided into another number of parts
  'PARTS_EXCEED_WHOLE', // more than is left, or comes back than was sold
  'NOTHING_STATED', // a correction that corrects nothing
  'NOT_A_PACKAGE',
  'PACKAGE_MISSING', // an aggregation that names no package for the code
  'IN_PACKAGE', // it is in a package already
  'NOT_IN_PACKAGE',
  'PACKAGE_CYCLE', // it would hold itself
  'PACKAGE_TOO_DEEP',
  'PACKAGE_FULL', // more direct contents than a package can have
  'PACKAGE_TOO_LARGE', // more codes inside than one event can change
  'PACKAGE_DIFFERS', // the package is in another state than the code
  'MIXED_OWNERS', // the package is somebody else's than the code
] as const;
export type RejectionReason = (typeof REJECTIONS)[number];

/** An operation's first obstacle for one of its codes. */
export interface Refusal {
  reason: RejectionReason;
  /** The state, owner, parts … that stand against it; with the code inside a package that they belong to. */
  detail: string;
}

export const refusal = (reason: RejectionReason, detail = ''): Refusal => ({ reason, detail });
