import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sscc, unit } from '../register/register.test.data.js';
import { wallClockMinutes } from '../wall-clock.js';
import { FINDINGS_MAX } from './import.js';
import { code, idsOf, importPlace, snapshotCsv } from './import.test.data.js';

const place = await importPlace();

describe('a file of codes', () => {
  it('is the same packed, with a byte order mark, and with other line ends', async () => {
    const csv = snapshotCsv(500);
    const digests = new Set<string>();
    for (const content of [csv, gzipSync(csv), `\ufeff${csv}`, csv.replaceAll('\n', '\r\n'), csv.trimEnd()]) {
      const register = place.register();
      const report = await place.into(register, [place.write('forms', content)]);
      expect(report.files[0]).toMatchObject({ codes: 500, findings: 0 });
      digests.add(register.digest());
    }
    expect(digests.size).toBe(1);
  });

  it('is the same in another order of its lines', async () => {
    const [header, ...lines] = snapshotCsv(800).trimEnd().split('\n');
    const [one, two] = [place.register(), place.register()];
    await place.into(one, [place.write('lines.csv', [header, ...lines].join('\n'))]);
    await place.into(two, [place.write('lines.csv', [header, ...lines.reverse()].join('\n'))]);
    expect(idsOf(two)).toEqual(idsOf(one));
    expect(two.digest()).toBe(one.digest());
  });

  it('gives each row what its own row says, however many rows and events', async () => {
    const register = place.register();
    const count = 40_000;
    const report = await place.into(register, [place.write('many.csv', snapshotCsv(count))]);
    expect(report.files[0]).toMatchObject({ codes: count, created: count, findings: 0, conflicts: 0 });
    expect(report.files[0].events).toBeGreaterThan(2);
    for (let n = 0; n < count; n += 37) {
      expect(register.find(unit(n, 1 + (n % 5))), `code ${n}`).toMatchObject({
        state: ['INTRODUCED', 'APPLIED', 'RETIRED', 'EMITTED'][n % 4],
        owner: `77000000${10 + (n % 7)}`,
        parent: register.find(sscc(Math.floor(n / 10)))?.ordinal,
        expiry: wallClockMinutes(`2028-0${1 + (n % 9)}-15`),
        series: `S${n % 50}`,
        price: (n % 1000) * 100 + 50,
      });
    }
    expect(register.view().codes).toBe(count + count / 10);
    expect(register.children(register.find(sscc(7))?.ordinal ?? 0).length).toBe(10);
  });

  it('keeps the last of what it says of one code twice', async () => {
    const register = place.register();
    const path = place.write('twice.csv', `code;status\n${code(1)};APPLIED\n${code(2)};APPLIED\n${code(1)};RETIRED\n`);
    expect((await place.into(register, [path])).files[0]).toMatchObject({ codes: 3, created: 2 });
    expect([1, 2].map((n) => register.find(unit(n))?.state)).toEqual(['RETIRED', 'APPLIED']);
  });

  it('names the line of everything that is no code, in a list', async () => {
    const register = place.register();
    const lines = ['code', code(1), 'garbage', '', code(2), '  ', `${code(3).slice(0, 13)}x`, code(4)];
    const path = place.write('faulty.txt', lines.join('\n'));
    const report = await place.into(register, [path]);
    expect(report.findings.map(({ path: at, line, text }) => [basename(at), line, text])).toEqual([
      ['faulty.txt', 3, 'garbage'],
      ['faulty.txt', 7, `${code(3).slice(0, 13)}x`],
    ]);
    for (const { error, message } of report.findings)
      expect([error, message].every((text) => text.length > 3)).toBe(true);
    expect(report.files[0]).toMatchObject({ codes: 3, created: 3, findings: 2 });
  });

  it('names the line of everything that is no code, past the first megabyte', async () => {
    const register = place.register();
    const lines = Array.from({ length: 120_000 }, (_, i) => (i % 30_011 === 30_010 ? 'garbage' : code(i % 100)));
    const report = await place.into(register, [place.write('long.txt', lines.join('\r\n'))]);
    expect(report.findings.map(({ line }) => line)).toEqual([30_011, 60_022, 90_033]);
    expect(report.files[0]).toMatchObject({ codes: 119_997, created: 100, findings: 3 });
  });

  it('names the line of everything that is no code, in a table', async () => {
    const register = place.register();
    const rows = [
      'code;status;expiry',
      `${code(1)};INTRODUCED;2028-01-01`,
      'garbage;RETIRED;2027-01-01',
      '',
      ';INTRODUCED;2028-01-01',
      `${code(2)};SOMETHING;2026-05-05`,
      `"${code(3).slice(0, 8)}\n${code(3).slice(8)}";INTRODUCED;`,
      `${code(4)};APPLIED;2025-05-05`,
    ];
    const report = await place.into(register, [place.write('faulty.csv', rows.join('\n'))]);
    expect(report.findings.map(({ line }) => line).sort()).toEqual([3, 5, 6, 7]);
    expect(report.findings.find(({ line }) => line === 6)).toMatchObject({ error: 'UNKNOWN_STATE', text: code(2) });
    expect(report.files[0]).toMatchObject({ codes: 3, created: 3, findings: 4 });
    expect([1, 2, 4].map((n) => register.find(unit(n))).map((record) => [record?.state, record?.expiry])).toEqual([
      ['INTRODUCED', wallClockMinutes('2028-01-01')],
      ['UNKNOWN', wallClockMinutes('2026-05-05')],
      ['APPLIED', wallClockMinutes('2025-05-05')],
    ]);
  });

  it('takes a well-formed code without a serial for a finding, and its neighbours for themselves', async () => {
    const gtin = `01${unit(1).slice(0, 14)}`;
    const list = place.register();
    const listed = await place.into(list, [place.write('gtin.txt', `${code(1)}\n${gtin}\n${code(2)}\n`)]);
    const table = place.register();
    const rows = `code;status\n${code(1)};APPLIED\n${gtin};RETIRED\n${code(2)};EMITTED\n${code(3)};INTRODUCED\n`;
    const tabled = await place.into(table, [place.write('gtin.csv', rows)]);
    expect([1, 2, 3].map((n) => table.find(unit(n))?.state)).toEqual(['APPLIED', 'EMITTED', 'INTRODUCED']);
    expect(listed.findings.map(({ line }) => line)).toEqual([2]);
    expect(tabled.findings.map(({ line }) => line)).toEqual([3]);
  });

  it('of nothing but faults keeps a thousand and counts all', async () => {
    const register = place.register();
    const path = place.write('faults.txt', 'not a code\n'.repeat(2500));
    const report = await place.into(register, [path, place.write('more.txt', 'nor this\n')]);
    expect(report.findings.length).toBe(FINDINGS_MAX);
    expect(report.files.map(({ findings, events }) => [findings, events])).toEqual([
      [2500, 0],
      [1, 0],
    ]);
    expect(register.view()).toMatchObject({ codes: 0, lastEvent: 0 });
  });

  it('may write its packages in any form of their codes', async () => {
    const box = sscc(3);
    const register = place.register();
    const forms = [box, `00${box}`, ` ${box} `];
    const rows = forms.map((form, i) => `${code(i)};${form}`);
    await place.into(register, [place.write('forms.csv', `code;parent\n${rows.join('\n')}\n`)]);
    expect(forms.map((_, i) => register.find(unit(i))?.parent)).toEqual(forms.map(() => register.find(box)?.ordinal));
    expect(register.view().codes).toBe(4);
  });

  it('may have group packs, which are coded as units are, for packages', async () => {
    const register = place.register();
    const group = unit(1, 9);
    const element = code(1, 9);
    const rows = [
      'code;parent;status',
      `${element};;INTRODUCED`,
      `${code(1)};${element};INTRODUCED`,
      `${code(2)};${element};APPLIED`,
    ];
    await place.into(register, [place.write('groups.csv', `${rows.join('\n')}\n`)]);
    expect(register.view().codes).toBe(3);
    expect(register.find(unit(1))?.parent).toBe(register.find(group)?.ordinal);
    expect(register.find(group)).toMatchObject({ package: true, state: 'INTRODUCED' });
  });

  it('states no share that can not be, no date that can not be kept, and no parent that is too long', async () => {
    const register = place.register();
    const rows = [
      'code;remaining;expiry;parent',
      `${code(0)};1/3;9999-12-31;`,
      `${code(1)};3/2;0001-01-01;`,
      `${code(2)};1/70000;2028-02-30;`,
      `${code(3)};0/2;31.12.2028;${'X'.repeat(300)}`,
      `${code(4)};2/2;2028-12-31T10:00:00+05:00;`,
    ];
    await place.into(register, [place.write('extremes.csv', `${rows.join('\n')}\n`)]);
    const records = [0, 1, 2, 3, 4].map((n) => register.find(unit(n)));
    expect(records.map((record) => record?.parts)).toEqual([
      { inner: 3, sold: 2 },
      null,
      null,
      { inner: 2, sold: 2 },
      { inner: 2, sold: 0 },
    ]);
    // The last day that a calendar writes is far ahead, not long ago.
    expect(records[0]?.expiry).toBeGreaterThan(wallClockMinutes('2999-12-31') ?? 0);
    expect(records[2]?.expiry).toBeNull();
    expect(records[3]?.expiry).toBe(wallClockMinutes('2028-12-31'));
    expect(records[4]?.expiry).toBe(wallClockMinutes('2028-12-31T10:00'));
    expect(records[3]?.parent).toBeNull();
  });
});
