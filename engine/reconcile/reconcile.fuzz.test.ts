// Goal: a reconciliation comes to what the rules of acceptance say, whatever is expected, registered and scanned, in any order.
// Method: generated worlds go through the engine as files and through a naive model; every line, code, package and total is compared.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileCore } from '../../core/host/index.js';
import { Runners } from '../bulk/runners.js';
import { DOCUMENT_LIMITS } from '../documents/limits.js';
import { type Engine, openEngine } from '../engine.js';
import { eventOf } from '../register/register.test.data.js';
import { judge, type ModelFinding, type ModelLine, type ModelReport, type World } from './model.test.data.js';
import type { Outcome } from './outcomes.js';
import { reconcile } from './reconcile.js';
import { reportToJson } from './render/json.js';
import type { Finding, PackageRow, ReconcileReport } from './report.js';
import { REPORT_SCHEMA } from './report-schema.js';
import type { Scan } from './scan-input.js';
import {
  type AskedSet,
  askedSet,
  type GeneratedWorld,
  generatedWorld,
  NOON,
  OWNER,
  PACKAGES,
  type Scenario,
  SOON,
  scenario,
  unitsIn,
  written,
} from './worlds.test.data.js';

const root = mkdtempSync(join(tmpdir(), 'reconcile-fuzz-'));
let files = 0;
const schema = Compile(REPORT_SCHEMA);
const runners = new Runners(await compileCore(), 0);
afterAll(async () => {
  await runners.close();
  rmSync(root, { recursive: true, force: true });
});

function write(content: string): string {
  const path = join(root, `f${files++}`);
  writeFileSync(path, content);
  return path;
}

/** How a scenario is put to the engine. */
interface Asking {
  /** A set of the register is expected, too. */
  query?: AskedSet['query'];
  /** Expected are the lists of the scenario. */
  hasLists: boolean;
  /** What was scanned comes in files, as one stream of scans, or as one list on the standard input that is too long to be looked at first. */
  source: 'files' | 'stream' | 'stdin';
  /** Nothing is listed by code: runs may go by sets. */
  isLarge: boolean;
  /** What expires within three days, and what is of another group than these, is told. */
  warns?: { groups: number[] };
  /** The set is as of a moment at which the register was this. */
  past?: { at: Date; register: World['register'] };
}

const FROM_FILES: Asking = { hasLists: true, source: 'files', isLarge: false };

const source = fc.constantFrom('files', 'stream', 'stdin');
/** Lines that make a list longer than the beginning that tells its form. */
const LONG: ModelLine[] = Array.from({ length: 20 }, () => {
  const text = 'g'.repeat(DOCUMENT_LIMITS.headBytes / 16);
  return { outcome: 'UNKNOWN_CODE_TYPE', text, shown: text.slice(0, 160) };
});

/** Puts bytes on the standard input of this process. */
function onStdin(content: string): void {
  const bytes = Buffer.from(content);
  const chunks = [];
  for (let at = 0; at < bytes.length; at += 1000) chunks.push(bytes.subarray(at, at + 1000));
  Object.defineProperty(process, 'stdin', { value: Readable.from(chunks), configurable: true });
}

async function* streamed(lines: readonly ModelLine[]): AsyncGenerator<Scan> {
  for (const [i, { text }] of lines.entries()) {
    if (i % 5 === 4) await new Promise((resolve) => setImmediate(resolve));
    yield {
      code: i % 2 === 0 ? text : Buffer.from(text),
      at: new Date(NOON.getTime() + i * 1000),
      device: `d${i % 3}`,
    };
  }
}

async function compare(
  engine: Engine,
  { world, documents }: GeneratedWorld,
  one: Scenario,
  asking: Asking = FROM_FILES,
): Promise<void> {
  const { query, hasLists, source, isLarge, past, warns } = asking;
  const isStream = source === 'stream';
  const isStdin = source === 'stdin';
  const lists = hasLists ? one.expected : [];
  const read = isStream ? [one.scanned.flat()] : isStdin ? [[...LONG, ...one.scanned.flat()]] : one.scanned;
  const documented = hasLists ? world : { ...world, documents: new Map<string, string>() };
  const model = judge(
    warns ? { ...documented, ...warns, soon: SOON } : documented,
    lists,
    query ? unitsIn(past ? past.register : world.register, query) : new Set(),
    read,
  );
  const written_ = isStream || isStdin ? [] : read.map((lines) => write(written(lines, one)));
  const scanned = isStream ? ['stream'] : isStdin ? ['-'] : written_;
  if (isStdin) onStdin(written(read[0], one));
  const expected = lists.map((lines) => write(written(lines, one)));
  const trees = hasLists ? documents.map(write) : [];
  const result = await reconcile(
    {
      expected: [...trees, ...expected],
      ...(query && { expectedSet: past ? { ...query, at: past.at } : query }),
      scanned: isStream ? streamed(read[0]) : scanned,
      at: NOON,
      ...(warns && { ...warns, expiresSoonDays: 3 }),
      ...(world.register && { owner: OWNER }),
    },
    engine.register,
    runners,
    ...(isLarge ? [0] : []),
  );
  try {
    expect(schema.Errors(JSON.parse(reportToJson(result.report)))).toEqual([]);
    compareReports(result.report, model, !isLarge);
    const findings: Finding[] = [];
    for await (const finding of result.findings()) findings.push(finding);
    const lines = findings.filter(({ line }) => line !== undefined);
    const ofLists = lines.filter(({ path }) => expected.includes(path as string));
    expect(ofLists.map((finding) => modelled(finding, expected))).toEqual(model.listFindings);
    expect(lines.slice(ofLists.length).map((finding) => modelled(finding, scanned))).toEqual(model.findings);
    if (isStream) {
      for (const { line, scannedAt, device } of lines.slice(ofLists.length)) {
        expect(scannedAt).toBe(new Date(NOON.getTime() + ((line as number) - 1) * 1000).toISOString());
        expect(device).toBe(`d${((line as number) - 1) % 3}`);
      }
    }
    const absent = Object.entries(model.codes).filter(([, outcome]) => outcome.startsWith('SHORTAGE'));
    const missing: Finding[] = [];
    for await (const finding of result.missing()) missing.push(finding);
    // By key: GTIN and serial.
    expect(missing.map(({ code, outcome }) => [code, outcome])).toEqual(absent.sort(([a], [b]) => (a < b ? -1 : 1)));
    for (const { code, documentPath, documentLine } of missing) {
      const at = model.namedAt[code];
      expect([documentPath, documentLine]).toEqual(at ? [expected[at.file], at.line] : [undefined, undefined]);
    }
    expect(findings.slice(lines.length)).toEqual(missing);
    const packages: PackageRow[] = [];
    for await (const row of result.packages()) packages.push(row);
    expect(Object.fromEntries(packages.map((row) => [row.package, row.decision]))).toEqual(model.packages);
    expect(Object.fromEntries(packages.map((row) => [row.package, row.state]))).toEqual(model.packageStates);
  } finally {
    await result.close();
    for (const path of [...written_, ...expected, ...trees]) rmSync(path);
  }
}

function compareReports(report: ReconcileReport, model: ModelReport, isListed: boolean): void {
  if (isListed) {
    expect({ ...report.codes }).toEqual(model.codes);
    expect({ ...report.packages }).toEqual(model.packages);
  }
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

  it('lists and aggregation documents against scans, from files, as a stream and on the standard input', async () => {
    await fc.assert(
      fc.asyncProperty(generatedWorld(false), scenario, source, (world, one, source) =>
        compare(engine, world, one, { ...FROM_FILES, source }),
      ),
      { numRuns: 50, seed: 6, interruptAfterTimeLimit: 40_000 },
    );
  });
});

/** A table has no column for a group. */
function stateGroups(engine: Engine, groups: readonly (readonly [key: string, group: number])[]): void {
  if (groups.length > 0) engine.register?.apply(eventOf({ codes: groups.map(([key, group]) => [key, { group }]) }));
}

async function fill(engine: Engine, { snapshot, world }: GeneratedWorld): Promise<void> {
  await engine.import([write(snapshot)]);
  stateGroups(
    engine,
    [...(world.register ?? [])].filter(([, { group }]) => group !== 0).map(([key, { group }]) => [key, group]),
  );
}

describe('with a register', () => {
  const asking: fc.Arbitrary<Asking> = fc
    .record({
      query: fc.option(askedSet, { nil: undefined }),
      hasLists: fc.boolean(),
      source,
      isLarge: fc.boolean(),
      warns: fc.option(fc.record({ groups: fc.subarray([5, 9]) }), { nil: undefined }),
    })
    .map(({ query, ...one }) => ({ ...one, ...(query ? { query } : { hasLists: true }) }));
  /** Half of the runs scan no package. */
  const units = ({ scanned, ...one }: Scenario): Scenario => ({
    ...one,
    scanned: scanned.map((lines) => {
      const kept = lines.filter((line) => !('key' in line && PACKAGES.has(line.key)));
      return kept.length > 0 ? kept : [{ outcome: 'UNKNOWN_CODE_TYPE', text: 'garbage', shown: 'garbage' }];
    }),
  });
  const asked = fc.record({
    asking,
    one: fc.tuple(scenario, fc.boolean()).map(([one, isUnits]) => (isUnits ? units(one) : one)),
  });

  it('registered and unregistered codes, in any state, of any owner, against lists and sets', async () => {
    await fc.assert(
      fc.asyncProperty(generatedWorld(true), fc.array(asked, { minLength: 6, maxLength: 10 }), async (world, runs) => {
        const engine = await openEngine({ register: join(root, `register-${files++}`), create: true, workers: 0 });
        try {
          await fill(engine, world);
          for (const { one, asking } of runs) await compare(engine, world, one, asking);
        } finally {
          await engine.close();
        }
      }),
      { numRuns: 12, seed: 7, interruptAfterTimeLimit: 40_000 },
    );
  });

  it('a set as of a moment, against the register of today', async () => {
    const change = fc.record({
      from: fc.nat(23),
      state: fc.constantFrom('RETIRED', 'SHIPPED', 'INTRODUCED'),
      owner: fc.constantFrom(OWNER, '300000002'),
      group: fc.constantFrom(5, 9),
    });
    await fc.assert(
      fc.asyncProperty(
        generatedWorld(true),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        askedSet,
        scenario.map(units),
        async (given, changes, query, one) => {
          const engine = await openEngine({ register: join(root, `register-${files++}`), create: true, workers: 0 });
          try {
            await fill(engine, given);
            const past = { at: new Date(), register: given.world.register };
            // The register's time goes on by a millisecond at least.
            await new Promise((resolve) => setTimeout(resolve, 3));
            const now = new Map(given.world.register);
            const rows: string[] = [];
            const groups: [string, number][] = [];
            for (const { from, state, owner, group } of changes) {
              const [key, record] = [...now][from % Math.max(1, now.size)] ?? [];
              if (
                key === undefined ||
                record === undefined ||
                PACKAGES.has(key) ||
                rows.some((row) => row.startsWith(key))
              )
                continue;
              now.set(key, { ...record, state, owner, group });
              rows.push(`${key};${state};${owner}`);
              groups.push([key, group]);
            }
            if (rows.length > 0) await engine.import([write(['code;status;ownerTin', ...rows, ''].join('\n'))]);
            stateGroups(engine, groups);
            const world = { ...given, world: { ...given.world, register: now } };
            const asking = { query, hasLists: false, source: 'files' as const, past };
            for (const isLarge of [false, true]) await compare(engine, world, one, { ...asking, isLarge });
          } finally {
            await engine.close();
          }
        },
      ),
      { numRuns: 12, seed: 8, interruptAfterTimeLimit: 40_000 },
    );
  });
});
