// The documented meaning of events, in maps and sets of texts: slow, plain, and sharing nothing with what it judges.
import { type Attribute, NOT_STATED, type RegisterEvent } from './event.js';
import { STATES } from './states.js';

interface NaiveRecord {
  ordinal: number;
  package: boolean;
  state: number;
  blocked: boolean;
  customs: boolean;
  group: number;
  owner: string;
  series: string;
  document: string;
  expiry: number;
  produced: number;
  price: number;
  inner: number;
  sold: number;
  /** Digest of the tail, two words. */
  tail: string;
  parent: string;
  lastEvent: number;
}

export interface NaiveResult {
  applied: boolean;
  sequence: number;
  created: number;
  known: number;
  conflicts: number;
  rejections: never[];
}

/** An event with its keys as texts: the model knows nothing of packed keys. */
export interface NaiveEvent {
  event: RegisterEvent;
  codes: readonly string[];
  parents: readonly string[];
}

const SHIPPABLE = ['UNKNOWN', 'APPLIED', 'INTRODUCED'];

export class NaiveRegister {
  readonly records = new Map<string, NaiveRecord>();
  /** Codes that a document ever named. */
  readonly documents = new Map<string, Set<string>>();
  readonly #sequences = new Map<string, number>();

  apply({ event, codes, parents }: NaiveEvent): NaiveResult {
    const id = Buffer.from(event.id).toString('hex');
    const before = this.#sequences.get(id);
    if (before !== undefined)
      return { applied: false, sequence: before, created: 0, known: 0, conflicts: 0, rejections: [] };
    const sequence = this.#sequences.size + 1;
    this.#sequences.set(id, sequence);

    // New is what the register had not met, as a code or as somebody's package.
    const created = new Set(codes.filter((code) => !this.records.has(code))).size;
    const reached = new Map<string, string>();
    for (const [code, record] of this.records) reached.set(code, JSON.stringify(record));
    for (const parent of parents) this.#record(parent, true);
    for (const code of codes) this.#record(code, /^\d{18}$/.test(code));

    let conflicts = event.kind === 'ship' ? this.#ship(codes, event.actor) : 0;
    codes.forEach((code, i) => {
      const record = this.records.get(code) as NaiveRecord;
      const says = (attribute: Attribute): number | null => {
        const column = event.columns[attribute];
        const value = column?.[column.length === 1 ? 0 : i];
        return value === undefined || value === NOT_STATED ? null : value;
      };
      const text = (attribute: Attribute): string | null => {
        const index = says(attribute);
        return index === null ? null : (event.texts[index] ?? '');
      };
      if (event.kind !== 'ship') {
        record.state = says('state') ?? record.state;
        record.blocked = Boolean(says('blocked') ?? record.blocked);
        record.customs = Boolean(says('customs') ?? record.customs);
        record.group = says('group') ?? record.group;
        record.owner = text('owner') ?? record.owner;
      }
      record.series = text('series') ?? record.series;
      record.expiry = says('expiry') ?? record.expiry;
      record.produced = says('produced') ?? record.produced;
      record.price = says('price') ?? record.price;
      record.inner = says('inner') ?? record.inner;
      record.sold = says('sold') ?? record.sold;
      const tail = `${says('tailLow') ?? 0} ${says('tailHigh') ?? 0}`;
      if (record.tail === '0 0') record.tail = tail;
      else if (tail !== '0 0' && tail !== record.tail) conflicts++;
      const parent = says('parent');
      if (parent !== null) conflicts += this.#move(code, record, parent < 0 ? '' : parents[parent], event.kind);
      record.lastEvent = sequence;
      if (event.document !== '') {
        record.document = event.document;
        const named = this.documents.get(event.document) ?? new Set();
        this.documents.set(event.document, named.add(code));
      }
    });
    // What an event changed without naming it has it for its last event too.
    for (const [code, record] of this.records) {
      if (reached.get(code) !== JSON.stringify(record)) record.lastEvent = sequence;
    }
    return { applied: true, sequence, created, known: codes.length - created, conflicts, rejections: [] };
  }

  /** Texts of the direct contents of a package. */
  contents(code: string): string[] {
    return [...this.records].filter(([, { parent }]) => parent === code).map(([text]) => text);
  }

  #record(text: string, isPackage: boolean): void {
    if (this.records.has(text)) return;
    this.records.set(text, {
      ordinal: this.records.size + 1,
      package: isPackage,
      state: 0,
      blocked: false,
      customs: false,
      group: 0,
      owner: '',
      series: '',
      document: '',
      expiry: 0,
      produced: 0,
      price: 0,
      inner: 0,
      sold: 0,
      tail: '0 0',
      parent: '',
      lastEvent: 0,
    });
  }

  #ship(codes: readonly string[], actor: string): number {
    let conflicts = 0;
    const shipped = new Set<string>();
    const reach = (code: string): void => {
      if (shipped.has(code)) return;
      shipped.add(code);
      for (const child of this.contents(code)) reach(child);
    };
    codes.forEach(reach);
    for (const code of shipped) {
      const record = this.records.get(code) as NaiveRecord;
      if (SHIPPABLE.includes(STATES[record.state])) record.state = STATES.indexOf('SHIPPED');
      else if (STATES[record.state] !== 'SHIPPED') conflicts++;
      if (record.owner === '') record.owner = actor;
    }
    return conflicts;
  }

  #move(code: string, record: NaiveRecord, parent: string, kind: string): number {
    if (record.parent === parent) return 0;
    if (kind === 'aggregate' && record.parent !== '') return 1;
    for (let above = parent; above !== ''; above = this.records.get(above)?.parent ?? '') if (above === code) return 1;
    record.parent = parent;
    return 0;
  }
}
