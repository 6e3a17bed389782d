// Goal: events, history, past moments and upkeep of a register from the command line. Method: the real program, its output and exit codes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { demoCode, jsonLines, scratchFolder, tamga } from './run-cli.test.files.js';

const folder = scratchFolder();
const [ONE, TWO] = [demoCode(1), demoCode(2)] as [string, string];
const KEY = `${ONE.slice(2, 16)}${ONE.slice(18, 31)}`;
const BOX = '195200000000000117';
const EVENTS = [
  { kind: 'introduce', actor: 'A', document: 'report 1', expiry: '2030-01-31', codes: [ONE, TWO] },
  { kind: 'aggregate', actor: 'A', package: BOX, codes: [ONE, TWO] },
  { kind: 'ship', actor: 'A', party: 'B', document: 'UPD 1', codes: [BOX] },
];
const lines = (events: readonly unknown[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');

async function register(name: string): Promise<string> {
  const dir = join(folder.path, name);
  const { code, err } = await tamga(['register', 'event', dir, '--create'], lines(EVENTS));
  expect(err).toBe('');
  expect(code).toBe(0);
  return dir;
}

describe('register event', () => {
  it('applies lines, an array, one event, and files packed or not', async () => {
    const wanted = await tamga(['register', 'digest', await register('lines')]);
    expect(wanted.out).toMatch(/^[0-9a-f]{64}\n$/);
    const stamped = EVENTS.map((event) => ({ ...event, at: '2026-03-16T09:00:00Z' }));
    for (const [name, content] of [
      ['array.json', JSON.stringify(stamped, null, 2)],
      ['lines.jsonl.gz', gzipSync(lines(stamped))],
    ] as const) {
      const dir = join(folder.path, `of-${name}`);
      const { code, out } = await tamga(['register', 'event', dir, folder.file(name, content), '--create']);
      expect(out).toMatch(/events applied +3\n/);
      expect(code).toBe(0);
      expect((await tamga(['register', 'digest', dir])).code).toBe(0);
      const again = await tamga(['register', 'event', dir, join(folder.path, name)]);
      expect(again.out).toMatch(/known before +3\n/);
    }
  });

  it('tells which codes were refused and why, in three languages and in JSON', async () => {
    const dir = await register('refused');
    const event = lines([
      { id: 'a'.repeat(32), kind: 'sell', actor: 'A', codes: [ONE, '046070000010425Df6hMwnNejNz'] },
    ]);
    const { code, out, err } = await tamga(['register', 'event', dir], event);
    expect(code).toBe(1);
    expect(err).toContain(`line 1: refused\n  ${KEY}  The state of the code doesn't allow it: SHIPPED.`);
    expect(err).toContain("The register doesn't have the code");
    expect(out).toMatch(/refused +1\ncodes refused +2\n/);
    expect((await tamga(['register', 'event', dir, '--lang', 'ru'], event)).err).toContain('Кода нет в реестре');
    expect((await tamga(['register', 'event', dir, '--lang', 'uz'], event)).err).toContain('Kod reyestrda yoʻq');
    const [json] = jsonLines((await tamga(['register', 'event', dir, '--json'], event)).out);
    expect(json).toMatchObject({ line: 1, id: 'a'.repeat(32), applied: false, known: false, sequence: 0 });
    expect((json as { rejections: unknown[] }).rejections).toHaveLength(2);
  });

  it('with --possible and --any-actor does what can be done', async () => {
    const dir = await register('possible');
    const accept = lines([{ kind: 'accept', actor: 'C', codes: [ONE, '046070000010425Df6hMwnNejNz'] }]);
    expect((await tamga(['register', 'event', dir, '--possible'], accept)).out).toMatch(/events applied +0\n/);
    const { code, out, err } = await tamga(['register', 'event', dir, '--possible', '--any-actor'], accept);
    expect(err).toContain('line 1: applied without\n  046070000010425Df6hMwnNejNz');
    expect(out).toMatch(/events applied +1\n/);
    expect(code).toBe(1);
  });

  it.each([
    ['no JSON', 'nothing\n', 'line 1'],
    ['no event', lines([EVENTS[0], { kind: 'eat', codes: [ONE] }]), 'line 2'],
    ['no code', lines([{ kind: 'sell', codes: ['own code'] }]), 'codes/0'],
    ['nothing at all', '', 'empty'],
  ])('refuses %s and says where', async (_, input, place) => {
    const dir = join(folder.path, `bad-${place.replace('/', '-')}`);
    const { code, out, err } = await tamga(['register', 'event', dir, '--create'], input);
    expect(err).toContain(place);
    expect(err).toContain('What to do');
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

describe('register history and at', () => {
  it('tell what happened to a code, with the package that it came through', async () => {
    const dir = await register('history');
    const { code, out } = await tamga(['register', 'history', dir, ONE]);
    expect(out).toContain(`shipped · A → B · UPD 1 · with ${BOX}\n  state: in circulation → shipped\n`);
    expect(out).toContain('put into circulation · A · report 1\n  state: unknown → in circulation\n');
    expect(code).toBe(0);
    const { events } = JSON.parse((await tamga(['register', 'history', dir, KEY, '--json'])).out);
    expect(events.map(({ kind }: { kind: string }) => kind)).toEqual(['ship', 'aggregate', 'introduce']);
    expect((await tamga(['register', 'history', dir, BOX, '--lang', 'ru'])).out).toContain('отгрузка');
    const none = await tamga(['register', 'history', dir, 'nothing']);
    expect(none).toMatchObject({ code: 1, out: '', err: expect.stringContaining('is not in the register') });
  });

  it('tell what the register was: counts, a code, sets', async () => {
    const dir = await register('at');
    expect((await tamga(['register', 'at', dir, 'event:2'])).out).toMatch(/behind event 2\nstate\nin circulation +3\n/);
    expect((await tamga(['register', 'at', dir, '2020-01-01T00:00:00Z'])).out).toContain('Before the first event');
    const now = new Date(Date.now() + 60_000).toISOString();
    expect(JSON.parse((await tamga(['register', 'at', dir, now, '--json'])).out)).toMatchObject({
      event: 3,
      byState: { SHIPPED: 3 },
    });
    const then = JSON.parse((await tamga(['register', 'at', dir, 'event:2', ONE, '--json'])).out);
    expect(then).toMatchObject({ event: 2, code: KEY, record: { state: 'INTRODUCED' }, parents: [{ code: BOX }] });
    const before = await tamga(['register', 'at', dir, 'event:0', ONE]);
    expect(before).toMatchObject({ code: 1, err: expect.stringContaining('was not in the register') });
    const set = JSON.parse(
      (await tamga(['register', 'at', dir, 'event:2', '--owner', 'A', '--package', BOX, '--json'])).out,
    );
    expect(set.count).toBe(2);
    expect(set.codes).toHaveLength(2);
    expect((await tamga(['register', 'at', dir, 'event:3', '--state', 'SHIPPED'])).out).toContain(`codes: 3\n${KEY}\n`);
    expect(await tamga(['register', 'at', dir, 'soon'])).toMatchObject({ code: 2 });
  });
});

describe('register export, backup and check', () => {
  it('export makes an equal register, with the times it had', async () => {
    const dir = await register('export');
    const exported = await tamga(['register', 'export', dir]);
    expect(exported.code).toBe(0);
    const file = folder.file('export.jsonl', exported.out);
    const again = join(folder.path, 'imported');
    expect((await tamga(['register', 'event', again, file, '--create', '--replay'])).code).toBe(0);
    expect((await tamga(['register', 'digest', again])).out).toBe((await tamga(['register', 'digest', dir])).out);
    expect((await tamga(['register', 'export', again])).out).toBe(exported.out);
  });

  it('backup, restore and compact give the same register, and check finds it whole', async () => {
    const dir = await register('backup');
    const { out: digest } = await tamga(['register', 'digest', dir]);
    const [copy, restored] = [join(folder.path, 'copy'), join(folder.path, 'restored')];
    expect(await tamga(['register', 'backup', dir, copy, '--compact'])).toMatchObject({ code: 0, err: '' });
    expect(await tamga(['register', 'backup', dir, copy])).toMatchObject({ code: 2 });
    expect(await tamga(['register', 'restore', copy, restored, '--json'])).toMatchObject({ code: 0 });
    expect(await tamga(['register', 'compact', restored])).toMatchObject({ code: 0 });
    const { code, out } = await tamga(['register', 'check', restored]);
    expect(out).toContain('The register is whole.');
    expect(out).toContain(digest.trim());
    expect(code).toBe(0);
  });

  it('check finds what was overwritten and says what to do', async () => {
    const dir = await register('damaged');
    const path = join(dir, 'data.mdb');
    const bytes = readFileSync(path);
    // Everything that names the document, wherever it stands.
    for (let at = bytes.indexOf('report 1'); at >= 0; at = bytes.indexOf('report 1', at + 1)) bytes.write('REPORT', at);
    writeFileSync(path, bytes);
    const { code, out } = await tamga(['register', 'check', dir]);
    expect(code).toBe(1);
    expect(out).toContain('The register is damaged');
    expect(out).toContain('tamga register restore');
    expect(JSON.parse((await tamga(['register', 'check', dir, '--json'])).out).ok).toBe(false);
    expect(existsSync(path)).toBe(true);
  });
});
