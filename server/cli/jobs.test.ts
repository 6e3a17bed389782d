// Goal: a verification made a job is done as one, and the commands about jobs say what is so, in every language. Method: the real program.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../engine/index.js';
import { JobStore } from '../../engine/jobs/job-store.js';
import { scratchFolder, tamga } from './run-cli.test.files.js';

const scratch = scratchFolder();
const CODE = '010952000000101821S000000000001';

describe('tamga jobs', () => {
  it('verify --job keeps a job that list and show know; what is done is not resumed or cancelled', async () => {
    const dir = join(scratch.path, 'jobs');
    const file = scratch.file('codes', `${CODE}\n${CODE}\n`);
    expect((await tamga(['jobs', 'list', dir])).out).toBe('There are no jobs.\n');
    const run = await tamga(['verify', file, '--job', dir, '--json']);
    expect(run.code).toBe(1);
    const { job, summary } = JSON.parse(run.out) as { job: string; summary: { outcomes: object } };
    expect(summary.outcomes).toEqual({ WELL_FORMED: 1, DUPLICATE: 1 });

    const listed = await tamga(['jobs', 'list', dir, '--json']);
    expect(JSON.parse(listed.out) as Job).toMatchObject({ id: job, state: 'done', progress: { done: 2 } });
    for (const [lang, state] of [
      ['en', 'done'],
      ['ru', 'выполнено'],
      ['uz', 'bajarildi'],
    ] as const) {
      const table = await tamga(['jobs', 'list', dir, '--lang', lang]);
      const shown = await tamga(['jobs', 'show', dir, job, '--lang', lang]);
      for (const { out } of [table, shown])
        expect(out).toMatch(new RegExp(`${job}.*${state}|${job}\\n.*\\n.*${state}`));
    }
    for (const order of ['resume', 'cancel']) {
      const { code, err } = await tamga(['jobs', order, dir, job]);
      expect([code, err]).toEqual([2, expect.stringContaining('JOB_STATE')]);
    }
    const { code, err } = await tamga(['jobs', 'show', dir, 'nobody']);
    expect([code, err]).toEqual([2, expect.stringContaining('JOB_NOT_FOUND')]);
  }, 60_000);

  it.each([
    ['en', 'Begun anew'],
    ['ru', 'Начато заново'],
    ['uz', 'Qaytadan boshlandi'],
  ] as const)(
    'say that a reconciliation began anew (%s)',
    async (language, words) => {
      const dir = join(scratch.path, `anew-${language}`);
      const file = scratch.file('anew', `${CODE}\n`);
      const { err } = await tamga(['reconcile', '--expected', file, '--scanned', file, '--job', dir]);
      const [, id = ''] = /Job: ([0-9a-z-]+)/.exec(err)!;
      const shown = async () => (await tamga(['jobs', 'show', dir, id, '--lang', language])).out;
      expect(await shown()).not.toContain(words);
      const store = new JobStore(dir);
      store.update(id, (job) => ({ ...job, registerEvent: 7, begunAnew: { event: 5 } }));
      await store.close();
      expect(await shown()).toMatch(new RegExp(`${words}.*: 5 → 7\n`));
    },
    30_000,
  );

  it('a job of the standard input, or of a broken file, is refused or fails with the reason', async () => {
    const dir = join(scratch.path, 'broken');
    const piped = await tamga(['verify', '--job', dir], `${CODE}\n`);
    expect([piped.code, piped.err]).toEqual([2, expect.stringContaining('cannot be read again')]);
    const long = scratch.file('long', `${CODE}\n${'x'.repeat(3 << 20)}\n`);
    const failed = await tamga(['verify', long, '--job', dir]);
    expect([failed.code, failed.err]).toEqual([2, expect.stringContaining('LINE_TOO_LONG')]);
    const { out } = await tamga(['jobs', 'list', dir, '--json']);
    const { id } = JSON.parse(out) as Job;
    const shown = await tamga(['jobs', 'show', dir, id]);
    expect(shown.out).toContain('failed');
    expect(shown.out).toContain(long);
    // The file is as it was: it fails again.
    expect((await tamga(['jobs', 'resume', dir, id])).code).toBe(2);
  }, 60_000);
});
