/** Goal: what is said of packages shows by code in every form of the report, with the moment that it is of. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../engine.js';
import { attention, writeFindingsCsv } from './render/index.js';
import type { Finding } from './report.js';
import { treeSeverity } from './tree-outcomes.js';
import { sscc, unit, unitPack } from './worlds.test.data.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-packages-test-'));
const OWNER = '300000001';
let engine: Engine;
let made = 0;

const write = (content: string): string => {
  const path = join(folder, `f${made++}`);
  writeFileSync(path, content);
  return path;
};

/** Unit `n` of one product. */
const one = (n: number): string => unit(n * 3).key;
const BOXES = [1, 2, 3, 4, 5].map(sscc) as [string, string, string, string, string];

beforeAll(async () => {
  engine = await openEngine({ register: join(folder, 'register'), create: true, workers: 0 });
  // Of series A two boxes of two and one of one; of series B one of one: that is its usual count. The last is mixed.
  const boxes: [string, string[], string][] = [
    [BOXES[0], [one(1), one(2)], 'A'],
    [BOXES[1], [one(3), one(4)], 'A'],
    [BOXES[2], [one(5)], 'A'],
    [BOXES[3], [one(6)], 'B'],
    [BOXES[4], [unit(1).key], 'A'],
  ];
  const rows = boxes.flatMap(([box, codes, series]) =>
    codes.map((code) => `${code};INTRODUCED;${OWNER};${box};${series}`),
  );
  rows.push(`${one(7)};INTRODUCED;${OWNER};${BOXES[4]};B`);
  await engine.import([write(['code;status;ownerTin;parent;series', ...rows, ''].join('\n'))]);
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

const expected = (): string[] => [write(`${BOXES.join('\n')}\n`)];

describe('what is said of packages', () => {
  it('compares a box with those of its product and series, and leaves out those known as opened', async () => {
    const run = async (): Promise<unknown[]> => {
      const result = await engine.reconcile({ expected: expected(), scanned: [write('x\n')] });
      const told = (await all(result.trees())).map(({ outcome, package: name, count, usual }) => [
        outcome,
        name,
        count,
        usual,
      ]);
      await result.close();
      return told.sort();
    };
    const mixed = [
      ['MIXED_GTIN', BOXES[4], 2, undefined],
      ['MIXED_SERIES', BOXES[4], 2, undefined],
    ];
    const uneven = ['UNEVEN_BOX', BOXES[2], 1, 2];
    expect(await run()).toEqual([...mixed, uneven]);
    // A unit is taken out of the first box: it is opened now, and no measure for others.
    await engine.submit({ kind: 'extract', codes: [one(1)], actor: OWNER });
    expect(engine.find(BOXES[0])?.opened).toBe(true);
    expect(await run()).toEqual([...mixed, uneven]);
  });

  it('stands in the JSON and the CSV by code, with event and time', async () => {
    const statement = write(unitPack(BOXES[1], [one(3), one(1)]));
    const result = await engine.reconcile({ expected: [statement, ...expected()], scanned: [write('x\n')] });
    const { report } = result;
    const trees = await all(result.trees());
    const { lastEvent, lastEventAt } = report.register!;
    expect(trees).toContainEqual({
      outcome: 'CHILD_EXTRA_IN_REGISTER',
      package: BOXES[1],
      code: one(4),
      path: statement,
      event: lastEvent,
      eventAt: lastEventAt,
    });
    expect(trees.map(({ outcome, code }) => [outcome, code])).toContainEqual(['CHILD_MISSING_IN_REGISTER', one(1)]);
    expect(report.trees.findings).toEqual(trees);
    const csv = join(folder, 'findings.csv');
    await writeFindingsCsv(attention(result), csv);
    const rows = parse(readFileSync(csv), { columns: true }) as Record<string, string>[];
    expect(rows).toContainEqual(
      expect.objectContaining({
        outcome: 'CHILD_EXTRA_IN_REGISTER',
        code: one(4),
        package: BOXES[1],
        path: statement,
        event: String(lastEvent),
        eventAt: lastEventAt,
      }),
    );
    expect(rows.find(({ outcome }) => outcome === 'MIXED_GTIN')).toMatchObject({ code: BOXES[4], count: '2' });
    const absent: Finding[] = await all(result.missing());
    expect(absent.every(({ event, eventAt }) => event === lastEvent && eventAt === lastEventAt)).toBe(true);
    expect(absent.length).toBeGreaterThan(0);
    await result.close();
  });

  it('takes a mixed package for an error where packages must be of one kind', async () => {
    const run = async (oneKind: boolean): Promise<unknown[]> => {
      const result = await engine.reconcile({ expected: expected(), scanned: [write('x\n')], oneKind });
      await result.close();
      const { trees } = result.report;
      return trees.findings.map(({ outcome }) => `${outcome} ${treeSeverity(outcome, trees)}`);
    };
    expect(await run(false)).toContain('MIXED_SERIES info');
    expect(await run(true)).toContain('MIXED_SERIES error');
    expect(await run(true)).toContain('MIXED_GTIN error');
  });

  it('opens an unexpected package of which a unit was scanned before', async () => {
    const lines: string[] = [];
    const result = await engine.reconcile({
      expected: [write(`${one(7)}\n`)],
      scanned: [write(`${one(3)}\n${BOXES[1]}\n${BOXES[3]}\n`)],
      owner: OWNER,
      onLine: ({ outcome }) => lines.push(outcome),
    });
    expect(lines).toEqual(['SURPLUS', 'OPENED_PACKAGE_USED_AS_WHOLE', 'SURPLUS']);
    expect(result.report.byPackage.map(({ package: name, state }) => [name, state]).sort()).toEqual([
      [BOXES[1], 'OPENED'],
      [BOXES[3], 'INTACT'],
    ]);
    await result.close();
  });
});
