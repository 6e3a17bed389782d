// What docs/events.md says of every kind of event, in maps of texts: slow, plain, and sharing nothing with what it judges.
import type { CodeStatement, EventStatement } from './event-schema.js';

export interface NaiveRecord {
  package: boolean;
  opened: boolean;
  blocked: boolean;
  customs: boolean;
  group: number;
  state: string;
  owner: string;
  receiver: string;
  parent: string;
  expiry: string;
  series: string;
  price: number;
  inner: number;
  sold: number;
  document: string;
  reason: string;
  lastEvent: number;
}

export type World = Map<string, NaiveRecord>;

export interface Moment {
  world: World;
  /** Codes that a document ever named. */
  documents: Map<string, Set<string>>;
  /** What the last event named, or changed. */
  touched: Set<string>;
  named: Set<string>;
}

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

const EMPTY: NaiveRecord = {
  package: false,
  opened: false,
  blocked: false,
  customs: false,
  group: 0,
  state: 'UNKNOWN',
  owner: '',
  receiver: '',
  parent: '',
  expiry: '',
  series: '',
  price: 0,
  inner: 0,
  sold: 0,
  document: '',
  reason: '',
  lastEvent: 0,
};
const isSscc = (text: string): boolean => /^\d{18}$/.test(text);
const GONE = ['RETIRED', 'WITHDRAWN', 'WRITTEN_OFF'];

export class NaiveEvents {
  /** Moments from before the first event on: `moments[n]` is behind event n. */
  readonly moments: Moment[] = [{ world: new Map(), documents: new Map(), touched: new Set(), named: new Set() }];
  readonly #ids = new Set<string>();

  get now(): Moment {
    return this.moments[this.moments.length - 1] as Moment;
  }

  apply(event: EventStatement, where: 'all' | 'possible'): NaiveAnswer {
    if (this.#ids.has(event.id as string)) return { applied: false, refused: [] };
    const codes = event.codes.map(
      (code): CodeStatement => ({
        ...event,
        ...(typeof code === 'string' ? { code } : code),
      }),
    );
    let world = copyOf(this.now.world);
    let kept = codes;
    let refused: NaiveAnswer['refused'] = [];
    if (event.checks === 'stated') {
      state(world, event, codes);
    } else {
      const outcome = new Attempt(world, event, codes);
      refused = outcome.refused;
      kept = outcome.kept;
      if (refused.length > 0 && (where === 'all' || kept.length === 0)) return { applied: false, refused };
      world = outcome.world;
    }
    this.#ids.add(event.id as string);
    const documents = new Map([...this.now.documents].map(([name, set]) => [name, new Set(set)]));
    const named = new Set(kept.map(({ code }) => code as string));
    for (const code of named) {
      const record = world.get(code) as NaiveRecord;
      if (!event.document) continue;
      record.document = event.document;
      documents.set(event.document, (documents.get(event.document) ?? new Set()).add(code));
    }
    const touched = new Set(named);
    for (const [code, record] of world) {
      if (JSON.stringify(record) !== JSON.stringify(this.now.world.get(code))) touched.add(code);
    }
    for (const code of touched) (world.get(code) as NaiveRecord).lastEvent = this.moments.length;
    this.moments.push({ world, documents, touched, named });
    return { applied: true, refused };
  }

  /** Past events of a code and of the packages that it was in, newest first: sequence number and whose record it changed. */
  history(code: string): { sequence: number; code: string; through: string | null }[] {
    const found = [];
    for (let sequence = this.moments.length - 1; sequence > 0; sequence--) {
      const { world, touched, named } = this.moments[sequence] as Moment;
      const around = chain(world, code);
      const changed = around.find((each) => touched.has(each));
      if (changed === undefined) continue;
      const before = (this.moments[sequence - 1] as Moment).world.get(changed)?.parent;
      const by = [...around, before ?? ''].find((each) => each !== '' && named.has(each));
      found.push({ sequence, code: changed, through: by === undefined || by === code ? null : by });
    }
    return found;
  }
}

const copyOf = (world: World): World => new Map([...world].map(([code, record]) => [code, { ...record }]));

export function contents(world: World, code: string): string[] {
  return [...world].filter(([, { parent }]) => parent === code).map(([text]) => text);
}

function chain(world: World, code: string): string[] {
  const around = [];
  for (let at = code; at !== '' && world.has(at); at = (world.get(at) as NaiveRecord).parent) around.push(at);
  return around;
}

function tree(world: World, code: string): string[] {
  return [code, ...contents(world, code).flatMap((child) => tree(world, child))];
}

function ensure(world: World, code: string): NaiveRecord {
  const known = world.get(code) ?? { ...EMPTY, package: isSscc(code) };
  world.set(code, known);
  return known;
}

/** Lists and documents: what fits is taken. */
function state(world: World, event: EventStatement, codes: CodeStatement[]): void {
  for (const { package: into } of codes) if (typeof into === 'string') ensure(world, into).package = true;
  for (const { code } of codes) ensure(world, code as string);
  if (event.kind === 'ship') {
    for (const code of new Set(codes.flatMap((each) => tree(world, each.code as string)))) {
      const record = world.get(code) as NaiveRecord;
      if (['UNKNOWN', 'APPLIED', 'INTRODUCED'].includes(record.state)) {
        record.state = 'SHIPPED';
        if (event.party) record.receiver = event.party;
      }
      if (record.owner === '') record.owner = event.actor ?? '';
    }
  }
  for (const said of codes) {
    const record = world.get(said.code as string) as NaiveRecord;
    if (event.kind !== 'ship') {
      record.state = (said.state as string) ?? record.state;
      record.blocked = (said.blocked as boolean) ?? record.blocked;
      record.customs = (said.customs as boolean) ?? record.customs;
      record.owner = said.owner ?? record.owner;
    }
    record.series = said.series ?? record.series;
    record.expiry = (said.expiry as string) ?? record.expiry;
    record.inner = said.inner ?? record.inner;
    record.sold = said.sold ?? record.sold;
    if (said.package === undefined) continue;
    const into = (said.package as string | null) ?? '';
    if (record.parent === into) continue;
    if (event.kind === 'aggregate' && record.parent !== '') continue;
    if (into !== '' && chain(world, into).includes(said.code as string)) continue;
    record.parent = into;
  }
}

/** One operation, code by code. */
class Attempt {
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
