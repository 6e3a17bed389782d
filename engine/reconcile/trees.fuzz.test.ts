// Goal: what is said of packages is what two trees laid side by side show, whoever states what.
// Method: random registers and random statements, also self-contained, doubled and crossing ones, against a naive comparison of texts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { openEngine } from '../engine.js';
import type { TreeFinding } from './tree-outcomes.js';
import { sscc, unit, unitPack } from './worlds.test.data.js';

const root = mkdtempSync(join(tmpdir(), 'trees-fuzz-'));
let files = 0;
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(content: string): string {
  const path = join(root, `f${files++}`);
  writeFileSync(path, content);
  return path;
}

const UNITS = 8;
const BOXES = 4;
const PALLET = sscc(BOXES);

interface Placed {
  box: number;
  state: string;
  series: string;
}

/** Children of the register by package, and what it has of each unit. */
interface Side {
  parents: Map<string, string>;
  units: Map<string, Placed>;
}

type Statement = { parent: string; children: string[] };

const member = fc.oneof(
  { weight: 6, arbitrary: fc.nat(UNITS - 1).map((n) => unit(n).key) },
  { weight: 1, arbitrary: fc.nat(BOXES - 1).map((n) => sscc(n)) },
);
const statement: fc.Arbitrary<Statement> = fc.record({
  parent: fc.nat(BOXES).map((n) => sscc(n)),
  children: fc.array(member, { minLength: 1, maxLength: 5 }),
});
const side: fc.Arbitrary<Side> = fc
  .record({
    units: fc.array(
      fc.record({
        box: fc.integer({ min: -1, max: BOXES - 1 }),
        state: fc.constantFrom('INTRODUCED', 'INTRODUCED', 'RETIRED', ''),
        series: fc.constantFrom('', 'A', 'B'),
      }),
      { minLength: UNITS, maxLength: UNITS },
    ),
    registered: fc.array(fc.boolean(), { minLength: UNITS, maxLength: UNITS }),
    onPallet: fc.array(fc.boolean(), { minLength: BOXES, maxLength: BOXES }),
  })
  .map(({ units, registered, onPallet }) => {
    const parents = new Map<string, string>();
    const known = new Map<string, Placed>();
    units.forEach((one, n) => {
      if (!registered[n]) return;
      known.set(unit(n).key, one);
      if (one.box >= 0) parents.set(unit(n).key, sscc(one.box));
    });
    for (const [n, isOn] of onPallet.entries()) {
      if (isOn && [...parents.values()].includes(sscc(n))) parents.set(sscc(n), PALLET);
    }
    return { parents, units: known };
  });

/** The comparison as one would write it down. */
function judge({ parents, units }: Side, statements: readonly Statement[], named: string): string[] {
  const said: string[] = [];
  const registeredPackages = new Set(parents.values());
  const isPackage = (key: string): boolean => /^\d{18}$/.test(key) || statements.some(({ parent }) => parent === key);
  const childrenOf = (key: string): string[] =>
    [...parents].filter(([, parent]) => parent === key).map(([child]) => child);
  const firstParent = new Map<string, string>();
  for (const { parent, children } of statements) {
    for (const child of children) if (!firstParent.has(child)) firstParent.set(child, parent);
  }
  for (const { parent, children } of statements) {
    const isKnown = registeredPackages.has(parent) || parents.has(parent);
    let isEqual = true;
    const say = (text: string): void => {
      isEqual = false;
      said.push(text);
    };
    for (const child of new Set(children)) {
      if (child === parent) say(`CYCLE ${parent} ${child}`);
      else if (firstParent.get(child) !== parent) say(`TWO_PARENTS ${parent} ${child} ${firstParent.get(child)}`);
      else if (isKnown && parents.get(child) === parent) continue;
      else if (parents.has(child) && parents.get(child) !== parent) {
        say(`TWO_PARENTS ${parent} ${child} ${parents.get(child)}`);
      } else if (isKnown) say(`CHILD_MISSING_IN_REGISTER ${parent} ${child}`);
    }
    const all = statements.filter((other) => other.parent === parent).flatMap((other) => other.children);
    if (isKnown)
      for (const child of childrenOf(parent))
        if (!all.includes(child)) say(`CHILD_EXTRA_IN_REGISTER ${parent} ${child}`);
    const above = (key: string): string | undefined => firstParent.get(key) ?? parents.get(key);
    let at = above(parent);
    for (let step = 0; at !== undefined && step < 64; step++) {
      if (at === parent) {
        say(`CYCLE ${parent}`);
        break;
      }
      at = above(at);
    }
    if (isEqual && isKnown) said.push(`TREE_OK ${parent}`);
  }
  const contents = new Map<string, string[]>();
  for (const package_ of new Set([...statements.map(({ parent }) => parent), named])) {
    const isKnown = registeredPackages.has(package_) || parents.has(package_);
    const stated = statements.filter(({ parent }) => parent === package_).flatMap(({ children }) => children);
    contents.set(
      package_,
      (isKnown ? childrenOf(package_) : [...new Set(stated)]).filter((child) => !isPackage(child)),
    );
  }
  const gtinsOf = (list: readonly string[]): Set<string> => new Set(list.map((child) => child.slice(0, 14)));
  const seriesOf = (list: readonly string[]): Set<string> =>
    new Set(list.map((child) => units.get(child)?.series ?? '').filter((text) => text !== ''));
  /** Product and series of what is all of one; nothing for the rest. */
  const kindOf = (list: readonly string[]): string | undefined =>
    gtinsOf(list).size === 1 && seriesOf(list).size < 2 ? [...gtinsOf(list), ...seriesOf(list)].join(' ') : undefined;
  const usual = (kind: string): number => {
    const counts = [...contents.values()].filter((list) => kindOf(list) === kind).map((list) => list.length);
    const often = (count: number): number => counts.filter((other) => other === count).length;
    return counts.sort((a, b) => often(b) - often(a) || b - a)[0];
  };
  for (const [package_, list] of contents) {
    for (const child of list)
      if (units.get(child)?.state === 'RETIRED') said.push(`CHILD_OUT_OF_CIRCULATION ${package_} ${child}`);
    const gtins = gtinsOf(list);
    if (gtins.size > 1) said.push(`MIXED_GTIN ${package_} ${gtins.size}`);
    const series = seriesOf(list);
    if (series.size > 1) said.push(`MIXED_SERIES ${package_} ${series.size}`);
    const kind = kindOf(list);
    if (kind !== undefined && usual(kind) !== list.length) {
      said.push(`UNEVEN_BOX ${package_} ${list.length} ${usual(kind)}`);
    }
  }
  return said.sort();
}

const textOf = ({ outcome, package: package_, code, otherPackage, count, usual }: TreeFinding): string =>
  [outcome, package_, code, otherPackage, count, usual].filter((part) => part !== undefined).join(' ');

it('says of every package what a naive comparison says', async () => {
  await fc.assert(
    fc.asyncProperty(side, fc.array(statement, { maxLength: 5 }), fc.nat(BOXES), async (world, statements, n) => {
      const engine = await openEngine({ register: join(root, `register-${files++}`), create: true, workers: 0 });
      try {
        const rows = [...world.units].map(
          ([key, { state, series }]) => `${key};${state};${world.parents.get(key) ?? ''};${series}`,
        );
        for (let box = 0; box < BOXES; box++) {
          if (world.parents.has(sscc(box))) rows.push(`${sscc(box)};;${PALLET};`);
        }
        await engine.import([write(['code;status;parent;series', ...rows, ''].join('\n'))]);
        const documents = statements.map(({ parent, children }) => write(unitPack(parent, children)));
        const expected = [...documents, write(`${sscc(n)}\n`)];
        const result = await engine.reconcile({ expected, scanned: [write('x\n')] });
        const found: string[] = [];
        for await (const finding of result.trees()) found.push(textOf(finding));
        expect(found.sort()).toEqual(judge(world, statements, sscc(n)));
        const counts = Object.values(result.report.trees.outcomes).reduce((sum, count) => sum + count, 0);
        expect(counts).toBe(found.length);
        const inReport = result.report.trees.findings.map(textOf);
        expect(inReport.sort()).toEqual(found.filter((text) => !text.startsWith('TREE_OK')));
        expect(result.report.trees.stated).toBe(statements.length);
        await result.close();
      } finally {
        await engine.close();
      }
    }),
    { numRuns: 40, seed: 3 },
  );
});
