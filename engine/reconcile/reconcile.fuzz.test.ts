// Goal: a reconciliation comes to what the rules of acceptance say, whatever is expected, registered and scanned, in any order.
// Method: generated worlds go through the engine as files and through a naive model; every line, code, package and total is compared.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../engine.js';
import { judge, type ModelFinding, type ModelReport } from './model.test.data.js';
import type { Outcome } from './outcomes.js';
import type { Finding, ReconcileReport } from './report.js';
import {
  type GeneratedWorld,
  generatedWorld,
  NOON,
  OWNER,
  type Scenario,
  scenario,
  written,
} from './worlds.test.data.js';

const root = mkdtempSync(join(tmpdir(), 'reconcile-fuzz-'));
let files = 0;
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(content: string): string {
  const path = join(root, `f${files++}`);
  writeFileSync(path, content);
  return path;
}

async function compare(engine: Engine, { world, documents }: GeneratedWorld, one: Scenario): Promise<void> {
  const named = new Set(one.expected.flat().flatMap((line) => ('key' in line ? [line.key] : [])));
  const model = judge(world, named, one.scanned);
  const scanned = one.scanned.map((lines) => write(written(lines, one)));
  const expected = [...documents.map(write), ...one.expected.map((lines) => write(written(lines, one)))];
  const result = await engine.reconcile({ expected, scanned, at: NOON, ...(world.register && { owner: OWNER }) });
  try {
    compareReports(result.report, model);
    const findings: Finding[] = [];
    for await (const finding of result.findings()) findings.push(finding);
    const lines = findings.filter(({ line }) => line !== undefined);
    const ofDocuments = lines.filter(({ path }) => expected.includes(path as string));
    const notCodes = one.expected.flat().filter((line) => !('key' in line) && line.outcome !== 'BLANK_LINE_SKIPPED');
    expect(ofDocuments.map(({ outcome }) => outcome)).toEqual(
      notCodes.map((line) => 'outcome' in line && line.outcome),
    );
    expect(lines.slice(ofDocuments.length).map((finding) => modelled(finding, scanned))).toEqual(model.findings);
    const absent = Object.entries(model.codes).filter(([, outcome]) => outcome.startsWith('SHORTAGE'));
    const missing: Finding[] = [];
    for await (const finding of result.missing()) missing.push(finding);
    expect(missing.map(({ code, outcome }) => [code, outcome]).sort()).toEqual(absent.sort());
    expect(findings.slice(lines.length)).toEqual(missing);
  } finally {
    await result.close();
    for (const path of [...scanned, ...expected]) rmSync(path);
  }
}

function compareReports(report: ReconcileReport, model: ModelReport): void {
  expect({ ...report.codes }).toEqual(model.codes);
  expect({ ...report.packages }).toEqual(model.packages);
  expect(report.lines).toEqual({ count: model.lines.length, outcomes: counted(model.lines) });
  expect(report.expectedUnits).toBe(model.expectedUnits);
  expect(report.totals).toEqual(model.totals);
  expect(report.outcomes).toEqual(counted(Object.values(model.codes)));
  expect(report.packageDecisions).toEqual(counted(Object.values(model.packages)));
  expect(report.byGtin).toEqual(
    Object.keys(model.byGtin)
      .sort()
      .map((gtin) => ({ gtin, ...model.byGtin[gtin] })),
  );
  expect(report.expectedUnits).toBe(report.totals.matched + report.totals.shortage);
  expect(Object.values(report.lines.outcomes).reduce((sum, count) => sum + count, 0)).toBe(report.lines.count);
}

function counted<T extends string>(names: readonly T[]): Partial<Record<T, number>> {
  const counts: Partial<Record<T, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function modelled(
  { outcome, code, path, line, firstPath, firstLine }: Finding,
  paths: readonly string[],
): ModelFinding {
  return {
    outcome: outcome as Outcome,
    code,
    file: paths.indexOf(path as string),
    line,
    ...(firstPath !== undefined && { firstFile: paths.indexOf(firstPath), firstLine }),
  };
}

describe('without a register', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine({ workers: 0 });
  });
  afterAll(() => engine.close());

  it('lists and aggregation documents against scans', async () => {
    await fc.assert(
      fc.asyncProperty(generatedWorld(false), scenario, (world, one) => compare(engine, world, one)),
      { numRuns: 100, seed: 6 },
    );
  });
});

describe('with a register', () => {
  it('registered and unregistered codes, in any state, of any owner, against scans', async () => {
    await fc.assert(
      fc.asyncProperty(
        generatedWorld(true),
        fc.array(scenario, { minLength: 4, maxLength: 6 }),
        async (world, scenarios) => {
          const engine = await openEngine({ register: join(root, `register-${files++}`), create: true, workers: 0 });
          try {
            await engine.import([write(world.snapshot)]);
            for (const one of scenarios) await compare(engine, world, one);
          } finally {
            await engine.close();
          }
        },
      ),
      { numRuns: 16, seed: 7 },
    );
  });
});
