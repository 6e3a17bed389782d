// Goal: a reconciliation that is killed comes to the same, byte for byte, and classifies no block twice. Method: real processes, killed with
// SIGKILL; a job that nobody interrupts as the model. The count of blocks is that of the journal: one that was done again would be in it twice.
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RANGE_BYTES } from '../bulk/list-input.js';
import { codeOf, scanOf, scratchFiles } from '../bulk/lists.test.data.js';
import { ringOf } from '../bulk/tailed-codes.test.data.js';
import { type Engine, openEngine } from '../engine.js';
import type { ReconcileReport } from '../reconcile/report.js';
import { sscc } from '../reconcile/worlds.test.data.js';
import type { Job } from './job.js';
import type { JobSpec } from './job-spec.js';
import type { Jobs } from './jobs.js';
import { jobProcess } from './killed-job.test.data.js';

const { folder, write } = scratchFiles();
const register = join(folder, 'register');
const AT = '2026-03-16T12:00:00';
const REGISTERED = 20_000;
const FILES = ['findings.ndjson', 'trees.ndjson', 'packages.ndjson'];
let engine: Engine;
let bare: Engine;
let folders = 0;
const newFolder = (): string => join(folder, `jobs-${folders++}`);

/** Some ranges of lines: registered codes and others, repetitions, packages of two, garbage. */
function linesOf(count: number, first: number): string {
  return Array.from({ length: count }, (_, i) => {
    if (i % 4001 === 17) return 'garbage';
    return scanOf(first + (i % 97 === 0 ? i >> 1 : i % 2 === 0 ? i % REGISTERED : i));
  }).join('\n');
}

const lists = {
  named: '',
  scanned: '',
  gzip: '',
  withPackage: '',
  packages: '',
};

beforeAll(async () => {
  lists.named = write(linesOf(60_000, 0));
  lists.scanned = write(`${linesOf(80_000, 10)}\n`);
  lists.gzip = write(gzipSync(linesOf(50_000, 70_000), { level: 1 }));
  lists.packages = write(`${sscc(1)}\n`);
  lists.withPackage = write(`${linesOf(60_000, 5)}\n${sscc(1)}\n${scanOf(3)}\n`);
  engine = await openEngine({ register, create: true, workers: 2 });
  bare = await openEngine({ workers: 2 });
  const rows = Array.from(
    { length: REGISTERED },
    (_, n) => `${codeOf(n)};${n % 50 === 0 ? 'RETIRED' : 'INTRODUCED'};${n < 40 ? sscc(1 + (n & 1)) : ''}`,
  );
  await engine.import([write(`code;status;parent\n${rows.join('\n')}\n`)]);
});
afterAll(async () => {
  await engine.close();
  await bare.close();
});

async function withJobs<T>(of: Engine, path: string, work: (jobs: Jobs) => Promise<T>): Promise<T> {
  const jobs = of.openJobs(path, { checkpointMs: 0 });
  try {
    return await work(jobs);
  } finally {
    await jobs.close();
  }
}

/** All that a job came to, and how many blocks it took. Only times differ from run to run. */
function told(jobs: Jobs, id: string): { job: Job; report: object; files: string[] } {
  const job = jobs.get(id);
  expect(job).toMatchObject({ state: 'done', error: null });
  const path = jobs.folderOf(id);
  expect(existsSync(join(path, 'blocks'))).toBe(false);
  const { timings: _, ...report } = JSON.parse(readFileSync(join(path, 'result.json'), 'utf8')) as ReconcileReport;
  return { job, report, files: FILES.map((name) => readFileSync(join(path, name), 'utf8')) };
}

const model = (of: Engine, spec: JobSpec): Promise<ReturnType<typeof told>> =>
  withJobs(of, newFolder(), async (jobs) => {
    const { id } = await jobs.start(spec);
    await jobs.wait(id);
    return told(jobs, id);
  });

/** Starts a job and cancels it when so many blocks are kept. */
async function begun(jobs: Jobs, spec: JobSpec, least = 1): Promise<Job> {
  const { id } = await jobs.start(spec);
  const stop = jobs.onProgress(({ blocks }) => blocks >= least && void jobs.cancel(id).catch(() => undefined));
  const job = await jobs.wait(id);
  stop();
  expect(job).toMatchObject({ state: 'cancelled' });
  return job;
}

const SET = { kind: 'reconcile', expected: [], expectedSet: { state: 'INTRODUCED' }, at: AT } as const;

describe('a reconciliation that is killed', () => {
  it.each([
    [
      'in the order of lines',
      (): JobSpec => ({
        kind: 'reconcile',
        expected: [lists.named],
        // Units of the package come behind it, in blocks that are kept.
        scanned: [lists.packages, lists.scanned, lists.gzip],
        at: AT,
      }),
      [6, 9, 14],
    ],
    ['by sets', (): JobSpec => ({ ...SET, scanned: [lists.scanned, lists.gzip, lists.named] }), [5, 10]],
    [
      'by sets until a package turns up',
      (): JobSpec => ({ ...SET, scanned: [lists.scanned, lists.withPackage] }),
      [7, 20],
    ],
  ])(
    '%s: goes on where it was, and comes to the same',
    async (_, specOf, kills) => {
      const spec = specOf();
      const expected = await model(engine, spec);
      const jobs = newFolder();
      const seen: number[] = [];
      await jobProcess(register, [jobs, 'start', JSON.stringify(spec)], kills[0]);
      const look = () => withJobs(engine, jobs, async (opened) => opened.list()[0]!);
      const { id, state, interrupted, blocks } = await look();
      expect([state, interrupted]).toEqual(['running', true]);
      seen.push(blocks);
      for (const steps of kills.slice(1)) {
        await jobProcess(register, [jobs, 'resume', id], steps);
        seen.push((await look()).blocks);
      }
      // Each of the runs kept some blocks, and none did all.
      expect(seen[0]).toBeGreaterThan(0);
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      expect(seen.at(-1)).toBeLessThan(expected.job.blocks);
      await jobProcess(register, [jobs, 'resume', id]);
      const found = await withJobs(engine, jobs, async (opened) => told(opened, id));
      expect(found.report).toEqual(expected.report);
      expect(found.files).toEqual(expected.files);
      expect(found.job).toMatchObject({ begunAnew: null, runs: kills.length + 1 });
      expect(found.job.progress.done).toBe(expected.job.progress.done);
      expect(found.job.blocks).toBe(expected.job.blocks);
    },
    120_000,
  );

  it('without a register, too', async () => {
    const spec = { kind: 'reconcile', expected: [lists.named], scanned: [lists.scanned], at: AT } as const;
    const expected = await model(bare, spec);
    const ranges = [lists.named, lists.scanned].map((path) => Math.ceil(statSync(path).size / RANGE_BYTES));
    expect(expected.job.blocks).toBe(ranges[0]! + ranges[1]!);
    const jobs = newFolder();
    await jobProcess('-', [jobs, 'start', JSON.stringify(spec)], 8);
    const { id, blocks } = await withJobs(bare, jobs, async (opened) => opened.list()[0]!);
    expect(blocks).toBeGreaterThan(0);
    await jobProcess('-', [jobs, 'resume', id]);
    const found = await withJobs(bare, jobs, async (opened) => told(opened, id));
    expect([found.report, found.files, found.job.blocks]).toEqual([
      expected.report,
      expected.files,
      expected.job.blocks,
    ]);
  }, 60_000);
});

describe('the journal of a reconciliation', () => {
  const specOf = (): JobSpec => ({ ...SET, scanned: [lists.scanned, lists.gzip] });
  let expected: ReturnType<typeof told>;
  beforeAll(async () => {
    expected = await model(engine, specOf());
  }, 30_000);

  it.each([
    ['cut off', (path: string, size: number) => truncateSync(path, size - 100)],
    ['with bytes behind its end', (path: string) => appendFileSync(path, Buffer.alloc(1000, 7))],
    ['of other bytes in the middle', (path: string, size: number) => overwrite(path, size >> 1)],
    ['of another beginning', (path: string) => overwrite(path, 20)],
    ['empty', (path: string) => truncateSync(path, 0)],
  ])(
    '%s is good as far as it goes',
    async (_, spoil) => {
      await withJobs(engine, newFolder(), async (jobs) => {
        const { id } = await begun(jobs, specOf());
        const path = join(jobs.folderOf(id), 'blocks');
        spoil(path, statSync(path).size);
        await jobs.resume(id);
        await jobs.wait(id);
        const { report, files } = told(jobs, id);
        expect([report, files]).toEqual([expected.report, expected.files]);
      });
    },
    30_000,
  );

  it('of a register that has got on is no good: the job begins anew, and says so', async () => {
    await withJobs(engine, newFolder(), async (jobs) => {
      const { id, registerEvent, blocks } = await begun(jobs, specOf());
      await engine.import([write(`code;status\n${codeOf(600_000 + folders)};INTRODUCED\n`)]);
      await jobs.resume(id);
      await jobs.wait(id);
      const found = told(jobs, id);
      const now = await model(engine, specOf());
      expect([found.report, found.files]).toEqual([now.report, now.files]);
      expect(found.report).not.toEqual(expected.report);
      expect(found.job).toMatchObject({ begunAnew: { event: registerEvent }, blocks: blocks + now.job.blocks });
      expect(found.job.registerEvent).toBe(now.job.registerEvent);
      expect(found.job.registerEvent).toBeGreaterThan(registerEvent!);
    });
  }, 30_000);

  it('has what tails came to, and how they compare with those of the register', async () => {
    const keys = ringOf();
    const tailed = await openEngine({ register: join(folder, 'tailed'), create: true, keys, workers: 2 });
    const otherTail = (line: string, i: number): string => (i % 10 === 0 ? line.replace('AAAA', 'BBBB') : line);
    const scans = Array.from({ length: 60_000 }, (_, n) => scanOf(n));
    await tailed.import([write(scans.slice(0, 30_000).join('\n'))]);
    const scanned = [write(scans.map(otherTail).join('\n')), write(Array.from(scans, (_, n) => codeOf(n)).join('\n'))];
    const spec: JobSpec = { kind: 'reconcile', expected: [lists.packages], scanned, registeredTails: true, at: AT };
    try {
      const whole = await model(tailed, spec);
      const { tails, registeredTails } = whole.report as ReconcileReport;
      expect(tails).toEqual({ UNKNOWN_KEY: 60_000, ABSENT: 60_000 });
      expect(registeredTails).toEqual({
        SAME_AS_REGISTERED: 27_000,
        DIFFERS_FROM_REGISTERED: 3000,
        NOT_REGISTERED: 30_000,
      });
      await withJobs(tailed, newFolder(), async (jobs) => {
        const { id } = await begun(jobs, spec, 3);
        await jobs.resume(id);
        await jobs.wait(id);
        const { report, files, job } = told(jobs, id);
        expect([report, files, job.blocks]).toEqual([whole.report, whole.files, whole.job.blocks]);
      });
    } finally {
      await tailed.close();
      keys.unload();
    }
  }, 60_000);

  it('is for the same inputs only', async () => {
    await withJobs(engine, newFolder(), async (jobs) => {
      const path = write(readFileSync(lists.scanned));
      const { id } = await begun(jobs, { ...SET, scanned: [path] });
      appendFileSync(path, codeOf(1));
      await expect(jobs.resume(id)).rejects.toMatchObject({ code: 'JOB_STALE', data: { path } });
    });
  });
});

function overwrite(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 0x55;
  writeFileSync(path, bytes);
}
