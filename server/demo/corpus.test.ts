import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReconcileReport } from '../../engine/reconcile/report.js';
import { compareWithPlanted } from './check.js';
import { type Corpus, type CorpusStage, writeCorpus } from './corpus.js';

const SIZES = { registered: 20_000, delivered: 10_000 };
let folder: string;
let corpus: Corpus;
const progress: [CorpusStage, number, number][] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tamga-corpus-'));
  const onProgress = (...step: [CorpusStage, number, number]) => progress.push(step);
  corpus = await writeCorpus(join(folder, 'first'), {
    ...SIZES,
    seed: 1,
    onProgress,
  });
});
afterAll(() => rm(folder, { recursive: true }));

describe('writeCorpus', () => {
  it('gives the same bytes and numbers for the same seed, others for another', async () => {
    const second = await writeCorpus(join(folder, 'second'), {
      ...SIZES,
      seed: 1,
    });
    const third = await writeCorpus(join(folder, 'third'), {
      ...SIZES,
      seed: 2,
    });
    const first = await digests(corpus);
    expect(await digests(second)).toEqual(first);
    expect(second.planted).toEqual(corpus.planted);
    expect(second.counts).toEqual(corpus.counts);
    const other = await digests(third);
    for (const [i, digest] of other.entries()) expect(digest).not.toBe(first[i]);
  });

  it('writes over what an earlier run left', async () => {
    const again = await writeCorpus(join(folder, 'third'), {
      ...SIZES,
      seed: 1,
    });
    expect(await digests(again)).toEqual(await digests(corpus));
  });

  it('reports progress up to the total of each stage', () => {
    expect(progress.filter(([, done, total]) => done === total)).toEqual([
      ['register', SIZES.registered, SIZES.registered],
      ['delivery', SIZES.delivered, SIZES.delivered],
      ['scans', corpus.counts.scanLines, corpus.counts.scanLines],
    ]);
  });

  it('plants serials that need quoting in CSV and escaping in XML', async () => {
    const register = await readFile(corpus.paths.register, 'latin1');
    const delivery = await readFile(corpus.paths.delivery, 'latin1');
    expect(register).toMatch(/^"01\d{14}21[^\n]*""/m);
    expect(register).toMatch(/^"01\d{14}21[^"\n]*;[^"\n]*";UNIT/m);
    expect(delivery).toContain('&lt;');
    expect(delivery).toContain('&quot;');
  });

  it.each([
    [{ registered: 1_000, delivered: 500, seed: 1 }, /registered is 1000; expected a whole number from 20000/],
    [{ registered: 20_000, delivered: 10_001, seed: 1 }, /delivered is 10001; .* to 10000/],
    [{ registered: 20_000, delivered: Number.NaN, seed: 1 }, /delivered is NaN/],
    [{ registered: 20_000, delivered: 10_000, seed: -1 }, /seed is -1/],
  ])('refuses %j', async (options, message) => {
    await expect(writeCorpus(join(folder, 'refused'), options)).rejects.toThrow(message);
  });

  it('names the path that cannot be written', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const written = writeCorpus(join(file, 'below'), { ...SIZES, seed: 1 });
    await expect(written).rejects.toMatchObject({
      name: 'TamgaError',
      code: 'OUTPUT_FAILED',
      data: { path: join(file, 'below') },
    });
  });
});

describe('compareWithPlanted', () => {
  it('finds equal what is equal, also with outcomes left out that are 0', () => {
    const report = reportOf(corpus);
    report.outcomes.BLOCKED = 0;
    const { ok, rows } = compareWithPlanted(report, corpus.planted, corpus.planted.missing);
    expect(rows.filter(({ equal }) => !equal)).toEqual([]);
    expect(ok).toBe(true);
  });

  it.each<[string, (report: ReconcileReport) => void]>([
    ['units expected', (report) => report.expectedUnits++],
    ['units shortage', (report) => report.totals.shortage++],
    ['units MATCHED', (report) => delete report.outcomes.MATCHED],
    ['units BLOCKED', (report) => Object.assign(report.outcomes, { BLOCKED: 1 })],
    ['lines', (report) => report.lines.count--],
    ['lines DUPLICATE', (report) => report.lines.outcomes.DUPLICATE!++],
    ['packages NOT_SCANNED', (report) => report.packageDecisions.NOT_SCANNED!--],
    ['GTINs with other totals', (report) => report.byGtin.pop()],
    ['GTINs with other totals', (report) => report.byGtin[0]!.matched++],
    ['missing codes, SHA-256', (report) => Object.assign(report, { codes: { '09520000006068X': 'SHORTAGE' } })],
  ])('finds a difference in "%s"', (name, change) => {
    const report = reportOf(corpus);
    change(report);
    const { ok, rows } = compareWithPlanted(report, corpus.planted);
    expect(ok).toBe(false);
    expect(rows.filter(({ equal }) => !equal).map((row) => row.name)).toEqual([name]);
  });
});

function digests({ paths }: Corpus): Promise<string[]> {
  return Promise.all(
    Object.values(paths).map(async (path) =>
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ),
  );
}

function reportOf({ planted }: Corpus): ReconcileReport {
  const { expectedUnits, totals, outcomes, lines, packageDecisions, byGtin } = structuredClone(planted);
  return {
    expectedUnits,
    totals,
    outcomes,
    lines,
    packageDecisions,
    byGtin,
    byPackage: [],
    trees: { stated: 0, oneKind: false, outcomes: {}, findings: [] },
    inputs: [],
    expectedSet: null,
    register: null,
    at: '2026-03-16T09:00:00.000Z',
    timings: [],
  };
}
