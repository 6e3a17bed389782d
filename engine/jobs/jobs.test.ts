// Goal: a job comes to the same result whether it ran at once or was killed and resumed, counts nothing twice, reads nothing twice, and goes
// on only with the inputs and the register it began with. Method: real processes, killed with SIGKILL at random points; a run without jobs as the model.
import { appendFileSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RANGE_BYTES } from '../bulk/list-input.js';
import { codeOf, scanOf, scratchFiles } from '../bulk/lists.test.data.js';
import { type Engine, openEngine } from '../engine.js';
import type { Finding } from '../reconcile/report.js';
import type { Job } from './job.js';
import { JobStore } from './job-store.js';
import type { Jobs } from './jobs.js';
import { jobProcess } from './killed-job.test.data.js';

const { folder, write } = scratchFiles();
const register = join(folder, 'register');
const LINES = 130_000;
const AT = '2026-03-16T12:00:00';
let list = '';
let gzip = '';
let engine: Engine;
let folders = 0;
const newFolder = (): string => join(folder, `jobs-${folders++}`);

/** Half of the lines are registered codes, some repeat, some are none. */
function lineOf(i: number): string {
  if (i % 4001 === 17) return 'garbage';
  return scanOf(i % 97 === 0 ? Math.floor(i / 2) : i % 2 === 0 ? i % 20_000 : i);
}

beforeAll(async () => {
  const lines = Array.from({ length: LINES }, (_, i) => lineOf(i));
  list = write(`${lines.join('\n')}\n`);
  gzip = write(gzipSync(lines.join('\n'), { level: 1 }));
  expect(statSync(list).size).toBeGreaterThan(5 * RANGE_BYTES);
  engine = await openEngine({ register, create: true, workers: 2 });
  const registered = Array.from(
    { length: 20_000 },
    (_, n) => `${codeOf(n)};${n % 50 === 0 ? 'RETIRED' : 'INTRODUCED'}`,
  );
  await engine.import([write(`code;status\n${registered.join('\n')}\n`)]);
});
afterAll(async () => {
  await engine.close();
});

async function withJobs<T>(path: string, work: (jobs: Jobs) => Promise<T>, checkpointMs = 0): Promise<T> {
  const jobs = engine.openJobs(path, { checkpointMs });
  try {
    return await work(jobs);
  } finally {
    await jobs.close();
  }
}

/** What a run without jobs says of a file. */
async function plain(path: string): Promise<{ outcomes: object; verdicts: Buffer }> {
  const jobs = newFolder();
  return withJobs(jobs, async (one) => {
    const { id } = await one.start({ kind: 'verify', input: path, operation: 'sale', at: AT });
    expect(await one.wait(id)).toMatchObject({ state: 'done', runs: 1 });
    const own = await engine.verifyFile(path, { operation: 'sale', at: new Date(AT) });
    const found = JSON.parse(readFileSync(join(one.folderOf(id), 'result.json'), 'utf8')) as { outcomes: object };
    expect(found.outcomes).toEqual(own.report.outcomes);
    await own.close();
    return { outcomes: found.outcomes, verdicts: readFileSync(join(one.folderOf(id), 'verdicts')) };
  });
}

const specOf = (input: string): string => JSON.stringify({ kind: 'verify', input, operation: 'sale', at: AT });

describe('a job that is killed', () => {
  // A job tells its progress once when it begins and twice a block: the blocks of the list are six.
  it.each([
    ['a list, early and often', () => list, [2, 3, 2]],
    ['a list, late', () => list, [9]],
    ['a .gz', () => gzip, [6]],
  ])(
    '%s: goes on where it was, and comes to the same',
    async (_, file, kills) => {
      const path = file();
      const expected = await plain(path);
      const jobs = newFolder();
      await jobProcess(register, [jobs, 'start', specOf(path)], kills[0]);
      const id = await withJobs(jobs, async (one) => one.list()[0]!.id);
      for (const steps of kills.slice(1)) await jobProcess(register, [jobs, 'resume', id], steps);
      const done = await withJobs(jobs, async (one) => {
        const { state, progress, interrupted } = one.get(id);
        expect([state, interrupted]).toEqual(['running', true]);
        return progress.bytes ?? 0;
      });
      const { read } = await jobProcess(register, [jobs, 'resume', id]);
      // What was finished is not read again; modules and the image of the register are.
      if (path === list) expect(read).toBeLessThan(statSync(path).size - done + RANGE_BYTES + 8_000_000);
      await withJobs(jobs, async (one) => {
        const end = one.get(id);
        expect(end).toMatchObject({ state: 'done', interrupted: false, error: null, progress: { done: LINES } });
        expect(end.runs).toBe(kills.length + 1);
        expect(readFileSync(join(one.folderOf(id), 'verdicts')).equals(expected.verdicts)).toBe(true);
        const { outcomes, lines } = JSON.parse(readFileSync(join(one.folderOf(id), 'result.json'), 'utf8'));
        expect(outcomes).toEqual(expected.outcomes);
        expect(lines).toBe(LINES);
        // Each block counts once, in whatever run it was finished.
        if (path === list) expect(end.blocks).toBe(Math.ceil(statSync(path).size / RANGE_BYTES));
      });
    },
    120_000,
  );
});

describe('a job whose process is gone, its number given to another', () => {
  it.each([
    ['to this one', process.pid],
    ['to one of somebody else', process.ppid],
    ['to this one, by an earlier Tamga', null],
  ])('%s: is interrupted; it can be resumed, cancelled and removed', async (_, pid) => {
    const path = newFolder();
    const input = write(`${codeOf(1)}\n`);
    await withJobs(path, async (jobs) => {
      const ids: string[] = [];
      for (let i = 0; i < 3; i++) {
        const { id } = await jobs.start({ kind: 'verify', input, at: AT });
        await jobs.wait(id);
        ids.push(id);
      }
      const store = new JobStore(path);
      const owner = pid === null ? { pid: process.pid } : { pid, since: '00000000-0000.17' };
      for (const id of ids) store.update(id, (job) => ({ ...job, state: 'running', owner }));
      await store.close();
      const [resumed = '', cancelled = '', removed = ''] = ids;
      expect(ids.map((id) => jobs.get(id).interrupted)).toEqual([true, true, true]);
      await jobs.resume(resumed);
      expect(await jobs.wait(resumed)).toMatchObject({ state: 'done', interrupted: false });
      expect(await jobs.cancel(cancelled)).toMatchObject({ state: 'cancelled' });
      jobs.remove(removed);
      expect(jobs.list().map(({ id }) => id)).toEqual([resumed, cancelled]);
    });
  });
});

describe('jobs', () => {
  it('cancel within a tenth of a second, resume, and end', async () => {
    const expected = await plain(list);
    await withJobs(newFolder(), async (jobs) => {
      const { id } = await jobs.start({ kind: 'verify', input: list, operation: 'sale', at: AT });
      const asked = await new Promise<Job>((resolve) => {
        const stop = jobs.onProgress((job) => {
          if (job.progress.done === 0) return;
          stop();
          resolve(job);
        });
      });
      expect(asked.state).toBe('running');
      const started = performance.now();
      expect(await jobs.cancel(id)).toMatchObject({ state: 'cancelled', error: null });
      // A hundred milliseconds on a machine of one's own.
      expect(performance.now() - started).toBeLessThan(1000);
      await jobs.resume(id);
      expect(await jobs.wait(id)).toMatchObject({ state: 'done', runs: 2, progress: { done: LINES } });
      expect(readFileSync(join(jobs.folderOf(id), 'verdicts')).equals(expected.verdicts)).toBe(true);
      await expect(jobs.resume(id)).rejects.toMatchObject({ code: 'JOB_STATE' });
      await expect(jobs.cancel(id)).rejects.toMatchObject({ code: 'JOB_STATE' });
    });
  });

  it('are cancelled from another process too', async () => {
    const jobs = newFolder();
    const end = jobProcess(register, [jobs, 'start', specOf(gzip)]);
    await withJobs(jobs, async (others) => {
      let id: string | undefined;
      while (id === undefined) {
        await setTimeout(5);
        id = others.list().find(({ state }) => state === 'running')?.id;
      }
      await others.cancel(id);
      await end;
      // It may have been through before it heard of it.
      expect(['cancelled', 'done']).toContain(others.get(id).state);
    });
  });

  it('compare tails with those of the register, and count them once though they are interrupted', async () => {
    const path = join(folder, 'register-of-tails');
    const tailed = await openEngine({ register: path, create: true, workers: 2 });
    try {
      const scans = Array.from({ length: 60_000 }, (_, n) => scanOf(n));
      await tailed.import([write(scans.slice(0, 30_000).join('\n'))]);
      const input = write(scans.map((scan, n) => (n % 10 === 0 ? scan.replace('AAAA', 'BBBB') : scan)).join('\n'));
      const jobs = tailed.openJobs(newFolder(), { checkpointMs: 0 });
      const { id } = await jobs.start({ kind: 'verify', input, at: AT, registeredTails: true });
      const stop = jobs.onProgress(({ progress }) => progress.done > 0 && void jobs.cancel(id).catch(() => undefined));
      expect(await jobs.wait(id)).toMatchObject({ state: 'cancelled', blocks: 1 });
      stop();
      await jobs.resume(id);
      await jobs.wait(id);
      const { registeredTails, outcomes } = await jobs.report(id);
      expect(registeredTails).toEqual({
        SAME_AS_REGISTERED: 27_000,
        DIFFERS_FROM_REGISTERED: 3000,
        NOT_REGISTERED: 30_000,
      });
      expect(outcomes.TAIL_DIFFERS).toBe(3000);
      // The result is opened without doing anything again.
      const result = await jobs.verification(id);
      expect(result.report.registeredTails).toEqual(registeredTails);
      await result.close();
      await jobs.close();
    } finally {
      await tailed.close();
    }
  }, 30_000);

  it('show the verdicts of a finished verification line by line', async () => {
    await withJobs(newFolder(), async (jobs) => {
      const small = write(`${[codeOf(1), codeOf(900_001), 'garbage', codeOf(1), codeOf(900_001)].join('\n')}\n`);
      const { id } = await jobs.start({ kind: 'verify', input: small, at: AT });
      await jobs.wait(id);
      const result = await jobs.verification(id);
      const verdicts: Finding[] = [];
      for await (const verdict of result.verdicts()) verdicts.push(verdict);
      await result.close();
      expect(verdicts.map(({ outcome, firstLine }) => [outcome, firstLine])).toEqual([
        ['OK', undefined],
        ['NOT_FOUND', undefined],
        ['UNKNOWN_CODE_TYPE', undefined],
        ['DUPLICATE', 1],
        ['DUPLICATE', 2],
      ]);
      jobs.remove(id);
      expect(jobs.list()).toEqual([]);
    });
  });

  it('of every kind run one after the other', async () => {
    await withJobs(newFolder(), async (jobs) => {
      const snapshot = write(`code;status\n${codeOf(500_000)};INTRODUCED\n`);
      const started = [
        await jobs.start({ kind: 'import', files: [snapshot] }),
        await jobs.start({ kind: 'reconcile', expected: [snapshot], scanned: [write(`${codeOf(1)}\n`)], at: AT }),
      ];
      for (const { id } of started) await jobs.wait(id);
      expect(jobs.list().map(({ state, spec }) => [spec.kind, state])).toEqual([
        ['import', 'done'],
        ['reconcile', 'done'],
      ]);
      const findings = readFileSync(join(jobs.folderOf(started[1]!.id), 'findings.ndjson'), 'utf8')
        .trim()
        .split('\n');
      expect(findings.map((line) => (JSON.parse(line) as Finding).outcome).sort()).toEqual(['SHORTAGE', 'SURPLUS']);
    });
  });

  it('compare scans with a set of the register', async () => {
    await withJobs(newFolder(), async (jobs) => {
      const wanted = engine.register?.stat().byState.RETIRED ?? 0;
      const at = new Date().toISOString();
      const scanned = [write(`${scanOf(50)}\n${scanOf(1)}\n`)];
      const spec = { kind: 'reconcile', expected: [], scanned, at: AT } as const;
      for (const expectedSet of [{ state: 'RETIRED' }, { state: 'RETIRED', at }]) {
        const { id } = await jobs.start({ ...spec, expectedSet });
        expect(await jobs.wait(id)).toMatchObject({ state: 'done', error: null });
        const { report } = await jobs.reconciliation(id);
        expect(report.expectedUnits).toBe(wanted);
        expect(report.totals).toMatchObject({ shortage: wanted - 1, surplus: 1 });
      }
      const { id } = await jobs.start({ ...spec, expectedSet: { state: 'RETIRED', at: 'then' } });
      expect(await jobs.wait(id)).toMatchObject({ state: 'failed', error: { code: 'USAGE' } });
    });
  });

  it('say how many bytes of how many are read, and when they will be through', async () => {
    await withJobs(newFolder(), async (jobs) => {
      const table = write(
        `code;status\n${Array.from({ length: 40_000 }, (_, n) => `${codeOf(n)};INTRODUCED`).join('\n')}\n`,
      );
      const told: Job['progress'][] = [];
      const stop = jobs.onProgress(({ progress }) => void (progress.bytes !== null && told.push(progress)));
      const expectWhole = (files: readonly string[]): void => {
        const size = files.reduce((sum, file) => sum + statSync(file).size, 0);
        expect(new Set(told.map(({ bytesTotal }) => bytesTotal))).toEqual(new Set([size]));
        const bytes = told.map((progress) => progress.bytes ?? 0);
        expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
        expect(bytes[0]).toBeLessThan(size);
        expect(bytes.at(-1)).toBe(size);
        expect(told.some(({ millisecondsLeft }) => millisecondsLeft !== null)).toBe(true);
        told.length = 0;
      };
      await jobs.wait((await jobs.start({ kind: 'reconcile', expected: [table], scanned: [list], at: AT })).id);
      expectWhole([table, list]);
      await jobs.wait((await jobs.start({ kind: 'import', files: [table, gzip] })).id);
      expectWhole([table, gzip]);
      stop();
    });
  });

  it('of a broken file fail with its error, and the next job runs', async () => {
    await withJobs(newFolder(), async (jobs) => {
      const broken = await jobs.start({ kind: 'verify', input: write(gzipSync('x').subarray(0, 15)) });
      const good = await jobs.start({ kind: 'verify', input: write(codeOf(1)) });
      expect(await jobs.wait(broken.id)).toMatchObject({ state: 'failed', error: { code: 'GZIP_BROKEN' } });
      expect(await jobs.wait(good.id)).toMatchObject({ state: 'done' });
    });
  });

  it.each([
    ['of no kind', { kind: 'eat' }, 'a job is one of verify, reconcile, import'],
    ['of an inherited kind', { kind: 'constructor' }, 'a job is one of'],
    ['with days that are none', { kind: 'verify', input: 'x', expiresSoonDays: 1.5 }, '/expiresSoonDays'],
    ['with a group past the limit', { kind: 'verify', input: 'x', groups: [8, 70_000] }, '/groups/1'],
    ['with what it does not have', { kind: 'verify', input: 'x', oneKind: true }, 'additional'],
    ['with a flag that is none', { kind: 'reconcile', expected: [], scanned: ['x'], oneKind: 'yes' }, '/oneKind'],
    [
      'of a set that is none',
      { kind: 'reconcile', expected: [], scanned: ['x'], expectedSet: { a: 1 } },
      '/expectedSet',
    ],
    ['with files that are none', { kind: 'import', files: 'x' }, '/files'],
  ])('%s are refused, and say why', async (_, spec, reason) => {
    await withJobs(newFolder(), async (jobs) => {
      await expect(jobs.start(spec as never)).rejects.toMatchObject({
        code: 'USAGE',
        data: { detail: expect.stringContaining(reason) },
      });
      expect(jobs.list()).toEqual([]);
    });
  });

  it('refuse files that cannot be resumed, and say so', async () => {
    await withJobs(newFolder(), async (jobs) => {
      await expect(jobs.start({ kind: 'verify', input: '-' })).rejects.toMatchObject({ code: 'USAGE' });
      await expect(jobs.start({ kind: 'import', files: [] })).rejects.toMatchObject({ code: 'USAGE' });
      await expect(jobs.start({ kind: 'verify', input: join(folder, 'none') })).rejects.toMatchObject({
        code: 'FILE_NOT_FOUND',
      });
      expect(() => jobs.get('../../etc')).toThrow(expect.objectContaining({ code: 'JOB_NOT_FOUND' }));
      expect(jobs.list()).toEqual([]);
    });
  });

  it.each([
    ['longer', (path: string) => appendFileSync(path, codeOf(1))],
    ['shorter', (path: string) => truncateSync(path, RANGE_BYTES)],
    ['of other content', (path: string) => writeFileSync(path, 'X', { flag: 'r+' })],
    ['only touched', (path: string) => utimesSync(path, 1, 1)],
  ])('do not go on with an input that is %s', async (_, change) => {
    await withJobs(newFolder(), async (jobs) => {
      const path = write(readFileSync(list));
      const { id } = await jobs.start({ kind: 'verify', input: path });
      const stop = jobs.onProgress(({ progress }) => progress.done > 0 && void jobs.cancel(id).catch(() => undefined));
      expect(await jobs.wait(id)).toMatchObject({ state: 'cancelled' });
      stop();
      change(path);
      await expect(jobs.resume(id)).rejects.toMatchObject({ code: 'JOB_STALE', data: { path } });
      expect(jobs.get(id).state).toBe('cancelled');
    });
  });

  it('do not go on when the register has other events', async () => {
    await withJobs(newFolder(), async (jobs) => {
      const { id } = await jobs.start({ kind: 'verify', input: list });
      const stop = jobs.onProgress(({ progress }) => progress.done > 0 && void jobs.cancel(id).catch(() => undefined));
      await jobs.wait(id);
      stop();
      await engine.import([write(`code;status\n${codeOf(600_000)};INTRODUCED\n`)]);
      await expect(jobs.resume(id)).rejects.toMatchObject({ code: 'JOB_STALE' });
    });
  });
});
