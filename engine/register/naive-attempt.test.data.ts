// One operation by the words of docs/events.md, code by code; see naive-events.
import type { CodeStatement, EventStatement } from './event-schema.js';
import { chain, contents, EMPTY, ensure, type NaiveRecord, tree, type World } from './naive-world.test.data.js';

export interface NaiveAnswer {
  applied: boolean;
  refused: { code: string; reason: string }[];
}

/** Reasons that the tests use: what the code becomes, from where, and whether it may come back. */
const REASONS: Record<string, { state: string; from: string[]; back: boolean; sale?: true; authority?: true }> = {
  RETAIL: { state: 'RETIRED', from: [], back: true, sale: true },
  REMOTE_SALE: { state: 'RETIRED', from: [], back: true, sale: true },
  OWN_USE: { state: 'RETIRED', from: ['UNKNOWN', 'INTRODUCED', 'PARTIALLY_SOLD', 'PAUSED'], back: true },
  SHORTAGE: {
    state: 'WRITTEN_OFF',
    from: ['UNKNOWN', 'INTRODUCED', 'PARTIALLY_SOLD', 'PAUSED', 'APPLIED', 'SHIPPED'],
    back: true,
  },
  INVENTORY: {
    state: 'WRITTEN_OFF',
    from: ['UNKNOWN', 'INTRODUCED', 'PARTIALLY_SOLD', 'PAUSED', 'APPLIED', 'SHIPPED'],
    back: true,
    authority: true,
  },
  DESTRUCTION: {
    state: 'WITHDRAWN',
    from: ['UNKNOWN', 'INTRODUCED', 'PARTIALLY_SOLD', 'PAUSED', 'APPLIED', 'SHIPPED'],
    back: false,
  },
  SPOILED: { state: 'WITHDRAWN', from: ['EMITTED', 'APPLIED'], back: false },
};
export const TESTED_REASONS = Object.keys(REASONS);

const GONE = ['RETIRED', 'WITHDRAWN', 'WRITTEN_OFF'];

/** One operation, code by code. */
export class Attempt {
  readonly refused: NaiveAnswer['refused'] = [];
  readonly kept: CodeStatement[] = [];

  constructor(
    readonly world: World,
    readonly event: EventStatement,
    codes: CodeStatement[],
  ) {
    const met = new Set<string>();
    for (const said of codes) {
      const code = said.code as string;
      const why = met.has(code) ? 'REPEATED' : this.#try(said, code, codes);
      met.add(code);
      if (why) this.refused.push({ code, reason: why });
      else this.kept.push(said);
    }
  }

  #try(said: CodeStatement, code: string, codes: CodeStatement[]): string {
    const { kind } = this.event;
    if (kind !== 'introduce' && !this.world.has(code)) return 'NOT_KNOWN';
    if (kind === 'aggregate') return this.#aggregate(said, code);
    if (kind === 'introduce') ensure(this.world, code);
    const goes = !['correct', 'disaggregate', 'extract'].includes(kind);
    const around = chain(this.world, (this.world.get(code) as NaiveRecord).parent);
    if (goes && codes.some((other) => around.includes(other.code as string))) return 'WITH_PACKAGE';
    const all = goes ? tree(this.world, code) : [code];
    for (const each of all) {
      const isNamed = each === code;
      const why = this.#refuses(this.world.get(each) as NaiveRecord, said, isNamed);
      if (why) return why;
    }
    if (!['introduce', 'block', 'unblock', 'correct'].includes(kind)) this.#takeOut(code);
    for (const each of all) this.#does(this.world.get(each) as NaiveRecord, said, each === code, each);
    return '';
  }

  #takeOut(code: string): void {
    const record = this.world.get(code) as NaiveRecord;
    if (record.parent === '') return;
    for (const around of chain(this.world, record.parent)) (this.world.get(around) as NaiveRecord).opened = true;
    record.parent = '';
  }

  #others({ owner }: NaiveRecord): boolean {
    return this.event.checks === 'owner' && owner !== '' && owner !== (this.event.actor ?? '');
  }

  #othersToHold(record: NaiveRecord): boolean {
    const isReceiver = record.state === 'SHIPPED' && record.receiver !== '' && record.receiver === this.event.actor;
    return this.#others(record) && !isReceiver;
  }

  #expired({ expiry }: NaiveRecord): boolean {
    // The event's own clock against the pack's: both as they are written.
    return expiry !== '' && expiry < (this.event.at as string).slice(0, 16);
  }

  #refuses(record: NaiveRecord, said: CodeStatement, isNamed: boolean): string {
    const { kind, actor = '' } = this.event;
    const part = isNamed ? said.sold : undefined;
    switch (kind) {
      case 'introduce':
        if (isNamed && said.inner !== undefined && (said.inner < 1 || said.inner > 65_535)) return 'PARTS_INVALID';
        if (!['UNKNOWN', 'EMITTED', 'APPLIED'].includes(record.state)) return 'STATE_FORBIDS';
        if (this.#others(record)) return 'OTHER_OWNER';
        if (record.blocked) return 'BLOCKED';
        return record.customs ? 'CUSTOMS' : '';
      case 'ship':
        if (!['UNKNOWN', 'INTRODUCED', 'PARTIALLY_SOLD'].includes(record.state)) return 'STATE_FORBIDS';
        if (this.#others(record)) return 'OTHER_OWNER';
        if (record.blocked) return 'BLOCKED';
        return record.customs ? 'CUSTOMS' : '';
      case 'accept':
        if (record.state !== 'SHIPPED') return 'STATE_FORBIDS';
        if (this.event.checks === 'owner' && record.receiver !== '' && record.receiver !== actor)
          return 'OTHER_RECEIVER';
        if (this.#expired(record)) return 'EXPIRED';
        return record.blocked ? 'BLOCKED' : '';
      case 'refuse':
        if (record.state !== 'SHIPPED') return 'STATE_FORBIDS';
        return record.receiver !== '' && record.receiver !== actor && this.#others(record) ? 'OTHER_OWNER' : '';
      case 'sell': {
        const reason = REASONS[(this.event.reason as string) ?? 'RETAIL'];
        if (!reason?.sale) return 'REASON_FORBIDS';
        if (!['UNKNOWN', 'INTRODUCED', 'PARTIALLY_SOLD'].includes(record.state)) return 'STATE_FORBIDS';
        if (this.#others(record)) return 'OTHER_OWNER';
        if (this.#expired(record)) return 'EXPIRED';
        if (record.blocked) return 'BLOCKED';
        if (record.customs) return 'CUSTOMS';
        if (part === undefined) {
          if (isNamed && said.inner !== undefined) return 'PARTS_INVALID';
          return record.sold > 0 ? 'PARTS_EXCEED_WHOLE' : '';
        }
        const whole = said.inner ?? record.inner;
        if (record.package || part < 1 || whole < 1 || part > whole || whole > 65_535) return 'PARTS_INVALID';
        if (record.inner !== 0 && whole !== record.inner) return 'PARTS_DIFFER';
        return record.sold + part > whole ? 'PARTS_EXCEED_WHOLE' : '';
      }
      case 'return': {
        if (['INTRODUCED', 'SHIPPED'].includes(record.state)) return 'RETURN_WITHOUT_SALE';
        if (![...GONE, 'PARTIALLY_SOLD', 'UNKNOWN'].includes(record.state)) return 'STATE_FORBIDS';
        if (record.state !== 'UNKNOWN' && record.reason !== '') {
          if (!REASONS[record.reason]?.back) return 'REASON_FORBIDS';
          if (this.event.reason && this.event.reason !== record.reason) return 'REASON_DIFFERS';
        }
        if (part !== undefined) {
          if (record.package || part < 1) return 'PARTS_INVALID';
          if (part > record.sold) return 'PARTS_EXCEED_WHOLE';
        }
        return this.#others(record) ? 'OTHER_OWNER' : '';
      }
      case 'withdraw': {
        const reason = REASONS[(this.event.reason as string) ?? ''];
        if (!reason || reason.sale) return 'REASON_FORBIDS';
        if (!reason.from.includes(record.state)) return 'STATE_FORBIDS';
        if (reason.authority) return '';
        if (this.#others(record)) return 'OTHER_OWNER';
        return record.blocked ? 'BLOCKED' : '';
      }
      case 'block':
        return isNamed && record.blocked ? 'ALREADY_BLOCKED' : '';
      case 'unblock':
        return isNamed && !record.blocked ? 'NOT_BLOCKED' : '';
      case 'changeOwner':
        return this.event.party ? '' : 'PARTY_MISSING';
      case 'correct':
        if ([said.series, said.expiry, said.price].every((value) => value === undefined)) return 'NOTHING_STATED';
        if ([...GONE, 'DISAGGREGATED'].includes(record.state)) return 'STATE_FORBIDS';
        return this.#others(record) ? 'OTHER_OWNER' : '';
      case 'disaggregate':
        if (!record.package) return 'NOT_A_PACKAGE';
        if ([...GONE, 'DISAGGREGATED'].includes(record.state)) return 'STATE_FORBIDS';
        return this.#othersToHold(record) ? 'OTHER_OWNER' : '';
      default:
        if (record.parent === '') return 'NOT_IN_PACKAGE';
        return this.#othersToHold(record) ? 'OTHER_OWNER' : '';
    }
  }

  #does(record: NaiveRecord, said: CodeStatement, isNamed: boolean, code: string): void {
    const { kind, actor = '', party = '', reason } = this.event;
    const part = isNamed ? said.sold : undefined;
    const circulate = (): void => {
      record.state = record.sold > 0 ? 'PARTIALLY_SOLD' : 'INTRODUCED';
    };
    switch (kind) {
      case 'introduce':
        record.state = 'INTRODUCED';
        record.owner ||= actor;
        if (isNamed) this.#facts(record, said);
        if (isNamed) record.inner = said.inner ?? record.inner;
        break;
      case 'ship':
        record.state = 'SHIPPED';
        record.owner ||= actor;
        record.receiver = party;
        break;
      case 'accept':
        record.owner = actor || record.receiver || record.owner;
        record.receiver = '';
        circulate();
        break;
      case 'refuse':
        record.receiver = '';
        circulate();
        break;
      case 'sell': {
        const whole = (isNamed ? said.inner : undefined) ?? record.inner;
        record.inner = whole;
        record.sold = part === undefined ? whole : record.sold + part;
        record.state = record.sold === whole ? 'RETIRED' : 'PARTIALLY_SOLD';
        record.reason = (reason as string) ?? 'RETAIL';
        break;
      }
      case 'return':
        record.sold = part === undefined ? 0 : record.sold - part;
        circulate();
        if (record.state === 'INTRODUCED') record.reason = '';
        break;
      case 'withdraw':
        record.state = (REASONS[reason as string] as { state: string }).state;
        record.reason = reason as string;
        record.receiver = '';
        break;
      case 'block':
      case 'unblock':
        record.blocked = kind === 'block';
        break;
      case 'changeOwner':
        record.owner = party;
        break;
      case 'correct':
        this.#facts(record, said);
        break;
      case 'disaggregate':
        for (const child of contents(this.world, code)) (this.world.get(child) as NaiveRecord).parent = '';
        record.state = 'DISAGGREGATED';
        record.receiver = '';
        break;
      default:
    }
  }

  #facts(record: NaiveRecord, said: CodeStatement): void {
    record.series = said.series ?? record.series;
    record.expiry = (said.expiry as string) ?? record.expiry;
    record.price = said.price ?? record.price;
  }

  #aggregate(said: CodeStatement, code: string): string {
    const record = this.world.get(code) as NaiveRecord;
    if (typeof said.package !== 'string') return 'PACKAGE_MISSING';
    if (record.parent !== '') return 'IN_PACKAGE';
    if (!['UNKNOWN', 'APPLIED', 'INTRODUCED'].includes(record.state)) return 'STATE_FORBIDS';
    if (this.#others(record)) return 'OTHER_OWNER';
    const into = this.world.get(said.package) ?? { ...EMPTY };
    if (said.package === code || chain(this.world, said.package).includes(code)) return 'PACKAGE_CYCLE';
    const settled = !['UNKNOWN', 'DISAGGREGATED'].includes(into.state);
    if (settled && into.state !== record.state) return 'PACKAGE_DIFFERS';
    if (into.owner !== '' && into.owner !== record.owner) return 'MIXED_OWNERS';
    this.world.set(said.package, into);
    if (into.state === 'DISAGGREGATED') into.opened = false;
    into.package = true;
    if (!settled) into.state = record.state;
    into.owner ||= record.owner;
    record.parent = said.package;
    return '';
  }
}
