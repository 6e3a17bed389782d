/**
 * The walk through a register's databases. What is compared: every checksum; keys ↔ ordinals, both ways; fields of records and their
 * ranges; sets against records; contents against parents; the log without a gap, its ids, and what it says it created.
 */
import { RoaringBitmap32 } from '../roaring.js';
import { CHECK_FINDINGS_MAX, type CheckFinding } from './check.js';
import { readContents } from './contents.js';
import { readBlock } from './key-index.js';
import { readKeyPage } from './key-pages.js';
import { PAGE_CODES } from './limits.js';
import { readLogged, readUndo } from './log.js';
import { compareKeys, type KeyColumn, keyAt } from './packed-keys.js';
import { FLAG, flagsOf, PAGE_WORDS, RECORD_WORDS, stateOf, WORD } from './record.js';
import { readRecords } from './record-pages.js';
import { readSet, SET_KIND, type SetKind, unpackChunk } from './sets.js';
import { STATES } from './states.js';
import { type Meta, readMeta, type Store } from './store.js';

const UNIT_KEY = 1;
const UNIT_HEAD = 7;

export class Findings {
  readonly kept: CheckFinding[] = [];
  count = 0;

  add(where: string, detail: string): void {
    if (this.count++ < CHECK_FINDINGS_MAX) this.kept.push({ where, detail });
  }

  /** Runs a part of the check; what it throws is a finding, and the next part goes on. */
  within(where: string, part: () => void): void {
    try {
      part();
    } catch (error) {
      this.add(where, error instanceof Error ? error.message : String(error));
    }
  }
}

export function checkStore(store: Store): Findings {
  const findings = new Findings();
  const meta = readMeta(store);
  const sets = new ExpectedSets();
  const parents = new Map<number, number[]>();
  findings.within('keys', () => checkKeys(store, meta, findings, sets));
  findings.within('records', () => checkRecords(store, meta, findings, sets, parents));
  findings.within('children', () => checkContents(store, findings, parents));
  findings.within('events', () => checkLog(store, meta, findings, sets));
  findings.within('sets', () => checkSets(store, findings, sets));
  findings.within('names', () => checkNames(store, meta, findings));
  return findings;
}

/** Sets as the records and the log say they must be. */
class ExpectedSets {
  readonly #sets = new Map<string, RoaringBitmap32>();

  add(kind: SetKind, id: number, ordinal: number): void {
    this.of(kind, id).add(ordinal);
  }

  of(kind: SetKind, id: number): RoaringBitmap32 {
    const key = `${SET_KIND[kind]}:${id}`;
    let set = this.#sets.get(key);
    if (!set) {
      set = new RoaringBitmap32();
      this.#sets.set(key, set);
    }
    return set;
  }

  *all(): IterableIterator<{ kind: number; id: number; set: RoaringBitmap32 }> {
    for (const [key, set] of this.#sets) {
      const [kind, id] = key.split(':').map(Number);
      yield { kind, id, set };
    }
  }
}

/** The index names every ordinal once, in key order, and the page of that ordinal has the same key. */
function checkKeys(store: Store, meta: Meta, findings: Findings, sets: ExpectedSets): void {
  const named = new RoaringBitmap32();
  let page = -1;
  let pageKeys: KeyColumn = { bytes: new Uint8Array(0), offsets: new Uint32Array(1) };
  let before: { keys: KeyColumn; i: number } | null = null;
  let gtin = { text: '', id: 0 };
  for (const { key: first, value } of store.index.getRange()) {
    findings.within('index', () => {
      const { keys, ordinals } = readBlock(store, value);
      if (Buffer.compare(first, keyAt(keys, 0)) !== 0)
        findings.add('index', `a block stands under another key than its first`);
      for (let i = 0; i < ordinals.length; i++) {
        if (before && compareKeys(before.keys, before.i, keys, i) >= 0) findings.add('index', 'keys are out of order');
        before = { keys, i };
        const ordinal = ordinals[i];
        if (ordinal === 0 || ordinal >= meta.nextOrdinal || named.has(ordinal)) {
          findings.add('index', `ordinal ${ordinal} stands twice or was never given`);
          continue;
        }
        named.add(ordinal);
        if (Math.floor(ordinal / PAGE_CODES) !== page) {
          page = Math.floor(ordinal / PAGE_CODES);
          pageKeys = { bytes: new Uint8Array(0), offsets: new Uint32Array(1) };
          findings.within('keys', () => {
            pageKeys = readKeyPage(store, page);
          });
        }
        const at = ordinal % PAGE_CODES;
        if (at + 1 >= pageKeys.offsets.length || compareKeys(pageKeys, at, keys, i) !== 0) {
          findings.add('keys', `ordinal ${ordinal} has another key than the index says`);
        }
        if (keys.bytes[keys.offsets[i]] !== UNIT_KEY) continue;
        const start = keys.offsets[i];
        const number = Buffer.from(keys.bytes.buffer, keys.bytes.byteOffset + start, UNIT_HEAD).readUIntBE(1, 6);
        const text = String(number).padStart(14, '0');
        if (text !== gtin.text) gtin = { text, id: nameId(store, 'g', text) };
        sets.add('gtin', gtin.id, ordinal);
      }
    });
  }
  if (named.size !== meta.nextOrdinal - 1) findings.add('index', `${named.size} keys of ${meta.nextOrdinal - 1} codes`);
}

function checkRecords(
  store: Store,
  meta: Meta,
  findings: Findings,
  sets: ExpectedSets,
  parents: Map<number, number[]>,
): void {
  const words = new Int32Array(PAGE_WORDS);
  let units = 0;
  let packages = 0;
  const wrong = (ordinal: number, what: string): void => findings.add('records', `ordinal ${ordinal}: ${what}`);
  for (let page = 0; page * PAGE_CODES < meta.nextOrdinal; page++) {
    findings.within('records', () => {
      readRecords(store, page, words);
      for (let i = page === 0 ? 1 : 0; i < PAGE_CODES; i++) {
        const ordinal = page * PAGE_CODES + i;
        const at = i * RECORD_WORDS;
        if (ordinal >= meta.nextOrdinal) {
          if (words.subarray(at, at + RECORD_WORDS).some((word) => word !== 0)) wrong(ordinal, 'a record of no code');
          continue;
        }
        const head = words[at];
        if (stateOf(head) >= STATES.length) wrong(ordinal, `state ${stateOf(head)}`);
        if (flagsOf(head) & FLAG.package) packages++;
        else units++;
        sets.add('state', stateOf(head), ordinal);
        for (const [kind, word] of [
          ['owner', WORD.owner],
          ['series', WORD.series],
        ] as const) {
          if (words[at + word] !== 0) sets.add(kind, words[at + word], ordinal);
        }
        for (const word of [WORD.owner, WORD.series, WORD.document, WORD.receiver]) {
          if (words[at + word] < 0 || words[at + word] >= meta.nextName) wrong(ordinal, `name ${words[at + word]}`);
        }
        const lastEvent = words[at + WORD.lastEvent] >>> 0;
        if (lastEvent < 1 || lastEvent > meta.lastEvent) wrong(ordinal, 'last event');
        const parent = words[at + WORD.parent] >>> 0;
        if (parent >= meta.nextOrdinal || parent === ordinal) wrong(ordinal, `parent ${parent}`);
        if (parent === 0) continue;
        const contents = parents.get(parent);
        if (contents) contents.push(ordinal);
        else parents.set(parent, [ordinal]);
      }
    });
  }
  if (units !== meta.units || packages !== meta.packages) {
    findings.add('meta', `${meta.units} units and ${meta.packages} packages; there are ${units} and ${packages}`);
  }
}

function checkContents(store: Store, findings: Findings, parents: ReadonlyMap<number, number[]>): void {
  let lists = 0;
  for (const parent of store.children.getKeys()) {
    lists++;
    findings.within('children', () => {
      const list = readContents(store, parent);
      const expected = parents.get(parent) ?? [];
      if (list.length !== expected.length || list.some((ordinal, i) => ordinal !== expected[i]))
        findings.add('children', `package ${parent} has other contents than the records say`);
    });
  }
  if (lists !== parents.size)
    findings.add('children', `${lists} packages have contents; the records say ${parents.size}`);
}

/** The log has no gap, each event is found by its id, and applying times never go back. */
function checkLog(store: Store, meta: Meta, findings: Findings, sets: ExpectedSets): void {
  let appliedAt = 0;
  let nextOrdinal = 1;
  for (let sequence = 1; sequence <= meta.lastEvent; sequence++) {
    findings.within('events', () => {
      const entry = readLogged(store, sequence);
      if (!entry) return findings.add('events', `event ${sequence} is missing`);
      if (entry.appliedAt < appliedAt) findings.add('events', `event ${sequence} was applied before the one before it`);
      appliedAt = entry.appliedAt;
      const id = store.eventIds.get(Buffer.from(entry.event.id));
      if (id?.readUInt32LE(0) !== sequence) findings.add('eventIds', `event ${sequence} is not found by its id`);
      const undo = readUndo(store, sequence);
      if (!undo) return findings.add('undo', `event ${sequence} doesn't say what it changed`);
      if (undo.appliedAt !== entry.appliedAt || undo.nextOrdinal < nextOrdinal)
        findings.add('undo', `event ${sequence} disagrees with the log`);
      nextOrdinal = undo.nextOrdinal;
      if (undo.document === 0) return;
      const document = sets.of('document', undo.document);
      undo.ordinals.forEach((ordinal, i) => {
        if (undo.isNamed(i)) document.add(ordinal);
      });
    });
  }
  const events = store.events.getKeysCount();
  const ids = store.eventIds.getKeysCount();
  const undos = store.undo.getKeysCount();
  if (events !== meta.lastEvent || ids !== meta.lastEvent || undos !== meta.lastEvent) {
    findings.add(
      'events',
      `${events} events, ${ids} ids and ${undos} undo records; the last event is ${meta.lastEvent}`,
    );
  }
}

function checkSets(store: Store, findings: Findings, sets: ExpectedSets): void {
  let chunks = 0;
  for (const { key, value } of store.sets.getRange()) {
    chunks++;
    findings.within('sets', () => void unpackChunk(store, key, value));
  }
  let expectedChunks = 0;
  const kinds = Object.fromEntries(Object.entries(SET_KIND).map(([name, number]) => [number, name as SetKind]));
  for (const { kind, id, set } of sets.all()) {
    expectedChunks += chunksOf(set);
    findings.within('sets', () => {
      if (!readSet(store, kinds[kind], id).isEqual(set))
        findings.add('sets', `the set of ${kinds[kind]} ${id} has other codes than the records say`);
    });
  }
  if (chunks !== expectedChunks) findings.add('sets', `${chunks} chunks; the records say ${expectedChunks}`);
}

/** Number of 65,536-wide chunks in which a set has something. */
function chunksOf(set: RoaringBitmap32): number {
  let chunks = 0;
  for (let at = set.isEmpty ? undefined : set.minimum(); at !== undefined; chunks++) {
    const next = (Math.floor(at / 65_536) + 1) * 65_536;
    if (next > 0xffff_ffff) return chunks + 1;
    const rank = set.rank(next - 1);
    at = rank < set.size ? set.select(rank) : undefined;
  }
  return chunks;
}

/** Every number has a text and every text its number. */
function checkNames(store: Store, meta: Meta, findings: Findings): void {
  let count = 0;
  for (const { key, value } of store.names.getRange()) {
    count++;
    if (key[0] === 0x69) {
      const back = store.names.get(Buffer.concat([Buffer.from([0x74, key[1]]), value]));
      if (back?.readUInt32LE(0) !== key.readUInt32BE(2))
        findings.add('names', `number ${key.readUInt32BE(2)} has no text`);
    }
  }
  if (count !== 2 * (meta.nextName - 1)) findings.add('names', `${count} entries for ${meta.nextName - 1} names`);
}

function nameId(store: Store, letter: string, text: string): number {
  return store.names.get(Buffer.from(`t${letter}${text}`))?.readUInt32LE(0) ?? 0;
}
