/**
 * What each operation needs of a record and what it does to it; the table of docs/events.md in code.
 * `refuses` is asked of every code that is named and, where the whole tree goes along, of everything inside, before any of them changes.
 */
import type { Attribute, EventKind } from './event.js';
import type { Operation } from './operation.js';
import { PACKAGE_RULES } from './package-rules.js';
import { FLAG, WORD } from './record.js';
import { type Refusal, refusal } from './rejections.js';
import { STATE_NUMBER, type State } from './states.js';
import { mayWithdraw, WITHDRAWAL_REASONS, type WithdrawalReason, withdrawalReasonOf } from './withdrawal.js';

export interface Rule {
  /** What the event may say of its codes. */
  says: readonly Attribute[];
  /** Codes that the register doesn't have become known. */
  makesKnown?: true;
  /** What is inside a package goes along with it. */
  wholeTree?: true;
  /** A code named by itself leaves the package that it is in, which is opened by that. */
  leavesPackage?: true;
  /** Why it can't be done to a record; `i` is the event's code that names it, `isNamed` false for what is inside. */
  refuses(operation: Operation, row: number, i: number, isNamed: boolean): Refusal | null;
  does(operation: Operation, row: number, i: number, isNamed: boolean): void;
}

const PARTS_MAX = 0xffff;
const numbers = (...states: State[]): ReadonlySet<number> => new Set(states.map((state) => STATE_NUMBER[state]));

const UNUSED = numbers('UNKNOWN', 'EMITTED', 'APPLIED');
const SALEABLE = numbers('UNKNOWN', 'INTRODUCED', 'PARTIALLY_SOLD');
const SHIPPED = numbers('SHIPPED');
const OUT = numbers('RETIRED', 'WITHDRAWN', 'WRITTEN_OFF', 'DISAGGREGATED');
const GONE = numbers('RETIRED', 'WITHDRAWN', 'WRITTEN_OFF');
/** Tests 9–12 of code verification in their order: state, owner, expiry, blocked. */
type Test = (operation: Operation, row: number) => Refusal | null;

const stateIn =
  (states: ReadonlySet<number>): Test =>
  (operation, row) =>
    states.has(operation.state(row)) ? null : refusal('STATE_FORBIDS', operation.stateName(row));

/** A code whose owner was never stated passes: it is not known. */
const owned: Test = (operation, row) => {
  const owner = operation.word(row, WORD.owner);
  if (!operation.checksOwner || owner === 0 || owner === operation.actor()) return null;
  return refusal('OTHER_OWNER', operation.ownerName(row));
};

const fresh: Test = (operation, row) => {
  const expiry = operation.word(row, WORD.expiry);
  return expiry !== 0 && expiry < operation.now ? refusal('EXPIRED') : null;
};

const notBlocked: Test = (operation, row) => (operation.has(row, FLAG.blocked) ? refusal('BLOCKED') : null);
const cleared: Test = (operation, row) => (operation.has(row, FLAG.customs) ? refusal('CUSTOMS') : null);

const all =
  (...tests: Test[]): Test =>
  (operation, row) => {
    for (const test of tests) {
      const found = test(operation, row);
      if (found) return found;
    }
    return null;
  };

const introducible = all(stateIn(UNUSED), owned, notBlocked, cleared);
const shippable = all(stateIn(SALEABLE), owned, notBlocked, cleared);
const saleable = all(stateIn(SALEABLE), owned, fresh, notBlocked, cleared);
const acceptable = all(stateIn(SHIPPED), received, fresh, notBlocked);
const correctable = all(
  (operation, row) => (OUT.has(operation.state(row)) ? stateIn(SHIPPED)(operation, row) : null),
  owned,
);

/** Only the named receiver takes over; where none was named, anybody. */
function received(operation: Operation, row: number): Refusal | null {
  const receiver = operation.word(row, WORD.receiver);
  if (!operation.checksOwner || receiver === 0 || receiver === operation.actor()) return null;
  return refusal('OTHER_RECEIVER', operation.ownerName(row, WORD.receiver));
}

/** Sender or receiver. */
function between(operation: Operation, row: number): Refusal | null {
  if (!operation.checksOwner || operation.word(row, WORD.receiver) === operation.actor()) return null;
  return operation.word(row, WORD.receiver) === 0 ? null : owned(operation, row);
}

/** In circulation, for the whole or for what is left of it. */
function circulate(operation: Operation, row: number): void {
  operation.setState(row, operation.parts(row).sold > 0 ? STATE_NUMBER.PARTIALLY_SOLD : STATE_NUMBER.INTRODUCED);
}

function setText(operation: Operation, row: number, word: number, i: number): void {
  const index = operation.says('series', i);
  if (index !== null)
    operation.setWord(row, word, operation.subject.name('series', operation.event.texts[index] ?? ''));
}

function setStated(operation: Operation, row: number, i: number): void {
  setText(operation, row, WORD.series, i);
  for (const [attribute, word] of [
    ['expiry', WORD.expiry],
    ['produced', WORD.produced],
    ['price', WORD.price],
  ] as const) {
    const value = operation.says(attribute, i);
    if (value !== null) operation.setWord(row, word, value);
  }
}

const isPartCount = (count: number): boolean => count >= 1 && count <= PARTS_MAX;

/** The part that a sale is about must exist and be left; see rows S0-56 and X-5. */
function refusesParts(operation: Operation, row: number, i: number, isNamed: boolean): Refusal | null {
  const { inner, sold } = operation.parts(row);
  const part = isNamed ? operation.says('sold', i) : null;
  const stated = isNamed ? operation.says('inner', i) : null;
  if (part === null) {
    if (stated !== null) return refusal('PARTS_INVALID', `?/${stated}`);
    return sold > 0 ? refusal('PARTS_EXCEED_WHOLE', `${sold}/${inner}`) : null;
  }
  const whole = stated ?? inner;
  if (operation.has(row, FLAG.package) || !isPartCount(part) || !isPartCount(whole) || part > whole)
    return refusal('PARTS_INVALID', `${part}/${whole}`);
  if (inner !== 0 && whole !== inner) return refusal('PARTS_DIFFER', `${part}/${whole} ≠ …/${inner}`);
  return sold + part > whole ? refusal('PARTS_EXCEED_WHOLE', `${sold} + ${part} > ${whole}`) : null;
}

function sellParts(operation: Operation, row: number, i: number, isNamed: boolean): void {
  const { inner, sold } = operation.parts(row);
  const part = isNamed ? operation.says('sold', i) : null;
  const whole = (isNamed ? operation.says('inner', i) : null) ?? inner;
  const now = part === null ? whole : sold + part;
  operation.setParts(row, whole, now);
  operation.setState(row, now === whole ? STATE_NUMBER.RETIRED : STATE_NUMBER.PARTIALLY_SOLD);
}

const reasonOfEvent = (operation: Operation, otherwise: number): WithdrawalReason | null => {
  const name = withdrawalReasonOf(operation.event.reason || otherwise);
  return name && WITHDRAWAL_REASONS[name];
};

/** What comes back must have gone, for the reason that is given, and not for one that is final. */
function refusesReturn(operation: Operation, row: number, i: number, isNamed: boolean): Refusal | null {
  const state = operation.state(row);
  if (SHIPPED.has(state) || state === STATE_NUMBER.INTRODUCED)
    return refusal('RETURN_WITHOUT_SALE', operation.stateName(row));
  if (!GONE.has(state) && state !== STATE_NUMBER.PARTIALLY_SOLD && state !== STATE_NUMBER.UNKNOWN)
    return refusal('STATE_FORBIDS', operation.stateName(row));
  const reason = state === STATE_NUMBER.UNKNOWN ? null : withdrawalReasonOf(operation.reason(row));
  if (reason !== null && !WITHDRAWAL_REASONS[reason].returnable) return refusal('REASON_FORBIDS', reason);
  if (reason !== null && operation.event.reason !== 0 && operation.reason(row) !== operation.event.reason)
    return refusal('REASON_DIFFERS', reason);
  const part = isNamed ? operation.says('sold', i) : null;
  const { sold, inner } = operation.parts(row);
  if (part !== null) {
    if (operation.has(row, FLAG.package) || !isPartCount(part)) return refusal('PARTS_INVALID', `${part}/${inner}`);
    if (part > sold) return refusal('PARTS_EXCEED_WHOLE', `${part} > ${sold}/${inner}`);
  }
  return owned(operation, row);
}

type Operated = Exclude<EventKind, 'restate'>;

export const RULES: Record<Operated, Rule> = {
  ...PACKAGE_RULES,

  /** S4-18, S4-38: put into circulation; nothing before customs. */
  introduce: {
    says: ['group', 'series', 'expiry', 'produced', 'price', 'inner'],
    makesKnown: true,
    wholeTree: true,
    refuses(operation, row, i, isNamed) {
      const inner = isNamed ? operation.says('inner', i) : null;
      if (inner !== null && !isPartCount(inner)) return refusal('PARTS_INVALID', `?/${inner}`);
      return introducible(operation, row);
    },
    does(operation, row, i, isNamed) {
      operation.setState(row, STATE_NUMBER.INTRODUCED);
      if (operation.word(row, WORD.owner) === 0) operation.setWord(row, WORD.owner, operation.actor());
      if (!isNamed) return;
      setStated(operation, row, i);
      operation.setGroup(row, operation.says('group', i) ?? operation.group(row));
      operation.setParts(row, operation.says('inner', i) ?? operation.parts(row).inner, operation.parts(row).sold);
    },
  },

  /** МДЛП 415, УПД; S4-40, S4-45: in circulation and ours. Ownership stays until the receiver accepts (S4-44). */
  ship: {
    says: [],
    wholeTree: true,
    leavesPackage: true,
    refuses: shippable,
    does(operation, row) {
      operation.setState(row, STATE_NUMBER.SHIPPED);
      if (operation.word(row, WORD.owner) === 0) operation.setWord(row, WORD.owner, operation.actor());
      operation.setWord(row, WORD.receiver, operation.party());
    },
  },

  /** МДЛП 701, the buyer's title of a УПД; S4-44, S3-41. */
  accept: {
    says: [],
    wholeTree: true,
    leavesPackage: true,
    refuses: acceptable,
    does(operation, row) {
      const owner = operation.actor() || operation.word(row, WORD.receiver);
      if (owner !== 0) operation.setWord(row, WORD.owner, owner);
      operation.setWord(row, WORD.receiver, 0);
      circulate(operation, row);
    },
  },

  /** МДЛП 252 by the receiver, 251 by the sender. */
  refuse: {
    says: [],
    wholeTree: true,
    leavesPackage: true,
    refuses: all(stateIn(SHIPPED), between),
    does(operation, row) {
      operation.setWord(row, WORD.receiver, 0);
      circulate(operation, row);
    },
  },

  /** Receipts, `sold_part`; S4-21, S4-46, S0-56, X-5. */
  sell: {
    says: ['sold', 'inner'],
    wholeTree: true,
    leavesPackage: true,
    refuses(operation, row, i, isNamed) {
      if (!reasonOfEvent(operation, WITHDRAWAL_REASONS.RETAIL.number)?.sale)
        return refusal('REASON_FORBIDS', withdrawalReasonOf(operation.event.reason) ?? String(operation.event.reason));
      return saleable(operation, row) ?? refusesParts(operation, row, i, isNamed);
    },
    does(operation, row, i, isNamed) {
      sellParts(operation, row, i, isNamed);
      operation.setReason(row, operation.event.reason || WITHDRAWAL_REASONS.RETAIL.number);
    },
  },

  /** МДЛП 391, LP_RETURN, return receipts; S2-30…S2-32. */
  return: {
    says: ['sold'],
    wholeTree: true,
    leavesPackage: true,
    refuses: refusesReturn,
    does(operation, row, i, isNamed) {
      const part = isNamed ? operation.says('sold', i) : null;
      const { inner, sold } = operation.parts(row);
      operation.setParts(row, inner, part === null ? 0 : sold - part);
      circulate(operation, row);
      if (operation.state(row) === STATE_NUMBER.INTRODUCED) operation.setReason(row, 0);
    },
  },

  /** МДЛП 552, withdrawal documents of ГИС МТ, inventories; §8 of inventory-and-acceptance. */
  withdraw: {
    says: [],
    wholeTree: true,
    leavesPackage: true,
    refuses(operation, row) {
      const name = withdrawalReasonOf(operation.event.reason);
      if (name === null || WITHDRAWAL_REASONS[name].sale)
        return refusal('REASON_FORBIDS', name ?? String(operation.event.reason));
      if (!mayWithdraw(name, operation.state(row))) return refusal('STATE_FORBIDS', operation.stateName(row));
      return WITHDRAWAL_REASONS[name].authority ? null : (owned(operation, row) ?? notBlocked(operation, row));
    },
    does(operation, row) {
      const { state, number } = reasonOfEvent(operation, 0) as WithdrawalReason;
      operation.setState(row, STATE_NUMBER[state]);
      operation.setReason(row, number);
      operation.setWord(row, WORD.receiver, 0);
    },
  },

  /** Test 12 of code verification: blocked or paused by an authority. */
  block: {
    says: [],
    wholeTree: true,
    refuses: (operation, row, _, isNamed) =>
      isNamed && operation.has(row, FLAG.blocked) ? refusal('ALREADY_BLOCKED') : null,
    does: (operation, row) => operation.setFlag(row, FLAG.blocked, true),
  },

  unblock: {
    says: [],
    wholeTree: true,
    refuses: (operation, row, _, isNamed) =>
      isNamed && !operation.has(row, FLAG.blocked) ? refusal('NOT_BLOCKED') : null,
    does: (operation, row) => operation.setFlag(row, FLAG.blocked, false),
  },

  /** S0-11, S0-51, S0-71: what is found with one party and registered to another. */
  changeOwner: {
    says: [],
    wholeTree: true,
    leavesPackage: true,
    refuses: (operation) => (operation.event.party === '' ? refusal('PARTY_MISSING') : null),
    does: (operation, row) => operation.setWord(row, WORD.owner, operation.party()),
  },

  /** S0-11, WRONG_DATA of §6: facts of the named codes, not of what is in them. */
  correct: {
    says: ['series', 'expiry', 'produced', 'price'],
    refuses(operation, row, i) {
      const stated = RULES.correct.says.some((attribute) => operation.says(attribute, i) !== null);
      return stated ? correctable(operation, row) : refusal('NOTHING_STATED');
    },
    does: (operation, row, i) => setStated(operation, row, i),
  },
};
