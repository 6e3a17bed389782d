// Goal: all that a run tells is of the register as it was when the run began, whatever comes in before the result is closed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../engine.js';
import type { ReconcileResult } from './report.js';
import type { Scan } from './scan-input.js';
import { sscc, unit, unitPack } from './worlds.test.data.js';

const root = mkdtempSync(join(tmpdir(), 'tamga-moment-'));
const engines: Engine[] = [];
let files = 0;
afterAll(async () => {
  for (const engine of engines) await engine.close();
  rmSync(root, { recursive: true, force: true });
});

function write(content: string): string {
  const path = join(root, `f${files++}`);
  writeFileSync(path, content);
  return path;
}

const OWNER = '300000001';
const BOX = sscc(1);
/** Of one product. */
const [ONE, TWO, THREE, NEW, STRAY] = [0, 3, 6, 9, 12].map(unit);
const HEAD = 'code;status;ownerTin;parent;series;expiry';

/** A register of one unit by itself and two in a box. */
async function makeEngine(): Promise<Engine> {
  const engine = await openEngine({ register: join(root, `register-${files++}`), create: true, workers: 0 });
  engines.push(engine);
  const rows = [
    `${ONE.key};INTRODUCED;${OWNER};;A;2030-01-01`,
    `${TWO.key};INTRODUCED;${OWNER};${BOX};A;2030-01-01`,
    `${THREE.key};INTRODUCED;${OWNER};${BOX};A;2030-01-01`,
  ];
  await engine.import([write([HEAD, ...rows, ''].join('\n'))]);
  return engine;
}

/** Changes all that can change: state, owner, series, date, contents of the box, and what there is. */
async function change(engine: Engine): Promise<void> {
  const rows = [
    `${NEW.key};INTRODUCED;${OWNER};${BOX};B;2031-01-01`,
    `${ONE.key};RETIRED;999;${BOX};B;2031-01-01`,
    `${TWO.key};RETIRED;999;${sscc(2)};B;2031-01-01`,
    `${THREE.key};RETIRED;999;;B;2031-01-01`,
  ];
  await engine.import([write([HEAD, ...rows, ''].join('\n'))]);
  // Brings the image in memory up to it.
  engine.verify(ONE.code, { operation: 'accept' });
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

async function told(result: ReconcileResult) {
  const { timings: _, at: __, register, ...report } = result.report;
  const told = {
    report: { ...report, codes: register?.codes, lastEvent: register?.lastEvent },
    findings: await all(result.findings()),
    missing: await all(result.missing()),
    trees: await all(result.trees()),
    packages: await all(result.packages()),
  };
  // Two registers that say the same say it at different times.
  return JSON.parse(JSON.stringify(told).replaceAll(String(register?.lastEventAt), 'then')) as typeof told;
}

describe('a run that the register overtakes', () => {
  const pack = write(unitPack(BOX, [TWO.key, THREE.key]));
  const asked = { expected: [pack, write(`${BOX}\n`)], expectedSet: { owner: OWNER }, owner: OWNER };

  it.each([
    ['between two scans', true],
    ['behind the last scan', false],
  ])('by events %s', async (_, isBetween) => {
    const scans = async function* (meanwhile?: () => Promise<void>): AsyncGenerator<Scan> {
      yield { code: TWO.code };
      // The first is judged by itself.
      await new Promise((resolve) => setTimeout(resolve, 150));
      if (isBetween) await meanwhile?.();
      yield { code: STRAY.code };
      yield { code: NEW.code };
    };
    const still = await makeEngine();
    const quiet = await still.reconcile({ ...asked, scanned: scans() });
    const wanted = await told(quiet);
    await quiet.close();
    expect(wanted.report.expectedUnits).toBe(3);
    expect(wanted.trees.map(({ outcome }) => outcome)).toContain('TREE_OK');
    expect(wanted.missing.map(({ code, owner, state }) => [code, owner, state])).toEqual([
      [THREE.key, OWNER, 'INTRODUCED'],
      [ONE.key, OWNER, 'INTRODUCED'],
    ]);

    const moving = await makeEngine();
    const result = await moving.reconcile({ ...asked, scanned: scans(() => change(moving)) });
    if (!isBetween) await change(moving);
    const { report, ...streams } = await told(result);
    expect({ report, ...streams }).toEqual(wanted);
    expect(report.byGtin.reduce((sum, { expected }) => sum + expected, 0)).toBe(report.expectedUnits);
    await result.close();
  });

  it('from files by sets, and a run behind it sees what the first did not', async () => {
    const engine = await makeEngine();
    const run = () =>
      engine.reconcile({ expected: [], expectedSet: { owner: OWNER }, scanned: [write(`${NEW.code}\n`)] });
    const first = await run();
    await change(engine);
    const second = await run();
    expect([first.report.expectedUnits, second.report.expectedUnits]).toEqual([3, 1]);
    expect((await all(first.missing())).map(({ owner }) => owner)).toEqual([OWNER, OWNER, OWNER]);
    expect(await all(second.missing())).toEqual([]);
    await second.close();
    await first.close();
    // Nobody needs the former image any more.
    const third = await run();
    expect(third.report.register).toEqual(second.report.register);
    await third.close();
  });
});
