// Goal: what verify and reconcile only warn of is told when it is asked for, by the program that ships; values that are none are refused.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Job } from '../../engine/index.js';
import { scratchFolder, tamga } from './run-cli.test.files.js';

const folder = scratchFolder();
const register = join(folder.path, 'register');
const AT = ['--at', '2026-03-16T09:00:00Z'];
const code = (n: number): string => `010460700000103521555555555555${n}`;
const list = folder.file('scans.txt', `${[1, 2, 3].map(code).join('\n')}\n`);

beforeAll(async () => {
  const rows = [1, 2, 3].map((n) => `${code(n)};INTRODUCED;2026-0${n + 3}-01`);
  const table = folder.file('codes.csv', `code;status;expiry\n${rows.join('\n')}\n`);
  expect((await tamga(['import', table, '--register', register])).code).toBe(0);
  const event = { kind: 'restate', at: '2026-03-01T00:00:00Z', group: 9, codes: [code(3)] };
  const events = folder.file('events.jsonl', `${JSON.stringify(event)}\n`);
  expect((await tamga(['register', 'event', register, events])).code).toBe(0);
});

const outcomes = (out: string): string[] =>
  out
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[0]!);

it('verify tells what expires soon and what was not declared, and nothing of it unasked', async () => {
  const verify = async (...more: string[]) =>
    outcomes((await tamga(['verify', ...more, list, '--register', register, '--operation', 'accept', ...AT])).out);
  expect(await verify()).toEqual(['OK', 'OK', 'OK']);
  expect(await verify('--expires-soon', '20')).toEqual(['EXPIRES_SOON', 'OK', 'OK']);
  // The file behind a list of groups is no group.
  expect(await verify('--groups', '8,13')).toEqual(['OK', 'OK', 'GROUP_NOT_DECLARED']);
  expect(await verify('--groups', '8,9', '--expires-soon', '60')).toEqual(['EXPIRES_SOON', 'EXPIRES_SOON', 'OK']);
});

it('reconcile takes them, too', async () => {
  const more = ['--expires-soon', '20', '--groups', '8', '--one-kind', '--json'];
  const { out } = await tamga([
    'reconcile',
    '--scanned',
    list,
    '--register',
    register,
    ...AT,
    ...more,
    '--expected',
    list,
  ]);
  expect(JSON.parse(out)).toMatchObject({
    trees: { oneKind: true },
    outcomes: { EXPIRES_SOON: 1, GROUP_NOT_DECLARED: 1, MATCHED: 1 },
  });
});

it('so do jobs of both', async () => {
  const more = ['--expires-soon', '20', '--groups', '8', '--json', ...AT, '--register', register];
  const jobs = join(folder.path, 'jobs');
  const verified = await tamga(['verify', list, ...more, '--operation', 'accept', '--job', jobs]);
  expect(verified.code).toBe(1);
  const { job, summary } = JSON.parse(verified.out) as { job: string; summary: object };
  expect(summary).toMatchObject({ outcomes: { EXPIRES_SOON: 1, GROUP_NOT_DECLARED: 1, OK: 1 } });
  const asked = ['reconcile', '--expected', list, '--scanned', list, ...more, '--one-kind'];
  const plain = await tamga(asked);
  const html = join(folder.path, 'report.html');
  const reconciled = await tamga([...asked, '--job', jobs, '--html', html]);
  expect([plain.code, reconciled.code]).toEqual([1, 1]);
  const reportOf = (out: string): object => ({ ...(JSON.parse(out) as object), timings: null });
  expect(reportOf(reconciled.out)).toEqual(reportOf(plain.out));
  expect(readFileSync(html, 'utf8')).toContain('<html');
  const [, id] = /Job: ([0-9a-z-]+)/.exec(reconciled.err)!;
  const listed = (await tamga(['jobs', 'list', jobs, '--json'])).out.trim().split('\n');
  expect(listed.map((line) => (JSON.parse(line) as Job).id)).toEqual([job, id]);
  expect(JSON.parse(listed[1]!) as Job).toMatchObject({
    state: 'done',
    spec: { kind: 'reconcile', expiresSoonDays: 20, groups: [8], oneKind: true },
  });
  const { code: status, err } = await tamga([...asked, '--codes', '--job', jobs]);
  expect([status, err]).toEqual([2, expect.stringContaining('--codes')]);
}, 60_000);

it.each([
  [['--expires-soon', 'soon'], 'whole number from 0 to'],
  [['--expires-soon', '99999'], 'whole number from 0 to'],
  [['--groups', '8;9'], 'whole number from 1 to'],
  [['--groups', '8,'], 'whole number from 1 to'],
  [['--groups', '70000'], 'whole number from 1 to'],
])('%j is refused', async (options, reason) => {
  const { code: status, err } = await tamga(['verify', list, ...options]);
  expect(status).toBe(2);
  expect(err).toContain(reason);
});
