// Goal: the engine as its users hold it: opened, fed, asked, and closed; what a register says reaches the verdict.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { codeOf, keyOf, scanOf, scratchFiles } from './bulk/lists.test.data.js';
import { type Engine, openEngine } from './engine.js';
import type { Finding } from './reconcile/report.js';
import { sscc } from './reconcile/worlds.test.data.js';

const { folder, write } = scratchFiles();
// Temporary files of runs go with the test's own.
process.env.TMPDIR = folder;
const open: Engine[] = [];
let registers = 0;
afterAll(async () => {
  for (const engine of open) await engine.close();
});

async function engineWith(...tables: string[]): Promise<Engine> {
  const engine = await openEngine({ register: join(folder, `register-${registers++}`), create: true, workers: 0 });
  open.push(engine);
  for (const table of tables) await engine.import([write(table)]);
  return engine;
}

const at = new Date(2026, 2, 16, 12, 0);

describe('openEngine', () => {
  it('without a register nothing can be imported', async () => {
    const engine = await openEngine();
    open.push(engine);
    expect(engine.register).toBeNull();
    await expect(engine.import([write(codeOf(1))])).rejects.toMatchObject({ name: 'TamgaError', code: 'USAGE' });
  });

  it('a register that is not there is not made unless it is asked for', async () => {
    const path = join(folder, 'nowhere');
    await expect(openEngine({ register: path })).rejects.toMatchObject({ code: 'REGISTER_NOT_FOUND', data: { path } });
    expect(existsSync(path)).toBe(false);
  });

  it('a reconciliation needs both sides', async () => {
    const engine = await engineWith(`${codeOf(1)}\n`);
    const list = write(codeOf(1));
    await expect(engine.reconcile({ expected: [], scanned: [list] })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(engine.reconcile({ expected: [list], scanned: [] })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('what a register says reaches the verdict', () => {
  it('expiry: a date without end is not over', async () => {
    const engine = await engineWith(
      `code;status;expiry\n${codeOf(1)};INTRODUCED;9999-12-31\n${codeOf(2)};INTRODUCED;31.12.9999\n${codeOf(3)};INTRODUCED;2026-03-15\n`,
    );
    const verdicts = engine.verify([codeOf(1), codeOf(2), codeOf(3)], { operation: 'sale', at });
    expect(verdicts.map(({ reason }) => reason)).toEqual(['OK', 'OK', 'EXPIRED']);
  });

  it('a row that is no code of anything leaves the other rows theirs', async () => {
    const engine = await engineWith(
      `code;status;ownerTin\n0109520000001018;EMITTED;111\n${codeOf(1)};RETIRED;222\n${codeOf(2)};INTRODUCED;333\n`,
    );
    const records = [1, 2].map((n) => engine.register?.find(keyOf(n)));
    expect(records.map((record) => [record?.state, record?.owner])).toEqual([
      ['RETIRED', '222'],
      ['INTRODUCED', '333'],
    ]);
  });

  it('a parent written with its AI is the same package', async () => {
    const engine = await engineWith(`code;status;parent\n${codeOf(1)};INTRODUCED;00${sscc(1)}\n`);
    const result = await engine.reconcile({ expected: [write(sscc(1))], scanned: [write(codeOf(1))], at });
    expect({ ...result.report.codes }).toEqual({ [keyOf(1)]: 'MATCHED_PACKAGE_OPENED' });
    await result.close();
  });

  it('a later import is seen by the next run, without opening the engine anew', async () => {
    const engine = await engineWith(`code;status\n${codeOf(1)};INTRODUCED\n`);
    const outcomes = async (): Promise<string[]> => {
      const result = await engine.verifyFile(write(`${codeOf(1)}\n${codeOf(2)}\n`));
      const all: string[] = [];
      for await (const { outcome } of result.verdicts()) all.push(outcome);
      await result.close();
      return all;
    };
    expect(await outcomes()).toEqual(['OK', 'NOT_FOUND']);
    await engine.import([write(`code;status\n${codeOf(2)};RETIRED\n`)]);
    expect(await outcomes()).toEqual(['OK', 'STATE_FORBIDS']);
  });
});

describe('what a reconciliation reports', () => {
  it('shortages come by GTIN and serial, whenever the codes were registered', async () => {
    const engine = await engineWith(`code\n${codeOf(7)}\n${codeOf(4)}\n`, `code\n${codeOf(1)}\n${codeOf(5)}\n`);
    const expected = [9, 4, 5, 1, 7, 3].map(codeOf).join('\n');
    const result = await engine.reconcile({ expected: [write(expected)], scanned: [write(codeOf(100))], at });
    const missing: Finding[] = [];
    for await (const finding of result.missing()) missing.push(finding);
    expect(missing.map(({ code }) => code)).toEqual([9, 4, 5, 1, 7, 3].map(keyOf).sort());
    await result.close();
  });

  it('codes of an input are its lines, blank lines apart', async () => {
    const engine = await openEngine({ workers: 0 });
    open.push(engine);
    const list = (): string => write(`${codeOf(1)}\n\n  \n${codeOf(2)}\n`);
    const { report, close } = await engine.reconcile({ expected: [list()], scanned: [list()] });
    expect(report.inputs.map(({ role, codes }) => [role, codes])).toEqual([
      ['expected', 2],
      ['scanned', 2],
    ]);
    await close();
  });

  it.each([
    ['a package that nobody knows is not accepted for being expected', [sscc(9)], [sscc(9)], { UNKNOWN_PACKAGE: 1 }],
    ['an unknown package that was not expected', [codeOf(1)], [sscc(9), sscc(9)], { UNKNOWN_PACKAGE: 1, DUPLICATE: 1 }],
  ])('%s', async (_, expected, scanned, outcomes) => {
    const engine = await openEngine({ workers: 0 });
    open.push(engine);
    const result = await engine.reconcile({
      expected: [write(expected.join('\n'))],
      scanned: [write(scanned.join('\n'))],
    });
    expect(result.report.lines.outcomes).toEqual(outcomes);
    expect({ ...result.report.packages }).toEqual({ [sscc(9)]: 'UNKNOWN_PACKAGE' });
    await result.close();
  });

  it('a pallet of boxes that hold nothing known: nobody knows what is inside', async () => {
    const engine = await engineWith(`code;status;parent\n${sscc(1)};INTRODUCED;${sscc(2)}\n`);
    const decisions = async (scanned: string): Promise<unknown> => {
      const result = await engine.reconcile({ expected: [write(sscc(2))], scanned: [write(scanned)], at });
      await result.close();
      return result.report.packages?.[sscc(2)];
    };
    expect(await decisions(codeOf(1))).toBe('NOT_SCANNED');
    expect(await decisions(sscc(2))).toBe('UNKNOWN_PACKAGE');
  });

  const TREE = `code;status;parent\n${codeOf(1)};INTRODUCED;${sscc(1)}\n${codeOf(2)};INTRODUCED;${sscc(1)}\n${sscc(1)};INTRODUCED;${sscc(2)}\n`;

  it.each([
    [
      'a box after its pallet is covered',
      [sscc(2), sscc(1)],
      { PACKAGE_ACCEPTED: 1, COVERED_BY_PACKAGE: 1 },
      'ACCEPTED_WHOLE',
    ],
    [
      'a unit after its pallet is covered',
      [sscc(2), codeOf(1)],
      { PACKAGE_ACCEPTED: 1, COVERED_BY_PACKAGE: 1 },
      'ACCEPTED_WHOLE',
    ],
    [
      'a unit before its pallet opens it',
      [codeOf(1), sscc(2)],
      { MATCHED_PACKAGE_OPENED: 1, OPENED_PACKAGE_USED_AS_WHOLE: 1 },
      'NEEDS_DISAGGREGATION',
    ],
    [
      'a box before its pallet opens it',
      [sscc(1), sscc(2)],
      { PACKAGE_ACCEPTED: 1, OPENED_PACKAGE_USED_AS_WHOLE: 1 },
      'NEEDS_DISAGGREGATION',
    ],
  ])('%s', async (_, scanned, lines, decision) => {
    const engine = await engineWith(TREE);
    const result = await engine.reconcile({ expected: [write(sscc(2))], scanned: [write(scanned.join('\n'))], at });
    expect(result.report.lines.outcomes).toEqual(lines);
    expect(result.report.packages?.[sscc(2)]).toBe(decision);
    expect(result.report.totals).toEqual({ matched: 2, shortage: 0, surplus: 0 });
    await result.close();
  });

  it('the same whatever number of workers reads large lists', async () => {
    const N = 100_000;
    const expected = write(Array.from({ length: N }, (_, n) => codeOf(n * 2)).join('\n'));
    const scanned = write(Array.from({ length: N }, (_, i) => scanOf((i % 1000 === 999 ? i - 500 : i) * 3)).join('\n'));
    const reports = [];
    for (const workers of [0, 1, 2]) {
      const engine = await openEngine({ workers });
      const result = await engine.reconcile({ expected: [expected], scanned: [scanned], at });
      const findings: (string | number | undefined)[][] = [];
      for await (const { outcome, code, line, firstLine } of result.findings()) {
        findings.push([outcome, code, line, firstLine]);
        if (findings.length === 5000) break;
      }
      const { timings, ...report } = result.report;
      expect(timings.map(({ stage }) => stage)).toEqual(['open', 'expected', 'scanned', 'sets', 'report']);
      reports.push({ report, findings });
      await result.close();
      await engine.close();
    }
    const [first, ...others] = reports;
    // Multiples of 6 below 2N are expected and scanned; one line in a thousand repeats an earlier one and leaves its own code out.
    const scans = new Set(Array.from({ length: N }, (_, i) => (i % 1000 === 999 ? i - 500 : i) * 3));
    const matched = [...scans].filter((n) => n % 2 === 0 && n < 2 * N).length;
    expect(first?.report.totals).toEqual({ matched, shortage: N - matched, surplus: scans.size - matched });
    expect(first?.report.lines).toEqual({
      count: N,
      outcomes: { MATCHED: matched, SURPLUS: scans.size - matched, DUPLICATE: N - scans.size },
    });
    for (const other of others) expect(other).toEqual(first);
  });
});
