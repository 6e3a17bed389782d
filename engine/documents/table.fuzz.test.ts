import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTamgaError } from '../errors.js';
import { readRecords, type TableRecord } from './records.js';
import { scratch } from './scratch.test.files.js';
import { sniff } from './source.js';
import { readTable } from './table.js';

const write = scratch();

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function records(text: string, size: number): Promise<TableRecord[]> {
  const all: TableRecord[] = [];
  for await (const batch of readRecords('x', pieces(Buffer.from(text), size), () => ';')) all.push(...batch);
  return all;
}

/** A cell of serial characters, quotes among them, that does not begin with one. */
const plainCell = fc.stringMatching(/^([a-zA-Z0-9'<>&%]["a-zA-Z0-9' \t]{0,6})?$/);
const newline = fc.constantFrom('\n', '\r\n');

describe('readRecords', () => {
  it('agrees with csv-parse, in whatever pieces the bytes come', async () => {
    const lines = fc.array(fc.tuple(fc.array(plainCell, { minLength: 1, maxLength: 4 }), newline), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(lines, fc.boolean(), fc.integer({ min: 1, max: 40 }), async (all, ended, size) => {
        const text = all.map(([cells, end], i) => cells.join(';') + (i < all.length - 1 || ended ? end : '')).join('');
        const peer: string[][] = parse(text, {
          delimiter: ';',
          record_delimiter: ['\r\n', '\n'],
          relax_column_count: true,
          relax_quotes: true,
        });
        expect((await records(text, size)).map(({ cells }) => cells)).toEqual(peer);
      }),
    );
  });

  it('gives back quoted tables as they were written, with the line of each record', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '7', '"', ';', '\n', ' ', 'ж'),
      maxLength: 6,
    });
    // An empty last line is not a record, so a table of one empty cell is left out.
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), {
      minLength: 1,
      maxLength: 10,
    });
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 30 }), async (rows, size) => {
        const written = rows.map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(';'));
        const read = await records(`${written.join('\n')}\n`, size);
        expect(read.map((record) => record.cells)).toEqual(rows);
        let line = 1;
        for (const [i, record] of read.entries()) {
          expect(record.line).toBe(line);
          line += written[i]!.split('\n').length;
        }
      }),
    );
  });
});

describe('readTable', () => {
  it('any bytes: rows that are usable, or a typed error', async () => {
    const text = fc.string({
      unit: fc.constantFrom('"', ';', ',', '\n', '\r', 'a', '0', '1', '\t', '\x1d', 'Я', '\0'),
      maxLength: 200,
    });
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      text.map((part) => Buffer.from(`code;status;raw\n${part}`)),
      text.map((part) => Buffer.from(`"${part}`)),
    );
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        try {
          for await (const batch of readTable(await sniff(write('fuzz.csv', bytes)))) {
            for (const { code, row } of batch.rows) {
              expect(code).toMatch(/^[^\x00-\x1c\x1e\x1f\x7f]+$/);
              expect(row).toBeGreaterThan(0);
            }
          }
        } catch (error) {
          if (!isTamgaError(error)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});
