/** The trees that documents state against the tree of the register. */
import { type Core, textToKey } from '../../core/host/index.js';
import type { AggregationStatement } from '../documents/model.js';
import type { AsOf } from '../register/as-of.js';
import { FLAG, flagsOf, stateOf, WORD } from '../register/record.js';
import { STATE_NUMBER } from '../register/states.js';
import { adopt } from './expected.js';
import { MARK, type Marks } from './marks.js';
import type { CodeTexts } from './texts.js';
import type { TreeFinding } from './tree-outcomes.js';

/** A package as a document states it, in ordinals of the run. */
export interface StatedPackage {
  package: number;
  /** Contents as named, repetitions included. */
  children: Uint32Array;
  /** Line of each in the document. */
  lines: Uint32Array;
  path: string;
}

const SSCC_KEY = 2;
const UNIT_KEY = 1;
/** Deepest tree that is walked. */
const DEPTH_MAX = 64;
const OUT_OF_CIRCULATION: ReadonlySet<number> = new Set([
  STATE_NUMBER.RETIRED,
  STATE_NUMBER.WITHDRAWN,
  STATE_NUMBER.WRITTEN_OFF,
]);

/**
 * Takes in the trees that a document states, for codes that the register doesn't have. Of a registered code the register's tree stands
 * (S0-9, S3-32): a document can't take it out of its package.
 */
export function takeTrees(
  trees: readonly AggregationStatement[],
  path: string,
  marks: Marks,
  core: Core,
): StatedPackage[] {
  return trees.map(({ parent, children }) => {
    const parentKey = textToKey(parent.trim());
    const parentPrint = core.fingerprintKeys(parentKey, Uint32Array.of(0, parentKey.length));
    const package_ = adopt(marks, parentPrint, 0, parentKey, true);
    const batch = core.parseBatch(children.bytes(), { trim: true });
    const { bytes, offsets } = core.keys(batch);
    const keys = bytes.slice();
    const bounds = offsets.slice();
    const prints = core.fingerprintKeys(keys, bounds);
    const rows = children.rows();
    const ordinals: number[] = [];
    const lines: number[] = [];
    for (let i = 0; i + 1 < bounds.length; i++) {
      const key = keys.subarray(bounds[i], bounds[i + 1]);
      if (key.length === 0) continue;
      const child = adopt(marks, prints, i * 4, key, key[0] === SSCC_KEY);
      if (child !== package_) marks.universe.setParent(child, package_);
      ordinals.push(child);
      lines.push(rows[i]);
    }
    return { package: package_, children: Uint32Array.from(ordinals), lines: Uint32Array.from(lines), path };
  });
}

/** Compares all stated packages with the register, and looks into those that were named or scanned. In the order of the statements. */
export function* compareTrees(
  stated: readonly StatedPackage[],
  marks: Marks,
  register: AsOf | null,
  texts: CodeTexts,
): Generator<TreeFinding> {
  const comparison = new TreeComparison(stated, marks, register, texts);
  for (const statement of stated) yield* comparison.statement(statement);
  for (const package_ of comparison.concerned()) yield* comparison.contents(package_);
}

interface PackageStats {
  units: number;
  gtins: Set<number>;
  /** Numbers of names. */
  series: Set<number>;
  /** Units sold or withdrawn. */
  retired: number[];
}

class TreeComparison {
  /** First package that a statement puts a code into. */
  readonly #statedIn = new Map<number, number>();
  readonly #contents = new Map<number, Set<number>>();
  /** Without any, no record need be read for its series. */
  readonly #hasSeries: boolean;

  constructor(
    readonly stated: readonly StatedPackage[],
    readonly marks: Marks,
    readonly register: AsOf | null,
    readonly texts: CodeTexts,
  ) {
    this.#hasSeries = register?.hasNames('series') ?? false;
    for (const { package: package_, children } of stated) {
      const all = this.#contents.get(package_) ?? new Set();
      this.#contents.set(package_, all);
      for (const child of children) {
        all.add(child);
        if (!this.#statedIn.has(child)) this.#statedIn.set(child, package_);
      }
    }
  }

  *statement({ package: package_, children, lines, path }: StatedPackage): Generator<TreeFinding> {
    const { texts } = this;
    const name = texts.text(package_);
    let isEqual = true;
    const about = function* (outcome: TreeFinding['outcome'], rest: Partial<TreeFinding> = {}): Generator<TreeFinding> {
      isEqual = false;
      yield { outcome, package: name, ...rest, path };
    };
    const registered = this.#isRegistered(package_) ? new Set(this.register?.children(package_)) : null;
    const here = new Set<number>();
    for (let i = 0; i < children.length; i++) {
      const child = children[i];
      if (here.has(child)) continue;
      here.add(child);
      const code = texts.text(child);
      const line = lines[i];
      if (child === package_) {
        yield* about('CYCLE', { code, line });
        continue;
      }
      const other = this.#statedIn.get(child);
      if (other !== undefined && other !== package_) {
        yield* about('TWO_PARENTS', { code, otherPackage: texts.text(other), line });
        continue;
      }
      if (registered?.has(child)) continue;
      const parent = this.#isRegistered(child) ? this.marks.universe.parent(child) : 0;
      if (parent !== 0 && parent !== package_) {
        yield* about('TWO_PARENTS', { code, otherPackage: texts.text(parent), line });
      } else if (registered) {
        yield* about('CHILD_MISSING_IN_REGISTER', { code, line });
      }
    }
    const all = this.#contents.get(package_);
    for (const child of registered ?? []) {
      if (!all?.has(child)) yield* about('CHILD_EXTRA_IN_REGISTER', { code: texts.text(child) });
    }
    if (this.#holdsItself(package_)) yield* about('CYCLE');
    if (isEqual && registered) yield { outcome: 'TREE_OK', package: name, path };
  }

  /** Packages of statements, and those that were named or scanned, in the order of ordinals. */
  concerned(): number[] {
    const all = new Set(this.#contents.keys());
    for (const package_ of this.marks.packages()) {
      if (this.marks.has(package_, MARK.named | MARK.seen)) all.add(package_);
    }
    return [...all].sort((a, b) => a - b);
  }

  /** What a package holds, whoever states it: one kind of goods, as many as its like, all of them in circulation. */
  *contents(package_: number): Generator<TreeFinding> {
    const { units, gtins, series, retired } = this.#statsOf(package_);
    if (units === 0) return;
    const { texts } = this;
    const name = texts.text(package_);
    for (const unit of retired) yield { outcome: 'CHILD_OUT_OF_CIRCULATION', package: name, code: texts.text(unit) };
    if (gtins.size > 1) yield { outcome: 'MIXED_GTIN', package: name, count: gtins.size };
    if (series.size > 1) yield { outcome: 'MIXED_SERIES', package: name, count: series.size };
    const kind = this.#kindOf(package_);
    const usual = kind === null ? undefined : this.#usualCounts().get(kind);
    if (usual !== undefined && usual !== units) yield { outcome: 'UNEVEN_BOX', package: name, count: units, usual };
  }

  readonly #stats = new Map<number, PackageStats>();
  #usual: Map<string, number> | null = null;

  /** Units in most packages of a product and series, of those concerned; of counts equally frequent the largest. */
  #usualCounts(): Map<string, number> {
    if (this.#usual) return this.#usual;
    const frequencies = new Map<string, Map<number, number>>();
    for (const package_ of this.concerned()) {
      const kind = this.#kindOf(package_);
      if (kind === null) continue;
      const { units } = this.#statsOf(package_);
      const counts = frequencies.get(kind) ?? new Map<number, number>();
      frequencies.set(kind, counts.set(units, (counts.get(units) ?? 0) + 1));
    }
    this.#usual = new Map(
      [...frequencies].map(([kind, counts]) => {
        const [[usual]] = [...counts].sort(([a, m], [b, n]) => n - m || b - a);
        return [kind, usual];
      }),
    );
    return this.#usual;
  }

  /** Product and series of a full package; null for a mixed one, and for one that the register knows as opened: that one is partial. */
  #kindOf(package_: number): string | null {
    const { gtins, series } = this.#statsOf(package_);
    if (gtins.size !== 1 || series.size > 1) return null;
    if (this.#isRegistered(package_) && (flagsOf(this.#head(package_)) & FLAG.opened) !== 0) return null;
    return `${[...gtins]} ${[...series]}`;
  }

  /** Of the direct contents: by the register when it has the package, else by the statements. */
  #statsOf(package_: number): PackageStats {
    const known = this.#stats.get(package_);
    if (known) return known;
    const stats: PackageStats = { units: 0, gtins: new Set(), series: new Set(), retired: [] };
    this.#stats.set(package_, stats);
    const contents = this.#isRegistered(package_)
      ? (this.register?.children(package_) ?? [])
      : (this.#contents.get(package_) ?? []);
    for (const child of contents) {
      if (this.marks.has(child, MARK.package)) continue;
      const key = this.texts.key(child);
      if (key[0] !== UNIT_KEY) continue;
      stats.units++;
      stats.gtins.add(Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUIntBE(1, 6));
      if (!this.#isRegistered(child)) continue;
      if (OUT_OF_CIRCULATION.has(stateOf(this.#head(child)))) stats.retired.push(child);
      const series = this.#hasSeries ? (this.register?.words(child)[WORD.series] ?? 0) : 0;
      if (series !== 0) stats.series.add(series);
    }
    return stats;
  }

  #holdsItself(package_: number): boolean {
    let at = this.#above(package_);
    for (let depth = 0; at !== 0 && depth < DEPTH_MAX; depth++) {
      if (at === package_) return true;
      at = this.#above(at);
    }
    return false;
  }

  /** The package that a statement puts another into, else the register's. */
  #above(ordinal: number): number {
    return this.#statedIn.get(ordinal) ?? this.marks.universe.parent(ordinal);
  }

  #isRegistered(ordinal: number): boolean {
    return ordinal < this.marks.universe.codes;
  }

  #head(ordinal: number): number {
    const { universe } = this.marks;
    return universe.rowsOf(ordinal)[universe.rowAt(ordinal) + WORD.head];
  }
}
