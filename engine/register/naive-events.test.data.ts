// What docs/events.md says of every kind of event, in maps of texts: slow, plain, and sharing nothing with what it judges.
import type { CodeStatement, EventStatement } from './event-schema.js';
import { Attempt, type NaiveAnswer } from './naive-attempt.test.data.js';
import { chain, copyOf, ensure, type NaiveRecord, tree, type World } from './naive-world.test.data.js';

export interface Moment {
  world: World;
  /** Codes that a document ever named. */
  documents: Map<string, Set<string>>;
  /** What the last event named, or changed. */
  touched: Set<string>;
  named: Set<string>;
}

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
      record.group = said.group ?? record.group;
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
