// Goal: every command answers as the help says, on the real program and real files. Method: spawn it, compare what it prints and its exit code.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { collect, demoCode, jsonLines, sample, scratchFolder, start, tamga } from './run-cli.test.files.js';

const folder = scratchFolder();
const expected = JSON.parse(readFileSync(sample('expected.json'), 'utf8'));
const ACCEPTANCE = [
  '--expected',
  sample('mdlp-415-move_order.xml'),
  sample('mdlp-911-unit_pack.xml'),
  sample('mdlp-911-unit_pack-2.xml'),
  '--scanned',
  sample('mdlp-416-receive_order.xml'),
];
const snapshot = sample('registry-snapshot.csv');

/** A register with the snapshot in it. */
async function register(name: string): Promise<string> {
  const dir = join(folder.path, name);
  const { code, err } = await tamga(['import', snapshot, '--register', dir]);
  expect(err).toBe('');
  expect(code).toBe(0);
  return dir;
}

describe('help and usage', () => {
  it('tells its version and its commands', async () => {
    expect((await tamga(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, out } = await tamga(['help']);
    expect(code).toBe(0);
    for (const name of ['parse', 'verify', 'import', 'document', 'reconcile', 'register', 'serve', 'demo', 'bench']) {
      expect(out).toContain(`\n  ${name} `);
      const help = await tamga(['help', name]);
      expect(help.code).toBe(0);
      expect(help.out).toContain(`Usage: tamga ${name}`);
    }
  });

  it.each([
    [[], 'Usage: tamga'],
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['verify', '--frobnicate'], "unknown option '--frobnicate'"],
    [['verify', 'a', 'b'], 'too many arguments'],
    [['import', 'a.txt'], "required option '--register <dir>'"],
    [['reconcile', '--expected', 'a'], "required option '--scanned <files...>'"],
    [['verify', '--profile', 'ru-x'], 'Allowed choices are default'],
    [['verify', '--tails', 'required'], 'need keys'],
    [['serve', '--keys', '/nowhere/k.json'], 'There is no file'],
    [['parse', '--keys', 'k.json'], '--keys goes with --recover'],
    [['verify', '--operation', 'eat'], 'Allowed choices are sale, return, accept, count'],
    [['verify', '--at', 'soon'], 'Expected an ISO 8601 time'],
    [['verify', '--workers', '-1'], 'whole number from 0'],
    [['verify', '--lang', 'de'], 'expected en, ru, uz'],
    [['serve', '--port', '70000'], '--port: 70000 must be <= 65535'],
    [['reconcile', '--expected', '-', '--scanned', '-'], 'the standard input can be read once'],
    [['reconcile', ...ACCEPTANCE, '--csv', sample('mdlp-415-move_order.xml')], 'is an input or another output'],
  ])('refuses %j', async (args, message) => {
    const { code, out, err } = await tamga(args);
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  it('speaks the language of the option, else of the environment', async () => {
    const missing = ['verify', '/nowhere/x.txt'];
    expect((await tamga([...missing, '--lang', 'ru'])).err).toContain('Нет файла');
    const uzbek = { env: { ...process.env, LC_ALL: 'uz_UZ.UTF-8' } };
    expect((await tamga(missing, '', uzbek)).err).toContain('topilmadi');
    expect((await tamga([...missing, '--lang', 'en'], '', uzbek)).err).toContain('There is no file');
  });
});

describe('parse', () => {
  const codes = `${demoCode(1)}\n195200000000000117\n0109520000001019211\n\n`;

  it('prints one JSON line a line', async () => {
    const { code, out } = await tamga(['parse', folder.file('codes.txt', codes)]);
    const lines = jsonLines(out);
    expect(lines.length).toBe(4);
    expect(lines[0]).toMatchObject({ ok: true, format: '01-21.13-91-92.44', kind: 'unit', gtin: '09520000001018' });
    expect(lines[0].ais).toEqual([
      ['01', '09520000001018'],
      ['21', '5000000000001'],
      ['91', 'FFD0'],
      ['92', expect.any(String)],
    ]);
    expect(lines[1]).toEqual({
      ok: true,
      ais: [],
      format: 'sscc',
      kind: 'package',
      key: '195200000000000117',
      sscc: '195200000000000117',
    });
    expect(lines[2]).toEqual({
      ok: false,
      error: { code: 'BAD_CHECK_DIGIT', position: 15, length: 1, message: expect.stringContaining('check digit') },
    });
    expect(lines[3]).toMatchObject({ ok: false, error: { code: 'EMPTY' } });
    expect(code).toBe(1);
  });

  it('reads GS1 element strings and nothing else when asked to', async () => {
    const input = `${demoCode(1)}\n195200000000000117\n3541102092\n`;
    const { code, out } = await tamga(['parse', '--format', 'gs1'], input);
    const [first, second, third] = jsonLines(out) as { ais: [string, string][] }[];
    expect(Object.keys(first)).toEqual(['ok', 'ais']);
    expect(first.ais.map(([ai]) => ai)).toEqual(['01', '21', '91', '92']);
    expect(second).toMatchObject({ ok: false, error: { code: 'UNKNOWN_AI' } });
    expect(third).toMatchObject({ ok: false, error: { code: 'REQUIRED_AI', position: 0 } });
    expect(code).toBe(1);
  });

  it('repairs a damaged scan when asked to, and says what was repaired', async () => {
    const damaged = `]d2${demoCode(1).replaceAll('\u001d', '<GS>')}\n`;
    expect((await tamga(['parse'], damaged)).code).toBe(1);
    const { code, out } = await tamga(['parse', '--recover'], damaged);
    const [line] = jsonLines(out) as { recovered: { text: string; repairs: { kind: string }[] } }[];
    expect(line).toMatchObject({
      ok: true,
      key: expect.stringContaining('09520000001018'),
      recovered: { candidates: 1 },
    });
    expect(line.recovered.text).toBe(demoCode(1));
    expect(line.recovered.repairs.map(({ kind }) => kind)).toEqual(['symbology', 'separator', 'separator']);
    expect(code).toBe(0);
  });

  it('lists every fault when asked to', async () => {
    const twice = '010952000000101917261332';
    const { out } = await tamga(['parse', '--all', '--format', 'gs1'], `${twice}\n`);
    const [line] = jsonLines(out) as { error: unknown; errors: { code: string }[] }[];
    expect(line.errors.map(({ code }) => code)).toEqual(['BAD_CHECK_DIGIT', 'BAD_DATE']);
    expect(line.error).toEqual(line.errors[0]);
  });

  it('exits 0 when every line is a code, from a file, gzip or the standard input', async () => {
    const good = `${demoCode(1)}\r\n${demoCode(2)}\r\n`;
    const plain = await tamga(['parse', folder.file('good.txt', `\ufeff${good}`)]);
    expect(plain.code).toBe(0);
    expect((await tamga(['parse', folder.file('good.gz', gzipSync(good))])).out).toBe(plain.out);
    expect((await tamga(['parse'], good)).out).toBe(plain.out);
    expect((await tamga(['parse', '-'], `\ufeff${good}`)).out).toBe(plain.out);
    expect((await tamga(['parse', '-'], gzipSync(good))).out).toBe(plain.out);
  });

  it('keeps ids of JSON lines, and says which are none', async () => {
    const input = [{ id: 'a', input: demoCode(1) }, { input: '0109520000001018' }, { id: 7, input: 5 }].map((line) =>
      JSON.stringify(line),
    );
    const { code, out } = await tamga(['parse', '--input', 'jsonl'], `${input.join('\n')}\n{broken\n[]\n`);
    const lines = jsonLines(out);
    expect(lines.map(({ id, ok }) => [id, ok])).toEqual([
      ['a', true],
      [undefined, true],
      [7, false],
      [undefined, false],
      [undefined, false],
    ]);
    expect(lines.slice(2).map(({ error }) => (error as { code: string }).code)).toEqual([
      'BAD_JSON',
      'BAD_JSON',
      'BAD_JSON',
    ]);
    expect(code).toBe(1);
  });

  it('accepts only the form that was asked for', async () => {
    const forms = '0109520000001018\n195200000000000117\n';
    const oks = async (form: string) =>
      jsonLines((await tamga(['parse', '--format', form], forms)).out).map(({ ok }) => ok);
    expect(await oks('gs1')).toEqual([true, false]);
    expect(await oks('marking')).toEqual([false, true]);
  });
});

describe('verify', () => {
  it('prints a verdict a line and a summary', async () => {
    const dir = await register('verify');
    const { code, out, err } = await tamga(['verify', sample('inventory-list.txt'), '--register', dir]);
    expect(out.split('\n').slice(0, 3)).toEqual([
      'OK\t09520000006068UZDEMO0000001',
      'OK\t09520000006068UZDEMO0000002',
      'DUPLICATE\t09520000006068UZDEMO0000002',
    ]);
    expect(err).toContain('Repeated scan');
    expect(err).toContain('need attention: 2');
    expect(code).toBe(1);
  });

  it('does the same from the standard input, as JSON', async () => {
    const dir = await register('verify-json');
    const list = readFileSync(sample('inventory-list.txt'));
    const { code, out, err } = await tamga(['verify', '--register', dir, '--json', '--owner', '300000001'], list);
    expect(err).toBe('');
    const lines = jsonLines(out);
    const { summary } = lines.pop() as {
      summary: { lines: number; outcomes: Record<string, number>; findings: number };
    };
    expect(lines.length).toBe(summary.lines);
    expect(lines[0]).toMatchObject({ line: 1, outcome: 'OK', code: '09520000006068UZDEMO0000001', owner: '300000001' });
    expect(lines[2]).toMatchObject({ line: 3, outcome: 'DUPLICATE', firstLine: 2 });
    expect(summary.outcomes.OTHER_OWNER).toBe(2);
    expect(Object.values(summary.outcomes).reduce((sum, count) => sum + count)).toBe(summary.lines);
    expect(code).toBe(1);
  });

  it('prints only what was asked for', async () => {
    const list = folder.file('some.txt', `${demoCode(1)}\n${demoCode(2)}\n4607\n`);
    const findings = await tamga(['verify', list, '--findings', '--json']);
    expect(jsonLines(findings.out).map(({ outcome }) => outcome)).toEqual(['UNKNOWN_CODE_TYPE', undefined]);
    expect((await tamga(['verify', list, '--summary'])).out).toBe('');
    const well = await tamga(['verify', folder.file('well.txt', demoCode(1)), '--summary', '--json']);
    expect(jsonLines(well.out)).toMatchObject([{ summary: { lines: 1, outcomes: { WELL_FORMED: 1 }, findings: 0 } }]);
    expect(well.code).toBe(0);
  });

  it('shows control characters of a line and does not obey them', async () => {
    const { out } = await tamga(['verify'], '\u001b[2Jnonsense\u0007\n');
    expect(out).toContain('␛[2Jnonsense␇');
    expect(out).not.toMatch(/[\u0007\u001b]/);
  });
});

describe('import and register', () => {
  it('reads codes, documents and packages, and the same again changes nothing', async () => {
    const dir = join(folder.path, 'import');
    const files = [...ACCEPTANCE.slice(1, 4), snapshot];
    const first = await tamga(['import', ...files, '--register', dir, '--json']);
    expect(first.err).toBe('');
    const report = JSON.parse(first.out);
    expect(report.files.map(({ format, codes }: { format: string; codes: number }) => [format, codes])).toEqual([
      ['csv', 20],
      ['mdlp:911@1.37', 3],
      ['mdlp:911@1.37', 5],
      ['mdlp:415@1.37', 4],
    ]);
    expect(report.documents).toMatchObject([
      { path: files[0], kind: 'dispatch', number: 'ОБР-0415/1', lines: 3, codes: 2, packages: 2 },
      { kind: 'aggregation', statements: 1, contents: 5 },
      { kind: 'aggregation', statements: 1, contents: 3 },
    ]);
    expect(first.code).toBe(0);
    const digest = await tamga(['register', 'digest', dir]);
    expect(digest.out).toMatch(/^[0-9a-f]{64}\n$/);
    const again = await tamga(['import', ...files, '--register', dir]);
    expect(again.out).toContain('mdlp:911@1.37');
    expect((await tamga(['register', 'digest', dir, '--json'])).out).toContain(digest.out.trim());
  });

  it('gives the facts of a UPD and the answer to it', async () => {
    const files = [sample('upd-503-buyer.xml'), sample('upd-503-seller.xml')];
    const documents = JSON.parse((await tamga(['document', ...files, '--json'])).out).documents;
    expect(documents[1]).toMatchObject(expected.upd);
    const alone = JSON.parse((await tamga(['document', files[1], '--json'])).out).documents;
    expect(alone[0]).toMatchObject({ ...expected.upd, buyerResult: null });
    const dir = join(folder.path, 'upd');
    const imported = JSON.parse((await tamga(['import', files[1], '--register', dir, '--json'])).out);
    expect(imported.documents[0]).toMatchObject({ ...expected.upd, buyerResult: null });
    expect((await tamga(['document', ...files, '--lang', 'ru'])).out).toContain('принято с расхождениями');
  });

  it('tells findings on the standard error', async () => {
    const list = folder.file('findings.txt', `${demoCode(1)}\nnonsense\n`);
    const { code, out, err } = await tamga([
      'import',
      list,
      '--register',
      join(folder.path, 'findings'),
      '--state',
      'INTRODUCED',
    ]);
    expect(out).toContain('findings');
    expect(err).toMatch(/findings\.txt:2: UNKNOWN_CODE_TYPE «nonsense»/);
    expect(code).toBe(1);
  });

  it('shows a code and the packages around it', async () => {
    const dir = join(folder.path, 'show');
    await tamga(['import', ...ACCEPTANCE.slice(1, 4), '--register', dir]);
    const unit = '095200000010187DEMOBX1A0001';
    const found = JSON.parse((await tamga(['register', 'show', dir, unit, '--json'])).out);
    expect(found).toMatchObject({
      code: unit,
      record: { state: 'SHIPPED', package: false },
      parents: [{ code: '195200000000000117' }],
    });
    const scanned = JSON.parse(
      (await tamga(['register', 'show', dir, '0109520000001018217DEMOBX1A0001', '--json'])).out,
    );
    expect(scanned).toEqual(found);
    const box = await tamga(['register', 'show', dir, '195200000000000117']);
    expect(box.out).toMatch(/codes stated to be in packages +5/);
    const none = await tamga(['register', 'show', dir, 'nothing']);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('is not in the register') });
    const stat = JSON.parse((await tamga(['register', 'stat', dir, '--json'])).out);
    expect(stat).toMatchObject({ units: 10, packages: 2, byState: { SHIPPED: 12 } });
    expect((await tamga(['register', 'stat', dir])).out).toMatch(/units +10/);
  });
});

describe('reconcile', () => {
  it('takes a set of the register as what is expected, and writes a workbook', async () => {
    const dir = await register('of-sets');
    const xlsx = join(folder.path, 'set.xlsx');
    const args = ['--expected-set', 'state=in_circulation,at=2999-01-01', '--scanned', snapshot, '--register', dir];
    const { code, out, err } = await tamga(['reconcile', ...args, '--json', '--xlsx', xlsx]);
    expect(err).toContain(xlsx);
    expect(code).toBe(1);
    const report = JSON.parse(out);
    expect(report.expectedSet.query).toBe('state=in_circulation');
    expect(report.expectedSet.units).toBe(13);
    expect(report.expectedUnits).toBe(13);
    expect(report.totals.shortage).toBe(0);
    expect(readFileSync(xlsx).subarray(0, 2).toString()).toBe('PK');
    expect((await tamga(['reconcile', '--expected-set', 'colour=red', '--scanned', snapshot])).code).toBe(2);
    expect((await tamga(['reconcile', '--scanned', snapshot])).code).toBe(2);
  });

  it('gives exactly the expected outcomes of the samples', async () => {
    const { code, out, err } = await tamga(['reconcile', ...ACCEPTANCE, '--json']);
    expect(err).toBe('');
    const { expectedUnits, totals, codes, packages, inputs, register: view, timings } = JSON.parse(out);
    const { acceptance } = expected;
    expect({ expectedUnits, totals, codes, packages }).toEqual({
      expectedUnits: acceptance.expectedUnits,
      totals: acceptance.totals,
      codes: acceptance.codes,
      packages: acceptance.packages,
    });
    expect(inputs.length).toBe(4);
    expect(view).toBeNull();
    expect(timings.length).toBeGreaterThan(0);
    expect(code).toBe(1);
  });

  it('writes the report for people, as CSV and as HTML', async () => {
    const csv = join(folder.path, 'findings.csv');
    const html = join(folder.path, 'report.html');
    const { code, out, err } = await tamga(['reconcile', ...ACCEPTANCE, '--csv', csv, '--html', html]);
    expect(out).toContain('8 of 10 expected units are here');
    expect(err).toBe(`written: ${csv}\nwritten: ${html}\n`);
    expect(readFileSync(csv, 'utf8')).toContain('SHORTAGE_INSIDE_PACKAGE,095200000020227DEMOBX2B0003');
    expect(readFileSync(html, 'utf8')).toContain('095200000020227DEMOBX2B0003'.slice(14));
    expect(code).toBe(1);
  });

  it('exits 0 when everything is here', async () => {
    const list = folder.file('here.txt', `${demoCode(1)}\n${demoCode(2)}\n`);
    const { code, out } = await tamga(['reconcile', '--expected', list, '--scanned', '-'], readFileSync(list));
    expect(out).toContain('2');
    expect(code).toBe(0);
  });

  it.runIf(existsSync('/dev/full'))('says that the disk is full', async () => {
    const { code, err } = await tamga(['reconcile', ...ACCEPTANCE, '--csv', '/dev/full']);
    expect(err).toContain('/dev/full: error DISK_FULL');
    expect(code).toBe(2);
  });
});

/** Within this the program has started and waits, also on a busy machine. */
const SETTLED_MS = 3000;

describe('an end that comes early', () => {
  const many = folder.file('many.txt', Array.from({ length: 200_000 }, (_, i) => demoCode(i)).join('\n'));

  it.each(['parse', 'verify'])('%s ends quietly when its reader is gone', async (command) => {
    const child = start([command, many]);
    const result = collect(child);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, err } = await result;
    expect(err).toBe('');
    expect(code).toBe(0);
  });

  it('is cancelled by a signal while it waits for input', async () => {
    const child = start(['parse', '-']);
    const result = collect(child);
    child.stdin?.write(`${demoCode(1)}\n`);
    setTimeout(() => child.kill('SIGINT'), SETTLED_MS);
    const { code, err } = await result;
    expect(err).toContain('CANCELLED');
    expect(code).toBe(130);
  });

  it('is cancelled by a signal while it copies its input', async () => {
    const child = start(['verify', '-']);
    const result = collect(child);
    child.stdin?.write(`${demoCode(1)}\n`);
    setTimeout(() => child.kill('SIGTERM'), SETTLED_MS);
    const { code, err } = await result;
    expect(err).toContain('CANCELLED');
    expect(code).toBe(143);
  });
});
