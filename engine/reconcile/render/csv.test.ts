import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../report.js';
import { attention, FINDING_COLUMNS, type FindingRow, writeFindingsCsv } from './csv.js';
import { HOSTILE_CODES, sampleResult, TREE_FINDINGS } from './sample.test.data.js';

const folder = mkdtempSync(join(tmpdir(), 'tamga-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function* stream(findings: Finding[]): AsyncGenerator<Finding> {
  yield* findings;
}

describe('the CSV of findings', () => {
  it('round-trips through a CSV reader, hostile codes included', async () => {
    const path = join(folder, 'findings.csv');
    await writeFindingsCsv(attention(sampleResult()), path);
    const wanted: FindingRow[] = [];
    for await (const finding of sampleResult().findings()) wanted.push(finding);
    const [twoParents, uneven] = TREE_FINDINGS;
    wanted.push({ ...twoParents }, { ...uneven, code: uneven?.package });
    const rows = parse(readFileSync(path), {
      columns: true,
      record_delimiter: '\r\n',
    }) as Record<string, string>[];
    expect(rows.length).toBe(wanted.length);
    for (const [index, row] of rows.entries()) {
      for (const column of FINDING_COLUMNS) {
        const value = String(wanted[index]![column] ?? '');
        if (row[column] !== (/^[=+\-@\t\r]/.test(value) ? `'${value}` : value)) {
          expect.unreachable(`row ${index}, ${column}: ${row[column]} is not ${value}`);
        }
      }
    }
    expect(rows.slice(0, HOSTILE_CODES.length).map(({ code }) => code)).toContain("'=cmd|' /C calc'!A0");
  });

  it('is exactly this text', async () => {
    const path = join(folder, 'exact.csv');
    const finding: Finding = {
      outcome: 'SURPLUS',
      code: '09520000003036"a,b',
      path: 'scans.txt',
      line: 3,
      owner: '300000001',
    };
    await writeFindingsCsv(stream([finding]), path, { bom: true });
    expect(readFileSync(path, 'utf8')).toBe(
      '\ufeffoutcome,code,path,line,firstPath,firstLine,position,error,state,owner,expiry,parent,documentPath,documentLine,scannedAt,device,event,package,otherPackage,count,usual,eventAt\r\n' +
        'SURPLUS,"09520000003036""a,b",scans.txt,3,,,,,,300000001,,,,,,,,,,,,\r\n',
    );
  });

  it('quotes a lone CR, LF, TAB or semicolon, at which other readers would cut', async () => {
    const path = join(folder, 'quoted.csv');
    const codes = ['a\rb', 'a\nb', 'a\tb', 'a;b'];
    await writeFindingsCsv(stream(codes.map((code) => ({ outcome: 'SURPLUS', code }))), path);
    const [, ...lines] = readFileSync(path, 'utf8').split('\r\n');
    expect(lines).toEqual([...codes.map((code) => `SURPLUS,"${code}",,,,,,,,,,,,,,,,,,,,`), '']);
  });

  it('reads its source no faster than it writes, and flat in memory', async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Finding> {
      for (; taken < 300_000; taken++)
        yield {
          outcome: 'SHORTAGE',
          code: `09520000001000${String(taken).padStart(13, '0')}`,
        };
    }
    const path = join(folder, 'long.csv');
    await writeFindingsCsv(endless(), path);
    expect(readFileSync(path, 'latin1').split('\r\n').length).toBe(300_002);

    // A disk that takes nothing stops the reading within a batch or two.
    taken = 0;
    await expect(writeFindingsCsv(endless(), '/dev/full')).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(taken).toBeLessThan(10_000);
  });

  it('names the path when the disk is full or the output fails, and leaves devices in place', async () => {
    await expect(writeFindingsCsv(stream([]), '/dev/full')).rejects.toMatchObject({
      code: 'DISK_FULL',
      data: { path: '/dev/full' },
    });
    expect(existsSync('/dev/full')).toBe(true);
    const nowhere = join(folder, 'no', 'such', 'folder.csv');
    await expect(writeFindingsCsv(stream([]), nowhere)).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      data: { path: nowhere },
    });
    await expect(writeFindingsCsv(stream([]), folder)).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      data: { path: folder },
    });
    await expect(writeFindingsCsv(stream([]), `${folder}/findings.csv/x`)).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
    });
  });

  it('keeps the earlier file and leaves no other when the source fails', async () => {
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    const path = join(inner, 'kept.csv');
    writeFileSync(path, 'earlier');
    async function* failing(): AsyncGenerator<Finding> {
      for (let line = 1; line < 5000; line++) yield { outcome: 'SURPLUS', code: 'x'.repeat(100), line };
      throw new Error('source failed');
    }
    await expect(writeFindingsCsv(failing(), path)).rejects.toThrow('source failed');
    expect(readFileSync(path, 'utf8')).toBe('earlier');
    expect(readdirSync(inner)).toEqual(['kept.csv']);
  });

  it('replaces the file behind a link, not the link', async () => {
    const path = join(folder, 'real.csv');
    writeFileSync(path, 'earlier');
    chmodSync(path, 0o600);
    symlinkSync(path, join(folder, 'link.csv'));
    await writeFindingsCsv(stream([]), join(folder, 'link.csv'));
    expect(readFileSync(path, 'utf8')).toBe(`${FINDING_COLUMNS.join()}\r\n`);
  });
});
