import { describe, expect, it } from 'vitest';
import { isHeaderLine, separatorOf } from './header-words.js';
import { DOCUMENT_LIMITS } from './limits.js';
import { failure, scratch, windows1251 } from './scratch.test.files.js';
import { restoreSeparators } from './separators.js';
import { sniff } from './source.js';
import { readTable, type SnapshotRow, type TableBatch } from './table.js';

const write = scratch();
const A = '0104607428679218215abc';
const B = '0104607428679218215abd';

async function batches(content: string | Uint8Array): Promise<TableBatch[]> {
  const all: TableBatch[] = [];
  for await (const batch of readTable(await sniff(write('table.csv', content)))) all.push(batch);
  return all;
}

async function rows(content: string | Uint8Array): Promise<SnapshotRow[]> {
  return (await batches(content)).flatMap((batch) => batch.rows);
}

describe('columns', () => {
  it('are found by name, in any order, case and language', async () => {
    const [mt] = await rows(
      `tnvedeaes,STATUS,OwnerInn,"Expiration Date",cis,statusex\n4015,RETIRED,7700000001,2026-01-01,"${A}",EMPTY\n`,
    );
    expect(mt).toMatchObject({
      code: A,
      status: 'RETIRED',
      owner: '7700000001',
      expiry: '2026-01-01',
      statusEx: 'EMPTY',
      row: 2,
    });
    const [russian] = await rows(
      windows1251(`Серия\tСтатус\tКод маркировки\tГоден до\tЦена\nА1\tв обороте\t${A}\t01.01.2027\t10,50\n`),
    );
    expect(russian).toMatchObject({
      code: A,
      status: 'в обороте',
      series: 'А1',
      expiry: '01.01.2027',
      price: '10,50',
    });
    const [piped] = await rows(`KM|Owner TIN\n${A}|300000001\n`);
    expect(piped).toMatchObject({ code: A, owner: '300000001' });
  });

  it('a table of codes alone, with an unknown column beside', async () => {
    const [batch] = await batches(`№;КМ\r\n1;${A}\r\n2;${B}\r\n`);
    expect(batch).toMatchObject({ form: 'codes', header: ['№', 'КМ'] });
    expect(batch!.rows.map((row) => [row.code, row.row, row.cells[0]])).toEqual([
      [A, 2, '1'],
      [B, 3, '2'],
    ]);
  });

  it('quoted fields without a header: the column that holds codes', async () => {
    expect((await rows(`"x","${A}"\n"y","${B}"`)).map((row) => [row.code, row.row])).toEqual([
      [A, 1],
      [B, 2],
    ]);
  });

  it('no code column is an error that names the columns', async () => {
    expect(await failure(rows('status;owner\nRETIRED;1\n'), 'CSV_NO_CODE_COLUMN')).toMatchObject({
      line: 1,
      detail: expect.stringMatching(/status, owner/),
    });
    await failure(rows('"a","b"\n"c","d"\n'), 'CSV_NO_CODE_COLUMN');
  });

  it('shares, flags and blanks', async () => {
    const text = `code;remaining;customsCleared;status\n${A};3/10;да; \n${B};half;maybe;X\n`;
    expect(await rows(text)).toMatchObject([
      { remaining: { n: 3, m: 10 }, customsCleared: true, status: undefined },
      { remaining: undefined, customsCleared: undefined, status: 'X' },
    ]);
  });
});

describe('quoting', () => {
  it('a quoted separator, quote and line feed belong to the field; lines are counted on', async () => {
    const text = `code;name;status\n${A};plain;S1\n"${B};""x""";"two\nlines";S2\n${A};after;S3\n`;
    expect((await rows(text)).map((row) => [row.code, row.cells[1], row.status, row.row])).toEqual([
      [A, 'plain', 'S1', 2],
      [`${B};"x"`, 'two\nlines', 'S2', 3],
      [A, 'after', 'S3', 5],
    ]);
  });

  it('a quote inside an unquoted serial is its own character, before and after a quoted field', async () => {
    const text = `code;name\n${A}"c'd;x\n"${B}";y\n${A}"e;z\n`;
    expect((await rows(text)).map((row) => row.code)).toEqual([`${A}"c'd`, B, `${A}"e`]);
  });

  it('a quote that is never closed is an error with the line where it begins', async () => {
    expect((await failure(rows(`code;name\n${A};x\n${A};"open\n${B};y\n`), 'CSV_BROKEN')).line).toBe(3);
  });
});

describe('rows that cannot be used', () => {
  it('are findings, and the others are read', async () => {
    const [batch] = await batches(`code;status\n\n;X\n${A}\n\t \nab\x01c;Y\n${B};Z\n`);
    expect(batch!.rows.map((row) => [row.code, row.status, row.row])).toEqual([
      [A, undefined, 4],
      [B, 'Z', 7],
    ]);
    expect(batch!.issues.map(({ code, line }) => [code, line])).toEqual([
      ['CODE_EMPTY', 3],
      ['CODE_CONTROL_CHARACTER', 6],
    ]);
  });

  it('a separator GS inside a code is no fault', async () => {
    expect((await rows(`code;status\n${A}\x1d93abcd;X\n`))[0]!.code).toBe(`${A}\x1d93abcd`);
  });
});

describe('sizes', () => {
  it('batches are bounded; rows keep their lines', async () => {
    const text = `code;status\n${Array.from({ length: 20_000 }, (_, i) => `${A}${i};S\n`).join('')}`;
    const all = await batches(text);
    expect(Math.max(...all.map((batch) => batch.rows.length))).toBeLessThanOrEqual(DOCUMENT_LIMITS.tableBatchRows);
    const flat = all.flatMap((batch) => batch.rows);
    expect(flat).toHaveLength(20_000);
    expect(flat.every((row, i) => row.code === `${A}${i}` && row.row === i + 2)).toBe(true);
  });

  it('a line too long is refused with its number, quoted or not', async () => {
    const long = 'x'.repeat(DOCUMENT_LIMITS.tableLine + 1);
    expect((await failure(rows(`code;status\n${A};S\n${long}\n${A};S\n`), 'LINE_TOO_LONG')).line).toBe(3);
    expect((await failure(rows(`code;status\n${A};S\n${long}`), 'LINE_TOO_LONG')).line).toBe(3);
    expect((await failure(rows(`code;status\n${A};"S"\n${A};"${long}"\n`), 'LINE_TOO_LONG')).line).toBe(3);
  });

  it('too many columns are refused', async () => {
    await failure(rows(`code${';a'.repeat(DOCUMENT_LIMITS.tableColumns)}\n`), 'CSV_BROKEN');
  });
});

describe('bytes', () => {
  it('a text that is not what its beginning promised is refused with the line', async () => {
    const text = Buffer.concat([Buffer.from(`code;status\n${`${A};S\n`.repeat(60_000)}`), Buffer.from([0xff, 0x0a])]);
    expect((await failure(rows(text), 'FILE_ENCODING')).line).toBe(60_002);
  });

  it('can be cancelled', async () => {
    const form = await sniff(write('cancelled.csv', `code;status\n${A};S\n`));
    await failure(readTable(form, { signal: AbortSignal.abort() }).next(), 'CANCELLED');
  });
});

describe('scan logs', () => {
  it.each(['\\x1d', '\\X1D', '<GS>', '{GS}', '%1D', '^]', '␝', '\\u001d'])(
    '%s stands for the separator',
    async (shape) => {
      const [batch] = await batches(`symbology;raw\n]d2;${A}${shape}91EE06${shape}92x\n]d2;${B}\x1d93abcd\n`);
      expect(batch!.form).toBe('scanLog');
      expect(batch!.rows.map((row) => row.code)).toEqual([`${A}\x1d91EE06\x1d92x`, `${B}\x1d93abcd`]);
      expect(batch!.issues).toEqual([
        expect.objectContaining({
          code: 'GS_SUBSTITUTED',
          line: 2,
          detail: expect.stringContaining('in 1 rows'),
        }),
      ]);
    },
  );

  it('characters of a serial are left alone', () => {
    for (const code of ['0104607428679218215%1Dx', '0104607428679218215<a>{b', '0104607428679218215a\\x1']) {
      expect(restoreSeparators(code)).toEqual({ code, shapes: [] });
    }
  });

  it('in a snapshot nothing is substituted', async () => {
    expect((await rows(`code;status\n${A}%1D91;S\n`))[0]!.code).toBe(`${A}%1D91`);
  });
});

describe('header words', () => {
  it.each(['code', ' CIS ', '"КМ"', 'Код маркировки', 'sgtin', 'kiz', 'KI', 'raw'])('%s heads a list', (word) => {
    expect(isHeaderLine(Buffer.from(word))).toBe(true);
  });

  it('also in windows-1251 and behind CR', () => {
    expect(isHeaderLine(windows1251('Код\r'))).toBe(true);
  });

  it.each(['', A, 'status', 'c0de', '__proto__', 'constructor', 'code;status'])('%s does not', (line) => {
    expect(isHeaderLine(Buffer.from(line))).toBe(false);
  });

  it('tell the separator', () => {
    expect(separatorOf('cis,status;x,owner')).toBe(',');
    expect(separatorOf('a b')).toBe(';');
  });
});
